"""One share for each ride, from its shares in all of its power bands; one for each band, from several rides.

What tells bands apart is the same whatever the day was, so pooling them loses nothing of the day; and one question a
meter is asked first, for six bands that are asked one by one speak six times as often.
"""

import math
import sys
from collections.abc import Sequence
from operator import mul

import msgspec
import numpy as np

from legbal.analysis.months import DatedRide, MeanShare, MeterRides, RideShare
from legbal.ride.share import Share
from legbal.ride.view import Floats

# Points by which a band lies off the rider's level, and by which it does so on one day and not on another.
PROFILE_SD, BAND_DAY_SD = 1.0, 0.4
# The part of a band's error variance that is the ride's slow wander, and so in all of its bands.
_SHARED = 0.5


class PooledRides(msgspec.Struct, frozen=True, kw_only=True):
    """One share a ride, as if all had been ridden in the same bands.

    Attributes:
        days: when, in days from any day on, not falling, shape (n,).
        left, error: percent and points, shape (n,).
        profile: how far each band lies from the level, points, shape (b,).
        residual, residual_error: what is left of each ride in each band, shape (n, b); NaN where it was not ridden.
    """

    days: Floats
    left: Floats
    error: Floats
    profile: Floats
    residual: Floats
    residual_error: Floats

    def before_last(self) -> "PooledRides":
        """Those before the last one; the profile stays that of all."""
        rows = ("days", "left", "error", "residual", "residual_error")
        return msgspec.structs.replace(self, **{name: getattr(self, name)[:-1] for name in rows})


def share_table(meter: MeterRides, most: int = sys.maxsize) -> tuple[list[DatedRide], Floats]:
    """The rides with a share in any band, the earliest first; and these shares with their standard errors.

    Shape (2, n, b), NaN where a ride has none in a band. Of more rides than `most` the latest.
    """
    place = {ride.ride: i for i, ride in enumerate(meter.rides)}
    table = np.full((2, len(meter.rides), len(meter.bands)), np.nan)
    for column, band in enumerate(meter.bands):
        for row in band.rows[-most:]:
            table[:, place[row.ride], column] = row.share.left_percent, row.share.standard_error
    some = np.flatnonzero(~np.isnan(table[0]).all(1))[-most:]
    return [meter.rides[i] for i in some], table[:, some]


def profile_precision(weights: Floats) -> Floats:
    """Of the bands' profile with each ride's level taken out: the normal equations' matrix, shape (b, b).

    Args:
        weights: of each ride in each band, 1/points², shape (n, b), 0 where it has no share.
    """
    level_part = weights / np.maximum(weights.sum(1), 1e-12)[:, None]
    return np.asarray(np.diag(weights.sum(0) + PROFILE_SD**-2) - level_part.T @ weights, float)


def pool_bands(days: Floats, left: Floats, error: Floats) -> PooledRides:
    """Pools the bands of each ride by generalised least squares; the profile is shrunk towards none.

    Args:
        days: shape (n,), not falling.
        left, error: of each ride in each band, shape (n, b), NaN where it has none; each ride has one at least.
    """
    has_share = ~np.isnan(left)
    shares, errors = np.where(has_share, left, 0.0), np.where(has_share, error, 0.0)
    own = BAND_DAY_SD**2 + (1 - _SHARED) * errors**2
    weights = np.where(has_share, 1 / own, 0.0)
    total = weights.sum(1)
    middle = (weights * shares).sum(1) / total
    profile = np.linalg.solve(profile_precision(weights), (weights * (shares - middle[:, None])).sum(0))
    pooled = (weights * (shares - profile)).sum(1) / total
    common = math.sqrt(_SHARED) * (weights * errors).sum(1) / total
    return PooledRides(
        days=days,
        left=pooled,
        error=np.sqrt(common**2 + 1 / total),
        profile=profile,
        residual=np.where(has_share, shares - profile - pooled[:, None], np.nan),
        residual_error=np.where(has_share, np.sqrt(own), np.nan),
    )


def profile_error(rides: PooledRides) -> float:
    """By how many points the last ride may lie off the mean of those before it, for how bands differ is not known.

    It is nothing where all were ridden in the same bands, and a point and more where they share none.
    """
    weights = np.nan_to_num(rides.residual_error**-2.0)
    level_part = weights / weights.sum(1)[:, None]
    contrast = level_part[-1] - level_part[:-1].mean(0)
    return math.sqrt(float(contrast @ np.linalg.solve(profile_precision(weights), contrast)))


def arrays(rows: Sequence[RideShare | MeanShare]) -> tuple[Floats, Floats]:
    """Left shares and their standard errors, each of shape (n,)."""
    shares = [row.share for row in rows]
    return (
        np.array([x.left_percent for x in shares], float),
        np.array([x.standard_error for x in shares], float),
    )


def mean_share(shares: Sequence[Share], between_sd: float) -> Share:
    """The weighted mean of some rides in one power band, given how far days lie apart; empty for none."""
    percent, error, between = None, None, between_sd**2
    if shares:  # of few, as a month has, NumPy's arrays would take ten times as long
        weights = [1 / ((x.standard_error or 0.0) ** 2 + between) for x in shares]
        lefts = [x.left_percent or 0.0 for x in shares]
        percent, error = sum(map(mul, weights, lefts)) / sum(weights), sum(weights) ** -0.5
    counts = [x.revolutions for x in shares if x.revolutions is not None]
    revolutions = sum(counts) if len(counts) == len(shares) else None
    return Share(percent, error, sum([x.seconds for x in shares]), revolutions)

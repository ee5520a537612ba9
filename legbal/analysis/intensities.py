"""Where the weak leg gives less: how far the share of each power band lies from the others', and that of sprints.

Whatever the day was is the same in all bands of a ride, so bands are compared within rides. Whether they differ at all
is asked once, of all of them together; how far they do is drawn towards alike.
"""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from legbal.analysis.band_changes import weigh_residuals
from legbal.analysis.months import DatedRide
from legbal.analysis.pooled_rides import BAND_DAY_SD, PROFILE_SD, PooledRides, profile_precision
from legbal.analysis.posterior import CredibleInterval, Mixture
from legbal.ride.share import Z_95
from legbal.ride.view import Floats

_ODDS = 1.0  # prior, that bands differ: most riders' do
_SPRINT_SD = 3.0  # points by which sprints lie off the level (prior)
_LEAST_SPRINT_S = 5.0  # of a ride's sprints


class BandProfile(msgspec.Struct, frozen=True):
    """How far each band lies from the mean of all if they differ, which they do with `probability`.

    `mean` points, shape (b,); `covariance` points², shape (b, b).
    """

    probability: float
    mean: Floats
    covariance: Floats

    def above(self, high: int, low: int) -> tuple[float, CredibleInterval]:
        """How sure it is that one band's share is larger than another's, and how much larger it is if they differ."""
        row = np.zeros(len(self.mean))
        row[high], row[low] = 1.0, -1.0
        sd = math.sqrt(max(float(row @ self.covariance @ row), 1e-12))
        difference = Mixture(np.ones(1), np.array([row @ self.mean]), np.array([sd]))
        return self.probability * abs(2 * difference.above(0.0) - 1), difference.interval()


def band_profile(rides: PooledRides) -> BandProfile:
    """The posterior of the bands' profile."""
    residual, weights = weigh_residuals(rides)
    b = residual.shape[1]
    total = np.maximum(weights.sum(1), 1e-12)
    shares = residual + rides.profile
    middle = (weights * shares).sum(1) / total
    covariance = np.linalg.inv(profile_precision(weights))
    score = (weights * (shares - middle[:, None])).sum(0)
    log_odds = (
        math.log(_ODDS)
        + 0.5 * float(score @ covariance @ score)
        + 0.5 * float(np.linalg.slogdet(covariance / PROFILE_SD**2)[1])
    )
    off = np.eye(b) - 1 / b  # the level, from which bands lie off, is their mean
    covariance = off @ covariance @ off
    return BandProfile(1 / (1 + math.exp(-max(-700.0, min(log_odds, 700.0)))), covariance @ score, covariance)


def sprints_off(dated: Sequence[DatedRide], rides: PooledRides) -> tuple[int, CredibleInterval] | None:
    """In how many rides there were sprints, and how far their share lies off those rides' level; None without any."""
    off, variance = [], []
    for ride, left, error in zip(dated, rides.left, rides.error, strict=True):
        share = None if ride.rows.efforts is None else ride.rows.efforts.sprints
        if share is None or share.left_percent is None or not share.standard_error:
            continue
        if share.seconds >= _LEAST_SPRINT_S:
            off.append(share.left_percent - left)
            variance.append(share.standard_error**2 + error**2 + BAND_DAY_SD**2)
    if not off:
        return None
    weights = 1 / np.array(variance)
    values = np.array(off)
    mean = float(weights @ values / weights.sum())
    # rides that scatter more than they should have wider errors
    freedom = len(off) - 1
    scatter = float(weights @ (values - mean) ** 2) / freedom if freedom else 1.0
    precision = float(weights.sum()) / max(1.0, scatter)
    sd = (precision + _SPRINT_SD**-2) ** -0.5
    value = mean * precision * sd**2
    return len(off), CredibleInterval(value, value - Z_95 * sd, value + Z_95 * sd)

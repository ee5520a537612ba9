"""Simulated riders' shares, ride by ride.

Riders are drawn to be like the real ones (docs/trend.md): how far their days lie apart, how much of that has a memory
and how long it is, the errors of bands, how irregularly they ride.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from legbal.analysis.pooled_rides import pool_bands
from legbal.analysis.rider_changes import RiderDays, Span, study_days
from legbal.ride.view import Floats

TUNING, REPORTING = 1000, 9000  # seeds
BEFORE = 60  # rides before a change, about half a year
AFTER = 30
LEVEL_SD = 2.0  # points by which riders' levels lie apart, around 50
_A_YEAR = 365.0

# Points: the bands' mean profile, each rider's own beside it, and a band's own day.
_PROFILE, _OWN_PROFILE, _BAND_DAY = np.array([0.9, 0.5, 0.0, -0.2, -0.4, -0.6]), 0.6, 0.4
# The error of a ride, points, with its spread over rides, and that of a band over its ride's.
_ERROR, _ERROR_SPREAD, _BAND_ERRORS = 0.36, 0.35, np.array([1.7, 1.35, 1.2, 1.07, 1.03, 0.93])
_ABSENT = 0.2  # of the bands of a ride


class Rider(NamedTuple):
    """How days scatter: the standard deviation, the part of the variance that has a memory, that memory in days."""

    spread: float
    remembered: float = 0.0
    memory: float = 1.0
    heavy: bool = False  # tails as of Student's t with 5 degrees of freedom

    def __str__(self) -> str:
        memory = f"{self.remembered:.0%} over {self.memory:.0f} days" if self.remembered else "no memory"
        return f"days {self.spread:.1f} apart, {memory}{', heavy tails' if self.heavy else ''}"


INDEPENDENT = (Rider(0.6), Rider(1.0), Rider(2.0), Rider(1.0, heavy=True))
REMEMBERING = (
    Rider(0.6, 0.6, 5),
    Rider(1.0, 0.6, 5),
    Rider(1.0, 0.6, 14),
    Rider(1.0, 0.6, 30),
    Rider(1.5, 0.6, 60),
)


class Rides(NamedTuple):
    """A rider's rides: days, and the share and its error in six bands, NaN where a band was not ridden.

    Planted are the level before anything shifts it, percent, and how far off it each band lies, points, their mean 0.
    """

    days: Floats
    left: Floats
    error: Floats
    level: float
    profile: Floats

    def study(self, n: int, noted: Sequence[Span] = ()) -> RiderDays:
        """What is told after n rides."""
        so_far = [span for span in noted if span[0] <= self.days[n - 1]]
        return study_days(pool_bands(self.days[:n], self.left[:n], self.error[:n]), so_far)

    def shares(self) -> tuple[Floats, Floats]:
        """Each ride's share in all bands given their profile, and its error's variance: nothing is lost."""
        error = np.nan_to_num(self.error)
        precision = np.where(np.isnan(self.error), 0.0, 1 / (_BAND_DAY**2 + error**2 / 2))
        # The other half of a band's variance is in all bands of its ride (Sherman and Morrison).
        shared = precision * error / np.sqrt(2)
        part = shared.sum(1) / (1 + (precision * error**2 / 2).sum(1))
        weight = precision - part[:, None] * shared
        total = weight.sum(1)
        return (weight * np.nan_to_num(self.left - self.profile)).sum(1) / total, 1 / total


def mixed_riders(count: int, seed: int) -> list[Rider]:
    """Riders with spreads of 0.6 to 2 points; of three in five a part of it has a memory of five days to two months."""
    random = np.random.default_rng(seed)
    riders = []
    for _ in range(count):
        spread = float(np.exp(random.uniform(np.log(0.6), np.log(2))))
        remembers = random.random() < 0.6
        riders.append(
            Rider(spread, 0.6, float(random.choice([5, 14, 30, 60]))) if remembers else Rider(spread)
        )
    return riders


def ride_days(random: np.random.Generator, rides: int, a_week: float = 2.0) -> Floats:
    """Irregular days: some in a row, gaps, now and then weeks without a ride."""
    gaps = random.gamma(0.7, 7 / a_week / 0.7, rides)
    gaps += (random.random(rides) < 0.02) * random.uniform(10, 30, rides)
    return np.cumsum(np.maximum(gaps, 0.1))


def rides_of(
    random: np.random.Generator,
    rider: Rider,
    days: Floats,
    shift: Floats | float = 0.0,
    level: float = 50.0,
) -> Rides:
    """The rides of a rider on some days, `shift` off the level on each."""
    n = len(days)
    wander = np.empty(n)
    state = random.normal()
    for i, gap in enumerate(np.diff(days, prepend=days[0])):
        decay = np.exp(-gap / rider.memory)
        wander[i] = state = decay * state + np.sqrt(1 - decay**2) * random.normal()
    day = random.standard_t(5, n) / np.sqrt(5 / 3) if rider.heavy else random.normal(size=n)
    off = np.sqrt(rider.remembered) * wander + np.sqrt(1 - rider.remembered) * day
    error = _ERROR * np.exp(random.normal(0, _ERROR_SPREAD, (n, 1))) * _BAND_ERRORS
    profile = _PROFILE + random.normal(0, _OWN_PROFILE, 6)
    left = (level + shift + rider.spread * off)[:, None] + profile - profile.mean()
    left += random.normal(0, _BAND_DAY, (n, 6))
    left += error * np.sqrt(0.5) * (random.normal(size=(n, 1)) + random.normal(size=(n, 6)))
    absent = random.random((n, 6)) < _ABSENT
    absent[:, 2] = False
    missing = np.where(absent, np.nan, 0.0)
    return Rides(days, left + missing, error + missing, level, profile - profile.mean())


def unchanged_year(rider: Rider, random: np.random.Generator, noted: int = 0) -> tuple[Rides, list[Span]]:
    """A year without a change, and days on which so many were noted all the same."""
    days = ride_days(random, 250)
    days = days[days < _A_YEAR]
    spans = [(day, day) for day in np.floor(random.uniform(40, 330, noted)).tolist()]
    return rides_of(random, rider, days, level=50 + random.normal(0, LEVEL_SD)), spans


def stepped_rides(rider: Rider, random: np.random.Generator, size: float) -> tuple[Rides, float]:
    """Rides with a step of some points after `BEFORE` of them, and its day, on which and after which was none."""
    days = ride_days(random, BEFORE + AFTER)
    day = math.floor(days[BEFORE - 1]) + 1.0
    days[BEFORE:] += 2
    return rides_of(random, rider, days, np.where(days > day + 1, size, 0.0)), day

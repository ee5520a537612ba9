"""How soon a step can be found by whoever is told all of a rider but whether there is a step, and when.

Given are how far the days lie apart and remember, the rides' errors and the bands' profile, the level or else how far
riders' levels lie apart, and that a step has 1.5 points, up or down. What is watched is the likelihood ratio of that
step against none, summed over all rides from which on it may be (Shiryaev and Roberts); at independent days and rare
false alarms hardly any rule waits less (Pollak, Annals of Statistics 1985, 13:206). The bar is chosen on other riders,
so that one year in twenty without a step crosses it. `python -m tests.benchmarks.rider_days --oracle` prints it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import NormalDist

import numpy as np

from legbal.ride.view import Floats
from tests.benchmarks.simulated_days import (
    AFTER,
    BEFORE,
    LEVEL_SD,
    Rider,
    Rides,
    stepped_rides,
    unchanged_year,
)

STEP = 1.5  # points
SOON = 8  # rides
FALSE = 0.05  # of years without a step
FIRST = 5  # rides before the first asking

Case = tuple[Rider, Rides]


def step_evidence(rider: Rider, rides: Rides, level_given: bool) -> Floats:
    """The logarithm of the summed likelihood ratios after each ride, shape (n,)."""
    shares, steps = _whitened(rider, rides, level_given)
    score, precision = np.cumsum(steps * shares[:, None], 0), np.cumsum(steps**2, 0)
    either_way = np.logaddexp(STEP * score, -STEP * score) - math.log(2) - STEP**2 / 2 * precision
    begun = np.tri(len(shares), dtype=bool)
    return np.asarray(np.logaddexp.reduce(either_way, 1, where=begun, initial=-np.inf), float)


def _whitened(rider: Rider, rides: Rides, level_given: bool) -> tuple[Floats, Floats]:
    """The shares, and a step of 1 point from each ride on, shape (n, n), in independent standard deviations."""
    left, variance = rides.shares()
    remembered = rider.remembered * rider.spread**2
    covariance = remembered * np.exp(-np.abs(rides.days[:, None] - rides.days) / rider.memory)
    covariance += np.diag(variance + rider.spread**2 - remembered)
    covariance += 0.0 if level_given else LEVEL_SD**2
    off = left - (rides.level if level_given else 50.0)
    white = np.linalg.solve(np.linalg.cholesky(covariance), np.column_stack([off, np.tri(len(left))]))
    return white[:, 0], white[:, 1:]


def years_without(riders: Sequence[Rider], seed: int) -> list[Case]:
    """Of each rider a year without a step, the one that `rider_days` asks about."""
    randoms = (np.random.default_rng([seed, 1, i, 0]) for i in range(len(riders)))
    return [(rider, unchanged_year(rider, random)[0]) for rider, random in zip(riders, randoms, strict=True)]


def rides_with(riders: Sequence[Rider], seed: int) -> list[Case]:
    """Of each rider rides with a step, those that `rider_days` asks about."""
    randoms = (np.random.default_rng([seed, 6, i, 0]) for i in range(len(riders)))
    return [
        (rider, stepped_rides(rider, random, STEP)[0]) for rider, random in zip(riders, randoms, strict=True)
    ]


def highest_evidence(years: Sequence[Case], level_given: bool) -> Floats:
    """In each year, whenever asked."""
    return np.array([step_evidence(*year, level_given)[FIRST - 1 :].max() for year in years])


def bar_on(years: Sequence[Case], level_given: bool) -> float:
    """The evidence that the part `FALSE` of some years without a step reaches."""
    return float(np.quantile(highest_evidence(years, level_given), 1 - FALSE))


def rides_until(evidence: Floats, bar: float) -> float:
    """Rides after the step until the bar is crossed; infinite: not in `AFTER`."""
    above = np.flatnonzero(evidence[BEFORE:] > bar)
    return float(above[0] + 1) if len(above) else math.inf


def most_within(separations: Floats, windows: float) -> float:
    """The part of steps that any rule finds within `SOON` rides, at most, in the mean over when they come.

    That is for whoever knows, too, that a step is up and comes at the beginning of one of the year's stretches of
    `SOON` rides, each of which is one test then (Neyman and Pearson), and spends `FALSE` on riders and stretches so as
    to find most.

    Args:
        separations: of each rider's step from none, after so many rides, standard deviations.
        windows: stretches in a year.
    """
    normal = NormalDist()

    def crossed(log_ratio: float, sign: int) -> float:
        return float(np.mean([normal.cdf(sign * x / 2 - log_ratio / x) for x in separations]))

    low, high = -50.0, 50.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if crossed(middle, -1) > FALSE / windows else (low, middle)
    return crossed(high, 1)


def figures(riders: Sequence[Rider], others: Sequence[Rider], seed: int) -> Iterator[tuple[str, str, str]]:
    """What, the goal, and the figure over some riders; the bars are chosen on others, of the next seed."""
    years, other_years = years_without(riders, seed), years_without(others, seed + 1)
    stepped = rides_with(riders, seed)
    windows = float(np.mean([len(rides.days) for _, rides in years])) / SOON
    for level_given, name in ((True, "level given"), (False, "level from the rides before")):
        bar = bar_on(other_years, level_given)
        crossed = highest_evidence(years, level_given) > bar
        yield f"{name}: a step is found in a year without one", "≤ .05", f"{crossed.mean():.3f}"
        waited = np.array([rides_until(step_evidence(*case, level_given), bar) for case in stepped])
        part = ", ".join(f"{(waited <= rides).mean():.2f} within {rides}" for rides in (SOON, AFTER))
        figure = f"{np.median(waited):.0f} rides in the median; {part}"
        yield f"{name}: step of {STEP} points found after", f"{SOON} rides", figure
        rows = [_whitened(*case, level_given)[1][BEFORE : BEFORE + SOON, BEFORE] for case in stepped]
        most = most_within(STEP * np.sqrt(np.square(rows).sum(1)), windows)
        yield f"{name}: found within {SOON} rides by any rule", "", f"at most {most:.2f}"

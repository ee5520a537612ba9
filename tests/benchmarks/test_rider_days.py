"""The model of a rider's days holds its goals, in short: `python -m tests.benchmarks.rider_days` has all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from legbal.ride.view import Floats
from tests.benchmarks import step_oracle
from tests.benchmarks.rider_days import (
    change_covered,
    next_covered,
    noted_change,
    recovery,
    unchanged,
    unnoted_change,
)
from tests.benchmarks.simulated_days import REPORTING, TUNING, Rider, mixed_riders

RIDERS = mixed_riders(50, REPORTING)


def of_riders(what: Callable[[Rider, np.random.Generator], object], riders: list[Rider]) -> Floats:
    return np.array(
        [what(rider, np.random.default_rng([REPORTING, i])) for i, rider in enumerate(riders)], float
    )


def test_unchanged_riders_hardly_ever_hear_of_a_change() -> None:
    """Of 12 who note two changes at which nothing happens; asked after every tenth ride of a year."""
    heard = of_riders(lambda rider, random: unchanged(rider, random, 2, every=10).anything, RIDERS[:12])
    assert heard.mean() <= 0.1


@pytest.mark.parametrize("covered", [change_covered, next_covered])
def test_intervals_cover(covered: Callable[[Rider, np.random.Generator], bool]) -> None:
    assert of_riders(covered, RIDERS).mean() == pytest.approx(0.95, abs=0.05)


def test_a_change_is_told_soon_and_no_larger_than_it_is() -> None:
    waited = of_riders(lambda rider, random: noted_change(rider, random, 1.02), [Rider(0.6)] * 6)
    rides, ratio = waited.T
    assert np.median(rides) <= 15
    assert np.nanmedian(ratio) <= 1.2


def test_a_change_that_nobody_noted_is_found() -> None:
    waited = of_riders(lambda rider, random: unnoted_change(rider, random, 1.5), [Rider(0.6)] * 6)
    rides, ratio = waited.T
    assert np.median(rides) <= 10
    assert np.nanmedian(ratio) <= 1.2


def test_a_plateaus_interval_holds_it() -> None:
    held = of_riders(lambda rider, random: recovery(rider, random, 8)[0], RIDERS[:40])
    assert held.mean() >= 0.85


def test_whoever_is_given_the_spread_finds_a_change_sooner_at_as_few_false_alarms() -> None:
    riders = [Rider(0.6, 0.6, 5)] * 100
    bar = step_oracle.bar_on(step_oracle.years_without(riders, TUNING), level_given=False)
    years = step_oracle.years_without(riders, REPORTING)
    crossed = step_oracle.highest_evidence(years, level_given=False) > bar
    assert crossed.mean() == pytest.approx(step_oracle.FALSE, abs=0.05)

    few = riders[:4]
    best = [
        step_oracle.rides_until(step_oracle.step_evidence(*case, level_given=False), bar)
        for case in step_oracle.rides_with(few, REPORTING)
    ]
    randoms = (np.random.default_rng([REPORTING, 6, i, 0]) for i in range(len(few)))
    waited = [
        unnoted_change(rider, random, step_oracle.STEP) for rider, random in zip(few, randoms, strict=True)
    ]
    assert np.median(best) < np.median([x.rides for x in waited])


def test_no_rule_finds_more_than_the_best_test_of_one_day() -> None:
    """A step three standard deviations off none, tested once in twenty: Φ(3 − 1.645)."""
    assert step_oracle.most_within(np.full(5, 3.0), windows=1) == pytest.approx(0.912, abs=0.001)

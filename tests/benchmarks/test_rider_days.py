"""The model of a rider's days holds its goals, in short: `python -m tests.benchmarks.rider_days` has all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from legbal.ride.view import Floats
from tests.benchmarks.rider_days import (
    REPORTING,
    change_covered,
    next_covered,
    noted_change,
    recovery,
    unchanged,
    unnoted_change,
)
from tests.benchmarks.simulated_days import Rider, mixed_riders

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

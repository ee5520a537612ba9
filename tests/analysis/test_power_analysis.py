"""The smallest change that can be shown: what it promises is what the model tells."""

from __future__ import annotations

import math

import numpy as np
import pytest

from legbal.analysis.power_analysis import ASSUMED_BETWEEN_SD, VarianceComponents, smallest
from tests.benchmarks.simulated_days import Rider, ride_days, rides_of


@pytest.mark.parametrize("n", [5, 10])
def test_the_smallest_change_is_told_four_times_of_five(n: int) -> None:
    """Simulated: riders whose days have no memory, and of whom no other rides are known."""
    told = []
    for number in range(60):
        random = np.random.default_rng([n, number])
        days = ride_days(random, 2 * n)
        days[n:] += 2
        day = math.floor(days[n - 1]) + 1.0
        (found,) = (x for x in smallest(VarianceComponents(within_se=0.36)).each if x.rides == n)
        assert found.points is not None
        rides = rides_of(random, Rider(0.6), days, np.where(days > day + 1, found.points, 0.0))
        (answer,) = rides.study(2 * n, [(day, day)]).noted
        told.append(answer is not None and answer.certainty != "unknown")
    assert np.mean(told) == pytest.approx(0.8, abs=0.12)


def test_one_ride_on_a_side_shows_nothing() -> None:
    told = smallest(VarianceComponents(within_se=0.3))
    assert [x.rides for x in told.each] == [1, 5, 10]
    assert told.each[0].points is None
    assert told.each[1].points is not None
    assert told.each[2].points is not None
    assert told.each[1].points > told.each[2].points
    assert (told.scatter.between_sd, told.scatter.rides) == (ASSUMED_BETWEEN_SD, 0)


def test_a_ride_that_is_known_worse_shows_less() -> None:
    good, bad = (smallest(VarianceComponents(within_se=x)).each[1].points for x in (0.2, 1.0))
    assert good is not None
    assert bad is not None
    assert bad > good

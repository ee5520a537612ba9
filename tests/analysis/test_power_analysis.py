"""The smallest change that can be shown: what it promises is what the test finds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.analysis.meta_regression import effect
from legbal.analysis.power_analysis import (
    ASSUMED_BETWEEN_SD,
    VarianceComponents,
    rides_needed,
    smallest,
    smallest_change,
)

COUNTS = st.integers(2, 60)


@pytest.mark.parametrize(("before", "after"), [(5, 5), (10, 10), (4, 9)])
def test_the_smallest_change_is_found_four_times_of_five(before: int, after: int) -> None:
    scatter = VarianceComponents(within_se=0.3)
    change = smallest_change(scatter, before, after)
    assert change is not None
    random, sd = np.random.default_rng(before), math.hypot(scatter.within_se, scatter.between_sd)
    x, error = np.repeat([0.0, 1.0], [before, after]), np.full(before + after, 0.3)
    found = 0
    for _ in range(1000):
        one = effect(x, 49 + change * x + random.normal(0, sd, len(x)), error)
        assert one is not None
        found += one.real
    assert found / 1000 == pytest.approx(0.8, abs=0.05)


def test_one_ride_on_a_side_shows_nothing() -> None:
    told = smallest(VarianceComponents(within_se=0.3))
    assert [x.rides for x in told.each] == [1, 5, 10]
    assert told.each[0].points is None
    assert told.each[1].points is not None
    assert told.each[2].points is not None
    assert told.each[1].points > told.each[2].points
    assert (told.scatter.between_sd, told.scatter.rides) == (ASSUMED_BETWEEN_SD, 0)


@given(COUNTS, COUNTS, st.floats(0.05, 2.0))
def test_more_rides_show_less(before: int, after: int, within: float) -> None:
    scatter = VarianceComponents(within_se=within)
    now, more = smallest_change(scatter, before, after), smallest_change(scatter, before + 1, after + 1)
    assert now is not None
    assert more is not None
    assert more < now


@given(COUNTS, st.floats(0.05, 1.0), st.floats(0.3, 3.0))
def test_so_many_rides_are_needed_and_no_fewer(before: int, within: float, points: float) -> None:
    scatter = VarianceComponents(within_se=within)
    needed = rides_needed(scatter, before, points, 1000)
    if needed is None:
        most = smallest_change(scatter, before, 1000)
        assert most is not None
        assert most > points
        return
    enough, short = (smallest_change(scatter, before, n) for n in (needed, needed - 1))
    assert enough is not None
    assert enough <= points
    assert short is None or short > points


def test_a_few_rides_that_lie_close_together_do_not_make_days_alike() -> None:
    few, many = VarianceComponents.from_rides(0.2, 0.0, 4), VarianceComponents.from_rides(0.2, 0.0, 100)
    assert 0.4 < few.between_sd < ASSUMED_BETWEEN_SD
    assert many.between_sd < 0.15
    assert many.rides == 100

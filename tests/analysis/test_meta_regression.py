"""The test of a change: how often it finds what is not there, and what is."""

from __future__ import annotations

import numpy as np
import pytest

from legbal.analysis.meta_regression import Effect, effect, mean
from legbal.ride.view import Floats

ROUNDS = 1500  # a rate of 5 % is then known to 0.6 points


def simulated(x: Floats, change: float, between_sd: float, seed: int) -> list[Effect]:
    """Rides with known errors of their own and days that differ, and what is found in them."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(ROUNDS):
        error = random.uniform(0.15, 0.6, len(x))
        share = 49.0 + change * x + random.normal(0, between_sd, len(x)) + random.normal(0, error)
        one = effect(x, share, error)
        assert one is not None
        found.append(one)
    return found


def before_after(before: int, after: int) -> Floats:
    return np.repeat([0.0, 1.0], [before, after])


@pytest.mark.parametrize("between_sd", [0.0, 0.3, 0.6, 1.2])
@pytest.mark.parametrize("x", [before_after(3, 3), before_after(4, 12), np.linspace(0, 6, 10)], ids=str)
def test_where_nothing_changed_one_in_twenty_is_found(x: Floats, between_sd: float) -> None:
    found = simulated(x, 0.0, between_sd, seed=len(x))
    assert 0.03 <= sum(one.real for one in found) / ROUNDS <= 0.07


def test_the_interval_holds_the_truth_in_nineteen_of_twenty() -> None:
    found = simulated(before_after(6, 9), 0.8, 0.6, seed=2)
    assert 0.93 <= sum(one.low <= 0.8 <= one.high for one in found) / ROUNDS <= 0.97
    assert np.mean([one.value for one in found]) == pytest.approx(0.8, abs=0.03)


def test_the_scatter_between_days_is_recovered() -> None:
    found = simulated(np.linspace(0, 12, 60), 0.0, 0.6, seed=3)
    assert np.median([one.between_sd for one in found]) == pytest.approx(0.6, abs=0.03)


def test_more_rides_find_smaller_changes() -> None:
    few, many = (
        sum(one.real for one in simulated(before_after(n, n), 0.7, 0.6, seed=n)) / ROUNDS for n in (5, 20)
    )
    assert few < 0.6
    assert many > 0.8


def test_rides_without_scatter_give_their_line() -> None:
    x = np.array([0.0, 1.0, 2.0, 3.0])
    found = effect(x, 49 + 0.5 * x, np.full(4, 0.2))
    assert found is not None
    assert found.value == pytest.approx(0.5)
    assert found.between_sd == 0
    assert found.low <= found.value <= found.high


def test_a_ride_that_is_known_well_counts_for_more() -> None:
    left, error = mean(np.array([48.0, 50.0]), np.array([0.1, 1.0]), 0.0)
    assert left == pytest.approx(48.0, abs=0.05)
    assert error < 0.1
    assert mean(np.array([48.0, 50.0]), np.array([0.1, 1.0]), 5.0)[0] == pytest.approx(49.0, abs=0.05)

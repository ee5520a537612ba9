"""Symmetry indices and the smallest detectable change: what their formulas promise, and what simulated rides show."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.analysis.posterior import CredibleInterval
from legbal.analysis.power_analysis import ASSUMED_BETWEEN_SD, VarianceComponents
from legbal.analysis.symmetry import (
    day_scatter,
    limb_symmetry_index,
    smallest_detectable_change,
    symmetry_index,
    symmetry_of_ride,
)
from legbal.ride.share import Period
from tests.report.rides import falling_behind, without_balance

shares = st.lists(st.floats(0.5, 99.5), min_size=3, max_size=3).map(
    lambda x: CredibleInterval(sorted(x)[1], min(x), max(x))
)


def other_way(left: CredibleInterval) -> CredibleInterval:
    """The same with both legs exchanged."""
    return CredibleInterval(100 - left.value, 100 - left.high, 100 - left.low)


@given(shares)
def test_indices_are_of_the_legs_and_not_of_the_sides(left: CredibleInterval) -> None:
    index, mirrored = symmetry_index(left), symmetry_index(other_way(left))
    assert (index.value, index.low, index.high) == pytest.approx(
        (-mirrored.value, -mirrored.high, -mirrored.low)
    )
    limb, of_other = limb_symmetry_index(left, "left"), limb_symmetry_index(other_way(left), "right")
    assert limb.value == pytest.approx(of_other.value)
    assert limb_symmetry_index(left, "right").value * limb.value == pytest.approx(100**2)


@given(shares)
def test_indices_are_what_their_authors_wrote(left: CredibleInterval) -> None:
    right_w, left_w = 100 - left.value, left.value
    assert symmetry_index(left).value == pytest.approx(
        (right_w - left_w) / (0.5 * (right_w + left_w)) * 100, abs=1e-9
    )
    assert limb_symmetry_index(left, "left").value == pytest.approx(left_w / right_w * 100)


@given(shares)
def test_ranges_hold_their_value_and_are_those_of_the_share(left: CredibleInterval) -> None:
    index = symmetry_index(left)
    assert index.low <= index.value <= index.high
    assert index.high - index.low == pytest.approx(4 * (left.high - left.low), abs=1e-9)
    for side in ("left", "right"):
        limb = limb_symmetry_index(left, side)
        assert limb.low <= limb.value <= limb.high
    even = left.low <= 50 <= left.high
    assert (index.low <= 0 <= index.high) == even


def test_a_leg_that_gives_all_has_no_finite_index_of_the_other() -> None:
    alone = CredibleInterval(100.0, 100.0, 100.0)
    assert limb_symmetry_index(alone, "left").value == math.inf
    assert limb_symmetry_index(alone, "right").value == 0


def test_one_pair_of_rides_in_twenty_differs_by_the_smallest_detectable_change() -> None:
    random = np.random.default_rng(3)
    within, between = 0.4, 0.7
    rides = 48.0 + random.normal(0, math.hypot(within, between), (20_000, 2))
    smallest = smallest_detectable_change(VarianceComponents(within_se=within, between_sd=between))
    assert np.mean(np.abs(np.diff(rides)) > smallest) == pytest.approx(0.05, abs=0.005)


def test_days_are_assumed_until_rides_tell_and_slow_change_is_no_scatter() -> None:
    random = np.random.default_rng(5)
    assert day_scatter(np.array([48.0]), np.array([0.3])) == VarianceComponents(within_se=0.3)
    error = np.full(400, 0.3)
    left = 45 + np.linspace(0, 5, 400) + random.normal(0, math.hypot(0.3, 1.2), 400)
    scatter = day_scatter(left, error)
    assert scatter.between_sd == pytest.approx(1.2, abs=0.12)
    assert scatter.rides == 400
    few = day_scatter(left[:3], error[:3])
    assert abs(few.between_sd - ASSUMED_BETWEEN_SD) < abs(1.2 - ASSUMED_BETWEEN_SD)


def test_a_ride_names_the_stated_leg_else_the_one_that_gives_less() -> None:
    summary = falling_behind().summary
    found, stated = symmetry_of_ride(summary), symmetry_of_ride(summary, "right")
    assert found is not None
    assert stated is not None
    assert (found.involved, found.stated) == ("left", False)
    assert (stated.involved, stated.stated) == ("right", True)
    assert found.rows[0].left.value == summary.ride.share.left_percent
    assert {x.band.band for x in found.rows if x.band} <= {x.name for x in summary.bands}
    assert all(x.detectable is not None and x.detectable > 2 * ASSUMED_BETWEEN_SD for x in found.rows[1:])


def test_no_index_without_a_balance_that_can_be_believed() -> None:
    assert symmetry_of_ride(without_balance().summary) is None
    wrong = msgspec.structs.replace(falling_behind().summary, meter_wrong=(Period(0.0, None),))
    assert symmetry_of_ride(wrong) is None

"""What came before: the means of the last minute's power and the last half-minute's cadence, second by second."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.ride.recent_effort import RecentEffort, recent_effort

SECONDS = st.lists(
    st.tuples(
        st.floats(0.5, 4000.0),  # after the one before
        st.floats(0.0, 6.0),
        st.one_of(st.just(0.0), st.floats(1.0, 200.0)),
    ),
    min_size=1,
    max_size=60,
)


@given(SECONDS)
def test_a_whole_ride_at_once_is_the_same_as_second_by_second(
    seconds: list[tuple[float, float, float]],
) -> None:
    waits, power, cadence = (np.array(x) for x in zip(*seconds, strict=True))
    t = np.cumsum(waits)
    follower, followed = RecentEffort(), []
    for at, share, rpm in zip(t.tolist(), power.tolist(), cadence.tolist(), strict=True):
        follower.feed(at, share, rpm or None)
        followed.append((follower.power, follower.cadence))
    assert pytest.approx(np.array(followed), abs=1e-9) == recent_effort(t, power, cadence).T


def test_steady_riding_has_nothing_before_it_that_differs() -> None:
    follower = RecentEffort()
    for t in range(1, 400):
        follower.feed(float(t), 0.9, 85.0)
    assert (follower.power, follower.cadence) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_after_a_rest_the_power_before_is_less_and_a_minute_later_by_two_thirds_less_so() -> None:
    follower = RecentEffort()
    for t in [*range(1, 400), *range(3600, 3661)]:
        follower.feed(float(t), 1.0, None)
        if t == 3600:
            assert follower.power == pytest.approx(1 - math.exp(-1 / 60) - 1.0)
            rested = follower.power
    assert follower.power == pytest.approx(rested * math.exp(-1))


def test_over_a_rest_the_cadence_before_is_forgotten() -> None:
    follower = RecentEffort()
    follower.feed(1.0, 1.0, 90.0)
    follower.feed(2.0, 1.0, None)
    assert follower.cadence == 0.0
    follower.feed(31.0, 1.0, 60.0)
    assert follower.cadence == pytest.approx(3.0 * math.exp(-1))
    follower.feed(1e4, 1.0, 100.0)
    assert follower.cadence == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("sprint", [2.5, 2.6, 9.0])
def test_a_sprint_counts_for_two_and_a_half_times_the_reference_at_most(sprint: float) -> None:
    follower = RecentEffort()
    for t in range(1, 60):
        follower.feed(float(t), 1.0, None)
    follower.feed(60.0, sprint, None)
    assert follower.power == pytest.approx((1.0 - 2.5) * math.exp(-1 / 60))


def test_no_seconds_have_nothing_before_them() -> None:
    none = np.array([])
    assert recent_effort(none, none, none).shape == (2, 0)

"""History in fixed memory, and running sums that never drift."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.ride import recent_revolutions
from legbal.ride.balance import Row
from legbal.ride.events import IntervalEnd, IntervalStart
from legbal.ride.recent_revolutions import Ring, Window
from legbal.ride.revolution import Revolution
from legbal.ride.statistics import RideStatistics


def revolution(t: float) -> Row:
    return (t, 0.7, 140.0, 200.0, 48.0)


@given(
    capacity=st.integers(1, 9),
    count=st.integers(0, 40),
    together=st.integers(1, 9),
    since=st.floats(-1, 41),
)
def test_the_ring_holds_the_last_rows_in_order(
    capacity: int, count: int, together: int, since: float
) -> None:
    ring = Ring(capacity)
    told = [revolution(float(i)) for i in range(count)]
    step = min(together, capacity)
    for i in range(0, count, step):
        ring.extend(told[i : i + step])
    held = [float(i) for i in range(count)][-capacity:]
    assert ring.rows()[:, 0].tolist() == held
    assert ring.since(since)[:, 0].tolist() == [t for t in held if t > since]


def test_a_ring_holds_some_eight_thousand_revolutions_unless_told_otherwise() -> None:
    ring = Ring()
    for i in range(9000):
        ring.extend([revolution(float(i))])
    assert len(ring.rows()) == 8192


@pytest.mark.parametrize(
    ("count", "since", "whole"),
    [(0, -1.0, True), (4, 0.0, True), (5, 0.9, False), (5, 1.0, True), (9, 4.5, False), (9, 5.0, True)],
)
def test_a_ring_knows_how_far_back_it_reaches(count: int, since: float, whole: bool) -> None:
    ring = Ring(4)
    for i in range(count):
        ring.extend([(float(i), 0.7, 140.0, 200.0, -1.0)])
    assert ring.reaches_back_to(since) is whole


@pytest.mark.parametrize(
    ("t", "first", "last"),
    [(2.0, 2.0, 2.0), (3.99, 2.0, 2.0), (481.9, 2.0, 480.0), (482.0, 4.0, 482.0), (600.5, 122.0, 600.0)],
)
def test_a_trace_reaches_back_eight_minutes_in_steps_of_two_seconds(
    t: float, first: float, last: float
) -> None:
    ring = Ring()
    assert ring.trace(1.99).t.tolist() == ring.trace(0.0).t.tolist() == []
    ends = ring.trace(t).t
    assert ends.tolist() == [first + 2 * i for i in range(round((last - first) / 2) + 1)]
    assert np.isnan(ring.trace(t).left_percent).all()
    assert ring.trace(t).power_w.tolist() == [0.0] * len(ends)


def test_each_step_of_a_trace_is_over_the_ten_seconds_before_it() -> None:
    """Its end counts, the second ten seconds before does not, nor what has no share; shares weigh by work."""
    ring = Ring()
    ring.extend([(10.0, 1.0, 100.0, 100.0, 40.0), (12.0, 0.5, 150.0, 300.0, 52.0)])
    ring.extend([(13.0, 1.0, 500.0, 500.0, float("nan"))])
    trace = ring.trace(24.0)
    assert trace.t.tolist() == [2.0 * i for i in range(1, 13)]
    nothing = [None] * 4
    assert [None if np.isnan(x) else round(x, 3) for x in trace.left_percent] == [
        *nothing,
        40.0,
        *[47.2] * 4,
        52.0,
        None,
        None,
    ]
    assert trace.power_w.tolist() == pytest.approx(
        [0.0] * 4 + [100.0] + [250 / 1.5] * 4 + [300.0] + [0.0] * 2
    )


def test_the_first_step_of_a_trace_has_the_ten_seconds_before_it_too() -> None:
    ring = Ring()
    ring.extend([revolution(112.0)])
    assert np.isnan(ring.trace(600.0).left_percent).all()
    ring.extend([revolution(112.1)])
    assert ring.trace(600.0).left_percent[:2].tolist() == [48.0, pytest.approx(np.nan, nan_ok=True)]


def test_no_share_is_kept_as_nan() -> None:
    legs = RideStatistics((1.0,))
    legs.add(Revolution(1.0, 0.7, 140.0, 200.0, None, 0, "crank"))
    assert np.isnan(legs.ring.rows()[0, 4])


def test_memory_does_not_grow_after_warm_up() -> None:
    ring, window = Ring(256), Window(30.0)

    def ride(start: int, stop: int) -> None:
        for i in range(start, stop):
            ring.extend([revolution(i * 0.7)])
            window.left_percent(i * 0.7)
            window.add(i * 0.7, 0.7, 140.0, 48.0)

    ride(0, 1000)
    tracemalloc.start()
    try:
        ride(1000, 6000)
        held = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    # Only what the two themselves asked for: other tests' threads may still be at work.
    mine = held.filter_traces([tracemalloc.Filter(True, recent_revolutions.__file__)])
    assert sum(trace.size for trace in mine.traces) < 16_384


rows = st.lists(
    st.tuples(st.floats(0.01, 5), st.floats(0.1, 900), st.floats(0.2, 3), st.floats(0, 100)),
    min_size=1,
    max_size=80,
)


@given(rows, st.floats(0.5, 40))
def test_running_sums_are_exactly_those_of_the_rows_inside(
    steps: list[tuple[float, float, float, float]], seconds: float
) -> None:
    window = Window(seconds)
    t, kept = 0.0, []
    for step, work, duration, left in steps:
        t += step
        window.add(t, duration, work, left)
        milli = round(work * 1000)
        kept.append((t, milli, milli * round(left * 1000), round(duration * 1000)))
        if len(kept) % 3 == 0:  # whenever it is looked at
            window.left_percent(t)
    now = window.left_percent(t)
    inside = [row for row in kept if row[0] > t - seconds]
    assert (len(window), window.work, window.left_work, window.time) == (
        len(inside),
        *(sum(row[i] for row in inside) for i in (1, 2, 3)),
    )
    share = Fraction(window.left_work) / Fraction(window.work * 1000)
    assert now == pytest.approx(float(share), abs=1e-9)


def test_a_window_empties_in_silence() -> None:
    window = Window(3.0)
    window.add(1.0, 0.7, 140.0, 48.0)
    assert window.left_percent(3.999) == 48.0
    assert window.left_percent(4.0) is None
    assert len(window) == window.work == window.left_work == window.time == 0


def test_an_interval_longer_than_the_ring_is_counted_whole() -> None:
    statistics = RideStatistics(())
    statistics.interval(IntervalStart(t=0.0, at=0.0, number=1), lambda _: None)
    count = 10_000
    for n in range(1, count + 1):
        statistics.add(Revolution(n * 0.7, 0.7, 140.0, 200.0, 48.0, 0, "crank"))
    assert statistics.ride.share().revolutions == count  # which adds up what waits
    statistics.interval(IntervalEnd(t=count * 0.7, at=count * 0.7, number=1), lambda _: None)
    (interval,) = statistics.interval_views(lambda _: None)
    assert interval.share.revolutions == count
    assert interval.share.left_percent == pytest.approx(48.0)

"""Revolutions: each counted once, whatever the meter repeats, skips, wraps or makes up at rest."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.ride.revolution import CrankCounter, Revolution, cadence_of, one_leg

POWER, LEFT = 200, 48.0


def feed(
    counter: CrankCounter, t: float, revolutions: int, event_s: float, **other: int
) -> Revolution | None:
    """One notification, its event time in seconds."""
    power, torque = other.get("power", POWER), other.get("torque")
    return counter.feed(t, power, LEFT, revolutions & 0xFFFF, round(event_s * 1024) & 0xFFFF, torque)


def test_the_first_notification_only_sets_the_start() -> None:
    assert feed(CrankCounter(), 0.0, 10, 5.0) is None


def test_a_new_crank_event_is_one_revolution_with_its_duration_and_work() -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    assert feed(counter, 1.0, 11, 5.75) == Revolution(1.0, 0.75, 150.0, POWER, LEFT, 0, "crank")


def test_the_same_revolution_again_is_a_repeat_and_counts_nothing() -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    feed(counter, 0.3, 11, 5.75)
    assert [feed(counter, t, 11, 5.75) for t in (0.6, 0.9)] == [None, None]
    assert counter.repeats == 2
    assert counter.revolved == 1


def test_what_is_seen_stands_for_the_few_skipped_before_it() -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    revolution = feed(counter, 2.0, 13, 7.25)
    assert revolution == Revolution(2.0, 2.25, 450.0, POWER, LEFT, 2, "crank")
    assert counter.skipped == 2
    assert counter.revolved == 3


def test_both_counters_wrap() -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 0xFFFF, 63.5)
    revolution = feed(counter, 1.0, 0x10000, 64.25)
    assert revolution is not None
    assert revolution.duration_s == 0.75


def test_srm_counts_at_rest_while_time_stands_still() -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    assert [feed(counter, t, 10 + t, 5.0, power=0) for t in (1, 2, 3)] == [None, None, None]
    assert counter.revolved == 0
    assert feed(counter, 4.0, 14, 5.75) is not None


@pytest.mark.parametrize(("power", "told"), [(-12, False), (0, False), (1, True)])
def test_without_power_nobody_pedals(power: int, told: bool) -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    assert (feed(counter, 1.0, 11, 5.75, power=power) is not None) == told
    assert counter.revolved == 1


def test_a_revolution_with_a_standstill_in_it_is_not_seen() -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    assert feed(counter, 9.0, 11, 13.0) is None
    assert counter.skipped == 1
    assert feed(counter, 10.0, 12, 13.75) is not None


@pytest.mark.parametrize(
    ("turned", "took_s", "told", "skipped"),
    [
        (1, 3.0, True, 0),
        (1, 3.0 + 1 / 1024, False, 1),  # with a standstill in it
        (4, 13.0, False, 4),
        (5, 1.0, True, 4),
        (6, 1.0, False, 0),  # faster than legs turn: other counters, of which nothing was skipped
        (1, 0.2 + 1 / 1024, True, 0),
        (1, 0.2 - 1 / 1024, False, 0),
    ],
)
def test_a_revolution_takes_from_a_fifth_of_a_second_to_three(
    turned: int, took_s: float, told: bool, skipped: int
) -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    assert (feed(counter, took_s, 10 + turned, 5.0 + took_s) is not None) == told
    assert counter.skipped == skipped


@pytest.mark.parametrize(("rpm", "cadence"), [(0.0, 0.0), (300.0, 300.0), (300.1, None), (-0.1, None)])
def test_no_crank_turns_faster_than_300_a_minute(rpm: float, cadence: float | None) -> None:
    assert cadence_of(rpm) == cadence
    assert cadence_of(None) is None


@pytest.mark.parametrize(
    ("left", "leg"),
    [
        (None, None),
        (0.0, "right"),
        (5.0, "right"),
        (5.5, None),
        (50.0, None),
        (94.5, None),
        (95.0, "left"),
        (100.0, "left"),
    ],
)
def test_one_leg_pedals_where_the_other_does_a_twentieth_at_most(left: float | None, leg: str | None) -> None:
    assert one_leg(left) == leg


def test_a_link_gap_of_minutes_is_resolved_by_arrival() -> None:
    """128 s of event time look like none in 16 bits."""
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    revolution = feed(counter, 129.0, 170, 133.0)
    assert revolution is not None
    assert revolution.duration_s == pytest.approx(0.8)
    assert revolution.skipped == 159


@pytest.mark.parametrize(
    ("elapsed_s", "turned", "each_s"),
    [(31.0, 40, 0.775), (33.0, 41, 33 / 41), (63.0, 70, 0.9), (65.0, 80, 65 / 80), (97.0, 100, 0.97)],
)
def test_crank_time_wraps_as_often_as_the_gap_is_long(elapsed_s: float, turned: int, each_s: float) -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    revolution = feed(counter, elapsed_s, 10 + turned, 5.0 + elapsed_s)
    assert revolution is not None
    assert revolution.duration_s == pytest.approx(each_s)
    assert counter.events == elapsed_s


@pytest.mark.parametrize(
    ("took_s", "turned", "stands_for_s"), [(5.0, 5, 5.0), (5.0 + 1 / 1024, 5, 1.0), (20.0, 25, 0.8)]
)
def test_what_is_seen_after_a_gap_stands_for_itself_only(
    took_s: float, turned: int, stands_for_s: float
) -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    revolution = feed(counter, took_s, 10 + turned, 5.0 + took_s)
    assert revolution is not None
    assert revolution.duration_s == pytest.approx(stands_for_s, abs=0.001)
    assert revolution.work_j == pytest.approx(POWER * revolution.duration_s)
    assert revolution.skipped == turned - 1


def test_counters_that_jump_start_afresh() -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 28381, 13.0)
    assert feed(counter, 1.0, 26947, 13.5) is None
    assert feed(counter, 2.0, 26948, 14.3) is not None


def test_torque_gives_the_work_where_it_agrees_with_power() -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0, torque=65500)
    revolution = feed(counter, 1.0, 11, 5.75, torque=65500 + 780 - 65536)
    assert revolution is not None
    assert revolution.work_j == pytest.approx(2 * math.pi * 780 / 32)


@pytest.mark.parametrize(
    ("torque", "believed"), [(0, False), (572, False), (573, True), (777, True), (954, True), (955, False)]
)
def test_torque_is_believed_within_a_quarter_of_the_work_that_power_tells(
    torque: int, believed: bool
) -> None:
    """200 W over 0.75 s are 150 J."""
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0, torque=0)
    revolution = feed(counter, 1.0, 11, 5.75, torque=torque)
    assert revolution is not None
    assert revolution.work_j == pytest.approx(math.tau * torque / 32 if believed else 150.0)


def test_torque_that_only_one_of_two_notifications_has_is_not_believed() -> None:
    for before, now in ((None, 777), (777, None)):
        counter = CrankCounter()
        counter.feed(0.0, POWER, LEFT, 10, 5120, before)
        revolution = counter.feed(1.0, POWER, LEFT, 11, 5888, now)
        assert revolution is not None
        assert revolution.work_j == 150.0


def test_torque_after_a_gap_is_that_of_one_turn() -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0, torque=0)
    revolution = feed(counter, 8.0, 20, 13.0, torque=7777)
    assert revolution is not None
    assert revolution.work_j == pytest.approx(math.tau * 777.7 / 32)


@pytest.mark.parametrize(("standing", "basis"), [(2, "crank"), (3, "time")])
def test_a_source_stamps_packets_where_time_moves_three_times_without_a_turn(
    standing: int, basis: str
) -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    for i in range(standing):
        told = feed(counter, i + 1.0, 10, 6.0 + i)
        assert told == Revolution(i + 1.0, 1.0, 200.0, POWER, LEFT, 0, "time")
        assert counter.timed
    assert counter.revolved == counter.skipped == 0
    told = feed(counter, standing + 1.0, 12, 6.0 + standing)
    assert told is not None
    assert (told.basis, told.duration_s) == (basis, 1.0)
    assert counter.timed == (basis == "time")
    assert (counter.revolved, counter.skipped) == (2, 0 if counter.timed else 1)


def test_a_source_that_stamps_packets_tells_short_intervals_and_none_of_more_than_three_seconds() -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    for i in range(3):
        feed(counter, i + 1.0, 10, 6.0 + i)
    told = feed(counter, 3.1, 11, 8.125)
    assert told is not None
    assert told.duration_s == 0.125
    assert feed(counter, 6.2, 14, 11.25) is None
    assert counter.skipped == 0
    told = feed(counter, 9.2, 17, 14.25)
    assert told is not None
    assert told.duration_s == 3.0


def test_a_source_that_stamps_packets_gives_intervals() -> None:
    """50 rpm, one packet a second, event time = packet time: the count stands still every sixth second."""
    counter = CrankCounter()
    told = [feed(counter, float(t), int(t * 5 / 6), float(t)) for t in range(80)]
    later = [r for r in told[20:] if r is not None]
    assert len(later) == 60
    assert {(r.duration_s, r.basis, r.skipped) for r in later} == {(1.0, "time", 0)}
    assert 60 * counter.revolved / counter.events == pytest.approx(50, rel=0.05)


def test_without_crank_data_two_at_once_are_one() -> None:
    counter = CrankCounter()
    told = [counter.feed(t, POWER, LEFT, None, None, None) for t in (0.0, 1.0, 1.0, 0.5, 1.5)]
    assert [None if r is None else r.duration_s for r in told] == [None, 1.0, None, None, 1.0]
    assert {r.skipped for r in told if r is not None} == {0}


def test_without_crank_data_the_interval_stands_in() -> None:
    counter = CrankCounter()
    told = [counter.feed(t, POWER, LEFT, None, None, None) for t in (0.0, 1.0, 2.5, 60.0)]
    assert [None if r is None else (r.duration_s, r.work_j, r.basis) for r in told] == [
        None,
        (1.0, 200.0, "time"),
        (1.5, 300.0, "time"),
        None,
    ]


@pytest.mark.parametrize("longest_s", [3.0, 10.0])
def test_without_crank_data_so_long_an_interval_counts_and_a_longer_one_does_not(longest_s: float) -> None:
    counter = CrankCounter()
    assert counter.longest_s == 3.0
    counter.longest_s = longest_s
    times = (0.0, longest_s, 2 * longest_s + 0.125, 2 * longest_s + 0.25)
    told = [counter.feed(t, POWER, LEFT, None, None, None) for t in times]
    assert [None if r is None else r.duration_s for r in told] == [None, longest_s, None, 0.125]
    assert counter.events == longest_s + 0.125


@pytest.mark.parametrize(("power", "told"), [(-1, False), (0, False), (1, True)])
def test_without_crank_data_and_power_nobody_pedals(power: int, told: bool) -> None:
    counter = CrankCounter()
    counter.feed(0.0, POWER, LEFT, None, None, None)
    assert (counter.feed(1.0, power, LEFT, None, None, None) is not None) == told
    assert counter.timed == told
    assert counter.events == told
    revolution = counter.feed(2.0, POWER, LEFT, None, None, None)
    assert revolution is not None
    assert revolution.duration_s == 1.0


def test_what_counted_turns_once_is_not_counted_by_time_while_it_leaves_them_out() -> None:
    counter = CrankCounter()
    feed(counter, 0.0, 10, 5.0)
    assert counter.feed(0.5, POWER, LEFT, None, None, None) is None
    assert counter.feed(0.6, POWER, LEFT, 11, None, None) is None
    assert counter.feed(0.7, POWER, LEFT, None, 5888, None) is None
    assert feed(counter, 1.0, 11, 5.75) == Revolution(1.0, 0.75, 150.0, POWER, LEFT, 0, "crank")


@given(
    start=st.integers(0, 0xFFFF),
    event=st.integers(0, 0xFFFF),
    steps=st.lists(
        st.tuples(st.integers(1, 3), st.integers(400, 1500), st.integers(0, 3)), min_size=1, max_size=60
    ),
)
def test_every_turn_is_counted_once_however_it_is_sent(
    start: int, event: int, steps: list[tuple[int, int, int]]
) -> None:
    """Any start, any skips and repeats: seen + not seen is what turned, and durations are the crank's own."""
    counter = CrankCounter()
    t = 0.0
    counter.feed(t, POWER, LEFT, start, event, None)
    revolutions, seen = start, 0
    for turned, each, repeats in steps:
        revolutions += turned
        event += turned * each
        t += turned * each / 1024
        for again in range(repeats + 1):
            revolution = counter.feed(
                t + again * 0.01, POWER, LEFT, revolutions & 0xFFFF, event & 0xFFFF, None
            )
            assert (revolution is None) == (again > 0)
            if revolution is not None:
                seen += 1
                assert revolution.duration_s == pytest.approx(turned * each / 1024)
    assert counter.revolved == revolutions - start == seen + counter.skipped
    assert counter.repeats == sum(repeats for _, _, repeats in steps)

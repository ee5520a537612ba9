"""Work and rest from power, laps and plans: what is told, when, and dated to where."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.ride.events import IntervalEnd, IntervalStart
from legbal.ride.inputs import PlannedStep
from legbal.ride.interval import Boundary, Intervals

FTP = 250.0


def seconds(
    *stretches: tuple[float, float], rate: float = 1.0, start: float = 0.0
) -> list[tuple[float, float]]:
    """(t, power) of stretches of (seconds, fraction of FTP), with the noise of real legs."""
    noise, t, out = random.Random(1), start, []
    for length, level in stretches:
        for _ in range(round(length * rate)):
            t += 1 / rate
            out.append((t, max(0.0, level * FTP * noise.gauss(1, 0.05))))
    return out


def ride(intervals: Intervals, powers: Iterable[tuple[float, float]]) -> list[Boundary]:
    return [event for t, power in powers for event in intervals.feed(t, power)]


def spans(events: Iterable[Boundary]) -> list[tuple[float, float]]:
    """Start and end of every finished interval."""
    found, start = [], 0.0
    for event in events:
        if isinstance(event, IntervalStart):
            start = event.at
        else:
            found.append((start, event.at))
    return found


def near(
    found: Sequence[tuple[float, float]], expected: Sequence[tuple[float, float]], within: float = 3.0
) -> bool:
    """Whether they are the same to so many seconds."""
    return len(found) == len(expected) and all(
        abs(a - b) <= within for f, e in zip(found, expected, strict=True) for a, b in zip(f, e, strict=True)
    )


@pytest.mark.parametrize("rate", [1, 2, 4])
def test_intervals_are_told_late_and_dated_back(rate: float) -> None:
    intervals = Intervals(FTP)
    events = ride(
        intervals, seconds((600, 0.55), (300, 1.05), (180, 0.5), (300, 1.05), (200, 0.5), rate=rate)
    )
    assert near(spans(events), [(600, 900), (1080, 1380)])
    assert [event.number for event in events] == [1, 1, 2, 2]
    for event in events:
        assert event.by == "power"
        assert 0 < event.t - event.at < 15


def test_state_follows_what_is_told() -> None:
    intervals = Intervals(FTP)
    assert (intervals.phase, intervals.number) == ("rest", 0)
    ride(intervals, seconds((300, 0.5), (60, 1.0)))
    assert intervals.phase == "work"
    assert intervals.number == 1
    assert intervals.started == pytest.approx(300, abs=2)
    ride(intervals, seconds((60, 0.5), start=360))
    assert (intervals.phase, intervals.number) == ("rest", 1)


@pytest.mark.parametrize("wrong", [0.8, 0.9, 1.1, 1.2, None])
def test_intervals_are_found_with_a_wrong_or_no_ftp(wrong: float | None) -> None:
    workout = [(600, 0.55), *[(240, 1.08), (180, 0.5)] * 4, (300, 0.5)]
    events = ride(Intervals(wrong and wrong * FTP), seconds(*workout))
    expected = [(600 + 420 * k, 840 + 420 * k) for k in range(4)]
    assert near(spans(events), expected)


@pytest.mark.parametrize("earlier", [0.85, 0.95, 1.05])
@pytest.mark.parametrize("level", [0.79, 0.83, 0.88])
def test_the_first_tempo_is_told_from_the_warm_up_when_ftp_is_known_from_earlier_rides(
    earlier: float, level: float
) -> None:
    workout = [(300, 0.5), (300, 0.6), (300, 0.67), *[(900, level), (240, 0.55)] * 3, (300, 0.5)]
    events = ride(Intervals(None, earlier_ftp_w=earlier * FTP), seconds(*workout))
    assert near(spans(events), [(900 + 1140 * k, 1800 + 1140 * k) for k in range(3)], within=7.0)


def test_thirty_thirties_are_many_and_over_unders_one() -> None:
    events = ride(Intervals(FTP), seconds((600, 0.55), *[(30, 1.2), (30, 0.5)] * 10, (100, 0.5)))
    assert near(spans(events), [(600 + 60 * k, 630 + 60 * k) for k in range(10)])
    events = ride(Intervals(FTP), seconds((600, 0.55), *[(120, 0.92), (60, 1.08)] * 4, (100, 0.5)))
    assert near(spans(events), [(600, 1320)])


def test_a_sprint_is_an_interval() -> None:
    events = ride(Intervals(FTP), seconds((600, 0.55), (15, 2.4), (200, 0.5), (15, 2.4), (200, 0.5)))
    assert near(spans(events), [(600, 615), (815, 830)])


def test_a_warm_up_ramp_is_no_interval() -> None:
    ramp = [(30.0, 0.45 + 0.3 * k / 24) for k in range(24)]
    assert ride(Intervals(FTP), seconds(*ramp, (300, 0.5))) == []


def test_a_ramp_that_goes_on_becomes_work() -> None:
    ramp = [(30.0, 0.5 + 0.6 * k / 40) for k in range(40)]
    (start,) = ride(Intervals(FTP), seconds(*ramp))
    assert 0.7 < 0.5 + 0.6 * start.at / 1200 < 0.95


def test_what_was_a_warm_up_ends_where_the_real_interval_begins() -> None:
    intervals = Intervals(FTP)
    events = ride(intervals, seconds((120, 0.5), (300, 0.84), (20, 2.2), (200, 0.5)))
    assert near(spans(events), [(120, 420), (420, 440)])
    assert [event.number for event in events] == [1, 1, 2, 2]
    assert events[1].at == events[2].at


def test_spikes_lost_seconds_and_repeats_decide_nothing() -> None:
    powers = seconds((600, 0.55), (600, 1.0), (300, 0.5))
    for t in (100, 200, 300, 400, 1300):
        powers[t] = (powers[t][0], 13 * FTP)
    for t in (700, 800, 900, 1000):
        powers[t] = (powers[t][0], 0.0)
        powers.insert(t, powers[t - 1])
    events = ride(Intervals(FTP), powers)
    assert near(spans(events), [(600, 1200)])


def test_a_short_coast_stays_in_the_interval_and_a_long_one_ends_it() -> None:
    events = ride(Intervals(FTP), seconds((600, 0.55), (120, 1.0), (8, 0), (120, 1.0), (40, 0), (60, 0.5)))
    assert near(spans(events), [(600, 848)])


def test_a_gap_in_the_link_does_not_end_an_interval() -> None:
    intervals = Intervals(FTP)
    events = ride(intervals, seconds((600, 0.55), (120, 1.0)))
    for t in range(721, 745):
        events += intervals.tick(t)
    events += ride(intervals, seconds((120, 1.0), (60, 0.5), start=745))
    assert near(spans(events), [(600, 865)])


def test_silence_ends_an_interval_where_power_was_last_seen() -> None:
    intervals = Intervals(FTP)
    ride(intervals, seconds((600, 0.55), (120, 1.0)))
    told = [event for t in range(721, 800) for event in intervals.tick(t)]
    assert [(type(e), e.t, e.at) for e in told] == [(IntervalEnd, 780, 720)]
    assert intervals.close(800) == ()


def test_a_notification_after_long_silence_ends_the_interval_too() -> None:
    intervals = Intervals(FTP)
    ride(intervals, seconds((600, 0.55), (120, 1.0)))
    (end,) = intervals.feed(2000.0, 100.0)
    assert (end.t, end.at) == (2000.0, 720.0)


def test_effort_before_a_long_stop_does_not_count_after_it() -> None:
    intervals = Intervals(FTP)
    ride(intervals, seconds((600, 0.5), (5, 1.0)))
    (start,) = ride(intervals, seconds((30, 1.0), start=1000))
    assert start.at >= 999


def test_the_end_of_the_ride_ends_an_interval_where_power_began_to_fail() -> None:
    intervals = Intervals(FTP)
    ride(intervals, seconds((600, 0.55), (120, 1.0), (4, 0.3)))
    (end,) = intervals.close(725)
    assert end.t == 725
    assert end.at == pytest.approx(720, abs=1)


def test_a_sprint_ends_no_interval_that_the_rider_began() -> None:
    intervals = Intervals(FTP)
    intervals.lap(0.0)
    assert ride(intervals, seconds((60, 0.86), (60, 1.6), (60, 0.86), (20, 2.0), (60, 0.8))) == []
    assert [(e.at, e.by) for e in intervals.lap(260.0)] == [(260.0, "lap")]


def test_lap_while_resting_begins_an_interval_until_the_next_lap_whatever_the_power() -> None:
    intervals = Intervals(FTP)
    powers = seconds((200, 0.5), (100, 0.6), (50, 0), (100, 0.6))
    events = ride(intervals, powers[:200])
    events += intervals.lap(200.4)
    events += ride(intervals, powers[200:])
    events += intervals.lap(450.2)
    assert events == [IntervalStart(200.4, 200.4, 1, "lap"), IntervalEnd(450.2, 450.2, 1, "lap")]


def test_lap_before_the_plans_boundary_was_told_comes_after_it() -> None:
    intervals = Intervals(FTP, PLAN)
    ride(intervals, seconds((99, 0.5)))
    told = intervals.lap(100.5)
    assert [(event.at, event.by) for event in told] == [(100, "plan"), (100.5, "lap"), (100.5, "lap")]


def test_a_forgotten_lap_ends_where_three_minutes_of_rest_began() -> None:
    intervals = Intervals(FTP)
    events = list(intervals.lap(0.0))
    events += ride(intervals, seconds((120, 1.0), (100, 0.5), (60, 1.0), (300, 0.5)))
    assert near(spans(events), [(0, 280)])
    assert events[-1].by == "power"
    assert events[-1].t - events[-1].at >= 180


def test_lap_during_work_splits_it() -> None:
    intervals = Intervals(FTP)
    powers = seconds((600, 0.5), (240, 1.0), (100, 0.5))
    events = ride(intervals, powers[:720])
    events += intervals.lap(720.3)
    events += ride(intervals, powers[720:])
    assert near(spans(events), [(600, 720.3), (720.3, 840)])
    assert [event.by for event in events] == ["power", "lap", "lap", "power"]
    assert events[1].at == events[2].at == 720.3


def test_lap_at_the_end_of_work_ends_it_at_once() -> None:
    intervals = Intervals(FTP)
    powers = seconds((600, 0.5), (240, 1.0), (100, 0.5))
    events = ride(intervals, powers[:841])
    events += intervals.lap(841.2)
    events += ride(intervals, powers[841:])
    assert spans(events)[0][1] == 841.2
    assert len(events) == 2


PLAN = (PlannedStep(100, 200), PlannedStep(200, 260), PlannedStep(400, 500))


def test_a_plan_draws_the_boundaries_and_power_none_until_it_is_over() -> None:
    intervals = Intervals(FTP, PLAN)
    events = ride(intervals, seconds((550, 1.0), (100, 0.5), (100, 1.0), (100, 0.5)))
    assert spans(events[:6]) == [(100, 200), (200, 260), (400, 500)]
    assert {event.by for event in events[:6]} == {"plan"}
    assert all(event.t == event.at for event in events[:6])
    assert near(spans(events[6:])[-1:], [(650, 750)])


def test_a_plan_goes_on_in_silence() -> None:
    intervals = Intervals(FTP, PLAN)
    told = [event for t in range(0, 600, 7) for event in intervals.tick(t)]
    assert spans(told) == [(100, 200), (200, 260), (400, 500)]


def test_lap_in_a_plan_splits_at_once_and_the_plan_holds_again_after_it() -> None:
    intervals = Intervals(FTP, PLAN)
    events = ride(intervals, seconds((150, 1.0)))
    events += intervals.lap(150.5)
    events += ride(intervals, seconds((150, 1.0), start=150.5))
    events += intervals.lap(300.5)
    events += ride(intervals, seconds((300, 1.0), start=300.5))
    assert spans(events)[:5] == [(100, 150.5), (150.5, 200), (200, 260), (300.5, 400), (400, 500)]


def test_a_missing_ftp_is_estimated_and_said_so() -> None:
    intervals = Intervals(None)
    assert intervals.estimate.estimated
    ride(intervals, seconds((900, 0.6), *[(480, 0.95), (180, 0.55)] * 4))
    assert intervals.estimate.estimated
    assert intervals.estimate.ftp_w == pytest.approx(FTP, rel=0.2)
    known = Intervals(None, earlier_ftp_w=320.0).estimate
    assert known.estimated
    assert known.ftp_w == pytest.approx(320.0)


def test_a_stated_ftp_is_kept_unless_disproved() -> None:
    intervals = Intervals(FTP)
    ride(intervals, seconds((900, 0.6), (1200, 1.0)))
    assert (intervals.estimate.ftp_w, intervals.estimate.estimated) == (FTP, False)
    intervals = Intervals(0.7 * FTP)
    ride(intervals, seconds((900, 0.6), (1200, 1.0)))
    assert intervals.estimate.estimated
    assert intervals.estimate.ftp_w == pytest.approx(0.95 * FTP, rel=0.05)


steps = st.tuples(
    st.floats(0, 5) | st.sampled_from([0.0, 0.25, 1.0, 30.0, 90.0, 5000.0]),
    st.floats(-50, 3000) | st.sampled_from([0.0, 120.0, 150.0, 300.0, 300.0, 600.0]),
    st.sampled_from(["feed"] * 12 + ["lap", "tick"]),
)
plans = st.lists(st.floats(0, 900), max_size=6, unique=True).map(
    lambda ends: tuple(PlannedStep(a, b) for a, b in zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False))
)


@given(st.lists(st.tuples(st.integers(1, 40), steps), max_size=40), plans, st.none() | st.floats(50, 500))
def test_boundaries_alternate_in_order_whatever_comes(
    runs: list[tuple[int, tuple[float, float, str]]], plan: tuple[PlannedStep, ...], ftp: float | None
) -> None:
    intervals, t, events = Intervals(ftp, plan), 0.0, list[Boundary]()
    for times, (wait, power, what) in runs:
        for _ in range(times if what == "feed" else 1):
            t += wait
            if what == "feed":
                told = intervals.feed(t, power)
            else:
                told = intervals.lap(t) if what == "lap" else intervals.tick(t)
            assert all(event.t == t for event in told)
            events += told
            begun = sum(1 if isinstance(event, IntervalStart) else -1 for event in events)
            assert begun == intervals.at_work == (intervals.phase in ("work", "manual"))
    events += intervals.close(t)
    assert not intervals.at_work
    expected: type[IntervalStart | IntervalEnd] = IntervalStart
    at, number = 0.0, 0
    for event in events:
        assert type(event) is expected
        assert at <= event.at <= event.t
        number += expected is IntervalStart
        assert event.number == number
        at, expected = event.at, IntervalEnd if expected is IntervalStart else IntervalStart
    assert all(msgspec.json.encode(event) for event in events)


def test_nothing_is_told_from_what_is_yet_to_come() -> None:
    powers = seconds((300, 0.55), *[(60, 1.1), (90, 0.5)] * 4)
    whole = ride(Intervals(FTP), powers)
    for cut in range(100, len(powers), 37):
        until = powers[cut - 1][0]
        assert ride(Intervals(FTP), powers[:cut]) == [event for event in whole if event.t <= until]


def test_power_just_before_the_plans_last_boundary_does_not_reach_over_it() -> None:
    intervals = Intervals(FTP, (PlannedStep(0, 8),))
    events = [e for t in (0.0, 2.75, 5.5, 8.25, 11.0, 13.75, 16.5, 19.25) for e in intervals.feed(t, 400.0)]
    assert spans(events) == [(0, 8)]
    assert events[2].at >= 8


def test_an_interval_is_likely_over_with_half_of_the_evidence_or_after_silence() -> None:
    intervals = Intervals(FTP)
    ride(intervals, seconds((300, 0.5), (120, 1.0)))
    assert not intervals.is_likely_over(421.0)
    assert intervals.is_likely_over(430.0)  # nobody has been heard of
    told = [
        (intervals.is_likely_over(t), bool(intervals.feed(t, p))) for t, p in seconds((30, 0.3), start=420.0)
    ]
    likely, over = [x for x, _ in told].index(True), [x for _, x in told].index(True)
    assert 2 < likely < over

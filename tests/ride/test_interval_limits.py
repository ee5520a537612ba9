"""The limits at which work and rest are told apart: each to the second, on either side.

At an FTP of 250 W power above 182.5 W (73 %) speaks for work; 450 watts times seconds (1.8 s of FTP) of what lies
beyond suffice, and what is told lasted seven seconds.
"""

from __future__ import annotations

import pytest

from legbal.ride.events import IntervalEnd, IntervalStart
from legbal.ride.inputs import PlannedStep
from legbal.ride.interval import Boundary, Intervals

FTP = 250.0
Told = tuple[str, float, float, str]


def steady(
    intervals: Intervals, *stretches: tuple[float, float], start: float = 0.0, step: float = 1.0
) -> list[Told]:
    """Stretches of (seconds, watts) without noise; what is told, when, of when, and by whom."""
    t, found = start, list[Told]()
    for length, watts in stretches:
        for _ in range(round(length / step)):
            t += step
            found += told(*intervals.feed(t, watts))
    return found


def told(*events: Boundary) -> list[Told]:
    return [("start" if isinstance(e, IntervalStart) else "end", e.t, e.at, e.by) for e in events]


WORK = ("start", 7.0, 0.0, "power")


def test_a_ride_begins_at_rest() -> None:
    intervals = Intervals(ftp_w=FTP, plan=())
    assert (intervals.phase, intervals.at_work, intervals.number) == ("rest", False, 0)
    assert (intervals.started, intervals.by) == (0.0, "power")
    assert intervals.tick(1000.0) == intervals.close(1000.0) == ()


@pytest.mark.parametrize(
    ("watts", "told_at"),
    [
        (
            3000.0,
            7.0,
        ),  # one second counts as 175 W beyond at the most, and seven seconds it lasts in any case
        (250.0, 7.0),
        (242.0, 8.0),
        (228.0, 10.0),
        (223.0, 12.0),
    ],
)
def test_work_is_told_when_power_has_been_above_the_level_for_enough(watts: float, told_at: float) -> None:
    assert steady(Intervals(FTP), (40, watts)) == [("start", told_at, 0.0, "power")]


def test_at_the_level_nothing_is_told_and_work_begins_where_power_exceeds_it() -> None:
    assert steady(Intervals(FTP), (600, 182.0)) == []
    assert steady(Intervals(FTP), (5, 100), (1, 182.4), (20, 300)) == [("start", 13.0, 6.0, "power")]


@pytest.mark.parametrize(
    ("watts", "told_at"),
    [
        (150.0, 23.0),
        (120.0, 17.0),
        (100.0, 16.0),  # 75 W below at the most count
        (26.0, 16.0),
        (24.0, 24.0),  # a coast, which counts 30 W a second: below a tenth of FTP nobody pushes
        (0.0, 24.0),
        (-20.0, 24.0),
    ],
)
def test_rest_is_told_when_power_has_been_below_the_level_for_enough(watts: float, told_at: float) -> None:
    assert steady(Intervals(FTP), (9, 400), (40, watts)) == [WORK, ("end", told_at, 9.0, "power")]


def test_power_beyond_the_most_that_a_second_counts_does_not_outlast_the_second() -> None:
    """A spike of 3 kW counts 175 W; three seconds of easy pedalling later nothing is left of it."""
    assert steady(Intervals(FTP), *[(1, 3000), (3, 120)] * 10) == []


@pytest.mark.parametrize(("hovered", "at"), [(4, 0.0), (5, 0.0), (6, 6.0), (10, 10.0)])
def test_what_hovered_at_the_level_for_more_than_five_seconds_began_where_it_left_it(
    hovered: int, at: float
) -> None:
    """7.5 W above the level are slight for ten seconds: 75 watts times seconds."""
    (start,) = steady(Intervals(FTP), (hovered, 190), (20, 400))
    assert start[2] == at


def test_what_is_soon_more_than_slight_began_at_its_first_second() -> None:
    (start,) = steady(Intervals(FTP), (5, 210), (20, 400))
    assert start[2] == 0.0


@pytest.mark.parametrize(
    ("step", "start"),
    [
        (0.25, (11.25, 0.0)),
        (1.0, (12.0, 0.0)),
        (2.0, (12.0, 0.0)),
        (2.125, (25.5, 1.125)),  # after a longer wait only one second of it counts
    ],
)
def test_a_notification_speaks_for_two_seconds_before_it_at_the_most(
    step: float, start: tuple[float, float]
) -> None:
    """40 W above the level need 11.25 s."""
    assert steady(Intervals(FTP), (60, 222.5), step=step) == [("start", *start, "power")]


def test_of_two_notifications_at_once_the_second_counts_nothing() -> None:
    intervals = Intervals(FTP)
    assert [e for t in range(1, 7) for _ in range(9) for e in intervals.feed(float(t), 400.0)] == []
    assert told(*intervals.feed(7.0, 400.0)) == [WORK]


@pytest.mark.parametrize(("wait", "start"), [(59.0, (64.0, 0.0)), (60.0, (71.0, 64.0)), (61.0, (72.0, 65.0))])
def test_after_a_minute_of_silence_effort_before_it_no_longer_counts(
    wait: float, start: tuple[float, float]
) -> None:
    intervals = Intervals(FTP)
    assert steady(intervals, (5, 300)) == []
    assert steady(intervals, (20, 300), start=4 + wait) == [("start", *start, "power")]


@pytest.mark.parametrize(("silent", "over"), [(59.875, False), (60.0, True)])
def test_a_minute_of_silence_ends_an_interval(silent: float, over: bool) -> None:
    by_tick, by_power = Intervals(FTP), Intervals(FTP)
    for intervals in (by_tick, by_power):
        assert steady(intervals, (20, 300)) == [WORK]
    end = [("end", 20 + silent, 20.0, "power")] if over else []
    assert told(*by_tick.tick(20 + silent)) == end
    assert told(*by_power.feed(20 + silent, 300.0)) == end
    assert by_tick.at_work == by_power.at_work == (not over)


def test_the_notification_that_ends_an_interval_after_silence_begins_none() -> None:
    intervals = Intervals(FTP)
    steady(intervals, (20, 300))
    assert told(*intervals.feed(90.0, 300.0)) == [("end", 90.0, 20.0, "power")]
    assert steady(intervals, (20, 300), start=90) == [("start", 97.0, 90.0, "power")]


@pytest.mark.parametrize("begun_by", ["power", "lap"])
def test_the_end_of_the_ride_ends_an_interval_by_who_began_it(begun_by: str) -> None:
    """Where power began to fail, unless the rider was to end it: then where it was last seen."""
    intervals = Intervals(FTP)
    if begun_by == "lap":
        intervals.lap(0.0)
    steady(intervals, (20, 300), (4, 100))
    end = 20.0 if begun_by == "power" else 24.0
    assert told(*intervals.close(30.0)) == [("end", 30.0, end, begun_by)]


def test_the_end_of_the_ride_ends_no_interval_before_it_began() -> None:
    intervals = Intervals(FTP)
    steady(intervals, (20, 100))
    intervals.lap(22.0)
    assert told(*intervals.close(22.0)) == [("end", 22.0, 22.0, "lap")]


def test_the_end_of_the_ride_in_a_plan_s_step_is_where_power_was_last_seen() -> None:
    intervals = Intervals(ftp_w=FTP, plan=(PlannedStep(10.0, 100.0),))
    assert steady(intervals, (30, 300), (5, 100)) == [("start", 10.0, 10.0, "plan")]
    assert told(*intervals.close(36.0)) == [("end", 36.0, 35.0, "plan")]


@pytest.mark.parametrize(("between", "by", "at"), [((), "lap", 30.0), ((1, 100), "power", 31.0)])
def test_after_lap_the_next_interval_begins_there_only_if_power_stays_up(
    between: tuple[float, float] | tuple[()], by: str, at: float
) -> None:
    intervals = Intervals(FTP)
    steady(intervals, (30, 300))
    intervals.lap(30.0)
    assert intervals.phase == "split"
    stretches = [between] if between else []
    assert steady(intervals, *stretches, (20, 300), start=30) == [("start", at + 7, at, by)]
    assert intervals.at_work


@pytest.mark.parametrize(("worked", "end"), [(9, 9.0), (60, 60.0)])
def test_a_forgotten_lap_is_over_after_exactly_three_minutes_of_rest(worked: int, end: float) -> None:
    intervals = Intervals(FTP)
    intervals.lap(0.0)
    assert steady(intervals, (worked, 250), (179, 100)) == []
    assert steady(intervals, (1, 100), start=worked + 179) == [("end", worked + 180, end, "power")]


def test_a_lap_without_any_work_after_it_is_not_forgotten() -> None:
    intervals = Intervals(FTP)
    intervals.lap(0.0)
    assert steady(intervals, (600, 100)) == []
    assert intervals.at_work


def test_lap_again_ends_an_interval_that_the_rider_began_and_the_next_is_new() -> None:
    intervals = Intervals(FTP)
    for t, number in ((0.0, 1), (400.0, 2)):
        assert [(e.at, e.number) for e in intervals.lap(t)] == [(t, number)]
        steady(intervals, (60, 250), (100, 100), start=t)
        assert [type(e) for e in intervals.lap(t + 170)] == [IntervalEnd]
        steady(intervals, (200, 100), start=t + 170)


def test_an_end_may_have_come_while_power_fails_or_nothing_is_heard() -> None:
    intervals = Intervals(FTP)
    steady(intervals, (20, 300))
    assert not intervals.may_be_over(20.0)
    assert not intervals.may_be_over(22.0)
    assert intervals.may_be_over(22.125)
    steady(intervals, (1, 100), start=20)
    assert intervals.may_be_over(21.0)
    steady(intervals, (5, 300), start=21)
    assert not intervals.may_be_over(26.0)


def test_an_interval_that_the_rider_began_may_be_over_only_once_work_was_done_in_it() -> None:
    intervals = Intervals(FTP)
    intervals.lap(0.0)
    steady(intervals, (20, 100))
    assert not intervals.may_be_over(20.0)
    steady(intervals, (20, 250), start=20)
    assert not intervals.may_be_over(40.0)
    steady(intervals, (5, 100), start=40)
    assert intervals.may_be_over(45.0)
    assert intervals.may_be_over(48.0)


@pytest.mark.parametrize(
    ("easy", "then", "real"),
    [
        (43, 285, None),  # 35 % more than 215 W are 290 W
        (43, 360, (50.0, 43.0)),
        (43, 900, (50.0, 43.0)),
        (33, 900, None),  # too short to know what the level of it was
        (60, 360, (67.0, 60.0)),
    ],
)
def test_what_was_taken_for_work_was_the_way_to_it_where_power_rises_by_a_third(
    easy: int, then: float, real: tuple[float, float] | None
) -> None:
    expected = [("start", 14.0, 0.0, "power")]
    if real is not None:
        expected += [("end", *real, "power"), ("start", *real, "power")]
    assert steady(Intervals(FTP), (easy, 215), (8 if easy == 33 else 20, then)) == expected


@pytest.mark.parametrize(("watts", "real"), [(224, (51.0, 43.0)), (226, None)])
def test_only_work_below_nine_tenths_of_ftp_may_have_been_a_warm_up(
    watts: float, real: tuple[float, float] | None
) -> None:
    """360 W are 57.6 W more than 35 % above 224 W: enough after eight seconds."""
    expected = [("start", 11.0, 0.0, "power")]
    if real is not None:
        expected += [("end", *real, "power"), ("start", *real, "power")]
    assert steady(Intervals(FTP), (43, watts), (10, 360)) == expected


@pytest.mark.parametrize(
    ("between", "real"),
    [(100.0, (62.0, 55.0)), (240.0, (59.0, 50.0))],  # well below, nothing is left and it begins anew
)
def test_a_rise_begins_where_it_last_left_nothing(between: float, real: tuple[float, float]) -> None:
    found = steady(Intervals(FTP), (50, 215), (2, 400), (3, between), (20, 400))
    assert [x[1:3] for x in found] == [(14.0, 0.0), real, real]


@pytest.mark.parametrize("ahead", [200.0, 250.0])
def test_pedalling_that_hints_at_work_does_not_raise_the_level_that_work_must_exceed(ahead: float) -> None:
    """Ten seconds at 180 W, then four harder ones: above half of what suffices they are no easy pedalling."""
    assert steady(Intervals(FTP), (16, 180), (4, ahead), (60, 205)) == []
    (start,) = steady(Intervals(FTP), (16, 180), (4, 280), (60, 205))
    assert start[2] == 16.0


@pytest.mark.parametrize(("pedalled", "easy_w"), [(2, None), (3, 150.0), (10, 150.0)])
def test_ten_seconds_with_three_of_pedalling_say_what_easy_is(pedalled: int, easy_w: float | None) -> None:
    intervals = Intervals(FTP)
    steady(intervals, *[(pedalled, 150), (10 - pedalled, 0)] * 6)
    assert intervals.estimate.easy_w == easy_w
    assert intervals.estimate.contribution.held_w == pytest.approx(15.0 * pedalled / 1.90)


def test_the_first_ten_seconds_say_what_easy_is_as_all_others_do() -> None:
    intervals = Intervals(FTP)
    steady(intervals, (10, 150), (10, 100), (40, 170))
    assert intervals.estimate.easy_w == 150.0


def test_in_a_level_no_more_than_three_times_ftp_counts() -> None:
    intervals = Intervals(FTP)
    steady(intervals, (30, 1500))
    steady(intervals, (30, 740), start=30)
    assert intervals.estimate.contribution.held_w == pytest.approx((750 + 740) / 2 / 1.90, rel=0.02)


@pytest.mark.parametrize(("apart", "counted"), [(4.0, False), (5.0, True)])
def test_half_of_ten_seconds_between_boundaries_counts_for_the_ftp(apart: float, counted: bool) -> None:
    intervals = Intervals(FTP)
    for i in range(6):
        steady(intervals, (apart, 100), start=i * apart)
        intervals.lap((i + 1) * apart)
    assert intervals.estimate.contribution.held_w == pytest.approx(100 / 1.90 if counted else 0.0)


@pytest.mark.parametrize(("wait", "mean_w"), [(29.0, 100.0), (30.0, 75.0), (39.0, 75.0), (40.0, 50.0)])
def test_each_ten_seconds_of_a_wait_are_held_at_nothing(wait: float, mean_w: float) -> None:
    """Of the last six times ten seconds."""
    intervals = Intervals(FTP)
    steady(intervals, (50, 150))
    steady(intervals, (11, 150), start=49 + wait)
    assert intervals.estimate.contribution.held_w == pytest.approx(mean_w / 1.90)


@pytest.mark.parametrize("end", [20.0, 20.5])
def test_a_plan_s_boundary_is_told_at_its_second_or_at_once_after(end: float) -> None:
    intervals = Intervals(ftp_w=FTP, plan=(PlannedStep(10.0, end), PlannedStep(end, 30.0)))
    found = steady(intervals, (40, 100))
    assert [(x[0], x[2], x[3]) for x in found] == [
        ("start", 10.0, "plan"),
        ("end", end, "plan"),
        ("start", end, "plan"),
        ("end", 30.0, "plan"),
    ]
    assert [x[1] for x in found] == [10.0, *[-(-end // 1)] * 2, 30.0]


def test_the_plan_ends_an_interval_of_the_rider_s_and_not_before_it_began() -> None:
    intervals = Intervals(ftp_w=FTP, plan=(PlannedStep(10.0, 20.0),))
    steady(intervals, (18, 100))
    assert [e.at for e in intervals.lap(19.0)] == [19.0, 19.0]
    assert told(*intervals.tick(19.5)) == []
    assert told(*intervals.tick(25.0)) == [("end", 25.0, 20.0, "plan")]
    assert intervals.number == 2

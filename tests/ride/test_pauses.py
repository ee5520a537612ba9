"""A ride that is paused: what comes meanwhile is told of nowhere, and what was before and after is as without it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from legbal.analysis.ride_analysis import analyse
from legbal.meters.limits import Remark
from legbal.ride.events import (
    Alert,
    Clear,
    Cue,
    Event,
    IntervalEnd,
    IntervalStart,
    Lap,
    MeterChange,
    Pause,
    Resume,
)
from legbal.ride.inputs import Input, Mark, PlannedStep, Setup, ThresholdRule, Tick
from legbal.ride.pauses import pauses_among
from legbal.ride.ride import Ride, fold
from legbal.ride.share import Period
from tests.ride.drilling import about, packets
from tests.ride.halves import TWO, steady

FTP = 250.0
SETUP = Setup(ftp_w=FTP, weak_leg="left")


def paused(inputs: Sequence[Input], *between: tuple[float, float]) -> list[Input]:
    """The same ride, with these pauses."""
    marks = [mark for begin, end in between for mark in (Mark(begin, "pause"), Mark(end, "resume"))]
    return sorted([*inputs, *marks], key=lambda x: x.t)


def of(kind: type[Event], events: list[Event]) -> list[float]:
    return [x.t for x in events if isinstance(x, kind)]


def test_what_comes_in_a_pause_counts_nowhere() -> None:
    before, meanwhile, after = about(48.0, 600), [80.0] * 300, about(48.0, 600, seed=2)
    events, view = fold(SETUP, paused(packets(before + meanwhile + after, 160), (600.5, 900.5)))
    _, without = fold(SETUP, packets(before, 160))
    assert of(Pause, events) == [600.5]
    assert [(x.t, x.paused_s) for x in events if isinstance(x, Resume)] == [(900.5, 300.0)]
    assert view.pauses == (Period(600.5, 900.5),)
    assert pauses_among(events) == list(view.pauses)
    assert pauses_among([*events, Pause(1300.0)]) == [*view.pauses, Period(1300.0, None)]
    assert view.timer_s == view.t - 300 == 1199
    assert view.paused_since is None
    # seconds of both parts, but for the turn that began before the ride went on
    assert view.ride.seconds == pytest.approx(2 * without.ride.seconds, abs=2)
    assert sum(x.share.seconds for x in view.bands) == pytest.approx(view.ride.seconds)
    assert view.ride.left_percent == pytest.approx(48, abs=0.5)
    assert np.nanmax(view.trace.left_percent) < 70
    assert view.counts.notifications == 1500  # what was recorded is all there


def test_a_pause_ends_an_interval_and_what_is_told_in_it() -> None:
    lefts = about(48.0, 900) + about(40.0, 200, seed=2)
    told: list[Event] = []
    ride = Ride(SETUP)
    for item in packets(lefts + about(40.0, 300, seed=3), [160] * 600 + [240] * 800):
        if item.t == 1100:
            told += ride.feed(Mark(1100.0, "pause"))
            assert ride.view().alert is None
        told += ride.feed(item)
        if item.t > 1100:
            told += ride.feed(Tick(item.t))
    assert [x.side for x in told if isinstance(x, Alert)] == ["left"]
    assert of(IntervalEnd, told) == [1100.0]
    view = ride.view()
    assert (view.interval, view.alert, view.paused_since) == (None, None, 1100.0)
    assert (view.power_w, view.pedalling) == (None, False)
    assert max(of(Cue, told)) < 1100, "nothing is heard in a pause"
    assert ride.close() == []


def test_a_rule_that_holds_always_is_not_heard_in_a_pause() -> None:
    rule = ThresholdRule(target_percent=49.0, when="always")
    setup = Setup(ftp_w=FTP, weak_leg="left", threshold=rule, cooldown_s=20)
    inputs = paused(packets([40.0] * 300, 160), (100.5, 250.5))
    events, _ = fold(setup, [y for x in inputs for y in (x, Tick(x.t))])
    cues = of(Cue, events)
    assert [t for t in cues if t < 100]
    assert not [t for t in cues if 100.5 <= t < 250]
    assert next((x.t, x.reason) for x in events if isinstance(x, Clear)) == (100.5, "rest")
    assert [x.t > 260 for x in events if isinstance(x, Alert)] == [False, True]


def test_an_alert_between_short_bursts_does_not_hold_through_a_pause() -> None:
    ride, told = Ride(SETUP), list[Event]()
    watts = [160] * 600 + ([280] * 30 + [100] * 15) * 20
    shares = about(48.0, 900) + about(38.0, 600, seed=2)
    for item in packets(shares, watts):
        told += ride.feed(item)
        if ride.view().alert is not None:
            break
    told += ride.feed(Mark(ride.t, "pause"))
    assert [x.t == ride.t for x in told if isinstance(x, Clear)] == [True]
    view = ride.view()
    assert (view.alert, view.watch, view.evidence) == (None, None, 0.0)


def test_a_pause_makes_no_rider_weaker() -> None:
    for setup in (SETUP, Setup(weak_leg="left")):
        inputs = packets(about(48.0, 3600), 200)
        _, view = fold(setup, paused(inputs, (600.5, 2400.5)))
        _, without = fold(setup, packets(about(48.0, 1800), 200))
        assert view.ftp_w == pytest.approx(without.ftp_w, rel=0.05)


def test_half_of_a_pair_that_is_lost_in_a_pause_is_told_then() -> None:
    inputs = steady(400, lambda _: 110, lambda t: None if 200 < t < 300 else 120)
    events, _ = fold(TWO, paused(inputs, (150.5, 350.5)))
    told = [
        (x.t, x.remark.code) for x in events if isinstance(x, MeterChange) and isinstance(x.remark, Remark)
    ]
    assert [code for _, code in told] == ["pair.missing", "pair.complete"]
    assert all(200 < t < 305 for t, _ in told)


def test_the_rest_of_a_plan_moves_by_the_pause() -> None:
    plan = (PlannedStep(100, 200), PlannedStep(300, 400))
    setup = Setup(ftp_w=FTP, plan=plan)
    inputs = paused(packets(about(48.0, 800), 200), (150.5, 190.5), (220.5, 330.5))
    events, view = fold(setup, inputs)
    assert [x.at for x in events if isinstance(x, IntervalStart)] == [100, 190.5, 330.5, 450]
    assert [x.at for x in events if isinstance(x, IntervalEnd)] == [150, 220, 350, 550]
    assert view.timer_s == 649
    ride = Ride(setup)
    for item in inputs:
        if item.t > 470:
            break
        ride.feed(item)
    assert ride.view().interval_left_s == pytest.approx(80, abs=1)


def test_an_interval_that_was_not_told_yet_does_not_reach_across_a_pause() -> None:
    inputs = paused(packets(about(48.0, 500), [120] * 200 + [240] * 300), (203.5, 300.5))
    events, _ = fold(SETUP, inputs)
    assert [x.at >= 300.5 for x in events if isinstance(x, IntervalStart)] == [True]


def test_a_plan_does_not_go_on_in_a_pause_in_which_the_ride_ends() -> None:
    ride = Ride(Setup(ftp_w=FTP, plan=(PlannedStep(100, 200),)))
    ride.feed(Mark(50.0, "pause"))
    assert ride.feed(Tick(150.0)) == []
    assert ride.feed(Mark(160.0, "lap")) == [Lap(160.0, 1)]
    assert ride.close() == []
    assert ride.view().pauses == (Period(50.0, None),)
    assert ride.view().timer_s == 50.0


def test_a_pause_takes_no_half_from_a_pair() -> None:
    inputs = steady(900, lambda _: 110, lambda _: 120)
    events, view = fold(TWO, paused(inputs, (300.5, 600.5)))
    assert not [x for x in events if isinstance(x, MeterChange)]
    assert view.ride.left_percent == pytest.approx(100 * 110 / 230, abs=0.1)
    assert view.ride.seconds == pytest.approx(598, abs=3)


def test_pausing_twice_is_pausing_once() -> None:
    ride = Ride(SETUP)
    assert ride.feed(Mark(1.0, "resume")) == []
    assert ride.feed(Mark(2.0, "pause")) == [Pause(2.0)]
    assert ride.feed(Mark(3.0, "pause")) == []
    assert ride.feed(Mark(4.0, "resume")) == [Resume(4.0, 2.0)]
    assert ride.view().paused_s == 2.0


def test_the_seconds_of_a_pause_hold_nothing() -> None:
    inputs = paused(packets(about(48.0, 300), 200), (100.5, 200.5))
    trace = analyse(SETUP, inputs).trace
    for column in (trace.power_w, trace.left_percent):
        assert np.isnan(column[101:201]).all()
        assert np.isfinite(column[240:290]).all()


def test_packets_that_come_all_at_once_count_without_a_pause() -> None:
    """As after a stall of the radio: all but the last began before the ride did."""
    steady = packets(about(48.0, 300), 200)[::2]
    _, view = fold(SETUP, steady)
    _, at_once = fold(SETUP, [msgspec.structs.replace(item, t=0.0) for item in steady])
    assert at_once.ride.revolutions == view.ride.revolutions
    assert at_once.ride.left_percent == pytest.approx(view.ride.left_percent)

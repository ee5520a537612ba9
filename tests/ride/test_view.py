"""What a view leaves out: numbers that are none, and such as no reader of the contract would take."""

from __future__ import annotations

import math
from typing import Annotated

import msgspec
import numpy as np
import pytest
from msgspec import Meta

from legbal.ride.events import Alert, Clear, Event
from legbal.ride.inputs import Side
from legbal.ride.share import BandShare, Share
from legbal.ride.view import Counts, LinkView, Trace, leave_out_invalid
from legbal.ride.work_interval import Interval, IntervalDropOff, with_dropoffs


def test_before_anything_arrives_every_count_is_0() -> None:
    assert set(msgspec.to_builtins(Counts()).values()) == {0}


def test_a_new_interval_was_drawn_by_power_and_has_no_slope_yet() -> None:
    interval = Interval(1, 60.0, None, Share())
    assert (interval.by, interval.usual_percent) == ("power", None)
    assert (interval.slope_per_minute, interval.slope_error) == (None, None)


def dropped(t: float, side: Side, since: float, kind: str = "dropoff") -> Alert:
    return Alert(t, kind, side, 4.0, 46.0, 50.0, since, 30)


def test_each_interval_knows_the_drop_offs_that_were_told_in_it() -> None:
    intervals = [
        Interval(1, 0.0, 300.0, Share()),
        Interval(2, 400.0, 700.0, Share()),
        Interval(3, 800.0, None, Share()),
    ]
    events: list[Event] = [
        dropped(430.0, "left", 410.0),
        Clear(500.0, "dropoff", "left"),
        dropped(600.0, "right", 580.0),
        dropped(620.0, "left", 600.0, "threshold"),
        Clear(703.0, "dropoff", "right", "rest", 700.0),
        dropped(830.0, "left", 810.0),
    ]
    assert [x.dropoffs for x in with_dropoffs(intervals, events)] == [
        (),
        (IntervalDropOff("left", 410.0, 500.0, 4.0), IntervalDropOff("right", 580.0, None, 4.0)),
        (IntervalDropOff("left", 810.0, None, 4.0),),
    ]


def test_without_shares_the_power_of_a_trace_stays() -> None:
    trace = Trace(np.array([2.0, 4.0]), np.array([48.0, 49.0]), np.array([200.0, 210.0]))
    bare = trace.without_shares()
    assert bare.t.tolist() == [2.0, 4.0]
    assert bare.power_w.tolist() == [200.0, 210.0]
    assert np.isnan(bare.left_percent).all()
    assert trace.left_percent.tolist() == [48.0, 49.0]


@pytest.mark.parametrize("percent", [0.0, 48.0, 100.0, None])
def test_what_is_within_its_bounds_stays_as_it_is(percent: float | None) -> None:
    share = Share(percent, 0.0, 10_000_000.0, 1_000_000_000, -40_000.0)
    assert leave_out_invalid(share) is share


@pytest.mark.parametrize("percent", [-0.001, 100.001, math.nan, math.inf, -math.inf])
def test_a_number_that_may_be_missing_is_left_out(percent: float) -> None:
    assert leave_out_invalid(Share(percent, 0.5, 10.0, 20, 200.0)) == Share(None, 0.5, 10.0, 20, 200.0)


@pytest.mark.parametrize(("seconds", "nearest"), [(-1.0, 0.0), (1e8, 1e7), (math.inf, 1e7), (math.nan, 0.0)])
def test_a_number_that_must_be_there_is_the_nearest_that_is_allowed(seconds: float, nearest: float) -> None:
    assert leave_out_invalid(Share(48.0, seconds=seconds)) == Share(48.0, seconds=nearest)


def test_parts_are_looked_through_and_only_those_replaced_that_have_to_be() -> None:
    good, odd = Share(48.0), Share(120.0)
    interval = Interval(1, 60.0, None, odd)
    assert leave_out_invalid(interval) == Interval(1, 60.0, None, Share())
    kept = Interval(1, 60.0, None, good)
    assert leave_out_invalid(kept) is kept

    class Several(msgspec.Struct, frozen=True):
        bands: tuple[BandShare, ...]

    first, second = BandShare("<55 %", 0.0, 0.55, good), BandShare(">55 %", 0.55, None, odd)
    of_both = leave_out_invalid(Several((first, second)))
    assert of_both.bands[0] is first
    assert of_both.bands[1] == BandShare(">55 %", 0.55, None, Share())
    of_one = Several((first, first))
    assert leave_out_invalid(of_one) is of_one


def test_a_number_bounded_from_above_alone_may_be_as_low_as_it_likes() -> None:
    class Bounded(msgspec.Struct, frozen=True):
        most: Annotated[float, Meta(le=10)]

    for value in (-1e300, -1.0, 0.0, 10.0):
        bounded = Bounded(value)
        assert leave_out_invalid(bounded) is bounded
    assert leave_out_invalid(Bounded(10.5)) == Bounded(10.0)


def test_a_strength_in_dbm_has_no_bounds_here() -> None:
    link = LinkView("meter", "connected", 1.0, rssi=-127, battery_percent=101)
    assert leave_out_invalid(link) == LinkView("meter", "connected", 1.0, rssi=-127)

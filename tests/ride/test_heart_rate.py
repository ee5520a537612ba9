"""A strap's heart rate is shown while it is new, and changes nothing else of a ride, wherever it comes in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legbal.analysis.heart_rate import HeartRateSeries
from legbal.analysis.ride_analysis import analyse, summarise_ride
from legbal.analysis.summary import HeartRateSummary
from legbal.gatt.uuids import HEART_RATE
from legbal.ride.events import Event, Fault
from legbal.ride.heart_rate import FRESH_S, MOST_BPM, HeartRateReadings
from legbal.ride.inputs import Input, Link, Mark, Notification, Setup, Tick, is_heart_rate
from legbal.ride.resample import resample, sample
from legbal.ride.ride import Ride, fold
from legbal.ride.view import RideView
from legbal.sources.recorded_ride import with_ticks
from tests.ride.folding import ASSIOMA, numbers, pedalled, simulated
from tests.ride.frozen_rides import RIDES
from tests.ride.straps import CONTACT, NO_CONTACT, beat, interleaved

SETUP = Setup(ftp_w=220.0, profile=ASSIOMA)


def shown(*items: Input) -> int | None:
    ride = Ride(Setup())
    for item in items:
        assert ride.feed(item) == []
    return ride.view().heart_rate_bpm


def but_for_the_heart(events: Sequence[Event], view: RideView) -> tuple[list[Event], bytes]:
    """Without the heart rate, and without the place of an input among all that were recorded."""
    return [msgspec.structs.replace(x, input=0) if isinstance(x, Fault) else x for x in events], numbers(
        msgspec.structs.replace(view, heart_rate_bpm=None)
    )


@pytest.mark.parametrize(
    ("items", "bpm"),
    [
        ([], None),
        ([beat(0.0, 142)], 142),
        ([beat(0.0, 142), Tick(FRESH_S)], 142),
        ([beat(0.0, 142), Tick(math.nextafter(FRESH_S, 9))], None),
        ([beat(0.0, 142), Tick(9.0), beat(9.5, 99)], 99),
        ([beat(0.0, 142), beat(1.0, 143, CONTACT)], 143),
        ([beat(0.0, 142), beat(1.0, 143, NO_CONTACT)], None),
        ([beat(0.0, 142), beat(1.0, 0)], None),
        ([beat(0.0, MOST_BPM)], MOST_BPM),
        ([beat(0.0, 142), beat(1.0, MOST_BPM + 1)], None),
        ([beat(0.0, 142), Notification(1.0, b"\x00", HEART_RATE)], 142),
        ([Notification(1.0, b"", HEART_RATE)], None),
        # a time that is none, as a library may hold, or one that falls
        ([beat(math.nan, 142), Tick(5.5)], None),
        ([beat(4.0, 142), beat(math.nan, 143), Tick(9.0)], 143),
        ([beat(4.0, 142), beat(2.0, 143), Tick(9.0)], 143),
    ],
)
def test_the_newest_is_shown_while_it_is_new(items: list[Input], bpm: int | None) -> None:
    assert shown(*items) == bpm


def test_a_strap_is_no_meter_and_moves_no_clock() -> None:
    ride = Ride(SETUP)
    for item in pedalled(20):
        ride.feed(item)
    before = numbers(ride.view())
    assert ride.feed(beat(ride.t + 600, 142)) == []
    assert numbers(msgspec.structs.replace(ride.view(), heart_rate_bpm=None)) == before
    assert ride.view().links == ride.view().links
    assert [link.meter for link in ride.view().links] == ["meter"]


def test_what_is_of_a_strap() -> None:
    given: list[Input] = [beat(0.0, 60), Notification(0.0, b"", "2a63"), Link(0.0, "lost"), Tick(0.0)]
    assert [is_heart_rate(item) for item in given] == [True, False, False, False]


@pytest.mark.parametrize(
    "name", ["known_rider", "half_lost", "pair_in_two_parts", "watch", "laps", "drills", "unlisted"]
)
def test_no_event_and_no_share_of_a_ride_is_another(name: str) -> None:
    setup, inputs = RIDES[name]()
    assert but_for_the_heart(*fold(setup, interleaved(inputs))) == but_for_the_heart(*fold(setup, inputs))


@cache
def short_ride() -> tuple[list[Input], tuple[list[Event], bytes]]:
    """With a silence, a pause and a lost link."""
    inputs = [x for x in simulated() if not 200 < x.t < 215]
    more: list[Input] = [
        Mark(300.5, "pause"),
        Mark(330.5, "resume"),
        Link(210.0, "lost", "ASSIOMA"),
        Tick(205.5),
        Tick(208.0),
    ]
    inputs = sorted([*inputs, *more], key=lambda x: x.t)
    return inputs, but_for_the_heart(*fold(SETUP, inputs))


@given(
    st.lists(
        st.tuples(
            st.floats(0, 520),
            st.one_of(st.binary(max_size=12), st.integers(0, 255).map(lambda bpm: bytes([CONTACT, bpm]))),
            st.sampled_from(("strap", "", "ASSIOMA17039L")),
        ),
        max_size=40,
    )
)
@settings(max_examples=25, deadline=None)
def test_wherever_it_comes_in(beats: list[tuple[float, bytes, str]]) -> None:
    inputs, alone = short_ride()
    with_strap = [*inputs, *(Notification(t, octets, HEART_RATE, name) for t, octets, name in beats)]
    ride, events = Ride(SETUP), list[Event]()
    for place, item in enumerate(sorted(with_strap, key=lambda x: x.t)):
        events += ride.feed(item)
        if place % 50 == 0:
            ride.view()
    assert but_for_the_heart(events + ride.close(), ride.view()) == alone


def test_what_a_ride_is_read_for_is_the_same() -> None:
    inputs = simulated()
    alone, beside = analyse(SETUP, inputs), analyse(SETUP, list(interleaved(inputs)))
    assert beside.events == alone.events
    assert alone.summary.ride.heart_rate is None
    assert beside.summary.ride.heart_rate is not None
    for name in alone.trace.__struct_fields__:
        np.testing.assert_equal(getattr(beside.trace, name), getattr(alone.trace, name))
    ride = msgspec.structs.replace(beside.summary.ride, heart_rate=None)
    intervals = tuple(msgspec.structs.replace(x, heart_rate=None) for x in beside.summary.intervals)
    assert msgspec.structs.replace(beside.summary, ride=ride, intervals=intervals) == alone.summary
    assert summarise_ride(SETUP, interleaved(inputs)) == beside.summary


def test_ticks_of_a_capture_are_those_of_its_meter() -> None:
    inputs: list[Input] = [x for x in pedalled(200) if not 20 < x.t < 31.5]
    alone = list(with_ticks(inputs))
    beside = list(with_ticks(sorted([*inputs, *(beat(n * 0.9, 142) for n in range(200))], key=lambda x: x.t)))
    assert [x for x in beside if not is_heart_rate(x)] == [
        *alone,
        *(x for x in beside if x.t > alone[-1].t and isinstance(x, Tick)),
    ]
    assert [x.t for x in beside] == sorted(x.t for x in beside)


def test_each_second_has_what_the_screen_showed_as_it_ended() -> None:
    inputs = [*pedalled(120), Mark(40.5, "pause"), Mark(50.5, "resume")]
    strap = [beat(t + 0.3, 100 + t, NO_CONTACT if 20 <= t < 24 else 0) for t in range(70) if not 30 < t < 38]
    ridden = sorted([*inputs, *strap], key=lambda x: x.t)
    ride, seen, second = Ride(SETUP), list[float](), 0
    for item in ridden:
        while not is_heart_rate(item) and item.t > second:
            of_then = [x for x in strap if x.t <= second]
            told = HeartRateReadings()
            for x in of_then:
                told.feed(x)
            paused = 40.5 < second <= 50.5
            seen.append(math.nan if paused else told.latest(second) or math.nan)
            second += 1
        ride.feed(item)
    sampled = sample(SETUP, ridden).heart_rate_bpm
    np.testing.assert_equal(sampled[: len(seen)], seen)
    assert len(sampled) == len(seen) + 1
    by_second = [x.heart_rate_bpm for x in resample(SETUP, ridden).seconds]
    np.testing.assert_equal(sampled, [math.nan if x is None else x for x in by_second])
    assert by_second[35] == 130
    assert by_second[36] is None
    assert by_second[22] is None


def test_a_pause_that_never_ends_has_none() -> None:
    ridden: list[Input] = sorted(
        [*pedalled(30), *(beat(float(t), 99) for t in range(24)), Mark(10.5, "pause")], key=lambda x: x.t
    )
    sampled = sample(SETUP, ridden).heart_rate_bpm
    assert np.isfinite(sampled[:11]).all()
    assert np.isnan(sampled[11:]).all()


def test_the_mean_and_the_most_over_some_time() -> None:
    heart_rate = HeartRateSeries(np.array([math.nan, 100.0, 110.0, math.nan, 150.0]))
    assert heart_rate.over() == HeartRateSummary(120.0, 150)
    assert heart_rate.over(0.0, 2.0) == HeartRateSummary(105.0, 110)
    assert heart_rate.over(1.0, 2.5) == HeartRateSummary(110.0, 110)
    assert heart_rate.over(2.0, 3.0) is None
    assert HeartRateSeries(np.full(3, math.nan)).over() is None


def test_a_defect_in_reading_it_is_told_once_and_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = simulated()
    alone = fold(SETUP, inputs)

    def failing(*_: Any) -> None:
        raise KeyError("heart")

    monkeypatch.setattr(HeartRateReadings, "feed", failing)
    events, view = fold(SETUP, interleaved(inputs))
    (fault,) = [x for x in events if isinstance(x, Fault)]
    assert (fault.code, fault.error) == ("unusable_input", "KeyError")
    assert [x for x in events if x is not fault] == alone[0]
    assert view.ride == alone[1].ride


@pytest.mark.parametrize(
    ("stated", "bpm"), [('"heart_rate": 142', 142), ('"cadence": 80', None), ('"heart_rate": 251', None)]
)
def test_the_records_of_a_file_tell_it_too(stated: str, bpm: int | None) -> None:
    records = [
        Notification(float(t), b'{"power": 200, %b}' % stated.encode(), "fit:record") for t in range(9)
    ]
    view = fold(Setup(), records)[1]
    assert (view.heart_rate_bpm, view.counts.notifications) == (bpm, 9)
    mean = summarise_ride(Setup(), records).ride.heart_rate
    assert mean == (None if bpm is None else HeartRateSummary(142.0, 142))

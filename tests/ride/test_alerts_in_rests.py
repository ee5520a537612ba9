"""An alert ends with its interval: nothing is heard in a rest, and the next interval tells again what it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import pytest

from legbal.files.capture import read_file
from legbal.gatt.measurement import Measurement, encode
from legbal.ride.events import Alert, Clear, Cue, Event, IntervalEnd, IntervalStart
from legbal.ride.inputs import Input, Link, Mark, Notification, PlannedStep, Setup, ThresholdRule, Tick
from legbal.ride.ride import Ride, fold
from tests.shared import shared

FTP = 260.0
SETUP = Setup(ftp_w=FTP, weak_leg="left")
WORK, REST = 250.0, 110.0
TURN_S = 2 / 3  # at 90 rpm


def turns(
    seconds: float,
    power: Callable[[float], float],
    left: Callable[[float], float],
    *,
    seed: int = 1,
    scatter: float = 2.5,
) -> list[Input]:
    """A meter that tells each turn, with the watts and the left share of its time; at 0 W it sends nothing."""
    random = np.random.default_rng(seed)
    inputs: list[Input] = []
    for number in range(1, int(seconds / TURN_S)):
        t = number * TURN_S
        share = round(min(max(left(t) + scatter * random.standard_normal(), 10), 90))
        if (watts := power(t)) > 0:
            event = round(t * 1024) & 0xFFFF
            octets = encode(
                Measurement(
                    0x23,
                    round(watts + 4 * random.standard_normal()),
                    2 * share,
                    crank_revolutions=number & 0xFFFF,
                    crank_event_time_raw=event,
                )
            )
            inputs.append(Notification(t, octets, meter="meter"))
        elif number % 2 == 0:
            inputs.append(Tick(t))
    return inputs


def at(t: float, *spans: tuple[float, float]) -> bool:
    return any(start <= t < end for start, end in spans)


def three_intervals(*down: tuple[float, float], points: float = 6.0, seconds: float = 2700.0) -> list[Input]:
    """Eight minutes each from 600, 1380 and 2160 s; the left leg falls from 48 % by so many points in these spans."""
    work = ((600, 1080), (1380, 1860), (2160, 2640))
    return turns(
        seconds, lambda t: WORK if at(t, *work) else REST, lambda t: 48 - (points if at(t, *down) else 0)
    )


def of(kind: type, events: Sequence[Event]) -> list[float]:
    return [event.t for event in events if isinstance(event, kind)]


def in_rests(events: Sequence[Event]) -> list[Event]:
    """The cues outside any interval, by the intervals' own boundaries."""
    starts = [event.at for event in events if isinstance(event, IntervalStart)]
    ends = [event.at for event in events if isinstance(event, IntervalEnd)]
    cues = [event for event in events if isinstance(event, Cue)]
    return [cue for cue in cues if not at(cue.t, *zip(starts, ends, strict=True))]


def test_the_alert_of_the_case_ends_with_its_interval_and_the_rest_is_silent() -> None:
    path = shared("data/cases/c23_rest_after_drop.jsonl")
    events, view = fold(SETUP, read_file(path, lambda number, problem: pytest.fail(f"{number}: {problem}")))
    (alert,) = (event for event in events if isinstance(event, Alert))
    (clear,) = (event for event in events if isinstance(event, Clear))
    end = next(event for event in events if isinstance(event, IntervalEnd) and event.number == 2)
    assert 1580 < alert.t < 1640
    assert (clear.t, clear.reason, clear.at, clear.over_s) == (end.t, "rest", end.at, end.at)
    assert (len(of(Cue, events)), in_rests(events)) == (5, [])
    assert view.alert is None


def test_a_leg_that_is_still_down_is_told_again_in_the_next_interval_and_silently_not_where_it_is_back() -> (
    None
):
    inputs = three_intervals((1500, 2160))
    events, view = fold(SETUP, inputs)
    assert (len(of(Alert, events)), len(of(Clear, events)), view.alert) == (1, 1, None)
    assert max(of(Cue, events)) < 1860

    events, view = fold(SETUP, three_intervals((1500, 2700)))
    first, again = (event for event in events if isinstance(event, Alert))
    assert 1500 < first.t < 1560
    assert 2160 < again.since < again.t < 2220
    assert again.points == pytest.approx(6, abs=2)
    assert again.sure is not None
    assert again.sure > 0.95
    cues = [event for event in events if isinstance(event, Cue)]
    assert next(cue for cue in cues if cue.t > 1860) == Cue(again.t, "alert", "left")
    assert in_rests(events) == []
    assert [event.reason for event in events if isinstance(event, Clear)] == ["rest", "rest"]


def test_no_cue_between_an_interval_s_end_and_the_moment_that_settles_it() -> None:
    """Whatever second of the cool-down the interval ends in."""
    for cooldown_s in (20.0, 22.0, 24.0):
        setup = Setup(ftp_w=FTP, weak_leg="left", cooldown_s=cooldown_s)
        ride = Ride(setup)
        events = [event for item in three_intervals((1500, 2160), seconds=2000) for event in ride.feed(item)]
        end = next(event for event in events if isinstance(event, IntervalEnd) and event.number == 2)
        assert end.t - end.at > 5
        assert not [t for t in of(Cue, events) if t > end.at]
        assert len(of(Cue, events)) >= 10


def set_of(on: float, off: float, *, count: int = 16) -> Callable[[float], float]:
    """From 600 s on."""
    return lambda t: (
        WORK + 50 if 600 <= t < 600 + count * (on + off) and (t - 600) % (on + off) < on else REST
    )


@pytest.mark.parametrize(("on", "off", "count"), [(30, 15, 16), (40, 20, 12), (30, 30, 12)])
def test_an_alert_spans_a_set_of_short_intervals_and_is_heard_at_work_alone(
    on: float, off: float, count: int
) -> None:
    end = 600 + count * (on + off)
    power = set_of(on, off, count=count)
    inputs = turns(end + 400, power, lambda t: 40 if 780 <= t < end else 48)
    events, _ = fold(SETUP, inputs)
    assert len(of(IntervalStart, events)) >= count - 1
    (alert,) = (event for event in events if isinstance(event, Alert))
    (clear,) = (event for event in events if isinstance(event, Clear))
    assert 780 < alert.t < 900
    assert (clear.reason, clear.t < end + 70) == ("rest", True)
    assert clear.over_s == pytest.approx(end - off, abs=5)
    assert len(of(Cue, events)) >= (end - alert.t) / 90
    assert in_rests(events) == []
    assert [t for t in of(Cue, events) if power(t) == REST] == []


def test_lap_ends_the_alert_and_the_next_interval_tells_it_again() -> None:
    inputs = three_intervals((1500, 2160), seconds=2000)
    place = next(i for i, item in enumerate(inputs) if item.t > 1620)
    inputs.insert(place, Mark(inputs[place].t, "lap"))
    events, _ = fold(SETUP, inputs)
    first, again = of(Alert, events)
    cleared, _ = of(Clear, events)
    assert first < 1620 <= cleared < 1622
    assert 1625 < again < 1680
    assert in_rests(events) == []


def test_lap_in_a_plan_starts_the_next_interval_at_once_and_what_the_leg_did_counts() -> None:
    inputs = three_intervals((1500, 2160), seconds=2000)
    place = next(i for i, item in enumerate(inputs) if item.t > 1700)
    inputs.insert(place, Mark(inputs[place].t, "lap"))
    plan = (PlannedStep(600, 1080), PlannedStep(1380, 1860))
    events, _ = fold(Setup(ftp_w=FTP, weak_leg="left", plan=plan), inputs)
    _, again = of(Alert, events)
    assert 1700 < again < 1720
    assert of(Clear, events)[1] == pytest.approx(1860, abs=1)


def test_a_pause_within_an_interval_is_silent_and_a_long_one_ends_it() -> None:
    """Nothing is sent from 1600 s on, for 40 s or for 100."""

    def paused(seconds: float) -> list[Event]:
        def power(t: float) -> float:
            return 0 if 1600 <= t < 1600 + seconds else WORK if at(t, (600, 1080), (1380, 1860)) else REST

        return fold(SETUP, turns(2000, power, lambda t: 42 if 1500 <= t < 1860 else 48))[0]

    short, long = paused(40), paused(100)
    assert len(of(Alert, short)) == 1
    assert not [t for t in of(Cue, short) if 1600 < t < 1640]
    assert [t for t in of(Cue, short) if t >= 1640]
    assert len(of(Alert, long)) == 2
    assert not [t for t in of(Cue, long) if 1600 < t < 1700]
    assert in_rests(short) == in_rests(long) == []


def test_an_alert_that_holds_at_the_ride_s_end_is_cleared() -> None:
    ride = Ride(SETUP)
    for item in three_intervals((1500, 2160), seconds=1700):
        ride.feed(item)
    assert ride.view().alert is not None
    (end, clear) = ride.close()
    assert isinstance(end, IntervalEnd)
    assert clear == Clear(clear.t, "dropoff", "left", "rest", end.at)
    assert ride.view().alert is None


def below_target(when: Literal["intervals", "always"]) -> list[Event]:
    rule = ThresholdRule(target_percent=48.0, when=when)
    inputs = turns(1300, lambda t: WORK if at(t, (300, 780)) else REST, lambda t: 42 if t > 500 else 48)
    return fold(Setup(ftp_w=FTP, weak_leg="left", threshold=rule), inputs)[0]


def test_a_target_for_intervals_is_silent_in_rests_and_one_for_always_is_not() -> None:
    within = below_target("intervals")
    assert of(Cue, within)
    assert in_rests(within) == []
    always = below_target("always")
    assert in_rests(always)
    clear = next(
        event for event in reversed(always) if isinstance(event, Clear) and event.kind == "threshold"
    )
    assert (clear.reason, clear.at) == ("end", None)


def test_live_and_read_again_tell_the_same() -> None:
    inputs: list[Input] = [Link(0.0, "connected", "meter"), *three_intervals((1500, 2700))]
    ride = Ride(SETUP)
    live: list[Event] = []
    for number, item in enumerate(inputs):
        live += ride.feed(item)
        if number % 50 == 0:
            ride.view()
    assert live + ride.close() == fold(SETUP, inputs)[0]

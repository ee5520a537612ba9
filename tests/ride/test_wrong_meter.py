"""A ride in which the meter goes wrong: told once, silent while it lasts, teaching nothing; and not too many alerts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from legbal.app.ride_setup import contribution, with_contributions
from legbal.gatt.fields import PRESENCE
from legbal.gatt.measurement import Measurement, encode
from legbal.outlets.jsonlines import encode as line
from legbal.present.remarks import notice, remark
from legbal.ride.baseline_fit import columns
from legbal.ride.events import Alert, Clear, Cue, Event, Fault, MeterChange
from legbal.ride.inputs import Mark, Notification, Setup, ThresholdRule
from legbal.ride.ride import Ride, fold
from tests.ride.packets import BALANCE, CRANK
from tests.ride.pedalling import FTP, noise

SETUP = Setup(ftp_w=FTP, weak_leg="left")
TARGET = Setup(ftp_w=FTP, weak_leg="left", threshold=ThresholdRule(50.0))
_REFERENCE_LEFT = 1 << 1
Left = Callable[[int], float]


def watts(i: int) -> int:
    """Eight minutes of work, two of easy pedalling."""
    return 120 if i % 600 >= 480 else 240


def inputs(left: Left, seconds: int = 3000, seed: int = 3) -> list[Notification]:
    """A second each, a turn in each."""
    assert PRESENCE & (BALANCE | CRANK) == BALANCE | CRANK
    made = []
    for i, apart in enumerate(noise(seconds, seed)):
        octet = min(max(round(2 * (left(i) + float(apart))), 0), 200)
        m = Measurement(
            BALANCE | _REFERENCE_LEFT | CRANK,
            watts(i),
            balance_raw=octet,
            crank_revolutions=i & 0xFFFF,
            crank_event_time_raw=i * 1024 & 0xFFFF,
        )
        made.append(Notification(i + 0.5, encode(m), meter="Pedals"))
    return made


def _step(points: float, since: int = 1500, until: int = 10_000) -> Left:
    return lambda i: 49.0 + (points if since <= i < until else 0.0)


def faults(events: Sequence[Event]) -> list[str]:
    return [event.code for event in events if isinstance(event, Fault)]


def alerts(events: Sequence[Event]) -> list[Alert]:
    return [event for event in events if isinstance(event, Alert)]


@pytest.mark.parametrize("setup", [SETUP, TARGET], ids=["no target", "target"])
def test_it_is_told_once_and_nothing_more_until_it_is_back(setup: Setup) -> None:
    events, view = fold(setup, inputs(_step(-20, until=2400)))
    assert faults(events) == ["meter_wrong"]
    (wrong,) = (event for event in events if isinstance(event, Fault))
    (back,) = (event for event in events if isinstance(event, MeterChange) and event.what == "back")
    assert 1500 < wrong.t < 1560
    assert 2400 < back.t < 2560
    assert len([x for x in alerts(events) if x.t > 1499]) <= (
        1 if setup is SETUP else 2
    )  # what came before it was clear that it was the meter
    assert not [x for x in events if isinstance(x, Alert | Cue) and wrong.t < x.t < back.t]
    assert all(x.reason == "meter" for x in events if isinstance(x, Clear) and wrong.t <= x.t < back.t)
    assert view.meter_wrong_since is None
    assert [(round(x.since_s, -2), round(x.until_s or 0, -2)) for x in view.meter_wrong] == [(1500, 2400)]


def test_it_is_said_what_to_do_and_the_event_is_read_by_programs() -> None:
    events, view = fold(SETUP, inputs(_step(-20)))
    (fault,) = (event for event in events if isinstance(event, Fault))
    told = json.loads(line(fault))
    assert told["event"] == "fault"
    assert told["code"] == "meter_wrong"
    assert told["meter"] == "Pedals"
    assert told["text"] == notice(fault)
    assert "Set the zero, check the pedal." in told["text"]
    assert view.meter_wrong_since == pytest.approx(1500, abs=5)
    assert "nothing is learnt from that" in " ".join(map(remark, view.limits))


def test_a_leg_that_drops_by_five_points_stays_a_drop_off() -> None:
    events, view = fold(SETUP, inputs(_step(-5)))
    assert faults(events) == []
    assert alerts(events)[0].t < 1560
    assert view.meter_wrong == ()


@pytest.mark.parametrize("since", [0, 1500])
def test_what_the_meter_said_while_it_was_wrong_teaches_nothing(since: int) -> None:
    ride = Ride(SETUP)
    for item in inputs(_step(-30, since=since, until=since + 900)):
        ride.feed(item)
    taught = columns(ride.usual.taught.sample())[0]
    assert not [t for t in taught if since < t < since + 880]
    assert len(taught) > 1200
    assert ride.usual_percent(FTP) == pytest.approx(49, abs=1)


def test_a_jump_to_what_is_usual_has_what_was_before_teach_nothing() -> None:
    ride, events = Ride(SETUP), list[Event]()
    for item in inputs(_step(-13, since=0, until=1500)):
        events += ride.feed(item)
    assert faults(events) == ["meter_was_wrong"]
    assert min(columns(ride.usual.taught.sample())[0]) > 1480
    assert ride.usual_percent(FTP) == pytest.approx(49, abs=1.2)
    assert ride.view().meter_wrong_since is None


def test_history_leaves_out_a_ride_at_another_level() -> None:
    sound = [contribution(SETUP, inputs(lambda _: 49.0, 1200, seed)) for seed in (1, 2)]
    wrong = contribution(SETUP, inputs(lambda _: 35.0, 1200, 4))  # far, and not absurd
    absurd = contribution(SETUP, inputs(lambda _: 20.0, 1200, 5))
    with_them = with_contributions(SETUP, [sound[0], wrong, absurd, sound[1]]).baseline
    assert absurd.sample.t == b""
    assert wrong.sample.t
    assert with_them == with_contributions(SETUP, sound).baseline


def test_a_reference_that_the_rider_names_begins_anew() -> None:
    ride = Ride(SETUP)
    for item in inputs(_step(-20), 1800):
        ride.feed(item)
    assert ride.view().meter_wrong_since is not None
    ride.feed(Mark(1800.0, "reference_right"))
    assert ride.view().meter_wrong == ()
    assert faults(ride.feed(inputs(_step(-20), 1802)[-1])) == []


def test_a_fourth_alert_within_an_hour_says_once_that_something_else_has_changed() -> None:
    """The leg drops again in each of seven efforts; and the target is missed in each."""
    for setup in (SETUP, TARGET):
        events, _ = fold(setup, inputs(lambda i: 49.0 - (5.0 if i % 600 > 200 else 0.0), 4200))
        told = [x.t for x in alerts(events)]
        assert all(later - first >= 3600 for first, later in zip(told, told[3:], strict=False))
        changed = [x.t for x in events if isinstance(x, MeterChange) and x.what == "may_have_changed"]
        assert len(told) >= 3
        assert len(changed) == 1
        assert told[2] < changed[0]
        assert len([x for x in events if isinstance(x, Clear)]) == len(told)


def test_at_first_today_s_level_counts_as_usual_once_that_was_said() -> None:
    ride, events = Ride(SETUP), list[Event]()
    for item in inputs(lambda i: 49.0 - 3.5 * min(i // 600, 4), 3000):  # each effort a step lower
        events += ride.feed(item)
    assert ride.usual.drop_points is None
    assert len(alerts(events)) <= 3

"""A kind of alert that exists in this test alone, through the fold: no module of legbal names it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from legbal.gatt.measurement import Measurement, encode
from legbal.outlets.jsonlines import encode as line
from legbal.ride import alerts
from legbal.ride.alerts import AlertKind
from legbal.ride.dropoff_alert import DropOff
from legbal.ride.events import Alert, Clear, Cue, Event, Fault
from legbal.ride.inputs import Input, Mark, Notification, Setup, Tick
from legbal.ride.meter_fault import MeterFault
from legbal.ride.moment import Moment
from legbal.ride.ride import Ride, fold
from legbal.ride.threshold_alert import Threshold
from legbal.ride.usual import UsualBalance

SLOW_RPM = 60.0


class CadenceDrop(AlertKind):
    """The cranks turn slower than a limit while there is power."""

    def __init__(self, *_: Setup | UsualBalance) -> None:
        self._alert: Alert | None = None

    def feed(self, now: Moment) -> Sequence[Alert | Clear]:
        rpm = now.source.cadence_rpm
        if rpm is None:
            return ()
        if self._alert is None and 0 < rpm < SLOW_RPM and now.power_w > 0:
            values = {"cadence_rpm": rpm}
            self._alert = Alert(
                now.t, "cadence_drop", "left", SLOW_RPM - rpm, None, None, now.t, 1, values=values
            )
            return (self._alert,)
        if self._alert is not None and not now.source.pedalling:
            self._alert = None
            return (Clear(now.t, "cadence_drop", "left", "rest"),)
        return ()


class Broken(CadenceDrop):
    """It fails at every input."""

    def feed(self, now: Moment) -> Sequence[Alert | Clear]:
        super().feed(now)
        raise ZeroDivisionError


def turning(rpm: float, count: int) -> list[Input]:
    """Packets of a meter that tells a turn at a time."""
    return [
        Notification(
            i * 60 / rpm,
            encode(
                Measurement(
                    0x23, 200, 96, crank_revolutions=i, crank_event_time_raw=round(i * 61440 / rpm) & 0xFFFF
                )
            ),
            meter="meter",
        )
        for i in range(count)
    ]


def test_a_kind_is_fed_told_shown_and_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(alerts.KINDS, "cadence_drop", CadenceDrop)
    ride, events = Ride(Setup()), list[Event]()
    for item in turning(50, 30):
        events += ride.feed(item)
    held = ride.view().alert
    assert held is not None
    assert held.kind == "cadence_drop"
    assert held.values["cadence_rpm"] == pytest.approx(50.0, abs=0.1)
    assert ride.view().told == (held,)
    events += [e for i in range(8) for e in ride.feed(Tick(36.0 + i))]
    told = [json.loads(line(e)) for e in events if isinstance(e, Alert | Clear | Cue)]
    assert [(e["event"], e.get("kind"), e.get("sound")) for e in told] == [
        ("alert", "cadence_drop", None),
        ("cue", None, "alert"),
        ("clear", "cadence_drop", None),
    ]
    assert told[0]["values"] == {"cadence_rpm": pytest.approx(50.0, abs=0.1)}
    assert ride.view().alert is None


def test_a_kind_that_fails_is_told_and_keeps_no_other_from_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts, "KINDS", {"broken": Broken, "cadence_drop": CadenceDrop, **alerts.KINDS})
    events, view = fold(Setup(), turning(50, 30))
    faults = [e for e in events if isinstance(e, Fault)]
    assert [(e.code, e.error) for e in faults] == [("failed_alert", "ZeroDivisionError")]
    assert [e.kind for e in events if isinstance(e, Alert)] == ["cadence_drop"]
    assert (view.ride.revolutions, view.counts.unusable) == (29, 0)


def test_a_meter_that_cannot_be_judged_is_told_and_every_kind_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(MeterFault, "feed", failing)
    monkeypatch.setattr(alerts, "KINDS", {"cadence_drop": CadenceDrop, **alerts.KINDS})
    events, view = fold(Setup(), turning(50, 30))
    faults = [e for e in events if isinstance(e, Fault)]
    assert [(e.code, e.error) for e in faults] == [("failed_alert", "ZeroDivisionError")]
    assert [e.kind for e in events if isinstance(e, Alert)] == ["cadence_drop"]
    assert (view.ride.revolutions, view.counts.unusable) == (29, 0)


def test_a_kind_that_cannot_forget_is_told_and_the_others_do(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[str] = []

    class Forgetting(CadenceDrop):
        def forget(self) -> None:
            forgotten.append("a share")
            raise ZeroDivisionError

    monkeypatch.setattr(alerts, "KINDS", {"a": Forgetting, "b": Forgetting, **alerts.KINDS})
    inputs = [*turning(80, 10), Mark(8.0, "reference_right"), Tick(12.0)]
    events, view = fold(Setup(), inputs)
    assert [(e.code, e.t) for e in events if isinstance(e, Fault)] == [("failed_alert", 12.0)]
    assert (len(forgotten), view.reference, view.counts.unusable) == (2, "right", 0)


def test_kinds_that_cannot_be_made_are_told_and_the_ride_has_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class NoZero(CadenceDrop):
        def __init__(self, *_: object) -> None:
            raise ZeroDivisionError

    class NoKey(CadenceDrop):
        def __init__(self, *_: object) -> None:
            raise KeyError

    monkeypatch.setattr(
        alerts, "KINDS", {"a": NoZero, "b": NoKey, "cadence_drop": CadenceDrop, **alerts.KINDS}
    )
    events, view = fold(Setup(), turning(50, 30))
    faults = [(e.code, e.error) for e in events if isinstance(e, Fault)]
    assert faults == [("failed_alert", "ZeroDivisionError"), ("failed_alert", "KeyError")]
    assert [e.kind for e in events if isinstance(e, Alert)] == ["cadence_drop"]
    assert (view.ride.revolutions, view.counts.unusable) == (29, 0)


def test_a_drop_off_is_shown_before_a_target_and_both_before_any_other_kind() -> None:
    assert DropOff.rank < Threshold.rank < AlertKind.rank

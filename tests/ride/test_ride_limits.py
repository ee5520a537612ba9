"""The fold at its limits: the seconds over which it says power, when silence counts, and what is told once."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from legbal.gatt.measurement import Measurement, encode
from legbal.meters.limits import Remark
from legbal.ride.events import Event, IntervalEnd, Lap, LinkChange, MeterChange, Note
from legbal.ride.inputs import Input, Link, Mark, Notification, PlannedStep, Setup, Tick
from legbal.ride.ride import Ride, fold
from legbal.ride.view import BLANK
from tests.meters.profiles import shipped
from tests.ride.folding import packet, pedalled

PROFILES = shipped()


def power(t: float, watts: int, meter: str = "meter") -> Notification:
    return Notification(t, encode(Measurement(0, watts)), meter=meter)


def test_a_ride_of_nothing_says_nothing() -> None:
    view = Ride(Setup()).view()
    assert (view.t, view.balance, view.reference, view.meter_name, view.links) == (
        0.0,
        "unknown",
        "unknown",
        "",
        (),
    )
    assert (view.limits, view.intervals, view.notes, view.told, view.muted) == ((), (), (), (), False)
    assert (view.power_w, view.cadence_rpm, view.pedalling, view.one_leg, view.usual) == (
        None,
        None,
        False,
        None,
        None,
    )
    assert view.ftp_estimated
    assert view.ftp_w == pytest.approx(210.0)
    # whose FTP is a typical rider's, which is nobody's
    begun = msgspec.structs.replace(Ride(Setup()).whole_view(), ftp_w=None, ftp_estimated=False)
    assert msgspec.to_builtins(BLANK, enc_hook=list) == msgspec.to_builtins(begun, enc_hook=list)
    assert Ride(Setup()).close() == []


def test_the_power_shown_is_the_mean_of_what_was_stated_in_the_last_three_seconds() -> None:
    ride = Ride(Setup())
    for t, watts in ((7.0, 900), (7.5, 100), (9.0, 200), (10.0, 600)):
        ride.feed(power(t, watts))
    assert ride.view().power_w == 300.0
    assert ride.stated(8.5) == (400.0, ride.view().cadence_rpm)
    ride.feed(Tick(12.9375))
    assert ride.view().power_w == 600.0
    ride.feed(Tick(13.0))
    assert ride.view().power_w is None
    assert ride.stated(13.0) == (None, ride.view().cadence_rpm)


def test_of_the_power_stated_no_more_than_512_is_kept() -> None:
    ride = Ride(Setup())
    for i in range(600):
        ride.feed(power(i / 512, 1000 if i < 88 else 200))
    assert ride.view().power_w == 200.0


@pytest.mark.parametrize(("silent_s", "over"), [(59.0, False), (60.0, True)])
def test_silence_ends_an_interval_by_whatever_comes_next(silent_s: float, over: bool) -> None:
    for item in (
        Tick(30 + silent_s),
        Link(30 + silent_s, "lost", "meter"),
        Link(30 + silent_s, "searching", ""),
    ):
        ride = Ride(Setup(ftp_w=200.0))
        for t in range(31):
            ride.feed(power(float(t), 250))
        events = ride.feed(item)
        assert any(isinstance(e, IntervalEnd) for e in events) == over
        assert (ride.view().interval is None) == over


@pytest.mark.parametrize(("silent_s", "told"), [(2.9375, False), (3.0, True)])
def test_between_two_measurements_of_a_slow_meter_is_no_silence(silent_s: float, told: bool) -> None:
    """The plan goes on in silence: its boundary is told with the tick, else with the measurement."""
    ride = Ride(Setup(ftp_w=200.0, plan=(PlannedStep(11.0, 20.0),)))
    for t in range(11):
        ride.feed(power(float(t), 100))
    assert bool(ride.feed(Tick(10 + silent_s))) == told
    assert bool(ride.feed(power(14.0, 100))) == (not told)


def test_a_planned_interval_counts_down_from_its_start_until_its_end() -> None:
    ride = Ride(Setup(plan=(PlannedStep(10.0, 20.0), PlannedStep(20.0, 25.0), PlannedStep(30.0, 40.0))))
    left = list[float | None]()
    for t in (9.5, 10.0, 19.5, 20.0, 24.5, 25.0, 30.0, 39.0, 40.0):
        ride.feed(Tick(t))
        left.append(ride.view().interval_left_s)
    assert left == [None, 10.0, 0.5, 5.0, 0.5, None, 10.0, 1.0, None]
    assert ride.view().intervals_planned == 3
    assert Ride(Setup()).view().intervals_planned is None


def test_laps_are_numbered_and_bound_intervals() -> None:
    ride = Ride(Setup(ftp_w=200.0))
    events: list[Event] = []
    for t in (5.0, 9.0, 12.0):
        events += ride.feed(Mark(t, "lap"))
    assert [(e.t, e.number) for e in events if isinstance(e, Lap)] == [(5.0, 1), (9.0, 2), (12.0, 3)]
    assert [(x.start_s, x.end_s, x.number) for x in ride.view().intervals] == [(5.0, 9.0, 1), (12.0, None, 2)]
    assert ride.view().interval == ride.view().intervals[-1]


def test_muting_and_notes_leave_the_ride_alone() -> None:
    ride = Ride(Setup())
    muted = list[bool]()
    for kind in ("mute", "note", "unmute"):
        assert ride.feed(Mark(1.0, kind, "a")) == ([Note(1.0, "a")] if kind == "note" else [])
        muted.append(ride.view().muted)
    assert muted == [True, True, False]
    assert ride.view().notes == ((1.0, "a"),)


@pytest.mark.parametrize(
    ("kind", "side", "left"), [("reference_left", "left", 48.0), ("reference_right", "right", 52.0)]
)
def test_whose_share_it_is_the_rider_says_once_a_meter_was_heard(
    kind: Literal["reference_left", "reference_right"], side: str, left: float
) -> None:
    ride = Ride(Setup(ftp_w=200.0))
    assert ride.feed(Mark(0.0, kind)) == []
    for item in pedalled(10, left=False):
        ride.feed(item)
    assert ride.view().ride.revolutions == 9
    (told,) = ride.feed(Mark(8.0, kind))
    assert told == MeterChange(8.0, "reference", Remark("balance.reference", {"side": side}), "meter")
    assert ride.view().ride.revolutions == (9 if side == "left" else 0)
    for i in range(10, 20):
        ride.feed(packet(i * 0.8, i, left=False))
    view = ride.view()
    assert view.ride.left_percent == left
    assert [x.share.left_percent for x in view.bands if x.share.revolutions] == [left]


@pytest.mark.parametrize("uuid", ["2a19", "2a5d", "2a65"])
def test_each_value_that_cannot_be_read_is_told_and_counts_as_no_measurement(uuid: str) -> None:
    ride = Ride(Setup())
    for t in (1.0, 2.0):
        (told,) = ride.feed(Notification(t, b"", uuid, "meter"))
        assert isinstance(told, MeterChange)
        assert (told.what, told.meter) == ("undecodable", "meter")
    counts = ride.view().counts
    assert (counts.notifications, counts.undecodable, counts.unusable) == (0, 0, 0)


def test_of_measurements_that_cannot_be_read_each_meter_s_first_is_told() -> None:
    ride = Ride(Setup())
    bad = [Notification(float(t), b"\x20", meter=meter) for t in range(3) for meter in ("a", "b")]
    told = [event for item in bad for event in ride.feed(item)]
    assert [e.meter for e in told if isinstance(e, MeterChange)] == ["a", "b"]
    counts = ride.view().counts
    assert (counts.notifications, counts.undecodable) == (6, 6)


def test_what_else_a_meter_says_is_only_kept() -> None:
    ride = Ride(Setup())
    assert ride.feed(Notification(0.0, b"\xff" * 9, "2a29", "meter")) == []
    assert ride.view().links == ()


def test_the_first_meter_that_sends_is_ridden_on_and_others_are_named() -> None:
    ride = Ride(Setup(profile=PROFILES["favero-assioma-duo"]))
    ride.feed(Link(0.0, "connected", "other"))
    events = [e for t in range(3) for e in ride.feed(power(float(t), 200, "first"))]
    assert [e.meter for e in events if isinstance(e, MeterChange) and e.what == "identified"] == ["first"]
    assert not [x for x in ride.view().limits if isinstance(x, Remark) and x.code == "ride.not_counted"]
    assert [e for t in range(3, 6) for e in ride.feed(power(float(t), 900, "other"))] == []
    view = ride.view()
    assert (view.meter_name, view.counts.notifications, view.power_w) == ("first", 6, None)
    (named,) = [x for x in view.limits if isinstance(x, Remark) and x.code == "ride.not_counted"]
    assert named.values == {"meters": ("other",)}
    assert [x.meter for x in view.links] == ["other", "first"]


def test_a_link_is_told_when_its_state_changes_and_not_when_its_strength_does() -> None:
    ride = Ride(Setup())
    links = [
        Link(1.0, "connecting", "meter"),
        Link(2.0, "connecting", "meter", rssi=-50),
        Link(3.0, "connected", "meter", rssi=-60),
    ]
    told = [ride.feed(link) for link in links]
    assert told == [
        [LinkChange(1.0, "connecting", "meter", "")],
        [],
        [LinkChange(3.0, "connected", "meter", "")],
    ]
    assert ride.view().links[0].rssi == -60


def test_time_never_goes_back() -> None:
    ride = Ride(Setup())
    ride.feed(Tick(10.0))
    ride.feed(Tick(4.0))
    assert ride.t == ride.view().t == 10.0


def test_at_rest_the_cranks_are_said_to_stand_once_silence_lasted() -> None:
    ride = Ride(Setup())
    last = 15.0
    for i in range(21):
        ride.feed(packet(i * 0.75, i))
    cadences = list[float | None]()
    for t in (last + 2.9, last + 3.0, last + 3.1):
        ride.feed(Tick(t))
        cadences.append(ride.view().cadence_rpm)
    assert cadences == [pytest.approx(75.0, abs=0.1)] * 2 + [0.0]


def test_the_live_windows_reach_back_three_ten_and_thirty_seconds() -> None:
    inputs: list[Input] = [packet(i * 0.75, i) for i in range(51)]
    ride = Ride(Setup())
    for item in inputs:
        ride.feed(item)
    last = 50 * 0.75
    for t, windows in (
        (last + 2.9, (1, 10, 37)),
        (last + 3.0, (0, 10, 36)),
        (last + 10.0, (0, 0, 27)),
        (last + 30.0, (0, 0, 0)),
    ):
        ride.feed(Tick(t))
        view = ride.view()
        assert (view.last_3s.revolutions, view.last_10s.revolutions, view.last_30s.revolutions) == windows


def test_a_whole_ride_is_all_it_told_and_its_last_view() -> None:
    setup, inputs = Setup(ftp_w=200.0), [*pedalled(10), Mark(8.0, "lap"), *pedalled(3)]
    ride = Ride(setup)
    events = [e for item in inputs for e in ride.feed(item)]
    assert fold(setup, inputs)[0] == events + ride.close()
    assert isinstance(fold(setup, inputs)[0][-1], IntervalEnd)

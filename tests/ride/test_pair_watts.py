"""Which meter of a pair is which, and how many of its watts are its leg's."""

from __future__ import annotations

from typing import Any

import pytest

from legbal.app.ride_setup import paired
from legbal.gatt.measurement import Measurement, encode
from legbal.meters.profile import Profile
from legbal.present.remarks import remark
from legbal.ride.alignment import DuplicatePower
from legbal.ride.inputs import Notification, Setup, Side
from legbal.ride.meter import Meter
from legbal.ride.one_sided import side_in
from legbal.ride.pair import Pair
from legbal.ride.ride import fold
from legbal.sources.simulator import SimulatedRide
from tests.ride.halves import SRM, TWO, Crank, steady, texts, truth


def test_a_half_that_sends_both_legs_with_a_balance_is_not_added_to() -> None:
    """As Assioma's left pedal in unified mode, with the right one connected, too."""
    octets = iter([96, 97, 95] * 100)
    inputs = [
        Crank("left").packet(item.t, item.t / 0.7, 200, octet=next(octets))
        if isinstance(item, Notification) and item.meter == "left"
        else item
        for item in steady(120, lambda _t: 200, lambda _t: 104)
    ]
    events, view = fold(TWO, inputs)
    assert [text for text in texts(events) if "both legs" in text] == [
        "left sends the power of both legs and its balance: right is not added to it."
    ]
    assert remark(view.limits[0]) == texts(events)[0]
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.1)
    assert view.ride.power_w == pytest.approx(200.0, abs=1.0)
    assert view.power_w == 200.0
    assert view.balance in ("measured", "unknown")


def test_a_filler_octet_of_a_half_is_no_total() -> None:
    _, view = fold(TWO, steady(120, lambda _t: 96, lambda _t: 104, octet=100))
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.1)
    assert view.power_w == 200.0


@pytest.mark.parametrize(
    ("left", "right", "ftp"),
    [
        pytest.param(
            lambda t: 180 + 40 * (int(t / 20) % 2), lambda t: 181 + 40 * (int(t / 20) % 2), 250.0, id="alike"
        ),
        pytest.param(
            lambda t: 240 + int(t * 7) % 30, lambda t: 240 + int(t * 11) % 30, 250.0, id="too strong"
        ),
        pytest.param(
            lambda t: 400 + int(t * 7) % 40, lambda t: 390 + int(t * 11) % 40, None, id="without FTP"
        ),
    ],
)
def test_two_that_tell_the_same_power_are_not_added_up(left: Any, right: Any, ftp: float | None) -> None:
    events, view = fold(Setup(ftp_w=ftp, pair=("left", "right")), steady(400, left, right))
    (said,) = texts(events)
    assert said.startswith("left and right send the same power")
    assert remark(view.limits[0]) == said
    assert ["FTP" in limit for limit in map(remark, view.limits[1:])] == ([True] if ftp is None else [])
    assert view.ftp_w == pytest.approx(ftp or 350.0, rel=0.2)  # whatever the two together would have been
    assert view.balance == "absent"
    assert view.ride.left_percent is None
    assert view.ride.power_w is not None
    assert view.ride.power_w == pytest.approx(left(0) + 15, rel=0.12)


@pytest.mark.parametrize(
    ("times", "left_percent", "found_after_s"),
    [
        (1.76, 53.0, 120),  # nobody holds for two minutes
        (1.75, 53.0, 600),
        (1.26, 53.0, 600),  # nor this for ten
        (1.25, 53.0, None),
        (3.0, 58.1, None),  # legs that differ so are two
        (3.0, 57.9, 120),
        (3.0, 42.1, 120),
    ],
)
def test_power_beyond_the_riders_with_legs_alike_is_told_twice(
    times: float, left_percent: float, found_after_s: int | None
) -> None:
    watch = DuplicatePower(200.0)
    found = [
        second
        for second in range(1, 1200)
        # the legs differ from turn to turn, as legs do
        if watch.feed(left_percent + (2.0 if second % 2 else -2.0), times * 200.0, 1.0)
    ]
    assert found[:1] == ([] if found_after_s is None else [found_after_s])


def test_without_an_ftp_the_power_is_that_of_a_very_strong_rider() -> None:
    weaker, stronger = DuplicatePower(None), DuplicatePower(None)
    for second in range(119):
        assert not stronger.feed(53.0 + (-1) ** second * 2.0, 701.0, 1.0)
        assert not weaker.feed(53.0 + (-1) ** second * 2.0, 699.0, 1.0)
    assert stronger.feed(53.0, 701.0, 1.0)
    assert not weaker.feed(53.0, 699.0, 1.0)


def test_of_meters_that_double_their_leg_half_counts() -> None:
    inputs = steady(120, lambda _t: 192, lambda _t: 104)
    _, view = fold(Setup(pair=("left", "right"), doubled=("left",)), inputs)
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.1)
    assert view.power_w == 200.0
    assert "Half of the watts of left count: it doubles its leg's power." in map(remark, view.limits)
    inputs = steady(120, lambda _t: 192, lambda _t: 208)
    _, view = fold(Setup(pair=("left", "right"), doubled=("left", "right")), inputs)
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.1)
    assert view.ride.power_w == pytest.approx(200.0, abs=1.0)


def test_half_a_watt_is_stated_but_effort_is_in_whole_watts() -> None:
    setup = Setup(pair=("left", "right"), doubled=("left",))
    pair = Pair(setup, 0.0)
    meters = {name: Meter(name, setup) for name in ("left", "right")}
    assert all(pair.takes(meter) for meter in meters.values())
    reading = None
    for item in steady(10, lambda _t: 193, lambda _t: 104):
        if isinstance(item, Notification):
            meter = meters[item.meter]
            reading = pair.feed(item.t, meter, meter.read(item))
    assert reading is not None
    assert (reading.power_w, reading.effort_w) == (200.5, 200)
    _, view = fold(setup, steady(10, lambda _t: 193, lambda _t: 104))
    assert view.power_w == 200.5


def test_which_of_two_named_meters_double_is_known_by_name_or_by_what_they_say() -> None:
    said = [
        Notification(0.0, b"Stages Cycling", "2a29", "Crank"),
        Notification(0.0, b"SPM2", "2a24", "Crank"),
    ]
    assert paired(Setup(), ("Stages 1", "SRM_XP_R_1"), []).doubled == ("left",)
    assert paired(Setup(), ("Stages 1", "4iiii 2"), []).doubled == ("left", "right")
    for halves in (
        ("SRM_XP_L_1", "SRM_XP_R_1"),
        ("ASSIOMA34L", "ASSIOMA34R"),
        ("PowerTap.L", "PowerTap P1.R"),
    ):
        assert paired(Setup(), halves, []).doubled == ()
    assert paired(Setup(), ("x", "crank"), said) == Setup(pair=("x", "crank"), doubled=("right",))


def test_a_hard_ride_of_two_honest_halves_is_added_up() -> None:
    ride = SimulatedRide(profile=SRM, seed=4)
    events, view = fold(Setup(ftp_w=ride.rider.ftp_w, profile=SRM), ride.timeline())
    assert texts(events) == []
    assert view.ride.left_percent == pytest.approx(truth(ride), abs=0.4)


def test_left_is_right_when_the_sides_are_swapped() -> None:
    inputs = steady(100, lambda _t: 96, lambda _t: 104)
    _, view = fold(Setup(pair=("left", "right"), swap_sides=True), inputs)
    assert view.ride.left_percent == pytest.approx(52.0, abs=0.05)
    assert view.meter_name == "right + left"


@pytest.mark.parametrize(
    ("setup", "name", "place", "side"),
    [
        (Setup(profile=SRM), "SRM_XP_L_1690", None, "left"),
        (Setup(profile=SRM), "SRM_XP_R_1556", "left pedal", "right"),
        (Setup(profile=SRM), "something", "right pedal", "right"),
        (Setup(profile=SRM), "something", "left crank", "left"),
        (Setup(profile=SRM), "something", "other", None),
        (Setup(), "SRM_XP_L_1690", "left pedal", None),
        (Setup(pair=("stages", "4iiii")), "Stages 123", None, "left"),
        (Setup(pair=("stages", "4iiii")), "4iiii R", None, "right"),
        (Setup(pair=("stages", "4iiii")), "Quarq", "right pedal", None),
        (Setup(pair=("PM", "PM 2")), "PM 2", None, "right"),
        (Setup(profile=SRM, swap_sides=True), "SRM_XP_L_1690", None, "right"),
    ],
)
def test_which_side_a_meter_has(setup: Setup, name: str, place: str | None, side: Side | None) -> None:
    assert side_in(setup, name, place) == side


def test_the_location_tells_where_names_do_not() -> None:
    nameless: Profile = SRM
    inputs = steady(60, lambda _t: 96, lambda _t: 104)
    told = [Notification(0.0, bytes([7]), "2a5d", "left"), Notification(0.0, bytes([8]), "2a5d", "right")]
    _, view = fold(Setup(profile=nameless), [*told, *inputs])
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.05)


def test_a_third_meter_is_not_counted_in() -> None:
    third = [
        Notification(i + 0.4, encode(Measurement(flags=0x03, power_w=300, balance_raw=60)), meter="Trainer")
        for i in range(60)
    ]
    inputs = sorted([*third, *steady(60, lambda _t: 96, lambda _t: 104)], key=lambda item: item.t)
    _, view = fold(TWO, inputs)
    assert view.power_w == 200.0
    assert "Not counted in: Trainer." in map(remark, view.limits)

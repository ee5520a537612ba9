"""What the rider said of a meter's sides is kept for its next rides, and can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from legbal import config
from legbal.app.meters import Chooser, last_used, remember_meter, with_pair
from legbal.app.ride_setup import live_setup, overridden
from legbal.gatt.measurement import Measurement, encode
from legbal.library.rider import KnownMeter, read_meters, remember
from legbal.ride.inputs import Input, Mark, Notification, Setup
from legbal.ride.ride import Ride
from legbal.ride.view import RideView
from legbal.sources.bluetooth.power_meter import PowerMeter
from tests.app.breaking import Breaker

METER = PowerMeter("PM 1", "E0:00:00:00:00:01", -60)
OTHER = PowerMeter("PM 2", "E0:00:00:00:00:02", -60)


def pedalled(meter: str, *, named: bool | None) -> list[Input]:
    """Sixty turns at 48 % of a leg that the meter names as the left, or does not name; None: without a balance."""
    flags = 0x20 if named is None else 0x21 | (0x02 if named else 0)
    return [
        Notification(
            turn * 0.8,
            encode(
                Measurement(
                    flags=flags,
                    power_w=200,
                    balance_raw=None if named is None else 96,
                    crank_revolutions=turn,
                    crank_event_time_raw=round(turn * 0.8 * 1024) & 0xFFFF,
                )
            ),
            meter=meter,
        )
        for turn in range(60)
    ]


def ridden(
    options: Mapping[str, object] | None = None,
    *,
    marks: tuple[Mark, ...] = (),
    found: PowerMeter = METER,
    named: bool | None = True,
) -> RideView:
    """One ride as `legbal ride` does it, from what was typed to what is remembered."""
    typed = {"swap_sides": None, "assume_left": None} | dict(options or {})
    inputs = pedalled(found.label, named=named)
    ride = Ride(live_setup(config.load(typed), typed, inputs[:1]))
    for item in sorted([*inputs, *marks], key=lambda item: item.t):
        ride.feed(item)
    remember_meter(found, ride, typed, print)
    return ride.view()


@pytest.mark.parametrize(
    ("name", "named", "sides"),
    [("PM 1", True, True), ("KICKR 1", None, False), ("PM 1", None, False), ("ASSIOMA1L", None, True)],
)
def test_it_is_kept_whether_a_meter_told_the_legs_apart(name: str, named: bool | None, sides: bool) -> None:
    """A balance that arrived counts, else what is known of the family: it may be locked, or a half missing."""
    ridden(found=PowerMeter(name, "E0:00:00:00:00:03", -60), named=named)
    assert [meter.sides for meter in read_meters()] == [sides]


def test_the_last_meter_that_told_the_legs_apart_goes_before_a_trainer() -> None:
    ridden()
    ridden(found=PowerMeter("KICKR 1", "E0:00:00:00:00:03", -60), named=None)
    assert [meter.name for meter in read_meters()] == ["KICKR 1", "PM 1"]
    last = last_used(print)
    assert last is not None
    assert last.name == "PM 1"


def test_of_a_meter_kept_by_an_older_legbal_its_name_tells() -> None:
    remember(KnownMeter(address="E0:00:00:00:00:01", name="ASSIOMA1L"))
    remember(KnownMeter(address="E0:00:00:00:00:02", name="KICKR 1"))
    last = last_used(print)
    assert last is not None
    assert (last.name, last.sides) == ("ASSIOMA1L", True)


def test_a_new_address_takes_the_place_of_the_old_one_of_the_same_meter() -> None:
    values = {"2a29": b"Maker", "2a24": b"Model"}
    said = {"swap_sides": True}
    ride = Ride(Setup(swap_sides=True))
    remember_meter(METER, ride, said, print, values)
    anew = PowerMeter(METER.name, "E0:00:00:00:00:0A", -60)
    remember_meter(anew, Ride(Setup()), {}, print, values)
    (known,) = read_meters()
    assert (known.address, known.swap_sides, known.manufacturer) == (anew.address, True, "Maker")
    namesake = PowerMeter(METER.name, "E0:00:00:00:00:0B", -60)
    remember_meter(namesake, Ride(Setup()), {}, print, {"2a24": b"Another"})
    assert len(read_meters()) == 2


def left(view: RideView) -> float | None:
    return view.ride.left_percent


def test_swapped_sides_are_typed_once_and_hold_for_that_meter() -> None:
    assert left(ridden()) == 48.0
    assert left(ridden({"swap_sides": True})) == 52.0
    assert left(ridden()) == 52.0
    assert left(ridden(found=OTHER)) == 48.0


def test_swapped_sides_are_taken_back_for_good() -> None:
    ridden({"swap_sides": True})
    assert left(ridden({"swap_sides": False})) == 48.0
    assert left(ridden()) == 48.0


def test_what_the_settings_say_of_the_sides_is_not_made_the_meters_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LEGBAL_SWAP_SIDES", "true")
    assert left(ridden()) == 52.0
    monkeypatch.delenv("LEGBAL_SWAP_SIDES")
    assert left(ridden()) == 48.0


@pytest.mark.parametrize(
    ("side", "reference", "share"), [("left", "assumed_left", 48.0), ("right", "right", 52.0)]
)
def test_the_leg_that_the_rider_named_is_known_on_the_next_ride(
    side: str, reference: str, share: float
) -> None:
    assert ridden(named=False).reference == "unknown"
    mark = Mark(1.0, "reference_left" if side == "left" else "reference_right")
    ridden(named=False, marks=(mark,))
    view = ridden(named=False)
    assert (view.reference, left(view)) == (reference, share)


def test_a_named_leg_is_taken_back_for_good() -> None:
    ridden(named=False, marks=(Mark(1.0, "reference_right"),))
    view = ridden({"assume_left": False}, named=False)
    assert (view.reference, left(view)) == ("unknown", 48.0)
    assert ridden(named=False).reference == "unknown"


def test_assuming_left_stands_in_place_of_a_leg_that_was_named_right() -> None:
    ridden(named=False, marks=(Mark(1.0, "reference_right"),))
    view = ridden({"assume_left": True}, named=False)
    assert (view.reference, left(view)) == ("assumed_left", 48.0)
    assert ridden(named=False).reference == "assumed_left"


def test_a_ride_without_balance_forgets_nothing() -> None:
    ridden(named=False, marks=(Mark(1.0, "reference_right"),))
    ride = Ride(live_setup(config.load({}), {}, pedalled(METER.label, named=False)[:1]))
    remember_meter(METER, ride, {}, print)
    (known,) = read_meters()
    assert known.reference == "right"


def test_a_ride_without_its_setup_forgets_nothing() -> None:
    ridden(named=False, marks=(Mark(1.0, "reference_right"),))
    ride = Ride(Setup())
    for item in pedalled(METER.label, named=False):
        ride.feed(item)
    assert ride.view().ride.revolutions
    remember_meter(METER, ride, {}, print)
    (known,) = read_meters()
    assert known.reference == "right"


def test_a_meter_that_a_defect_keeps_from_being_remembered_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Ride, "view", Breaker(monkeypatch).fail)
    told: list[str] = []
    remember_meter(METER, Ride(Setup()), {}, told.append)
    assert told == ["the meter could not be remembered: ZeroDivisionError: defect"]


async def test_the_strongest_is_asked_for_first_and_unknown_strengths_last() -> None:
    async def ask(_question: str, choices: Sequence[str]) -> int:
        asked.extend(choices)
        return 0

    async def ask_line(_question: str) -> str | None:
        return next(typed)

    asked: list[str] = []
    typed = iter(["04 711", "x", "", None])
    meters = [PowerMeter(name, name, rssi) for name, rssi in (("A", None), ("B", 127), ("C", -90), ("D", 0))]
    chooser = Chooser(ask, ask_line)
    assert (await chooser(meters)).name == "D"
    unknown = "no signal strength"
    assert asked == ["D   0 dBm", "C   -90 dBm", f"A   {unknown}", f"B   {unknown}"]
    assert [await chooser.passkey("D") for _ in range(4)] == [4711, None, None, None]
    assert await chooser.agrees("D")


@pytest.mark.parametrize(("typed", "taken"), [(0, None), (1, "KICKR"), (2, "Hub")])
async def test_a_trainer_is_offered_after_waiting_for_the_meter(typed: int, taken: str | None) -> None:
    asked: list[str] = []

    async def ask(question: str, choices: Sequence[str]) -> int:
        asked.extend([question, *choices])
        assert chooser.asking
        return typed

    async def ask_line(_question: str) -> str | None:
        return None

    chooser = Chooser(ask, ask_line)
    trainers = [PowerMeter("Hub", "E0:00:00:00:00:05", None), PowerMeter("KICKR", "E0:00:00:00:00:06", -50)]
    accepted = await chooser.offer(trainers)
    assert (accepted and accepted.name) == taken
    assert asked == [
        "Only a trainer is in range: it does not measure left and right.",
        "wait for my meter",
        "ride on KICKR   -50 dBm",
        "ride on Hub   no signal strength",
    ]
    assert not chooser.asking


PAIR = ("Stages 1", "4iiii 2")


def test_a_meter_that_is_typed_alone_is_ridden_on_alone_though_the_settings_name_a_pair(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LEGBAL_LEFT_METER", PAIR[0])
    monkeypatch.setenv("LEGBAL_RIGHT_METER", PAIR[1])
    assert with_pair(config.load({}), {}).pair == PAIR
    typed = {"meter": "PM 1"}
    alone = with_pair(config.load(typed), typed)
    assert (alone.meter, alone.pair) == ("PM 1", None)


def test_the_pair_that_was_ridden_with_last_is_ridden_with_again_unless_another_meter_is_named() -> None:
    remember(KnownMeter(address="E0:1", name="Stages 1", pair=PAIR))
    assert with_pair(config.load({}), {}).pair == PAIR
    for name in ("typed", "in the settings"):
        typed = {"meter": "PM 1"}
        options = typed if name == "typed" else {}
        assert with_pair(config.load(typed), options).pair is None


@pytest.mark.parametrize(("stated", "then"), [(None, 0.5), (0.8, 0.8), (2.0, 1.5)])
def test_a_margin_typed_for_a_kept_ride_takes_along_where_the_alert_goes(
    stated: float | None, then: float
) -> None:
    kept = config.load({"margin": 3.0, "clear": stated}, environment={}).setup()
    rule = overridden(kept, {"margin": 1.5}).threshold
    assert (rule.margin_points, rule.clear_points) == (1.5, then)
    assert overridden(kept, {"margin": None}) == kept


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ({"headless": False, "events": False}, True),
        ({"headless": True, "events": False}, False),
        ({"headless": True, "events": True}, None),  # whoever reads the events may show it
        ({"headless": True, "events": False, "mqtt_url": "mqtt://localhost"}, None),
        ({}, None),
    ],
)
def test_a_live_ride_keeps_whether_its_share_was_on_the_screen(
    typed: dict[str, object], shown: bool | None
) -> None:
    assert live_setup(config.load(typed), typed, pedalled("PM 1", named=True)[:1]).share_shown is shown

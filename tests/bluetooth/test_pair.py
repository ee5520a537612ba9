"""A meter of two devices over Bluetooth: both are connected, each comes back by itself, and none that is not needed."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import Sequence

import pytest

from legbal.errors import BluetoothError, LibraryError, UsageError
from legbal.library.rider import read_meters
from legbal.library.rides import Library
from legbal.present.remarks import remark
from legbal.ride.inputs import Link, Notification
from legbal.ride.ride import fold
from legbal.sources.bluetooth import BluetoothSource, chosen_meter
from legbal.sources.bluetooth.connection import Timings
from legbal.sources.bluetooth.power_meter import PowerMeter, whole_meters
from tests.app.breaking import Breaker
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.command import running
from tests.bluetooth.peripheral import ASSIOMA, Peripheral
from tests.bluetooth.riding import Riding, riding
from tests.bluetooth.test_ride_command import ended, kept, recorded
from tests.meters.profiles import shipped

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

PROFILES = tuple(shipped().values())
HALF: dict[str, str | bytes] = {"2a65": "08002000"}  # crank revolutions, one of a pair, no balance


def half(number: int, watts: int) -> bytes:
    """A measurement of one leg, with a crank event of its own."""
    event = number * 716 % 65_536
    return b"\x20\x00" + b"".join(x.to_bytes(2, "little") for x in (watts, number, event))


def measured(ride: Riding, meter: Peripheral) -> list[bytes]:
    return [
        x.data
        for x in ride.inputs
        if isinstance(x, Notification) and x.meter == meter.name and x.uuid == "2a63"
    ]


def states(ride: Riding, meter: Peripheral) -> list[str]:
    return [link.state for link in ride.links if link.meter == meter.name]


async def both(left: Peripheral, right: Peripheral) -> None:
    await left.subscribed()
    await right.subscribed()


@pytest.mark.parametrize("named", [None, "SRM_XP_L", "SRM_XP_R_1556"])
async def test_both_halves_are_connected(radio: Bluetoothd, quick: Timings, named: str | None) -> None:
    left = radio.add_meter("SRM_XP_L_1690", values=HALF)
    right = radio.add_meter("SRM_XP_R_1556", values=HALF)
    source = BluetoothSource(meter=named, profiles=PROFILES, timings=quick)
    async with riding(source) as ride:
        await both(left, right)
        await left.send(half(1, 96))
        await right.send(half(7, 104))
        await ride.received(2)
    assert (measured(ride, left), measured(ride, right)) == ([half(1, 96)], [half(7, 104)])
    assert source.meter is not None
    assert source.second_meter is not None
    assert {source.meter.label, source.second_meter.label} == {left.name, right.name}
    assert (source.meter.label == right.name) == (named == "SRM_XP_R_1556")
    await left.disconnected()
    await right.disconnected()


@pytest.mark.parametrize("lost", ["left", "right"])
async def test_one_half_drops_and_returns_while_the_other_goes_on(
    radio: Bluetoothd, quick: Timings, lost: str
) -> None:
    left = radio.add_meter("SRM_XP_L_1690", values=HALF)
    right = radio.add_meter("SRM_XP_R_1556", values=HALF)
    dropped, staying = (left, right) if lost == "left" else (right, left)
    async with riding(BluetoothSource(profiles=PROFILES, timings=quick)) as ride:
        await both(left, right)
        for meter in (left, right):
            await meter.send(half(1, 100))
        await ride.received(2)
        dropped.advertised = False
        dropped.drop()
        await ride.until(lambda: "lost" in states(ride, dropped))
        for number in range(2, 6):
            await staying.send(half(number, 100))
        await ride.until(lambda: len(measured(ride, staying)) == 5)
        assert states(ride, staying)[-1] == "connected"
        dropped.advertised = True
        await dropped.subscribed()
        await dropped.send(half(9, 100))
        await ride.until(lambda: len(measured(ride, dropped)) == 2)
    assert states(ride, dropped).count("connected") == 2
    assert states(ride, staying).count("connected") == 1
    assert staying.connections == 1


async def test_the_half_of_the_same_number_is_the_partner(radio: Bluetoothd, quick: Timings) -> None:
    left = radio.add_meter("ASSIOMA17039L", values=HALF)
    other = radio.add_meter("ASSIOMA20000R", values=HALF, rssi=-40)
    right = radio.add_meter("ASSIOMA17039R", values=HALF, rssi=-80)
    async with riding(BluetoothSource(meter="ASSIOMA17039L", profiles=PROFILES, timings=quick)) as ride:
        await both(left, right)
        await right.send(half(1, 100))
        await ride.received(1)
    assert not other.connections


async def test_a_pedal_that_sends_the_balance_itself_needs_no_partner(
    radio: Bluetoothd, quick: Timings
) -> None:
    left = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    right = radio.add_meter("ASSIOMA17039R", values=HALF)
    async with riding(BluetoothSource(profiles=PROFILES, timings=quick)) as ride:
        await left.subscribed()
        await left.send(bytes.fromhex("2300c800607b000000"))
        await ride.received(1)
        await left.send(bytes.fromhex("2300c800607c003803"))
        await ride.received(2)
    assert not right.connections


async def test_a_partner_that_is_not_there_is_said_and_comes_later(radio: Bluetoothd, quick: Timings) -> None:
    left = radio.add_meter("SRM_XP_L_1690", values=HALF)
    async with riding(BluetoothSource(profiles=PROFILES, timings=quick)) as ride:
        await left.subscribed()
        await ride.told("The right side of SRM_XP_L_1690 is not in range yet")
        await left.send(half(1, 0))
        await ride.received(1)
        right = radio.add_meter("SRM_XP_R_1556", values=HALF)
        await right.subscribed()
    assert states(ride, left)[-1] == "connected"


@pytest.mark.parametrize("place", ["single", "make_link"])
async def test_a_defect_of_one_side_costs_the_ride_nothing(
    place: str, radio: Bluetoothd, quick: Timings, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = (radio.add_meter(name, values=HALF) for name in ("left", "right"))
    source, breaker = BluetoothSource(pair=("left", "right"), timings=quick), Breaker(monkeypatch)
    if place == "single":
        breaker.at(source._sought[1], place)
    else:
        breaker.at(chosen_meter, place, lambda connection, *_, **__: connection.label == "right")
    async with riding(source) as ride:
        told = await ride.told("The link failed: a defect of legbal (ZeroDivisionError: defect)")
        assert (told.state, told.meter) == ("searching", "right")
        await ride.hears(left, half(1, 96))
        breaker.broken = False
        await ride.hears(right, half(7, 104))


@pytest.mark.parametrize("connected", [False, True])
async def test_an_error_of_one_side_that_is_none_of_the_radio_is_told_in_its_own_words(
    connected: bool, radio: Bluetoothd, quick: Timings, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = (radio.add_meter(name, values=HALF) for name in ("left", "right"))
    source = BluetoothSource(pair=("left", "right"), timings=quick)
    breaker = Breaker(monkeypatch, LibraryError("no room", hint="Make some."))
    if connected:
        breaker.at(chosen_meter, "make_link", lambda connection, *_, **__: connection.label == "right")
    else:
        breaker.at(source._sought[1], "single")
    async with riding(source) as ride:
        assert remark((await ride.told("no room")).remark) == "no room. Make some."
        breaker.broken = False
        await ride.hears(right, half(7, 104))
    assert left.connections


async def test_several_partners_and_a_rider_who_left_is_said_and_asked_once(
    radio: Bluetoothd, quick: Timings
) -> None:
    left = radio.add_meter("SRM_XP_L_1690", values=HALF)
    rights = [radio.add_meter(f"SRM_XP_R_{number}", values=HALF) for number in (1556, 1557)]
    asked: list[Sequence[PowerMeter]] = []

    async def choose(meters: Sequence[PowerMeter]) -> PowerMeter:
        asked.append(meters)
        raise UsageError("nobody is there to choose a meter", hint="Say which one with --meter NAME.")

    source = BluetoothSource(meter="SRM_XP_L_1690", choose=choose, profiles=PROFILES, timings=quick)
    async with riding(source) as ride:
        await left.subscribed()
        await ride.told("name it with --right-meter NAME")
        rights[1].vanish()
        await rights[0].subscribed()
    assert len(asked) == 1


async def test_several_partners_and_nobody_to_ask_is_said(radio: Bluetoothd, quick: Timings) -> None:
    left = radio.add_meter("SRM_XP_L_1690", values=HALF)
    for number in (1556, 1557):
        radio.add_meter(f"SRM_XP_R_{number}", values=HALF)
    async with riding(BluetoothSource(meter="SRM_XP_L_1690", profiles=PROFILES, timings=quick)) as ride:
        await left.subscribed()
        said = await ride.told("name it with --right-meter NAME")
        assert "SRM_XP_R_1556" in remark(said.remark)
        await left.send(half(1, 100))
        await ride.received(1)


async def test_the_rider_is_asked_which_of_several_is_the_other_side(
    radio: Bluetoothd, quick: Timings
) -> None:
    left = radio.add_meter("SRM_XP_L_1690", values=HALF)
    rights = [radio.add_meter(f"SRM_XP_R_{number}", values=HALF) for number in (1556, 1557)]

    async def choose(meters: Sequence[PowerMeter]) -> PowerMeter:
        return next(x for x in meters if x.label == "SRM_XP_R_1557")

    async with riding(BluetoothSource(meter="SRM_XP_L", choose=choose, profiles=PROFILES, timings=quick)):
        await both(left, rights[1])
    assert not rights[0].connections


async def test_two_meters_that_the_rider_names_are_connected(radio: Bluetoothd, quick: Timings) -> None:
    radio.add_meter("Quarq 1234")
    left = radio.add_meter("Stages 1")
    right = radio.add_meter("4iiii 2", address="E0:0D:5C:00:00:AA")
    source = BluetoothSource(pair=("stages", "E0:0D:5C:00:00:AA"), profiles=PROFILES, timings=quick)
    async with riding(source) as ride:
        await both(left, right)
        await left.send(half(1, 96))
        await right.send(half(1, 104))
        await ride.received(2)
    sent = {x.meter for x in ride.inputs if isinstance(x, Notification) and x.uuid == "2a63"}
    assert sent == {"Stages 1", "E0:0D:5C:00:00:AA"}, "a meter named by address is known by it"


async def test_what_waiting_cannot_heal_ends_the_ride_for_a_pair_too(
    radio: Bluetoothd, quick: Timings
) -> None:
    radio.remove_adapter()
    source = BluetoothSource(pair=("a", "b"), profiles=PROFILES, timings=quick)
    async with riding(source) as ride:
        assert ride.ended is not None
        with pytest.raises(BluetoothError) as raised:
            await asyncio.wait_for(asyncio.shield(ride.ended), 30)
    assert raised.value.reason == "no adapter"


async def test_the_zero_of_either_half_is_set(radio: Bluetoothd, quick: Timings) -> None:
    left = radio.add_meter("SRM_XP_L_1690", values=HALF)
    right = radio.add_meter("SRM_XP_R_1556", values=HALF)
    left.on_control = lambda _request: bytes.fromhex("200c01 0500")
    right.on_control = lambda _request: bytes.fromhex("200c01 0700")
    source = BluetoothSource(profiles=PROFILES, timings=quick)
    async with riding(source) as ride:
        await both(left, right)
        await ride.connected(2)
        assert (await source.zero()).offset_raw == 5
        assert (await source.zero(source.second_meter)).offset_raw == 7


def found(name: str) -> PowerMeter:
    return PowerMeter(name, name, -60)


@pytest.mark.parametrize(
    ("names", "left_over"),
    [
        (["SRM_XP_R_2", "SRM_XP_L_1"], ["SRM_XP_L_1"]),
        (["SRM_XP_R_2"], ["SRM_XP_R_2"]),
        (["ASSIOMA1L", "ASSIOMA1R", "ASSIOMA2R"], ["ASSIOMA1L", "ASSIOMA2R"]),
        (["SRM_XP_R_2", "SRM_XP_L_1", "SRM_XP_L_3"], ["SRM_XP_R_2", "SRM_XP_L_1", "SRM_XP_L_3"]),
        (["Quarq 1", "Stages 2"], ["Quarq 1", "Stages 2"]),
    ],
)
def test_two_halves_of_one_are_one_to_choose(names: list[str], left_over: list[str]) -> None:
    assert [x.name for x in whole_meters([found(n) for n in names], PROFILES)] == left_over


async def pedal(left: Peripheral, right: Peripheral, turns: range) -> None:
    for number in turns:
        await left.send(half(number, 96), per_second=40)
        await right.send(half(number, 104))
        await asyncio.sleep(0.02)


async def test_legbal_ride_puts_both_halves_together(radio: Bluetoothd) -> None:
    left = radio.add_meter("SRM_XP_L_1690", values=HALF)
    right = radio.add_meter("SRM_XP_R_1556", values=HALF)
    async with running("ride", "--headless", "--events") as process:
        await left.subscribed()
        await right.subscribed()
        await pedal(left, right, range(20))
        right.drop()
        await right.subscribed()
        await pedal(left, right, range(20, 40))
        await kept(str(left.name), 40)
        await kept(str(right.name), 40)
        events, complaints = await ended(process, signal.SIGINT)
    assert "Traceback" not in complaints
    assert {e["meter"] for e in events if e["event"] == "link" and e["state"] == "lost"} == {right.name}
    assert recorded(str(right.name)) == [half(n, 104) for n in range(40)]
    with Library() as library:
        ride = library.find("last")
        setup, inputs = library.setup(ride), list(library.inputs(ride))
    assert setup.profile.id == "srm-x-power"
    _, view = fold(setup, inputs)
    assert view.meter_name == "SRM_XP_L_1690 + SRM_XP_R_1556"
    assert [x.state for x in inputs if isinstance(x, Link)].count("connected") == 3
    assert view.ride.left_percent is None or view.ride.left_percent == pytest.approx(48.0, abs=0.2)
    assert {known.name for known in read_meters()} == {left.name, right.name}


async def test_a_named_pair_is_remembered_for_the_next_ride(radio: Bluetoothd) -> None:
    left, right = radio.add_meter("Stages 1"), radio.add_meter("4iiii 2")
    async with running(
        "ride", "--headless", "--events", "--left-meter", "stages", "--right-meter", "4iiii"
    ) as process:
        await left.subscribed()
        await right.subscribed()
        await pedal(left, right, range(4))
        await kept("Stages 1", 4)
        await kept("4iiii 2", 4)
        await ended(process, signal.SIGINT)
    with Library() as library:
        assert library.setup(library.find("last")).pair == ("stages", "4iiii")
    assert {known.pair for known in read_meters()} == {("stages", "4iiii")}
    async with running("ride", "--headless", "--events") as process:
        await left.subscribed()
        await right.subscribed()
        await ended(process, signal.SIGINT)


async def test_one_of_two_named_alone_is_refused(radio: Bluetoothd) -> None:
    del radio
    async with running("ride", "--headless", "--left-meter", "stages") as process:
        _, complaints = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode != 0
    assert re.search(rb"left_meter is given without right_meter", complaints)

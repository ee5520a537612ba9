"""A trainer beside the pedals, or instead of them: it offers power, and is not the meter."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Sequence

import msgspec
import pytest

from legbal.app.meters import last_used
from legbal.library.rider import KnownMeter, read_meters, remember
from legbal.present.remarks import remark
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from legbal.sources.bluetooth.power_meter import PowerMeter
from legbal.sources.bluetooth.selection import MeterSelection
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.command import running, started
from tests.bluetooth.peripheral import ASSIOMA, Peripheral
from tests.bluetooth.riding import riding
from tests.bluetooth.test_ride_command import ended, kept
from tests.meters.profiles import shipped

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

PROFILES = tuple(shipped().values())
PEDALS = KnownMeter(address="E0:0D:5C:00:00:99", name="ASSIOMA17039L", sides=True)
TRAINER: dict[str, str | bytes] = {"2a65": "08000000"}
PACKET = bytes.fromhex("2300c800607b000000")
# names and services as trainers and bikes advertise them; of the last no profile knows the name
TRAINERS = [
    ("KICKR 5AC0", ("1818", "1826")),
    ("Tacx Neo 2T 12345", ("1818",)),
    ("SmartSpin2k", ("1818", "1826")),
    ("Stages Bike 0105", ("1818", "1826")),
    ("TrueTrainer 7", ("1818", "1826")),
]


def trainer(radio: Bluetoothd, name: str = "KICKR 5AC0", services: Sequence[str] = ("1818",)) -> Peripheral:
    return radio.add_meter(name, services=services, values=TRAINER, rssi=-40)


def turned(number: int) -> bytes:
    """A measurement of 200 W with a crank event, as trainers send it."""
    return b"\x20\x00" + b"".join(x.to_bytes(2, "little") for x in (200, number, number * 800))


@pytest.mark.parametrize(("name", "services"), TRAINERS)
async def test_with_pedals_remembered_a_trainer_is_not_taken_and_pedals_that_wake_are_at_once(
    radio: Bluetoothd, quick: Timings, name: str, services: Sequence[str]
) -> None:
    other = trainer(radio, name, services)
    pedals = radio.add_meter("ASSIOMA17039L", address=PEDALS.address, values=ASSIOMA, advertised=False)
    impatient = msgspec.structs.replace(quick, remembered_s=0.0)
    async with riding(BluetoothSource(remembered=PEDALS, profiles=PROFILES, timings=impatient)) as ride:
        told = await ride.told(name)
        assert remark(told.remark).startswith("ASSIOMA17039L is not in range yet: turn the cranks to wake it")
        pedals.advertised = True
        await ride.connected()
        assert ride.links[-1].meter == "ASSIOMA17039L"
    assert other.connections == 0


async def test_with_pedals_remembered_what_says_that_it_has_no_balance_is_passed_over(
    radio: Bluetoothd, quick: Timings
) -> None:
    """Nobody knows its name, and it advertises nothing but power."""
    other = trainer(radio, "Nobody 1")
    async with riding(BluetoothSource(remembered=PEDALS, profiles=PROFILES, timings=quick)) as ride:
        await ride.told("Nobody 1 says that it does not measure left and right: skipped")
        pedals = radio.add_meter("ASSIOMA17039L", address=PEDALS.address, values=ASSIOMA)
        await pedals.subscribed()
        assert "connected" not in [link.state for link in ride.links if link.meter == "Nobody 1"]
    assert other.connections == 1


async def test_other_pedals_are_taken_when_the_remembered_ones_do_not_come(
    radio: Bluetoothd, quick: Timings
) -> None:
    radio.add_meter("Nobody 1", values=ASSIOMA)
    async with riding(BluetoothSource(remembered=PEDALS, profiles=PROFILES, timings=quick)) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "Nobody 1"


@pytest.mark.parametrize(("name", "services"), TRAINERS)
async def test_on_a_first_ride_a_trainer_is_told_and_pedals_that_wake_are_taken(
    radio: Bluetoothd, quick: Timings, name: str, services: Sequence[str]
) -> None:
    other = trainer(radio, name, services)
    pedals = radio.add_meter("ASSIOMA17039L", values=ASSIOMA, advertised=False)
    async with riding(BluetoothSource(profiles=PROFILES, timings=quick)) as ride:
        told = await ride.told(name)
        assert "cannot tell the legs apart" in remark(told.remark)
        assert "--meter NAME" in remark(told.remark)
        pedals.advertised = True
        await ride.connected()
        assert ride.links[-1].meter == "ASSIOMA17039L"
    assert other.connections == 0


@pytest.mark.parametrize("remembered", [None, PEDALS])
async def test_pedals_that_wake_cut_the_search_short(remembered: KnownMeter | None) -> None:
    """On a first ride once all that was in range before is known, else at once."""
    kickr = PowerMeter("KICKR 5AC0", "E0:0D:5C:00:00:01", -40, ("1818",))
    pedals = PowerMeter("ASSIOMA17039L", PEDALS.address, -60, ("1818",))
    selection = MeterSelection(None, remembered, 15.0, None, PROFILES)
    assert selection.is_clear(pedals) == (remembered is not None)
    assert await selection.single([kickr], 5.0) is None
    assert selection.is_clear(pedals)
    assert not selection.is_clear(kickr)
    assert await selection.single([kickr, pedals], 6.0) == pedals


async def test_beside_pedals_a_trainer_is_no_choice(radio: Bluetoothd, quick: Timings) -> None:
    trainer(radio)
    radio.add_meter("ASSIOMA17039L", rssi=-90)
    async with riding(BluetoothSource(profiles=PROFILES, timings=quick)) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "ASSIOMA17039L"


async def test_a_trainer_that_is_named_is_ridden_on(radio: Bluetoothd, quick: Timings) -> None:
    trainer(radio)
    radio.add_meter("ASSIOMA17039L")
    source = BluetoothSource(meter="kickr", remembered=PEDALS, profiles=PROFILES, timings=quick)
    async with riding(source) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "KICKR 5AC0"


async def test_where_balance_is_not_the_aim_a_trainer_that_is_alone_is_taken(
    radio: Bluetoothd, quick: Timings
) -> None:
    trainer(radio)
    async with riding(BluetoothSource(profiles=PROFILES, sides=False, timings=quick)) as ride:
        await ride.connected()


async def test_a_trainer_that_was_ridden_on_alone_is_remembered_and_taken(
    radio: Bluetoothd, quick: Timings
) -> None:
    known = KnownMeter(address=trainer(radio).address, name="KICKR 5AC0", sides=False)
    async with riding(BluetoothSource(remembered=known, profiles=PROFILES, timings=quick)) as ride:
        await ride.connected()


@pytest.mark.parametrize("asked", [True, False])
async def test_pedals_in_range_go_before_a_trainer_that_was_ridden_on_last(
    radio: Bluetoothd, quick: Timings, asked: bool
) -> None:
    known = KnownMeter(address=trainer(radio).address, name="KICKR 5AC0", sides=False)
    radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    choices: list[str] = []

    async def choose(meters: Sequence[PowerMeter]) -> PowerMeter:
        choices.extend(meter.label for meter in meters)
        return meters[-1]

    source = BluetoothSource(
        remembered=known, profiles=PROFILES, choose=choose if asked else None, timings=quick
    )
    async with riding(source) as ride:
        await ride.connected()
        assert ride.links[-1].meter == ("KICKR 5AC0" if asked else "ASSIOMA17039L")
    assert choices == (["ASSIOMA17039L", "KICKR 5AC0"] if asked else [])


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_trainer_is_offered_and_taken_when_that_is_accepted(
    radio: Bluetoothd, quick: Timings, accepted: bool
) -> None:
    trainer(radio)
    offered: list[str] = []

    async def offer(meters: Sequence[PowerMeter]) -> PowerMeter | None:
        offered.extend(meter.label for meter in meters)
        return meters[0] if accepted else None

    async with riding(BluetoothSource(offer=offer, profiles=PROFILES, timings=quick)) as ride:
        await ride.told("cannot tell the legs apart")
        if accepted:
            await ride.connected()
        else:
            pedals = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
            await pedals.subscribed()
    assert offered == ["KICKR 5AC0"]


@pytest.mark.parametrize("accepted", [True, False])
async def test_on_a_first_ride_what_says_that_it_has_no_balance_is_offered_too(
    radio: Bluetoothd, quick: Timings, accepted: bool
) -> None:
    """Nobody knows its name, and it advertises nothing but power."""
    other = trainer(radio, "Nobody 1")

    async def offer(meters: Sequence[PowerMeter]) -> PowerMeter | None:
        return meters[0] if accepted else None

    async with riding(BluetoothSource(offer=offer, profiles=PROFILES, timings=quick)) as ride:
        await ride.told("Nobody 1 says that it does not measure left and right: skipped")
        if accepted:
            await other.subscribed()
        else:
            await ride.told("name what to ride on")
            pedals = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
            await pedals.subscribed()
    assert other.connections == (2 if accepted else 1)


async def test_pedals_in_range_go_before_a_trainer_of_no_known_name_that_was_ridden_on_last(
    radio: Bluetoothd, quick: Timings
) -> None:
    used = KnownMeter(address=trainer(radio, "Nobody 1").address, name="Nobody 1", sides=False)
    radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    async with riding(BluetoothSource(remembered=used, profiles=PROFILES, timings=quick)) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "ASSIOMA17039L"


async def test_an_offer_that_was_taken_back_can_be_made_again(radio: Bluetoothd, quick: Timings) -> None:
    """What woke meanwhile has no measurements."""
    trainer(radio)
    asked: asyncio.Queue[None] = asyncio.Queue()

    async def offer(meters: Sequence[PowerMeter]) -> PowerMeter | None:
        asked.put_nowait(None)
        if asked.qsize() == 1 and len(radio.meters) == 1:
            await asyncio.Event().wait()
        return meters[0]

    async with riding(BluetoothSource(offer=offer, profiles=PROFILES, timings=quick)) as ride:
        await asked.get()
        radio.add_meter("Something", values={"2a65": "08000000"}, measures=False)
        await ride.told("Something does not offer")
        await asked.get()
        await ride.connected()
        assert ride.links[-1].meter == "KICKR 5AC0"


async def test_an_offer_is_taken_back_when_the_pedals_wake(radio: Bluetoothd, quick: Timings) -> None:
    trainer(radio)
    asked, taken_back = asyncio.Event(), asyncio.Event()

    async def offer(_meters: Sequence[PowerMeter]) -> PowerMeter | None:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            taken_back.set()
        return None

    async with riding(BluetoothSource(offer=offer, profiles=PROFILES, timings=quick)) as ride:
        await asked.wait()
        radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
        await ride.connected()
        assert ride.links[-1].meter == "ASSIOMA17039L"
        await taken_back.wait()


async def test_a_device_without_measurements_is_passed_over_and_the_ride_goes_on(
    radio: Bluetoothd, quick: Timings
) -> None:
    broken = radio.add_meter("Something", values={"2a65": "08000000"}, measures=False)
    async with riding(BluetoothSource(profiles=PROFILES, timings=quick)) as ride:
        told = await ride.told("Something does not offer")
        assert remark(told.remark) == "Something does not offer the Cycling Power measurement: skipped"
        radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
        await ride.connected()
        assert ride.links[-1].meter == "ASSIOMA17039L"
    assert broken.connections == 1


async def test_a_named_device_without_measurements_ends_the_ride(radio: Bluetoothd, quick: Timings) -> None:
    radio.add_meter("Something", values={"2a65": "08000000"}, measures=False)
    async with riding(BluetoothSource(meter="something", profiles=PROFILES, timings=quick)) as ride:
        assert ride.ended is not None
        await asyncio.wait({ride.ended}, timeout=30)
        assert "does not offer" in str(ride.ended.exception())


async def test_a_ride_on_a_trainer_does_not_put_it_in_the_pedals_place(radio: Bluetoothd) -> None:
    """As ridden: pedals, then the trainer by its name, and what the next ride looks for."""
    remember(PEDALS)
    meter = trainer(radio)
    async with running("ride", "--headless", "--events", "--meter", "KICKR 5AC0") as process:
        await meter.subscribed()
        sent = [(i * 1.0, "2a63", turned(i)) for i in range(3)]
        await meter.play(sent, speed=float("inf"))
        await kept("KICKR 5AC0", len(sent))
        await ended(process, signal.SIGINT)
    by_name = {known.name: known for known in read_meters()}
    assert by_name["KICKR 5AC0"].sides is False
    remembered = last_used(print)
    assert remembered is not None
    assert remembered.name == "ASSIOMA17039L"


async def test_events_say_that_the_trainer_is_not_the_meter(radio: Bluetoothd) -> None:
    remember(PEDALS)
    trainer(radio)
    pedals = radio.add_meter("ASSIOMA17039L", address=PEDALS.address, values=ASSIOMA, advertised=False)
    async with started("ride", "--headless", "--events") as command:
        assert command.process.stdout is not None
        lines = [json.loads(await command.process.stdout.readline()) for _ in range(2)]
        assert lines[1]["text"] == (
            "ASSIOMA17039L is not in range yet: turn the cranks to wake it; in range: KICKR 5AC0"
        )
        pedals.advertised = True
        await pedals.subscribed()

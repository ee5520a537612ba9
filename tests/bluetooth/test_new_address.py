"""A meter that is not heard as usual: under another address, or without saying that it measures power."""

from __future__ import annotations

import json
import signal
import sys

import pytest

from legbal.library.rider import KnownMeter, read_meters, remember
from legbal.present.remarks import remark
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from legbal.sources.bluetooth.discovery import find
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.command import running
from tests.bluetooth.peripheral import ASSIOMA, STAGES
from tests.bluetooth.riding import riding
from tests.bluetooth.test_ride_command import ended, kept
from tests.meters.profiles import shipped

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

PROFILES = tuple(shipped().values())
FORMER = KnownMeter(
    address="E0:0D:5C:00:00:99",
    name="ASSIOMA17039L",
    manufacturer="Favero Electronics Srl",
    model="Assioma",
    sides=True,
    swap_sides=True,
)
PACKET = bytes.fromhex("2300c800607b000000")


async def test_it_is_found_by_its_name_though_others_are_in_range(radio: Bluetoothd, quick: Timings) -> None:
    radio.add_meter("Stages 20561", values=STAGES)
    radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    source = BluetoothSource(remembered=FORMER, profiles=PROFILES, timings=quick)
    async with riding(source) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "ASSIOMA17039L"


async def test_another_model_of_that_name_is_passed_over(radio: Bluetoothd, quick: Timings) -> None:
    namesake = radio.add_meter("ASSIOMA17039L", values=ASSIOMA | {"2a24": b"Assioma PRO"})
    async with riding(BluetoothSource(remembered=FORMER, profiles=PROFILES, timings=quick)) as ride:
        told = await ride.told("is another model")
        assert remark(told.remark).startswith("ASSIOMA17039L has the name of your last meter")
        usual = radio.add_meter("ASSIOMA17039L", address=FORMER.address, values=ASSIOMA)
        await usual.subscribed()
    assert namesake.connections == 1


async def test_what_says_nothing_of_itself_is_known_by_its_name(radio: Bluetoothd, quick: Timings) -> None:
    radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(remembered=FORMER, profiles=PROFILES, timings=quick)) as ride:
        await ride.connected()


async def test_it_is_found_again_when_its_address_changes_in_the_middle_of_a_ride(
    radio: Bluetoothd, quick: Timings
) -> None:
    before = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    source = BluetoothSource(profiles=PROFILES, timings=quick)
    async with riding(source) as ride:
        await ride.hears(before, PACKET)
        before.vanish()
        other = radio.add_meter("ASSIOMA17039L", address="E0:0D:5C:00:00:70", values=STAGES)
        await radio.until(lambda: other.connections == 1)
        other.vanish()
        after = radio.add_meter("ASSIOMA17039L", address="E0:0D:5C:00:00:71", values=ASSIOMA)
        await ride.hears(after, PACKET)
        assert {link.meter for link in ride.links if link.state == "connected"} == {"ASSIOMA17039L"}
        assert source.connection().label == "ASSIOMA17039L"
    assert source.meter is not None
    assert source.meter.address == after.address
    assert other.connections == 1


async def test_what_comes_under_its_address_with_another_name_is_not_it_while_one_of_its_name_is_there(
    radio: Bluetoothd, quick: Timings
) -> None:
    """Two meters, or the halves of one, that exchange their addresses stay who they are; one alone is renamed."""
    before = radio.add_meter("left", values=ASSIOMA)
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ride.hears(before, PACKET)
        before.drop()
        before.vanish()
        radio.meters.remove(before)
        right = radio.add_meter("right", address=before.address, values=ASSIOMA)
        left = radio.add_meter("left", address="E0:0D:5C:00:00:70", values=ASSIOMA)
        await ride.hears(left, PACKET)
        assert right.connections == 0
        left.drop()
        left.vanish()
        radio.meters.remove(left)
        renamed = radio.add_meter("new name", address=left.address, values=ASSIOMA)
        await ride.hears(renamed, PACKET)


async def test_a_ride_under_a_new_address_keeps_what_the_rider_chose(radio: Bluetoothd) -> None:
    remember(FORMER)
    meter = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    async with running("ride", "--headless", "--events") as process:
        await meter.subscribed()
        await meter.play([(0.0, "2a63", PACKET)], speed=float("inf"))
        await kept("ASSIOMA17039L", 1)
        events, _ = await ended(process, signal.SIGINT)
    links = [(event["state"], event["meter"]) for event in events if event["event"] == "link"]
    assert links == [(state, "ASSIOMA17039L") for state in ("searching", "connecting", "connected")]
    (known,) = read_meters()
    assert (known.address, known.swap_sides, known.model) == (meter.address, True, "Assioma"), json.dumps(
        links
    )


@pytest.mark.parametrize("wanted", ["Quiet 12", "quiet 12", "E0:0D:5C:00:00:01", "ASSIOMA"])
async def test_what_does_not_advertise_power_is_found_when_it_is_named(
    radio: Bluetoothd, quick: Timings, wanted: str
) -> None:
    name = "ASSIOMA17039L" if wanted == "ASSIOMA" else "Quiet 12"
    meter = radio.add_meter(name, services=("180a",), values=ASSIOMA, measures=True)
    assert await find(0.2) == []
    source = BluetoothSource(meter=wanted, profiles=PROFILES, timings=quick)
    async with riding(source) as ride:
        await ride.hears(meter, PACKET)
        meter.drop()
        await ride.connected(2)


async def test_what_does_not_advertise_power_is_found_again_on_the_next_ride(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("Quiet 12", services=("180a",), values=ASSIOMA, measures=True)
    known = KnownMeter(address=meter.address, name="Quiet 12", sides=True)
    async with riding(BluetoothSource(remembered=known, profiles=PROFILES, timings=quick)) as ride:
        await ride.connected()


async def test_the_beginning_of_a_name_means_no_device_without_power(
    radio: Bluetoothd, quick: Timings
) -> None:
    """The bike of a maker begins as its cranks do, and advertises trainer control alone."""
    bike = radio.add_meter("Stages Bike 0105", services=("1826", "1816"))
    async with riding(BluetoothSource(meter="Stages", profiles=PROFILES, timings=quick)) as ride:
        await ride.told("Stages is not in range yet")
        crank = radio.add_meter("Stages 20561", values=STAGES)
        await crank.subscribed()
    assert bike.connections == 0


async def test_the_beginning_of_a_name_means_the_cranks_before_the_bike(
    radio: Bluetoothd, quick: Timings
) -> None:
    radio.add_meter("Stages Bike 0105", services=("1818", "1826"), rssi=-30)
    radio.add_meter("Stages 20561", values=STAGES)
    async with riding(BluetoothSource(meter="Stages", profiles=PROFILES, timings=quick)) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "Stages 20561"

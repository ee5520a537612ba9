"""Which of the meters in range is ridden with."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Sequence

import msgspec
import pytest

from legbal.errors import BluetoothError
from legbal.library.rider import KnownMeter
from legbal.present.remarks import remark
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from legbal.sources.bluetooth.power_meter import PowerMeter
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.riding import riding

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")


def known(name_or_address: str) -> KnownMeter:
    """A meter that was ridden with last."""
    address = name_or_address if ":" in name_or_address else "E0:0D:5C:00:01:00"
    return KnownMeter(address=address, name=name_or_address, sides=True)


async def test_the_only_meter_is_taken(radio: Bluetoothd, quick: Timings) -> None:
    radio.add_meter("ASSIOMA17039L")
    source = BluetoothSource(timings=quick)
    async with riding(source) as ride:
        await ride.connected()
    assert source.meter is not None
    assert source.meter.label == "ASSIOMA17039L"


@pytest.mark.parametrize("wanted", ["Stages 20561", "stages 20561", "stag", "e0:0d:5c:00:00:02", " Stages "])
async def test_the_named_meter_is_taken(radio: Bluetoothd, quick: Timings, wanted: str) -> None:
    radio.add_meter("ASSIOMA17039L")
    radio.add_meter("Stages 20561")
    async with riding(BluetoothSource(meter=wanted, timings=quick)) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "Stages 20561"


async def test_a_whole_name_wins_over_a_longer_one_that_begins_so(radio: Bluetoothd, quick: Timings) -> None:
    radio.add_meter("SRM_XP_L_1")
    radio.add_meter("SRM_XP_L_12")
    async with riding(BluetoothSource(meter="SRM_XP_L_1", timings=quick)) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "SRM_XP_L_1"


async def test_two_meters_and_nobody_to_choose_is_an_error_that_lists_them(
    radio: Bluetoothd, quick: Timings
) -> None:
    radio.add_meter("ASSIOMA17039L")
    radio.add_meter("Stages 20561")
    async with riding(BluetoothSource(timings=quick)) as ride:
        error = await failed(ride.ended)
    assert error.reason == "several meters"
    assert "ASSIOMA17039L (E0:0D:5C:00:00:01)" in str(error)
    assert "Stages 20561" in str(error)
    assert "--meter" in (error.hint or "")


async def test_a_beginning_that_fits_two_meters_is_an_error(radio: Bluetoothd, quick: Timings) -> None:
    radio.add_meter("ASSIOMA17039L")
    radio.add_meter("ASSIOMA20000L")
    radio.add_meter("Stages 20561")
    async with riding(BluetoothSource(meter="assioma", timings=quick)) as ride:
        error = await failed(ride.ended)
    assert error.reason == "several meters"
    assert "Stages" not in str(error)


async def test_the_rider_is_asked_which_of_two(radio: Bluetoothd, quick: Timings) -> None:
    radio.add_meter("ASSIOMA17039L", rssi=-50)
    radio.add_meter("Stages 20561", rssi=-80)
    asked: list[Sequence[PowerMeter]] = []

    async def choose(meters: Sequence[PowerMeter]) -> PowerMeter:
        asked.append(meters)
        return meters[1]

    async with riding(BluetoothSource(choose=choose, timings=quick)) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "Stages 20561"
    assert [[found.name for found in meters] for meters in asked] == [["ASSIOMA17039L", "Stages 20561"]]


@pytest.mark.parametrize("remembered", ["Stages 20561", "E0:0D:5C:00:00:02"])
async def test_the_remembered_meter_is_taken_without_asking(
    radio: Bluetoothd, quick: Timings, remembered: str
) -> None:
    radio.add_meter("ASSIOMA17039L")
    radio.add_meter("Stages 20561")
    async with riding(BluetoothSource(remembered=known(remembered), timings=quick)) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "Stages 20561"


async def test_the_named_meter_goes_before_the_remembered_one(radio: Bluetoothd, quick: Timings) -> None:
    radio.add_meter("ASSIOMA17039L")
    radio.add_meter("Stages 20561")
    source = BluetoothSource(meter="assioma", remembered=known("Stages 20561"), timings=quick)
    async with riding(source) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "ASSIOMA17039L"


async def test_the_remembered_meter_is_waited_for_though_another_is_in_range(
    radio: Bluetoothd, quick: Timings
) -> None:
    radio.add_meter("KICKR")
    usual = radio.add_meter("ASSIOMA17039L", advertised=False)
    patient = msgspec.structs.replace(quick, remembered_s=60.0)
    async with riding(BluetoothSource(remembered=known("ASSIOMA17039L"), timings=patient)) as ride:
        told = await ride.told("turn the cranks")
        assert "KICKR" in remark(told.remark)
        usual.advertised = True
        await ride.connected()
        assert ride.links[-1].meter == "ASSIOMA17039L"


async def test_the_only_meter_is_taken_when_the_remembered_one_does_not_come(
    radio: Bluetoothd, quick: Timings
) -> None:
    radio.add_meter("Stages 20561")
    async with riding(BluetoothSource(remembered=known("ASSIOMA17039L"), timings=quick)) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "Stages 20561"


async def test_where_several_others_are_in_range_the_remembered_one_is_waited_for(
    radio: Bluetoothd, quick: Timings
) -> None:
    radio.add_meter("Stages 20561")
    radio.add_meter("Quarq 1", rssi=-70)
    radio.add_meter("Quarq 1", rssi=-80)
    async with riding(BluetoothSource(remembered=known("ASSIOMA17039L"), timings=quick)) as ride:
        told = await ride.told("--meter NAME")
        assert remark(told.remark) == (
            "ASSIOMA17039L is not in range yet: turn the cranks to wake it, or name one of these with --meter NAME: "
            "Stages 20561, Quarq 1 (E0:0D:5C:00:00:02), Quarq 1 (E0:0D:5C:00:00:03)"
        )
        radio.add_meter("ASSIOMA17039L", address="E0:0D:5C:00:01:00")
        await ride.connected()
        assert ride.links[-1].meter == "ASSIOMA17039L"


@pytest.mark.parametrize("answered", [True, False])
async def test_while_the_rider_is_asked_which_other_it_is_the_remembered_one_is_looked_for(
    radio: Bluetoothd, quick: Timings, answered: bool
) -> None:
    radio.add_meter("Stages 20561")
    radio.add_meter("Nobody 1", values={"2a65": "08000000"})  # no balance, and chosen all the same
    asked, taken_back = asyncio.Event(), asyncio.Event()

    async def choose(meters: Sequence[PowerMeter]) -> PowerMeter:
        asked.set()
        try:
            return meters[1] if answered else await asyncio.get_running_loop().create_future()
        finally:
            taken_back.set()

    source = BluetoothSource(remembered=known("ASSIOMA17039L"), choose=choose, timings=quick)
    async with riding(source) as ride:
        await asked.wait()
        if not answered:
            radio.add_meter("ASSIOMA17039L", address="E0:0D:5C:00:01:00")
        await ride.connected()
        assert ride.links[-1].meter == ("Nobody 1" if answered else "ASSIOMA17039L")
        await taken_back.wait()


async def test_a_meter_that_sleeps_is_waited_for(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L", advertised=False)
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ride.told("turn the cranks")
        meter.advertised = True
        await ride.connected()


async def test_the_meter_is_named_even_if_its_name_comes_after_its_address(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", name_in_scan_response=True)
    async with riding(BluetoothSource(remembered=known(meter.address), timings=quick)) as ride:
        await ride.connected()
        assert ride.links[-1].meter == "ASSIOMA17039L"


async def failed(task: Awaitable[object] | None) -> BluetoothError:
    """The error with which a ride ended."""
    assert task is not None
    with pytest.raises(BluetoothError) as caught:
        await task
    return caught.value

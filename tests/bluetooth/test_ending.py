"""How a ride over Bluetooth ends: for want of a radio, or because the rider has done."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing

import msgspec
import pytest

from legbal.errors import BluetoothError, BluetoothReason
from legbal.ride.inputs import Link
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from tests.bluetooth.bluetoothd import Bluetoothd, bluetoothd
from tests.bluetooth.packets import READABLE
from tests.bluetooth.riding import riding
from tests.programs import require_program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")


async def test_no_adapter_at_the_start_ends_the_ride(radio: Bluetoothd, quick: Timings) -> None:
    radio.remove_adapter()
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ends_with("no adapter", ride.ended)


async def test_no_bluez_at_the_start_ends_the_ride(quick: Timings) -> None:
    require_program("dbus-daemon")
    async with bluetoothd(present=False), riding(BluetoothSource(timings=quick)) as ride:
        await ends_with("no Bluetooth service", ride.ended)


async def test_a_missing_permission_at_the_start_ends_the_ride(quick: Timings) -> None:
    require_program("dbus-daemon")
    async with bluetoothd(permitted=False), riding(BluetoothSource(timings=quick)) as ride:
        await ends_with("no permission", ride.ended)


async def test_cancelling_the_ride_leaves_the_meter_disconnected(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        await ride.connected()
        assert ride.ended is not None
        ride.ended.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ride.ended
        assert not meter.connected


async def test_closing_the_iterator_leaves_the_meter_disconnected(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    async with aclosing(BluetoothSource(timings=quick).inputs()) as inputs:
        async for item in inputs:
            if isinstance(item, Link) and item.state == "connected":
                break
    assert meter.connections == 1
    assert not meter.connected


@pytest.mark.parametrize("stage", ["scanning", "connecting", "reading", "waiting"])
async def test_a_ride_ends_promptly_at_any_stage(radio: Bluetoothd, quick: Timings, stage: str) -> None:
    slow = msgspec.structs.replace(
        quick, scan_s=3600.0, connect_s=3600.0, read_s=3600.0, retry_s=(3600.0,), service_s=7200.0
    )
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE, advertised=stage != "scanning")
    meter.connect_hangs = stage == "connecting"
    meter.silent_reads = {"2a29"} if stage == "reading" else set()
    async with riding(BluetoothSource(meter="ASSIOMA17039L", timings=slow)) as ride:
        match stage:
            case "scanning":
                await radio.scanned()
            case "connecting":
                await ride.until(lambda: "connecting" in ride.states)
            case "reading":
                await ride.until(lambda: bool(ride.values("2a5d")))
            case _:
                await meter.subscribed()
                meter.drop()
                await ride.until(lambda: "lost" in ride.states)
        assert ride.ended is not None
        ride.ended.cancel()
        async with asyncio.timeout(30):
            with pytest.raises(asyncio.CancelledError):
                await ride.ended
    assert not meter.connected


async def ends_with(reason: BluetoothReason, task: asyncio.Task[None] | None) -> None:
    """Expects the ride to end with an error of this reason that says what to do."""
    assert task is not None
    with pytest.raises(BluetoothError) as caught:
        await task
    assert caught.value.reason == reason
    assert caught.value.hint

"""A ride over Bluetooth, through bleak's BlueZ backend against a fake bluetoothd."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing
from itertools import pairwise

import msgspec
import pytest

from legbal.errors import BluetoothError, BluetoothReason
from legbal.ride.inputs import Link, Notification
from legbal.sources import Source
from legbal.sources.bluetooth import BluetoothSource, Timings
from tests.bluetooth.bluetoothd import Bluetoothd, bluetoothd
from tests.bluetooth.capture import put_in_range
from tests.bluetooth.peripheral import ASSIOMA
from tests.bluetooth.riding import riding
from tests.programs import require_program
from tests.shared import shared

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

READABLE: dict[str, str | bytes] = ASSIOMA | {
    "2a25": b"serial",
    "2a26": b"6.24",
    "2a27": b"rev 3",
    "2a19": "5a",
}


def working(number: int) -> bytes:
    """A measurement of 200 W, 48 % left, with a crank event of its own."""
    return (
        bytes.fromhex("2300c80060")
        + number.to_bytes(2, "little")
        + (number * 700 % 65536).to_bytes(2, "little")
    )


RESTING = bytes.fromhex("2300000064") + b"\x05\x00\x05\x00"


async def test_what_the_meter_says_about_itself_comes_before_its_measurements(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE, rssi=-55)
    source: Source = BluetoothSource(timings=quick)
    assert isinstance(source, BluetoothSource)
    async with riding(source) as ride:
        await meter.subscribed()
        await meter.send(working(1), working(2))
        await ride.received(2)
    notifications = [item for item in ride.inputs if isinstance(item, Notification)]
    assert [(item.uuid, item.data) for item in notifications] == [
        ("2a65", bytes.fromhex("09121100")),
        ("2a5d", b"\0"),
        ("2a29", b"Favero Electronics Srl"),
        ("2a24", b"Assioma"),
        ("2a26", b"6.24"),
        ("2a27", b"rev 3"),
        ("2a19", b"\x5a"),
        ("2a63", working(1)),
        ("2a63", working(2)),
    ]
    assert {item.meter for item in notifications} == {"ASSIOMA17039L"}
    assert ride.states == ["searching", "connecting", "connected"]
    assert ride.links[-1].rssi == -55
    times = [item.t for item in ride.inputs]
    assert times == sorted(times)
    assert times[0] >= 0


async def test_the_serial_number_is_not_read(radio: Bluetoothd, quick: Timings) -> None:
    radio.add_meter("ASSIOMA17039L", values=READABLE)
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ride.connected()
    assert ride.values("2a25") == []


async def test_values_that_cannot_be_read_are_left_out(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values={"2a65": "09121100", "2a29": b"Favero", "2a24": b"x"})
    meter.unreadable = {"2a65", "2a24"}
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        await meter.send(working(1))
        await ride.received(1)
    assert ride.values("2a65") == []
    assert ride.values("2a29") == [b"Favero"]


async def test_a_read_that_is_never_answered_does_not_hold_up_the_ride(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    meter.silent_reads = {"2a24"}
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        await meter.send(working(1))
        await ride.received(1)
    assert ride.values("2a29") == [b"Favero Electronics Srl"]


async def test_the_battery_is_told_when_it_changes(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed("2a19")
        await meter.send(b"\x11", uuid="2a19")
        await ride.until(lambda: len(ride.values("2a19")) == 2)
    assert ride.values("2a19") == [b"\x5a", b"\x11"]


@pytest.mark.parametrize(("per_second", "count"), [(4.0, 6), (100.0, 150), (1000.0, 2000)])
async def test_nothing_is_lost_at_a_steady_rate(
    radio: Bluetoothd, quick: Timings, per_second: float, count: int
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    sent = [working(number) for number in range(count)]
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        assert await meter.send(*sent, per_second=per_second) == count
        await ride.received(count)
    assert ride.payloads == sent


@pytest.mark.parametrize("name", ["assioma_duo", "stages_lr_left_crank"])
async def test_a_capture_arrives_octet_for_octet(radio: Bluetoothd, quick: Timings, name: str) -> None:
    capture = shared(f"data/captures/{name}.jsonl")
    ((meter, packets),) = put_in_range(radio, capture)
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        await meter.play(packets, speed=50.0)
        await ride.received(len(packets))
    assert ride.payloads == [payload for _t, _uuid, payload in packets]


async def test_a_pair_of_one_sided_pedals_is_two_meters(radio: Bluetoothd, quick: Timings) -> None:
    capture = shared("data/captures/powertap_p1_two_devices.jsonl")
    (left, packets), (right, _) = put_in_range(radio, capture, "P1")
    async with riding(BluetoothSource(meter=left.name, timings=quick)) as ride:
        await left.subscribed()
        await left.play(packets)
        await ride.received(len(packets))
        assert not right.connected
    assert ride.payloads == [payload for _t, _uuid, payload in packets]


async def test_a_ride_goes_on_after_a_drop(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        await meter.send(working(1))
        await ride.received(1)
        meter.drop()
        await ride.connected(2)
        await meter.subscribed()
        await meter.send(working(2))
        await ride.received(2)
        await ride.until(lambda: len(ride.values("2a19")) == 2)
    assert ride.states == ["searching", "connecting", "connected", "lost", "connecting", "connected"]
    assert ride.payloads == [working(1), working(2)]
    assert ride.values("2a19") == [b"\x5a", b"\x5a"]


async def test_many_drops_are_survived_and_leave_no_subscription_behind(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(timings=quick)) as ride:
        for number in range(1, 11):
            await meter.subscribed()
            await ride.connected(number)
            await meter.send(working(number))
            await ride.received(number)
            meter.drop()
        await ride.connected(11)
    assert ride.payloads == [working(number) for number in range(1, 11)]
    assert meter.subscriptions_at_connect == [0] * 11


async def test_a_late_packet_of_the_lost_link_is_not_delivered(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        await meter.send(working(1))
        await ride.received(1)
        meter.drop()
        meter.emit(working(66))
        await ride.until(lambda: "lost" in ride.states)
        meter.emit(working(67))
        await ride.connected(2)
        await meter.subscribed()
        await meter.send(working(2))
        await ride.received(2)
    assert ride.payloads == [working(1), working(2)]


async def test_a_meter_that_stays_away_is_looked_for_until_it_is_back(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        meter.advertised = False
        meter.drop()
        told = await ride.told("not in range")
        assert told.state == "searching"
        assert "wake it" in told.text
        meter.advertised = True
        await ride.connected(2)


async def test_a_meter_that_vanishes_without_a_word_is_a_stall_and_comes_back(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        await meter.send(working(1))
        await ride.received(1)
        meter.vanish()
        await ride.told("not in range")
        meter.advertised = True
        await ride.connected(2)
        await meter.subscribed()
        await meter.send(working(2))
        await ride.received(2)
    assert "stalled" in ride.states


async def test_silence_after_power_is_a_stall_and_the_link_is_made_anew(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        await meter.send(working(1))
        await ride.connected(2)
    assert ride.states[:6] == ["searching", "connecting", "connected", "stalled", "connecting", "connected"]
    assert meter.connections == 2


async def test_silence_at_rest_is_no_stall_for_long(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    timings = msgspec.structs.replace(quick, stall_s=0.05, rest_s=(0.6,))
    async with riding(BluetoothSource(timings=timings)) as ride:
        await meter.subscribed()
        await meter.send(RESTING)
        await ride.until(lambda: "stalled" in ride.states)
    (last,) = [item for item in ride.inputs if isinstance(item, Notification) and item.uuid == "2a63"]
    stalled = next(link for link in ride.links if link.state == "stalled")
    assert stalled.t - last.t >= 0.6


async def test_connections_that_bring_nothing_become_rarer(radio: Bluetoothd, quick: Timings) -> None:
    radio.add_meter("ASSIOMA17039L")
    timings = msgspec.structs.replace(quick, rest_s=(0.1, 0.3, 0.5))
    async with riding(BluetoothSource(timings=timings)) as ride:
        await ride.until(lambda: ride.states.count("stalled") >= 4)
    waits = [
        after.t - before.t
        for before, after in pairwise(ride.links)
        if (before.state, after.state) == ("connected", "stalled")
    ]
    assert [wait >= least for wait, least in zip(waits, (0.05, 0.25, 0.45, 0.45), strict=False)] == [True] * 4


async def test_a_meter_that_refuses_is_tried_again_and_says_what_may_hold_it(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("Stages 20561")
    meter.refusal = "le-connection-abort-by-remote"
    async with riding(BluetoothSource(timings=quick)) as ride:
        told = await ride.told("refuses")
        assert "other apps" in told.text
        meter.refusal = None
        await ride.connected()


async def test_a_meter_that_drops_the_link_at_once_is_tried_again(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("Stages 20561")
    meter.drops_at_connect = True
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ride.until(lambda: meter.connections >= 3)
        meter.drops_at_connect = False
        await ride.connected()


async def test_a_connection_that_times_out_is_tried_again(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    meter.connect_hangs = True
    async with riding(BluetoothSource(timings=quick)) as ride:
        told = await ride.told("does not answer in time")
        assert told.state == "searching"
        meter.connect_hangs = False
        await ride.connected()


async def test_an_adapter_switched_off_during_the_ride_is_waited_for(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        await ride.connected()
        radio.power(False)
        told = await ride.told("switched off")
        assert "rfkill" in told.text
        radio.power(True)
        await ride.connected(2)


async def test_an_adapter_that_is_off_at_the_start_is_waited_for(radio: Bluetoothd, quick: Timings) -> None:
    radio.power(False)
    radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ride.told("switched off")
        radio.power(True)
        await ride.connected()


async def test_an_adapter_pulled_out_during_the_ride_does_not_end_it(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        await meter.send(working(1))
        await ride.received(1)
        radio.remove_adapter()
        await ride.told("no Bluetooth LE adapter")
        assert ride.ended is not None
        assert not ride.ended.done()


async def test_no_adapter_at_the_start_ends_the_ride(radio: Bluetoothd, quick: Timings) -> None:
    radio.remove_adapter()
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ends_with(BluetoothReason.NO_ADAPTER, ride.ended)


async def test_no_bluez_at_the_start_ends_the_ride(quick: Timings) -> None:
    require_program("dbus-daemon")
    async with bluetoothd(present=False), riding(BluetoothSource(timings=quick)) as ride:
        await ends_with(BluetoothReason.NO_SERVICE, ride.ended)


async def test_a_missing_permission_at_the_start_ends_the_ride(quick: Timings) -> None:
    require_program("dbus-daemon")
    async with bluetoothd(permitted=False), riding(BluetoothSource(timings=quick)) as ride:
        await ends_with(BluetoothReason.NO_PERMISSION, ride.ended)


async def test_the_ride_outlives_a_crash_of_the_bluetooth_service(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meter.subscribed()
        await meter.send(working(1))
        await ride.received(1)
        await radio.stop()
        await ride.told("service does not run")
        await radio.start()
        await meter.subscribed()
        await meter.send(working(2))
        await ride.received(2)
    assert ride.payloads == [working(1), working(2)]


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
        async with asyncio.timeout(20):
            with pytest.raises(asyncio.CancelledError):
                await ride.ended
    assert not meter.connected


async def ends_with(reason: BluetoothReason, task: asyncio.Task[None] | None) -> None:
    """Expects the ride to end with an error of this reason that says what to do."""
    assert task is not None
    with pytest.raises(BluetoothError) as caught:
        await task
    assert caught.value.reason is reason
    assert caught.value.hint

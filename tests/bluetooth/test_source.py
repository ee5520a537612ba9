"""A ride over Bluetooth, through bleak's BlueZ backend against a fake bluetoothd: all that the meter sends arrives."""

from __future__ import annotations

import sys

import pytest

from legbal.ride.inputs import Notification
from legbal.sources import Source
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.capture import put_in_range
from tests.bluetooth.packets import READABLE, working
from tests.bluetooth.riding import riding
from tests.shared import shared

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")


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
        await ride.hears(meter, working(1))
    assert ride.values("2a65") == []
    assert ride.values("2a29") == [b"Favero"]


async def test_a_read_that_is_never_answered_does_not_hold_up_the_ride(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    meter.silent_reads = {"2a24"}
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ride.hears(meter, working(1))
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

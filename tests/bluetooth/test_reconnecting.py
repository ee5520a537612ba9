"""A link that drops, stalls or is refused, an adapter that goes: the ride goes on when it can."""

from __future__ import annotations

import sys
from itertools import pairwise

import msgspec
import pytest

from legbal.present.remarks import remark
from legbal.ride.inputs import Notification
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.packets import READABLE, RESTING, working
from tests.bluetooth.riding import riding
from tests.meters.profiles import shipped

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")


async def test_a_ride_goes_on_after_a_drop(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ride.hears(meter, working(1))
        meter.drop()
        await ride.connected(2)
        await ride.hears(meter, working(2))
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
        await ride.hears(meter, working(1))
        meter.drop()
        meter.emit(working(66))
        await ride.until(lambda: "lost" in ride.states)
        meter.emit(working(67))
        await ride.connected(2)
        await ride.hears(meter, working(2))
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
        assert "wake it" in remark(told.remark)
        meter.advertised = True
        await ride.connected(2)


async def test_a_meter_that_vanishes_without_a_word_is_a_stall_and_comes_back(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ride.hears(meter, working(1))
        meter.vanish()
        await ride.told("not in range")
        meter.advertised = True
        await ride.connected(2)
        await ride.hears(meter, working(2))
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


async def test_a_connection_that_brings_an_empty_measurement_is_followed_by_no_rarer_ones(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    timings = msgspec.structs.replace(quick, stall_s=0.1, rest_s=(0.2, 60.0))
    async with riding(BluetoothSource(timings=timings)) as ride:
        await meter.subscribed()
        await meter.send(b"")
        await ride.connected(2)
        await ride.until(lambda: ride.states.count("stalled") == 2)


async def test_a_meter_that_refuses_is_tried_again_and_says_what_may_hold_it(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("Stages 20561")
    meter.refusal = "le-connection-abort-by-remote"
    async with riding(BluetoothSource(timings=quick)) as ride:
        told = await ride.told("refuses")
        assert "other apps" in remark(told.remark)
        meter.refusal = None
        await ride.connected()


async def test_a_meter_that_drops_the_link_at_once_is_tried_again(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("Stages 20561")
    meter.drops_at_connect = True
    async with riding(BluetoothSource(timings=quick)) as ride:
        await radio.until(lambda: meter.connections >= 3)
        meter.drops_at_connect = False
        await ride.connected()
    assert ride.states == ["searching", "connecting", "searching", "connected"], "the reason is told once"


async def test_why_there_is_no_link_is_told_once_a_reason_and_what_is_known_of_the_family_once_a_ride(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    source = BluetoothSource(profiles=tuple(shipped().values()), timings=quick)
    async with riding(source) as ride:
        for times, refusal in enumerate(("refused", "timeout", "refused"), start=2):
            meter.refusal = f"le-connection-{refusal}"
            await ride.until(lambda: ride.states.count("searching") == times)  # noqa: B023 - awaited here
        meter.refusal = None
        await ride.connected()
        for times in (2, 3):
            meter.advertised = False
            meter.drop()
            await ride.until(lambda: ride.states[-1] == "searching")
            meter.advertised = True
            await ride.connected(times)
    told = [remark(link.remark) for link in ride.links if link.state == "searching" and link.remark]
    assert [text.split(". ")[0] for text in told] == [
        "ASSIOMA17039L refuses the connection",
        "ASSIOMA17039L does not answer in time",
        "ASSIOMA17039L refuses the connection",
        *["ASSIOMA17039L is not in range, or asleep"] * 2,
    ]
    assert "".join(told).count("Connect both pedals") == 1


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
        assert "rfkill" in remark(told.remark)
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
        await ride.hears(meter, working(1))
        radio.remove_adapter()
        await ride.told("no Bluetooth LE adapter")
        assert ride.ended is not None
        assert not ride.ended.done()


async def test_the_ride_outlives_a_crash_of_the_bluetooth_service(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ride.hears(meter, working(1))
        await radio.stop()
        await ride.told("service does not run")
        await radio.start()
        await ride.hears(meter, working(2))
    assert ride.payloads == [working(1), working(2)]

"""What a meter says about itself never holds up what it measures; and a meter that says nothing is found out soon."""

from __future__ import annotations

import sys

import msgspec
import pytest

from legbal.present.remarks import remark
from legbal.ride.inputs import Link, Notification
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.packets import READABLE, RESTING, working
from tests.bluetooth.riding import Riding, riding
from tests.bluetooth.test_pair import HALF, PROFILES, half

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

NEVER = 3600.0  # s
DESCRIBING = ("2a65", "2a5d", "2a29", "2a24", "2a26", "2a27", "2a19")


@pytest.mark.parametrize("silent", [*([uuid] for uuid in DESCRIBING), DESCRIBING], ids=str)
async def test_a_read_that_is_never_answered_costs_the_ride_two_seconds_at_most(
    radio: Bluetoothd, quick: Timings, silent: tuple[str, ...]
) -> None:
    assert Timings().describe_s <= 2.0
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    meter.silent_reads = set(silent)
    timings = msgspec.structs.replace(quick, describe_s=0.2, read_s=NEVER)
    async with riding(BluetoothSource(timings=timings)) as ride:
        await ride.hears(meter, working(1))
        await ride.hears(meter, working(2))
    assert [uuid for uuid in DESCRIBING if ride.values(uuid)] == [x for x in DESCRIBING if x not in silent]
    assert meter.connections == 1


async def test_what_was_not_answered_is_asked_again_while_the_ride_goes_on(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    meter.silent_reads = {"2a65", "2a19"}
    timings = msgspec.structs.replace(quick, describe_s=0.05, read_s=0.2, again_s=(0.05,), stall_s=NEVER)
    async with riding(BluetoothSource(timings=timings)) as ride:
        await ride.hears(meter, working(1))
        await radio.until(lambda: meter.reads.count("2a65") >= 3)
        await ride.hears(meter, working(2))
        meter.silent_reads.clear()
        await ride.until(lambda: bool(ride.values("2a65") and ride.values("2a19")))
        await ride.hears(meter, working(3))
    assert meter.reads.count("2a24") == 1, "what was answered is not asked again"
    assert meter.connections == 1


async def test_an_answer_that_comes_late_is_taken(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    meter.silent_reads = {"2a65"}
    timings = msgspec.structs.replace(quick, describe_s=0.05, read_s=NEVER)
    async with riding(BluetoothSource(timings=timings)) as ride:
        await ride.hears(meter, working(1))
        meter.answer_reads()
        await ride.until(lambda: bool(ride.values("2a65")))
    assert meter.reads.count("2a65") == 1


async def test_a_read_that_takes_the_link_down_twice_is_not_asked_for_a_third_time(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    meter.silent_reads = {"2a24"}
    timings = msgspec.structs.replace(quick, describe_s=0.05, read_s=0.05, again_s=(0.05, NEVER))
    async with riding(BluetoothSource(timings=timings)) as ride:
        for asked in (2, 4):  # twice in each connection: at once, and a while later
            await ride.hears(meter, working(asked))
            await radio.until(lambda: meter.reads.count("2a24") == asked)  # noqa: B023 - awaited here
            meter.drop()
        await ride.connected(3)
        await ride.until(lambda: len(ride.values("2a19")) == 3)
    assert meter.reads.count("2a24") == 4
    assert meter.reads.count("2a27") == 3


async def test_what_a_meter_says_about_itself_comes_before_the_measurements_that_overtook_it(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    meter.silent_reads = {"2a24"}
    meter.before_answer = [working(1), working(2)]
    async with riding(BluetoothSource(timings=msgspec.structs.replace(quick, describe_s=NEVER))) as ride:
        await radio.until(lambda: "2a19" in meter.reads)
        meter.answer_reads()
        await ride.received(2)
    assert_in_order(ride)
    uuids = [item.uuid for item in ride.inputs if isinstance(item, Notification)]
    assert uuids == [*(x for x in DESCRIBING if x != "2a24"), "2a24", "2a63", "2a63"]


def assert_in_order(ride: Riding) -> None:
    times = [item.t for item in ride.inputs]
    assert times == sorted(times)


@pytest.mark.parametrize("answered", [True, False])
async def test_measurements_before_the_subscription_is_answered_count_once(
    radio: Bluetoothd, quick: Timings, answered: bool
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    meter.before_answer = [working(1), working(2), working(3)]
    meter.silent_subscriptions = set() if answered else {"2a63"}
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ride.received(3)
        await ride.hears(meter, working(4))
    assert ride.payloads == [working(number) for number in range(1, 5)]
    assert_in_order(ride)
    assert ride.states == ["searching", "connecting", "connected"]


async def test_a_subscription_that_is_never_answered_is_told_and_made_anew(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    meter.silent_subscriptions = {"2a63"}
    async with riding(BluetoothSource(timings=msgspec.structs.replace(quick, service_s=0.5))) as ride:
        await ride.told("does not answer")
        meter.silent_subscriptions = set()
        await ride.hears(meter, working(1))


@pytest.mark.parametrize("sent", [(), (working(1), *[RESTING] * 6)], ids=["never", "at rest"])
async def test_a_silent_meter_is_told_soon_and_taken_at_its_word_again(
    radio: Bluetoothd, quick: Timings, sent: tuple[bytes, ...]
) -> None:
    assert Timings().stall_s <= 8.0
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    timings = msgspec.structs.replace(quick, rest_s=(NEVER,))
    async with riding(BluetoothSource(timings=timings)) as ride:
        await meter.subscribed()
        await meter.send(*sent)
        silent = await ride.told("nothing from ASSIOMA17039L for")
        assert silent.state == "stalled"
        await ride.hears(meter, working(9))
        assert [link.state for link in ride.links][-2:] == ["stalled", "connected"]
    assert meter.connections == 1


async def test_a_meter_that_sends_only_while_the_crank_turns_is_not_called_silent_at_rest(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    timings = msgspec.structs.replace(quick, stall_s=0.05, rest_s=(0.6,))
    async with riding(BluetoothSource(timings=timings)) as ride:
        await meter.subscribed()
        await meter.send(working(1), RESTING)
        await ride.until(lambda: "stalled" in ride.states)
    stalled = next(link for link in ride.links if link.state == "stalled")
    assert remark(stalled.remark) == "nothing arrives: connecting again"


async def test_what_fails_in_reading_is_told_and_costs_the_ride_nothing(
    radio: Bluetoothd, quick: Timings, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    source = BluetoothSource(timings=quick)

    async def broken(*_: object) -> None:
        raise ZeroDivisionError("defect")

    monkeypatch.setattr("legbal.sources.bluetooth.description.Description.read", broken)
    async with riding(source) as ride:
        await ride.hears(meter, working(1))
    (told,) = [item for item in ride.inputs if isinstance(item, Link) and item.remark]
    assert (told.state, remark(told.remark)) == (
        "connected",
        "The link failed: a defect of legbal (ZeroDivisionError: defect)",
    )


async def test_a_half_that_says_only_later_what_it_is_has_its_partner_looked_for_then(
    radio: Bluetoothd, quick: Timings
) -> None:
    left = radio.add_meter("ASSIOMA17039L", values=HALF)
    right = radio.add_meter("ASSIOMA17039R", values=HALF)
    left.silent_reads = {"2a65"}
    timings = msgspec.structs.replace(quick, describe_s=0.2, read_s=NEVER)
    async with riding(BluetoothSource(meter=left.name, profiles=PROFILES, timings=timings)) as ride:
        await ride.hears(left, half(1, 100))
        assert right.connections == 0
        left.answer_reads()
        await right.subscribed()

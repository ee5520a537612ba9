"""A strap beside the meter, over bleak's BlueZ backend and a fake bluetoothd: whatever it does, the meter goes on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

import msgspec
import pytest

from legbal.ride.inputs import Link, Notification, is_heart_rate
from legbal.sources.bluetooth import BluetoothSource, accessory
from legbal.sources.bluetooth.accessory import STRAP, Accessory
from legbal.sources.bluetooth.connection import Timings
from tests.app.breaking import Breaker
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.packets import working
from tests.bluetooth.peripheral import ASSIOMA, Peripheral
from tests.bluetooth.riding import Riding, riding
from tests.bluetooth.test_pair import HALF, half
from tests.meters.profiles import shipped
from tests.ride.straps import beat

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

PROFILES = tuple(shipped().values())


def add_strap(radio: Bluetoothd, name: str = "TICKR A1B2", rssi: int = -60) -> Peripheral:
    return radio.add_meter(name, values={"2a37": b""}, services=("180d",), rssi=rssi)


@pytest.fixture
def strap(radio: Bluetoothd) -> Peripheral:
    return add_strap(radio)


@pytest.fixture
def quick(quick: Timings) -> Timings:
    """But for links that fall silent: here a test is, now and then."""
    return msgspec.structs.replace(quick, stall_s=60.0, rest_s=(60.0,))


def beside(name: str, timings: Timings) -> BluetoothSource:
    """A ride with a strap of that name."""
    strap = Accessory(STRAP, name, timings)
    return BluetoothSource(profiles=PROFILES, timings=timings, accessories=[strap])


def beats(ride: Riding) -> list[tuple[str, bytes]]:
    return [(x.meter, x.data) for x in ride.inputs if isinstance(x, Notification) and is_heart_rate(x)]


async def hears(ride: Riding, strap: Peripheral, bpm: int) -> None:
    """Has the strap send one heart rate, and waits for it."""
    await strap.subscribed("2a37")
    before = len(beats(ride))
    await strap.send(beat(0.0, bpm).data, uuid="2a37")
    await ride.until(lambda: len(beats(ride)) > before)


async def test_it_is_connected_beside_the_meter_and_what_it_sends_comes_as_it_came(
    assioma: Peripheral, strap: Peripheral, quick: Timings
) -> None:
    async with riding(beside("tickr", quick)) as ride:
        await ride.hears(assioma, working(1))
        await hears(ride, strap, 142)
        await ride.hears(assioma, working(2))
    assert beats(ride) == [("TICKR A1B2", bytes([0, 142]))]
    assert {link.meter for link in ride.links} <= {"", "ASSIOMA17039L"}, "its link is no part of the ride"
    assert [x.t for x in ride.inputs] == sorted(x.t for x in ride.inputs)
    await strap.disconnected()
    await assioma.disconnected()


async def test_nothing_is_looked_for_before_the_meter_measures(
    assioma: Peripheral, strap: Peripheral, quick: Timings
) -> None:
    async with riding(beside("any", quick)) as ride:
        await assioma.subscribed()
        await ride.connected()
        await asyncio.sleep(0.2)
        assert not strap.connections
        await ride.hears(assioma, working(1))
        await hears(ride, strap, 142)


async def test_none_is_connected_that_nobody_chose(
    assioma: Peripheral, strap: Peripheral, quick: Timings
) -> None:
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ride.hears(assioma, working(1))
        await asyncio.sleep(0.2)
    assert not strap.connections


def refuses(strap: Peripheral) -> None:
    strap.refusal = "le-connection-refused"


def hangs(strap: Peripheral) -> None:
    strap.connect_hangs = True


def drops(strap: Peripheral) -> None:
    strap.drops_at_connect = True


def is_silent(strap: Peripheral) -> None:
    strap.silent_subscriptions = {"2a37"}


def must_be_paired(strap: Peripheral) -> None:
    strap.protected, strap.hangs_up = {"2a37"}, True


def is_away(strap: Peripheral) -> None:
    strap.vanish()


@pytest.mark.parametrize("trouble", [refuses, hangs, drops, is_silent, must_be_paired, is_away])
async def test_no_packet_of_the_meter_is_lost_whatever_the_strap_does(
    trouble: Callable[[Peripheral], None], radio: Bluetoothd, assioma: Peripheral, quick: Timings
) -> None:
    strap, packets = add_strap(radio), [working(number) for number in range(200)]
    trouble(strap)
    # a subscription that is not answered is given up in time for the test
    timings = msgspec.structs.replace(quick, connect_s=0.3, service_s=0.3, close_s=0.3)
    async with riding(beside("TICKR", timings)) as ride:
        await assioma.subscribed()
        sent = await assioma.send(*packets, per_second=100)
        await ride.received(sent)
    assert (sent, ride.payloads) == (len(packets), packets)
    assert set(ride.states) == {"searching", "connecting", "connected"}
    assert assioma.connections == 1
    assert not beats(ride)


async def test_one_that_is_lost_or_comes_late_comes_back_while_the_meter_goes_on(
    radio: Bluetoothd, assioma: Peripheral, quick: Timings
) -> None:
    async with riding(beside("any", quick)) as ride:
        await ride.hears(assioma, working(1))
        await asyncio.sleep(0.1)
        strap = add_strap(radio)
        await hears(ride, strap, 100)
        for n in range(3):
            strap.advertised = False
            strap.drop()
            await ride.hears(assioma, working(2 + n))
            strap.advertised = True
            await hears(ride, strap, 101 + n)
    assert [data[1] for _, data in beats(ride)] == [100, 101, 102, 103]
    assert ride.states.count("connected") == assioma.connections == 1


async def test_one_that_falls_silent_is_connected_anew(
    radio: Bluetoothd, assioma: Peripheral, strap: Peripheral, quick: Timings
) -> None:
    impatient = Accessory(STRAP, "any", msgspec.structs.replace(quick, stall_s=0.2))
    async with riding(BluetoothSource(timings=quick, accessories=[impatient])) as ride:
        await ride.hears(assioma, working(1))
        await hears(ride, strap, 100)
        await radio.until(lambda: strap.connections >= 2)
        await ride.hears(assioma, working(2))
    assert assioma.connections == 1


@pytest.mark.parametrize("trouble", ["scan", "connect"])
async def test_a_meter_that_is_lost_waits_for_no_strap(
    trouble: str, radio: Bluetoothd, assioma: Peripheral, quick: Timings
) -> None:
    patient = msgspec.structs.replace(quick, scan_s=0.3 if trouble == "connect" else 300.0, connect_s=300.0)
    source = BluetoothSource(timings=quick, accessories=[Accessory(STRAP, "any", patient)])
    async with riding(source) as ride:
        await ride.hears(assioma, working(1))
        if trouble == "connect":
            strap = add_strap(radio)
            strap.connect_hangs = True
            await radio.until(lambda: strap.path in radio._calls._hanging)
        else:
            await radio.scanned()
        assioma.drop()
        async with asyncio.timeout(20):
            await ride.connected(2)
            await ride.hears(assioma, working(2))
    assert ride.payloads == [working(1), working(2)]


async def test_two_pedals_and_a_strap_drop_in_turn(radio: Bluetoothd, quick: Timings) -> None:
    left = radio.add_meter("SRM_XP_L_1690", values=HALF)
    right = radio.add_meter("SRM_XP_R_1556", values=HALF)
    strap = add_strap(radio)
    async with riding(beside("any", quick)) as ride:
        for meter in (left, right):
            await ride.hears(meter, half(1, 100))
        await hears(ride, strap, 100)
        for n, lost in enumerate((left, strap, right, strap)):
            lost.drop()
            for meter in (left, right):
                await ride.hears(meter, half(2 + n, 100))
            await hears(ride, strap, 101 + n)
    assert len(ride.payloads) == 10
    assert [data[1] for _, data in beats(ride)] == [100, 101, 102, 103, 104]
    assert (left.connections, right.connections) == (2, 2)


@pytest.mark.parametrize(
    ("name", "taken"),
    [("any", "HRM near"), ("hrm f", "HRM far"), ("E0:0D:5C:00:00:01", "HRM far"), ("HRM", "HRM")],
)
async def test_which_one_is_meant(name: str, taken: str, radio: Bluetoothd, quick: Timings) -> None:
    straps = [
        add_strap(radio, text, rssi) for text, rssi in (("HRM far", -90), ("HRM near", -40), ("HRM", -95))
    ]
    assioma = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    async with riding(beside(name, quick)) as ride:
        await ride.hears(assioma, working(1))
        await hears(ride, next(x for x in straps if x.name == taken), 100)
    assert [x.name for x in straps if x.connections] == [taken]


async def test_any_stays_with_the_one_that_it_had(
    radio: Bluetoothd, assioma: Peripheral, quick: Timings
) -> None:
    own = add_strap(radio, "own", -80)
    async with riding(beside("any", quick)) as ride:
        await ride.hears(assioma, working(1))
        await hears(ride, own, 100)
        other = add_strap(radio, "other", -40)
        own.drop()
        await hears(ride, own, 101)
    assert not other.connections


async def test_any_takes_nobody_else_s_for_the_one_that_is_gone(
    radio: Bluetoothd, assioma: Peripheral, quick: Timings
) -> None:
    own = add_strap(radio, "own", -60)
    async with riding(beside("any", quick)) as ride:
        await ride.hears(assioma, working(1))
        await hears(ride, own, 100)
        other = add_strap(radio, "other", -40)
        own.advertised = False
        own.drop()
        await asyncio.sleep(0.3)
        own.vanish()
        moved = radio.add_meter(
            "own", values={"2a37": b""}, services=("180d",), rssi=-80, address="E0:0D:5C:00:00:77"
        )
        await hears(ride, moved, 101)
    assert not other.connections


async def test_what_measures_power_is_no_strap(radio: Bluetoothd, quick: Timings) -> None:
    both: dict[str, str | bytes] = {**ASSIOMA, "2a37": b""}
    assioma = radio.add_meter("ASSIOMA17039L", values=both, services=("1818", "180d"))
    trainer = radio.add_meter("KICKR", values={"2a37": b""}, services=("1818", "180d"), rssi=-30)
    hidden = radio.add_meter("ASSIOMA other", values=both, services=("180d",), rssi=-99)
    source = BluetoothSource(
        meter="ASSIOMA17039L", timings=quick, accessories=[Accessory(STRAP, "any", quick)]
    )
    async with riding(source) as ride:
        await ride.hears(assioma, working(1))
        await hears(ride, hidden, 99)
    assert not trainer.connections
    assert assioma.connections == 1


async def test_the_ride_s_own_meter_is_not_connected_a_second_time(radio: Bluetoothd, quick: Timings) -> None:
    """It may pass on a heart rate, and name that service alone."""
    values: dict[str, str | bytes] = {**ASSIOMA, "2a37": b""}
    meter = radio.add_meter("ASSIOMA17039L", values=values, services=("180d",), measures=True)
    source = BluetoothSource(
        meter="ASSIOMA17039L", timings=quick, profiles=PROFILES, accessories=[Accessory(STRAP, "any", quick)]
    )
    async with riding(source) as ride:
        await ride.hears(meter, working(1))
        await asyncio.sleep(0.7)
        await ride.hears(meter, working(2))
    assert meter.connections == 1
    assert not meter.subscribers.get("2a37")


async def test_one_gone_mad_fills_nothing(
    radio: Bluetoothd, assioma: Peripheral, strap: Peripheral, quick: Timings
) -> None:
    second = 1.0
    mad = Accessory(STRAP, "any", quick, clock=lambda: second)
    async with riding(BluetoothSource(timings=quick, accessories=[mad])) as ride:
        await ride.hears(assioma, working(1))
        await strap.subscribed("2a37")
        await strap.send(*[bytes([0, n % 200]) for n in range(500)], uuid="2a37")
        await ride.hears(assioma, working(2))
        await radio.flush()
        await ride.hears(assioma, working(3))
        assert len(beats(ride)) == accessory._MOST_A_SECOND
        second = 2.0
        await hears(ride, strap, 99)


async def test_a_defect_costs_the_ride_nothing(
    assioma: Peripheral, strap: Peripheral, quick: Timings, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaker = Breaker(monkeypatch)
    breaker.at(accessory, "look")
    async with riding(beside("any", quick)) as ride:
        await ride.hears(assioma, working(1))
        await asyncio.sleep(0.1)
        await ride.hears(assioma, working(2))
        breaker.broken = False
        await hears(ride, strap, 99)
    assert not [link for link in ride.links if link.state in ("lost", "stalled")]


async def test_a_measurement_that_waits_keeps_its_time(
    radio: Bluetoothd, assioma: Peripheral, strap: Peripheral, quick: Timings
) -> None:
    """A meter that comes back under another address waits for what it says; a strap talks on meanwhile."""
    timings = msgspec.structs.replace(quick, describe_s=1.0, read_s=5.0)
    async with riding(beside("any", timings)) as ride:
        await ride.hears(assioma, working(1))
        await hears(ride, strap, 100)
        assioma.drop()
        assioma.vanish()
        moved = radio.add_meter("ASSIOMA17039L", values=ASSIOMA, address="E0:0D:5C:00:00:77")
        moved.silent_reads = {"2a65"}
        await moved.subscribed()
        await moved.send(working(2))
        await radio.flush()
        for n in range(5):
            await strap.send(bytes([0, 101 + n]), uuid="2a37")
            await asyncio.sleep(0.05)
        await ride.received(2)
    came = [x for x in ride.inputs if isinstance(x, Notification) and x.data == working(2)]
    waiting = [x.t for x in ride.inputs if is_heart_rate(x) and x.data[1] > 100]
    assert waiting == [came[0].t] * 5
    assert [x.t for x in ride.inputs] == sorted(x.t for x in ride.inputs)
    assert isinstance(ride.inputs[0], Link)

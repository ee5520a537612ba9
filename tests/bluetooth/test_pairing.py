"""A meter that must be paired once: told as that, paired where the rider agrees, and then ridden on."""

from __future__ import annotations

import sys

import msgspec
import pytest

from legbal.errors import BluetoothError, UsageError
from legbal.present.remarks import remark
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.packets import READABLE, working
from tests.bluetooth.peripheral import Peripheral
from tests.bluetooth.riding import riding

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

FAILED = "org.bluez.Error.Failed"
DEMANDS = [
    ("org.bluez.Error.NotPermitted", "Not paired"),
    ("org.bluez.Error.NotAuthorized", "Operation Not Authorized"),
    *((FAILED, f"Operation failed with ATT error: 0x{code}") for code in ("05", "08", "0c", "0f")),
    None,
]


class Rider:
    """Answers what pairing asks.

    Args:
        agrees: whether the meter is to be paired.
        passkeys: what is typed, one after the other; then nothing more.
    """

    def __init__(self, *passkeys: int, agrees: bool | None = True) -> None:
        self.asked: list[str] = []
        self._agrees, self._passkeys = agrees, list(passkeys)

    async def agrees(self, meter: str) -> bool:
        """Whether this rider wants that, or is not there at all."""
        self.asked.append(meter)
        if self._agrees is None:
            raise UsageError("nobody is there")
        return self._agrees

    async def passkey(self, meter: str) -> int | None:
        """The next passkey."""
        self.asked.append(f"passkey of {meter}")
        return self._passkeys.pop(0) if self._passkeys else None


def demanding(radio: Bluetoothd, *protected: str, passkey: int | None = None) -> Peripheral:
    meter = radio.add_meter("Rally 210", values=READABLE)
    meter.protected, meter.passkey = set(protected), passkey
    return meter


@pytest.fixture
def hasty(quick: Timings) -> Timings:
    """As `quick`, for subscriptions that are never answered."""
    return msgspec.structs.replace(quick, service_s=1.5)


@pytest.mark.parametrize("demand", DEMANDS, ids=str)
async def test_a_meter_that_gives_no_measurement_unpaired_is_told_as_that_and_ridden_once_it_is_paired(
    radio: Bluetoothd, hasty: Timings, demand: tuple[str, str] | None
) -> None:
    meter = demanding(radio, "2a63")
    meter.unpaired_error = demand
    async with riding(BluetoothSource(timings=hasty)) as ride:
        told = remark((await ride.told("must be paired once: ")).remark)
        assert f"bluetoothctl pair {meter.address}" in told
        assert f"legbal pair --meter {meter.address}" in told
        assert "closer" not in told
        meter.paired = True  # by the system's own way
        await ride.hears(meter, working(1))


async def test_a_meter_that_hangs_up_on_a_computer_it_does_not_know_may_want_to_be_paired(
    radio: Bluetoothd, hasty: Timings
) -> None:
    meter = demanding(radio, "2a63")
    meter.hangs_up = True
    async with riding(BluetoothSource(timings=hasty)) as ride:
        told = remark((await ride.told("broke off")).remark)
        assert f"perhaps it must be paired once: run “legbal pair --meter {meter.address}”" in told
        meter.paired = True
        await ride.hears(meter, working(1))


@pytest.mark.parametrize("demand", DEMANDS[-2:], ids=str)
async def test_a_rider_who_agrees_has_it_paired_and_rides(
    radio: Bluetoothd, hasty: Timings, demand: tuple[str, str] | None
) -> None:
    meter, rider = demanding(radio, "2a63"), Rider()
    meter.unpaired_error = demand
    async with riding(BluetoothSource(timings=hasty, pairing=rider)) as ride:
        await ride.hears(meter, working(1))
    assert (meter.paired, rider.asked) == (True, ["Rally 210"])


@pytest.mark.parametrize("protected", ["2a65", "2a19", "2a29"])
async def test_a_meter_that_describes_itself_only_paired_is_ridden_meanwhile_and_asked_again_then(
    radio: Bluetoothd, hasty: Timings, protected: str
) -> None:
    meter, rider = demanding(radio, protected), Rider()
    async with riding(BluetoothSource(timings=hasty, pairing=rider)) as ride:
        await ride.hears(meter, working(1))
        await ride.until(lambda: bool(ride.values(protected)))
        told = await ride.told("must be paired once: ")
        await ride.hears(meter, working(2))
    assert told.state == "connected"
    assert (meter.paired, rider.asked, meter.connections) == (True, ["Rally 210"], 1)


async def test_without_a_rider_to_ask_what_is_withheld_is_told_and_costs_nothing(
    radio: Bluetoothd, hasty: Timings
) -> None:
    meter = demanding(radio, "2a65")
    async with riding(BluetoothSource(timings=hasty)) as ride:
        await ride.hears(meter, working(1))
        await ride.told("must be paired once: ")
        await ride.hears(meter, working(2))
    assert not meter.paired
    assert ride.values("2a24") == [READABLE["2a24"]] or ride.values("2a24") == [b"Assioma"]


async def test_a_passkey_is_asked_for_until_it_fits(radio: Bluetoothd, hasty: Timings) -> None:
    meter, rider = demanding(radio, "2a63", passkey=4711), Rider(1, 4711)
    async with riding(BluetoothSource(timings=hasty, pairing=rider)) as ride:
        told = remark((await ride.told("was not paired")).remark)
        assert "manual has the passkey" in told
        await ride.hears(meter, working(1))
    assert rider.asked == ["Rally 210", "passkey of Rally 210"] * 2


@pytest.mark.parametrize("agrees", [False, None])
async def test_a_rider_who_declines_or_is_not_there_is_asked_once(
    radio: Bluetoothd, hasty: Timings, agrees: bool | None
) -> None:
    meter, rider = demanding(radio, "2a63"), Rider(agrees=agrees)
    async with riding(BluetoothSource(timings=hasty, pairing=rider)) as ride:
        await radio.until(lambda: meter.connections >= 3)
        assert ride.states == ["searching", "connecting", "searching"], "the reason is told once"
    assert rider.asked == ["Rally 210"]
    assert not meter.paired


async def test_it_is_paired_when_that_is_asked_for(radio: Bluetoothd, hasty: Timings) -> None:
    meter = demanding(radio, "2a63", passkey=4711)
    source = BluetoothSource(meter="rally", timings=hasty, pairing=Rider(4711))
    assert (await source.pair(30)).label == "Rally 210"
    assert meter.paired
    async with riding(BluetoothSource(timings=hasty)) as ride:
        await ride.hears(meter, working(1))


@pytest.mark.parametrize("passkey", [None, 4711])
async def test_beside_a_ride_that_waits_for_it_it_is_paired_on_a_link_of_its_own(
    radio: Bluetoothd, quick: Timings, passkey: int | None
) -> None:
    """The ride's subscription, which is never answered, has spoilt the ride's own link for pairing."""
    meter = demanding(radio, "2a63", passkey=passkey)
    meter.unpaired_error = None
    async with riding(BluetoothSource(timings=quick)) as ride:
        await radio.until(lambda: meter.spoilt)
        await BluetoothSource(meter="rally", timings=quick, pairing=Rider(4711)).pair(30)
        await ride.hears(meter, working(1))


@pytest.mark.parametrize("typed", [None, 7, 1_000_000, -1])
async def test_without_the_right_passkey_it_is_not_paired_and_that_is_said(
    radio: Bluetoothd, hasty: Timings, typed: int | None
) -> None:
    meter = demanding(radio, "2a63", passkey=4711)
    source = BluetoothSource(timings=hasty, pairing=Rider(*([] if typed is None else [typed])))
    with pytest.raises(BluetoothError, match="Rally 210 was not paired") as caught:
        await source.pair(30)
    assert "bluetoothctl pair" in (caught.value.hint or "")
    assert not meter.paired


async def test_one_that_is_paired_already_is_to_be_forgotten_first(radio: Bluetoothd, hasty: Timings) -> None:
    meter = demanding(radio, "2a63")
    meter.paired = True
    with pytest.raises(BluetoothError, match="paired with this computer already") as caught:
        await BluetoothSource(timings=hasty, pairing=Rider()).pair(30)
    assert "bluetoothctl remove" in (caught.value.hint or "")


async def test_one_that_is_not_in_range_is_not_waited_for_for_ever(radio: Bluetoothd, hasty: Timings) -> None:
    demanding(radio).advertised = False
    with pytest.raises(BluetoothError) as caught:
        await BluetoothSource(meter="Rally", timings=hasty).pair(0.5)
    assert caught.value.reason == "meter not found"


async def test_a_half_of_a_pair_that_must_be_paired_holds_the_other_one_up_for_nothing(
    radio: Bluetoothd, hasty: Timings
) -> None:
    left = radio.add_meter("left", values=READABLE)
    right = radio.add_meter("right", values=READABLE)
    right.protected = {"2a63"}
    rider = Rider()
    async with riding(BluetoothSource(pair=("left", "right"), timings=hasty, pairing=rider)) as ride:
        await ride.hears(left, working(1))
        await ride.hears(right, working(2))
    assert rider.asked == ["right"]
    assert not left.paired

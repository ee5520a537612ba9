"""`legbal ride --heart-rate` as a rider runs it: a strap beside the meter, recorded as it came, or said to be away."""

from __future__ import annotations

import asyncio
import signal
import sys

import pytest

from legbal.library.rides import Library
from legbal.ride.inputs import Notification, is_heart_rate
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.command import running
from tests.bluetooth.packets import working
from tests.bluetooth.peripheral import ASSIOMA, Peripheral
from tests.bluetooth.test_ride_command import ended, kept, recorded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")


@pytest.fixture
def strap(radio: Bluetoothd) -> Peripheral:
    return radio.add_meter("TICKR A1B2", values={"2a37": b""}, services=("180d",))


def beats() -> list[tuple[str, bytes]]:
    """Those in the library's newest ride."""
    with Library() as library:
        inputs = library.inputs(library.find("last"))
        return [(x.meter, x.data) for x in inputs if isinstance(x, Notification) and is_heart_rate(x)]


@pytest.mark.parametrize("chosen", ["--heart-rate tickr", "setting"])
async def test_it_is_recorded_as_it_came_and_reviewed(
    radio: Bluetoothd, strap: Peripheral, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    options = chosen.split() if chosen != "setting" else []
    if not options:
        monkeypatch.setenv("LEGBAL_HEART_RATE", "any")
    sent = [bytes([6, 140 + n]) for n in range(5)]
    async with running("ride", "--headless", "--events", *options) as process:
        await meter.subscribed()
        await meter.send(working(1))
        await strap.subscribed("2a37")
        for n, data in enumerate(sent):
            await meter.send(working(2 + n))
            await strap.send(data, uuid="2a37")
            await asyncio.sleep(0.3)
        await kept("ASSIOMA17039L", 6)
        async with asyncio.timeout(30):
            while len(beats()) < len(sent):  # noqa: ASYNC110 - another process commits
                await asyncio.sleep(0.05)
        events, complaints = await ended(process, signal.SIGINT)
    assert complaints == ""
    assert beats() == [("TICKR A1B2", data) for data in sent]
    assert recorded("ASSIOMA17039L") == [working(n) for n in range(1, 7)]
    assert {e.get("meter") for e in events if e["event"] == "link"} <= {None, "ASSIOMA17039L"}
    with Library() as library:
        assert library.find("last").meters == ("ASSIOMA17039L",)
    await strap.disconnected()


async def test_one_that_is_not_there_is_said_once_the_ride_is_over(radio: Bluetoothd) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    async with running("ride", "--headless", "--events", "--heart-rate", "TICKR") as process:
        await meter.subscribed()
        await meter.send(working(1), working(2))
        await kept("ASSIOMA17039L", 2)
        _, complaints = await ended(process, signal.SIGINT)
    assert "TICKR: no heart rate came." in complaints


async def test_off_goes_before_the_setting(
    radio: Bluetoothd, strap: Peripheral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEGBAL_HEART_RATE", "any")
    meter = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    async with running("ride", "--headless", "--events", "--heart-rate", "off") as process:
        await meter.subscribed()
        await meter.send(working(1), working(2))
        await kept("ASSIOMA17039L", 2)
        _, complaints = await ended(process, signal.SIGINT)
    assert (complaints, strap.connections) == ("", 0)

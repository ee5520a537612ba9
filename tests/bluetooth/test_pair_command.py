"""`legbal pair`, and the offer to pair that a ride makes: the program itself, on a terminal and without one."""

from __future__ import annotations

import json
import os
import signal
import sys

import pytest

from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.command import legbal, started
from tests.bluetooth.packets import working
from tests.bluetooth.peripheral import ASSIOMA, Peripheral
from tests.bluetooth.test_ride_command import kept
from tests.terminal import on_terminal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

METER = ("--meter", "Rally 210")  # by its whole name: a search for less goes on for five seconds


@pytest.fixture
def secured(radio: Bluetoothd) -> Peripheral:
    """Pedals that give nothing before they are paired with their passkey."""
    meter = radio.add_meter("Rally 210", values=ASSIOMA)
    meter.protected, meter.passkey = {"2a63", "2a65"}, 4711
    return meter


async def test_a_meter_is_paired_with_the_passkey_that_is_given(secured: Peripheral) -> None:
    code, out, err = await legbal("pair", *METER, "--passkey", "4711")
    assert (code, out) == (0, "Rally 210 is paired with this computer.\n"), err
    assert secured.paired


async def test_the_passkey_is_asked_for_and_a_wrong_one_is_said(secured: Peripheral) -> None:
    code, out, err = await legbal("pair", *METER, typed=b"12\n")
    assert (code, out) == (1, "")
    assert "The passkey of Rally 210" in err
    assert "legbal: Rally 210 was not paired" in err
    assert f"bluetoothctl pair {secured.address}" in err
    code, out, _ = await legbal("pair", *METER, typed=b"4711\n")
    assert (code, out) == (0, "Rally 210 is paired with this computer.\n")


async def test_a_ride_without_a_screen_tells_what_to_do_and_goes_on_by_itself(secured: Peripheral) -> None:
    async with started("ride", "--events", *METER) as command:
        await secured.disconnected()
        await secured._radio.until(lambda: secured.connections >= 2)
        code, _, err = await legbal("pair", "--meter", secured.address, "--passkey", "4711")
        assert code == 0, err
        await secured.subscribed()
        await secured.send(*map(working, range(3)))
        await kept("Rally 210", 3)
        command.process.send_signal(signal.SIGINT)
        code, out, err = await command.ended()
    assert code == 0, err
    links = [event for event in map(json.loads, out.splitlines()) if event["event"] == "link"]
    demand = next(event["text"] for event in links if "must be paired once" in event.get("text", ""))
    assert f"legbal pair --meter {secured.address}" in demand
    assert links[-1]["state"] == "connected"


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals on this system")
async def test_on_the_screen_it_is_offered_the_passkey_is_typed_and_the_ride_begins(
    radio: Bluetoothd, secured: Peripheral
) -> None:
    environment = {"DBUS_SYSTEM_BUS_ADDRESS": radio.address}
    async with on_terminal("ride", "--no-sound", *METER, environment=environment) as terminal:
        await terminal.shows("must be paired with this computer once")
        await terminal.answers("1", "The passkey of Rally 210")
        terminal.press("4711\r")
        await secured.subscribed()
        await secured.send(*map(working, range(3)))
        await terminal.shows("measured")
        await terminal.answers("q", "Finish the ride?")
        await terminal.answers("q", "Ride finished")
        terminal.press("q")
        assert await terminal.ended() == 0
    assert secured.paired

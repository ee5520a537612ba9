"""`legbal` alone: on a terminal the start screen, then the ride; anywhere else the help."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from legbal import config
from legbal.library.rides import Library
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.peripheral import ASSIOMA
from tests.terminal import on_terminal

pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals on this system")

PACKET = bytes.fromhex("2300c800607b000000")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the home of everything."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")
async def test_a_newcomer_rides_without_editing_a_file(radio: Bluetoothd, home: Path) -> None:
    meter = radio.add_meter("ASSIOMA17039L", rssi=-61, values=ASSIOMA)
    radio.add_meter("Quarq 1234", rssi=-80)
    async with on_terminal(environment={"DBUS_SYSTEM_BUS_ADDRESS": radio.address}) as terminal:
        await terminal.shows("measured")
        await terminal.shows("Quarq 1234")
        await terminal.answers("f", "Left empty")
        await terminal.answers("265\r", "Saved.")
        await terminal.answers("w", "the left one")
        await terminal.answers("1", "Saved.")
        terminal.press("\r")
        await meter.subscribed()
        await meter.play([(0.0, "2a63", PACKET)], speed=float("inf"))
        await terminal.shows("measured")
        await terminal.answers("q", "Finish the ride?")
        await terminal.answers("q", "Ride finished")
        terminal.press("q")
        assert await terminal.ended() == 0
    chosen = config.load(file=home / "config.toml", environment={})
    assert (chosen.ftp, chosen.weak_leg) == (265, "left")
    with Library() as library:
        assert library.setup(library.find("last")).ftp_w == 265


@pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")
async def test_the_pair_and_the_riders_own_names_are_known(radio: Bluetoothd, home: Path) -> None:
    text = 'left_meter = "Stages 1"\nright_meter = "4iiii 2"\naliases = {race = "ASSIOMA17039L"}\n'
    await asyncio.to_thread((home / "config.toml").write_text, text)
    for name in ("Stages 1", "4iiii 2", "ASSIOMA17039L"):
        radio.add_meter(name)
    environment = {"DBUS_SYSTEM_BUS_ADDRESS": radio.address}
    async with on_terminal(columns=140, environment=environment) as terminal:
        await terminal.shows("race (ASSIOMA17039L)")
        await terminal.shows("one of your pair")
        terminal.press("q")
        assert await terminal.ended() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="a bus that is not there")
async def test_without_bluetooth_it_says_so_and_the_demo_works_and_leads_back() -> None:
    nowhere = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent/bus"}
    async with on_terminal(environment=nowhere) as terminal:
        await terminal.shows("Cannot look for a meter")
        await terminal.answers("d", "measured")
        await terminal.answers("q", "Finish the ride?")
        await terminal.answers("q", "Ride finished")
        await terminal.answers("q", "Cannot look for a meter")
        terminal.press("q")
        assert await terminal.ended() == 0


def test_without_a_terminal_it_prints_the_help() -> None:
    done = subprocess.run([sys.executable, "-m", "legbal"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Without a command the start screen opens" in done.stdout
    assert "legbal [OPTIONS] [COMMAND]" in done.stdout


async def test_settings_that_are_wrong_are_named_before_the_screen(home: Path) -> None:
    await asyncio.to_thread((home / "config.toml").write_text, "fpt = 1\n")
    async with on_terminal() as terminal:
        await terminal.shows("line 1: 'fpt' is not a setting")
        assert await terminal.ended() == 1

"""What takes longer than a moment says so on a terminal, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bluetooth.bluetoothd import bluetoothd
from tests.programs import require_program
from tests.terminal import on_terminal

pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals on this system")
LONG = ("demo", "--headless", "--speed", "200", "--seconds", "1200")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the home of everything."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    return tmp_path


async def test_a_ride_without_the_screen_says_how_far_it_is() -> None:
    async with on_terminal(*LONG) as terminal:
        await terminal.shows("of the ride; Ctrl-C ends it")
        assert await terminal.ended(80) == 0


async def test_events_on_the_terminal_are_not_torn_by_it() -> None:
    async with on_terminal("demo", "--events", "--speed", "100", "--seconds", "400") as terminal:
        await terminal.shows('"event":"interval_start"')
        assert await terminal.ended(80) == 0
        assert "of the ride" not in terminal.text


@pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")
async def test_a_scan_says_that_it_listens_and_for_how_long() -> None:
    require_program("dbus-daemon")
    async with bluetoothd() as radio:
        radio.add_meter("ASSIOMA17039L")
        async with on_terminal(
            "scan", "--seconds", "2", environment={"DBUS_SYSTEM_BUS_ADDRESS": radio.address}
        ) as terminal:
            await terminal.shows("Listening for power meters; turn the cranks … 1 s")
            await terminal.shows("ASSIOMA17039L")
            assert "\rname" in terminal.text  # the line is gone when the table comes
            assert await terminal.ended() == 0


def test_where_there_is_no_terminal_nothing_of_it_is_written() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "legbal", *LONG[:-1], "300"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "of the ride" not in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")
async def test_waiting_for_a_meter_is_counted() -> None:
    require_program("dbus-daemon")
    async with bluetoothd() as radio:
        meter = radio.add_meter("ASSIOMA17039L", advertised=False)
        environment = {"DBUS_SYSTEM_BUS_ADDRESS": radio.address}
        async with on_terminal("zero", "--yes", environment=environment) as terminal:
            await terminal.shows("turn the cranks to wake it")
            await terminal.shows("1 s …")
            meter.advertised = True
            await terminal.shows("Connecting to ASSIOMA17039L …")

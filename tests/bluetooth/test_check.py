"""What `legbal doctor` says of Bluetooth, found on bleak's BlueZ backend against a fake bluetoothd."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from legbal.app.checks import bluetooth
from tests.bluetooth.bluetoothd import Bluetoothd

SEARCH_S = 0.3
WHAT = ["Bluetooth service", "Bluetooth permission", "Bluetooth adapter", "power meters"]


async def test_all_works_and_the_meters_in_range_are_named(radio: Bluetoothd) -> None:
    radio.add_meter("ASSIOMA17287L")
    radio.add_meter("Stages 62008")
    rows = await bluetooth(None, SEARCH_S)
    assert [row.what for row in rows] == WHAT
    assert [row.state for row in rows] == ["works"] * 4
    assert rows[3].text.startswith("2 in range: ")
    assert "ASSIOMA17287L" in rows[3].text
    assert "Stages 62008" in rows[3].text


@pytest.mark.usefixtures("radio")
async def test_no_meter_in_range_is_no_fault_and_has_a_hint() -> None:
    check = (await bluetooth(None, SEARCH_S))[3]
    assert (check.what, check.state, check.text) == ("power meters", "works", "none in range just now")
    assert "Turn the cranks" in check.hint


async def test_an_adapter_that_is_off_fails_and_what_rests_on_it_cannot_be_told(radio: Bluetoothd) -> None:
    radio.power(False)
    await radio.flush()
    rows = await bluetooth(None, SEARCH_S)
    assert [row.state for row in rows] == ["works", "works", "fails", "not applicable"]
    assert "switched off" in rows[2].text
    assert rows[2].hint != ""


async def test_a_missing_adapter_fails(radio: Bluetoothd) -> None:
    radio.remove_adapter()
    await radio.flush()
    rows = await bluetooth(None, SEARCH_S)
    assert [row.state for row in rows] == ["works", "works", "fails", "not applicable"]
    assert "no Bluetooth LE adapter" in rows[2].text


async def test_a_missing_service_fails_first(radio: Bluetoothd) -> None:
    await radio.stop()
    rows = await bluetooth(None, SEARCH_S)
    assert [row.state for row in rows] == ["fails", *["not applicable"] * 3]


async def test_with_everything_there_doctor_says_that_a_ride_is_possible(
    radio: Bluetoothd, tmp_path: Path
) -> None:
    radio.add_meter("ASSIOMA\x1b[2J")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "legbal", "doctor", "--json"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "LEGBAL_HOME": str(tmp_path), "DBUS_SYSTEM_BUS_ADDRESS": radio.address},
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, err) == (0, b"")
    said = json.loads(out)
    assert said["ride_possible"] is True
    states = {check["what"]: check["state"] for check in said["checks"]}
    assert all(
        states[what] == "works" for what in (*WHAT, "settings", "library", "meter profiles", "program")
    )

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
WHAT = ["Bluetooth service", "Bluetooth permission", "Bluetooth adapter", "power meters", "heart rate"]


async def test_all_works_and_the_meters_in_range_are_named(radio: Bluetoothd) -> None:
    radio.add_meter("ASSIOMA17287L")
    radio.add_meter("Stages 62008")
    rows = await bluetooth(None, SEARCH_S)
    assert [row.what for row in rows] == WHAT
    assert [row.state for row in rows] == [*["works"] * 4, "not applicable"]
    assert rows[3].text.startswith("2 in range: ")
    assert "ASSIOMA17287L" in rows[3].text
    assert "Stages 62008" in rows[3].text


@pytest.mark.usefixtures("radio")
async def test_no_meter_in_range_is_no_fault_and_has_a_hint() -> None:
    check = (await bluetooth(None, SEARCH_S))[3]
    assert (check.what, check.state, check.text) == ("power meters", "works", "none in range just now")
    assert "Turn the cranks" in check.hint


@pytest.mark.parametrize(
    ("chosen", "state", "text", "hint"),
    [
        (
            "off",
            "not applicable",
            "--heart-rate, or h on the start screen, chooses one",
            "in range: TICKR A1B2",
        ),
        ("OFF", "not applicable", "the settings connect no strap", "in range: TICKR A1B2"),
        ("any", "works", "any is chosen, and in range", "in range: TICKR A1B2"),
        ("tickr", "works", "tickr is chosen, and in range", "in range: TICKR A1B2"),
        ("HRM", "works", "HRM is chosen, and not in range: moisten it", "in range: TICKR A1B2"),
    ],
)
async def test_of_a_strap_it_says_whether_one_is_chosen_and_in_range(
    radio: Bluetoothd, chosen: str, state: str, text: str, hint: str
) -> None:
    radio.add_meter("KICKR", services=("1818", "180d"))
    radio.add_meter("TICKR A1B2", services=("180d",), values={"2a37": b""})
    *_, meters, check = await bluetooth(None, SEARCH_S, chosen)
    assert "1 in range: KICKR" in meters.text
    assert (check.what, check.state, check.needed, check.hint) == ("heart rate", state, False, hint)
    assert text in check.text


@pytest.mark.usefixtures("radio")
@pytest.mark.parametrize("chosen", ["off", "any"])
async def test_where_there_is_no_strap_none_is_named(chosen: str) -> None:
    assert (await bluetooth(None, SEARCH_S, chosen))[-1].hint == ""


async def test_an_adapter_that_is_off_fails_and_what_rests_on_it_cannot_be_told(radio: Bluetoothd) -> None:
    radio.power(False)
    await radio.flush()
    rows = await bluetooth(None, SEARCH_S)
    assert [row.state for row in rows] == ["works", "works", "fails", *["not applicable"] * 2]
    assert "switched off" in rows[2].text
    assert rows[2].hint != ""


async def test_a_missing_adapter_fails(radio: Bluetoothd) -> None:
    radio.remove_adapter()
    await radio.flush()
    rows = await bluetooth(None, SEARCH_S)
    assert [row.state for row in rows] == ["works", "works", "fails", *["not applicable"] * 2]
    assert "no Bluetooth LE adapter" in rows[2].text


async def test_a_missing_service_fails_first(radio: Bluetoothd) -> None:
    await radio.stop()
    rows = await bluetooth(None, SEARCH_S)
    assert [row.state for row in rows] == ["fails", *["not applicable"] * 4]


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
        states[what] == "works" for what in (*WHAT[:-1], "settings", "library", "meter profiles", "program")
    )

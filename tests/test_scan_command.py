"""`legbal scan` as a rider calls it, in a process of its own, against a fake bluetoothd."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bluetooth.bluetoothd import Bluetoothd, bluetoothd
from tests.programs import require_program
from tests.terminal import legbal as legbal_here

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")


@pytest.fixture
async def radio() -> AsyncIterator[Bluetoothd]:
    """A fake bluetoothd on a bus of its own."""
    require_program("dbus-daemon")
    async with bluetoothd() as running:
        yield running


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own settings."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))


async def legbal(*arguments: str) -> tuple[int, str, str]:
    """Runs legbal; gives its exit code, output and errors."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "legbal", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_the_table_has_every_power_meter_with_signal_and_family(radio: Bluetoothd) -> None:
    radio.add_meter("far away", rssi=-91)
    radio.add_meter("ASSIOMA17039L", rssi=-55)
    radio.add_meter("heart", services=("180d",))
    code, out, err = await legbal("scan", "--seconds", "0.5")
    heading, assioma, other, blank, strap_heading, strap = out.splitlines()
    assert code == 0
    assert err.casefold().count("connect both pedals") == err.count("Connect both pedals.") == 1
    assert heading.split() == ["name", "address", "signal", "meter", "balance", "also", "offers"]
    assert assioma.startswith("ASSIOMA17039L  E0:0D:5C:00:00:02  −55 dBm strong")
    assert "Favero Assioma" in assioma
    assert "battery" in assioma
    assert "very weak" in other
    assert "Unlisted" in other
    assert (blank, strap_heading.split()) == ("", ["heart-rate", "strap", "address", "signal"])
    assert strap.split()[:4] == ["heart", "E0:0D:5C:00:00:03", "−60", "dBm"]


async def test_json_gives_what_was_advertised(radio: Bluetoothd) -> None:
    radio.add_meter("ASSIOMA17039L", rssi=-55, manufacturer_data={0x0590: b"\x01"})
    code, out, err = await legbal("scan", "--seconds", "0.5", "--json")
    assert (code, err) == (0, "")
    (meter,) = json.loads(out)
    assert meter == {
        "name": "ASSIOMA17039L",
        "address": "E0:0D:5C:00:00:01",
        "rssi_dbm": -55,
        "services": ["180a", "180f", "1818"],
        "companies": [0x0590],
        "profile": "favero-assioma-duo",
        "kind": "measured",
        "candidates": ["favero-assioma-duo", "favero-assioma-duo-dual"],
        "balance": "measured",
        "connecting": "Connect both pedals. If only one can be connected, set the pedals to one channel in"
        " Favero's app.",
    }


async def test_whether_a_balance_can_be_expected_is_said_of_each(radio: Bluetoothd) -> None:
    expected = {
        "Quarq 4711": "estimated",
        "power2max 4711": "estimated, once unlocked",
        "ASSIOMA4711": "no balance: one side, doubled",
        "SmartSpin2k": "no balance: another meter's power",
        "KICKR CORE 4711": "no balance: one power for both legs",
        "Stages 4711": "measured or no balance",
        "PM 4711": "unverified",
    }
    for name in expected:
        radio.add_meter(name)
    _code, out, _err = await legbal("scan", "--seconds", "0.5")
    for name, worth in expected.items():
        (line,) = (line for line in out.splitlines() if line.startswith(name))
        assert f"  {worth}" in line
    assert "Stages LR or Stages L  " in out


async def test_a_room_full_of_meters_is_listed_in_full(radio: Bluetoothd) -> None:
    names = {f"Stages {number}" if number % 2 else f"SRM_PM9_{number}" for number in range(50)}
    for number, name in enumerate(sorted(names)):
        radio.add_meter(name, rssi=-40 - number)
        radio.add_meter(f"strap {number}", services=("180d",))
    code, out, err = await legbal("scan", "--seconds", "1", "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    meters = [x for x in found if x["profile"] is not None]
    straps = found[len(meters) :]
    assert {meter["name"] for meter in meters} == names
    assert {(x["kind"], x["balance"]) for x in straps} == {("heart_rate", None)}
    assert {x["name"] for x in straps} == {f"strap {number}" for number in range(50)}
    assert {frozenset(x) for x in found} == {frozenset(meters[0])}
    assert [meter["rssi_dbm"] for meter in meters] == sorted(
        (meter["rssi_dbm"] for meter in meters), reverse=True
    )


async def test_names_that_would_move_the_cursor_are_escaped(radio: Bluetoothd) -> None:
    radio.add_meter("evil\x1b[2J\nASSIOMA\u202e")
    radio.add_meter(None)
    _code, out, _err = await legbal("scan", "--seconds", "0.5")
    assert len(out.splitlines()) == 3
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert r"evil\x1b[2J\nASSIOMA\u202e" in out
    assert "(no name)" in out


async def test_a_strap_s_name_is_escaped_and_what_measures_power_is_none(radio: Bluetoothd) -> None:
    radio.add_meter("evil\x1b[2J\nTICKR\u202e", services=("180d",))
    radio.add_meter("KICKR 1", services=("1818", "180d"))
    _code, out, _err = await legbal("scan", "--seconds", "0.5")
    assert r"evil\x1b[2J\nTICKR\u202e" in out.splitlines()[-1]
    assert out.index("KICKR 1") < out.index("heart-rate strap")


async def test_nothing_in_range_is_said_and_is_no_failure(radio: Bluetoothd) -> None:
    assert radio.meters == []
    code, out, _err = await legbal("scan", "--seconds", "0.2")
    assert code == 0
    assert "Turn the cranks" in out
    code, out, _err = await legbal("scan", "--seconds", "0.2", "--json")
    assert (code, json.loads(out)) == (0, [])


async def test_an_adapter_that_is_off_is_one_line_a_hint_and_exit_code_1(radio: Bluetoothd) -> None:
    radio.power(False)
    code, out, err = await legbal("scan")
    assert (code, out) == (1, "")
    assert err.splitlines()[0] == "legbal: Bluetooth is switched off"
    assert "rfkill" in err.splitlines()[1]


async def test_no_bluetooth_service_is_exit_code_1_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    code, _out, err = await legbal("scan")
    assert code == 1
    assert "Traceback" not in err
    assert "systemctl" in err


@pytest.mark.parametrize("seconds", ["0", "-1", "soon"])
def test_wrong_seconds_are_exit_code_2(capsys: pytest.CaptureFixture[str], seconds: str) -> None:
    code, out, err = legbal_here(capsys, "scan", "--seconds", seconds)
    assert (code, out) == (2, "")
    assert err.startswith("Usage: legbal scan ")


async def test_the_riders_own_name_stands_beside_the_meters(
    radio: Bluetoothd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEGBAL_ALIASES", "race = ASSIOMA17039L")
    radio.add_meter("ASSIOMA17039L", rssi=-55)
    _, out, _ = await legbal("scan", "--seconds", "0.5")
    assert "ASSIOMA17039L (race)  " in out

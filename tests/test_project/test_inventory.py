"""Nothing that others rely on goes: what `inventory.txt` lists is there; more may be."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.bluetooth.bluetoothd import bluetoothd
from tests.programs import require_program
from tests.test_project.inventory import FROZEN, json_lines, present

LINES = FROZEN.read_text(encoding="utf-8").splitlines()
SCANNED = {line for line in LINES if line.startswith("json scan")}


def test_the_inventory_is_in_order() -> None:
    assert sorted(set(LINES)) == LINES
    kinds = {line.split()[0] for line in LINES}
    assert kinds == {
        *("command", "argument", "option", "setting", "variable", "key", "event", "json", "column"),
        *("topic", "message", "entity", "entity-field"),
    }


def test_all_that_it_lists_is_there(tmp_path: Path) -> None:
    """Where a screen was only renamed, its lines are renamed in the same commit."""
    gone = sorted({*LINES} - SCANNED - present(tmp_path))
    assert not gone, "\n".join(gone)


@pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")
async def test_a_meter_in_range_has_the_fields_that_it_lists() -> None:
    require_program("dbus-daemon")
    async with bluetoothd() as radio:
        radio.add_meter("ASSIOMA17039L", rssi=-55)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "legbal", "scan", "--seconds", "0.5", "--json"),
            stdout=asyncio.subprocess.PIPE,
            env=dict(os.environ),
        )
        printed, _ = await process.communicate()
    assert not SCANNED - set(json_lines("scan", printed.decode()))

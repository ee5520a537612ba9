"""Capture files as what a fake meter sends, and what the meters of the shared ones answer when read."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.peripheral import ASSIOMA, STAGES, Peripheral

Packets = list[tuple[float, str, bytes]]

# how the file's name begins → the advertised name and what can be read
_METERS: dict[str, tuple[str, dict[str, str | bytes]]] = {
    "assioma": ("ASSIOMA17039L", ASSIOMA | {"2a26": b"6.24", "2a19": "5a"}),
    "stages": ("Stages 20561", STAGES | {"2a19": "47"}),
}


def packets(capture: Path) -> dict[str, Packets]:
    """The notifications of a capture file as (seconds, uuid, value), by meter ("" where not given)."""
    by_meter: dict[str, Packets] = defaultdict(list)
    for line in capture.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        packet = (float(entry["t"]), str(entry.get("uuid", "2a63")), bytes.fromhex(entry["hex"]))
        by_meter[str(entry.get("meter", ""))].append(packet)
    return by_meter


def put_in_range(
    radio: Bluetoothd, capture: Path, name: str | None = None
) -> list[tuple[Peripheral, Packets]]:
    """One fake meter for each of the capture's, advertising, with what it shall send."""
    known = next((known for start, known in _METERS.items() if capture.stem.startswith(start)), None)
    default, values = known or (capture.stem, {})
    return [
        (radio.add_meter(" ".join(filter(None, (name or default, meter))), values=values), sent)
        for meter, sent in packets(capture).items()
    ]

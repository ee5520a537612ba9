"""Captures with odd lines, times and packets: every line is taken or told with its number, and the rest is ridden."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from legbal.errors import CaptureError
from legbal.files.capture import read_file, read_sidecar
from legbal.ride.inputs import FIT_RECORD
from legbal.sources.recorded_ride import with_ticks
from tests.fuzz import _mutate as mutate
from tests.fuzz._cases import run_cases
from tests.fuzz._ridden import ride

DEFAULT, IN_SUITE = 8_000, 60


def _lines(random: Random) -> list[dict[str, Any]]:
    """A ride of half a minute: crank revolutions, both legs, device information, now and then from a FIT file."""
    meter = random.choice(("ASSIOMA17039L", "Stages 20561", "unknown"))
    lines: list[dict[str, Any]] = [{"t": 0.0, "uuid": "2a29", "hex": b"Favero".hex(), "meter": meter}]
    for t in range(30):
        octets = bytes((0x23, 0x00, 200 + t % 9, 0, 90 + t % 5)) + (t * 3 // 2).to_bytes(2, "little")
        octets += (t * 1000 % 65536).to_bytes(2, "little")
        fit = {"power": 200 + t, "left_right_balance": 0x80 | 52, "cadence": 90}
        record = {"t": t, "uuid": FIT_RECORD, "hex": json.dumps(fit).encode().hex(), "meter": meter}
        lines.append(record if meter == "unknown" else {"t": t + 0.25, "hex": octets.hex(), "meter": meter})
    return lines


def case(random: Random, folder: Path) -> str:
    """One capture with its sidecar."""
    lines = _lines(random)
    encoded = [json.dumps(line).encode() for line in lines]
    odd = {random.randrange(len(lines)) for _ in range(random.choice((1, 3, 12)))}
    for at in odd:
        if random.randrange(2):
            packet = mutate.octets(random, bytes.fromhex(lines[at]["hex"]))
            encoded[at] = json.dumps({**lines[at], "hex": packet.hex()}).encode()
        else:
            encoded[at] = mutate.json_octets(random, lines[at])
    path = folder / "ride.jsonl"
    path.write_bytes(b"\n".join(encoded))
    (folder / "ride.meta.json").write_bytes(
        mutate.json_octets(random, {"ftp": 250, "weak": "left", "plan": [{"start": 0, "end": 20}]})
    )
    bad: list[int] = []
    got = list(read_file(path, lambda number, _problem: bad.append(number)))
    assert all(1 <= number <= path.read_bytes().count(b"\n") + 1 for number in bad)
    assert [x.t for x in got] == sorted(x.t for x in got)
    try:
        plan = read_sidecar(path).plan
    except CaptureError as error:
        if "ride.meta.json" not in str(error):
            raise
        plan = ()
    late = bool(got) and got[-1].t > 1800.0  # hours of silence take long and teach nothing
    return "late" if late else ride(with_ticks(got), plan)


def run(count: int, seed: int) -> dict[str, int]:
    """Tries so many of them."""
    return run_cases(case, count, seed)

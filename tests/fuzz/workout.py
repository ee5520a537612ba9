"""Workout files of every kind, spoilt: a plan whose steps follow one another within a day, or a refusal in words."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

from legbal.errors import FileFormatError
from legbal.files.workout import read_plan
from tests.files import fit_files
from tests.fuzz import _mutate as mutate
from tests.fuzz._cases import run_cases

DEFAULT, IN_SUITE = 60_000, 400

_ZWO = """<?xml version="1.0" encoding="UTF-8"?>
<workout_file>
  <name>Over-unders</name>
  <workout>
    <Warmup Duration="300" PowerLow="0.4" PowerHigh="0.7"/>
    <IntervalsT Repeat="3" OnDuration="60" OffDuration="30" OnPower="1.1" OffPower="0.5" Cadence="95"/>
    <SteadyState Duration="120" Power="0.95"><textevent timeoffset="10" message="Push"/></SteadyState>
    <Ramp Duration="60" PowerLow="0.9" PowerHigh="1.2"/>
    <FreeRide Duration="90" FlatRoad="1"/>
    <Cooldown Duration="300" PowerLow="0.6" PowerHigh="0.4"/>
  </workout>
</workout_file>
"""
_ERG = """[COURSE HEADER]
VERSION = 2
UNITS = ENGLISH
FTP = 250
MINUTES WATTS
[END COURSE HEADER]
[COURSE DATA]
0.00 100
5.00 100
5.00 260
8.00 260 LAP
8.00 120
10.00 120
[END COURSE DATA]
"""
_SIDECAR = '{"ftp": 250, "weak": "left",\n "plan": [{"start": 0, "end": 60},\n {"start": 90, "end": 150}]}\n'


@cache
def _fit() -> bytes:
    def step(number: int, low: int, high: int) -> tuple[str, fit_files.Message]:
        target = {"target_type": 4, "custom_target_value_low": low, "custom_target_value_high": high}
        return "WORKOUT_STEP", {"message_index": number, "duration_type": 0, "duration_value": 60, **target}

    again = {"duration_type": 6, "duration_value": 0, "target_value": 3}
    return fit_files.fit(
        ("FILE_ID", {"type": 5}), ("WORKOUT", {"sport": 2}), step(0, 90, 110), step(1, 40, 50),
        ("WORKOUT_STEP", {"message_index": 2, **again}),
    )  # fmt: skip


def case(random: Random, folder: Path) -> str:
    """One workout."""
    ending = random.choice(("zwo", "erg", "mrc", "json", "fit"))
    path = folder / f"workout.{ending}"
    if ending == "fit":
        octets = mutate.octets(random, _fit())
    else:
        good = {"zwo": _ZWO, "erg": _ERG, "mrc": _ERG.replace("WATTS", "PERCENT"), "json": _SIDECAR}[ending]
        octets = mutate.text(random, good).encode("utf-8", "surrogatepass")
        octets = mutate.octets(random, octets) if random.randrange(4) == 0 else octets
    path.write_bytes(octets)
    try:
        plan = read_plan(path, random.choice((None, 250.0)))
    except FileFormatError as error:
        if str(path) not in str(error):
            raise
        return "refused"
    ends = [0.0]
    for step in plan:
        assert ends[-1] <= step.start < step.end <= 1e7
        assert 0 <= (step.low or 0.0) <= (step.high or 1e6)
        ends.append(step.end)
    return "planned" if plan else "empty"


def run(count: int, seed: int) -> dict[str, int]:
    """Tries so many of them."""
    return run_cases(case, count, seed)

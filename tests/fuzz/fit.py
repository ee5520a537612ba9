"""FIT files with octets, fields, lengths and definitions spoilt: read, and ridden through the fold."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

from legbal.errors import FileFormatError
from legbal.files.fit.reading import read
from tests.files import fit_files
from tests.fuzz import _mutate as mutate
from tests.fuzz._cases import run_cases
from tests.fuzz._ridden import ride

DEFAULT, IN_SUITE = 30_000, 150


@cache
def good_files() -> tuple[bytes, ...]:
    """A plain ride, one with everything that is read of a file, and the cases made by hand for odd developer fields."""
    start = fit_files.START
    full = fit_files.fit(
        *fit_files.head(),
        ("DEVICE_INFO", {"timestamp": start, "device_index": 1, "manufacturer": 263, "product": 12, "device_type": 11}),
        ("SPORT", {"sport": 2}),
        ("WORKOUT_STEP", {"message_index": 0, "duration_type": 0, "duration_value": 20000, "intensity": 0}),
        *fit_files.records(range(40), left_torque_effectiveness=80, right_pedal_smoothness=20),
        ("LAP", {"timestamp": start + 20, "start_time": start, "message_index": 0, "wkt_step_index": 0}),
        ("EVENT", {"timestamp": start + 21, "event": 0, "event_type": 4}),
        *fit_files.records(range(50, 80), balance=None),
        ("SESSION", {"timestamp": start + 80, "start_time": start, "sport": 2, "total_timer_time": 80}),
        ("ACTIVITY", {"timestamp": start + 80, "local_timestamp": start + 3680}),
    )  # fmt: skip
    return fit_files.ride(30), full


def with_length(octets: bytes) -> bytes:
    """The header's length made to fit again, so that more than the header is read."""
    size = len(octets) - 16
    return octets[:4] + size.to_bytes(4, "little") + octets[8:] if size > 0 else octets


def case(random: Random, folder: Path) -> str:
    """One file."""
    path = folder / random.choice(("ride.fit", "ride.fit.gz"))
    odd = mutate.octets(random, random.choice(good_files()))
    path.write_bytes(with_length(odd) if random.randrange(2) else odd)
    said: list[str] = []
    try:
        got = read(path, said.append)
    except FileFormatError as error:
        if str(path) not in str(error):
            raise
        return "refused"
    assert all(line.startswith(f"{path}: ") for line in said)
    return ride(got.inputs, got.plan)


def run(count: int, seed: int) -> dict[str, int]:
    """Tries so many of them."""
    return run_cases(case, count, seed)

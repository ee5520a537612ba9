"""What is said of a few rides beside the others of the library is what is said when all of them are read."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from legbal import paths
from legbal.analysis.fit_file import FitFile, encode
from legbal.analysis.last_rides import last_rides
from legbal.analysis.months import RideBands
from legbal.analysis.same_meter import questions
from legbal.app.meters import profiles
from legbal.app.other_level import current_rides, same_meter_questions, sound_rides
from legbal.library.derived import DerivedRow, basis, encode_bands, write_derived
from legbal.library.rides import Library
from legbal.library.same_meters import keep_answer, read_answers
from legbal.library.writer import NewRide, keep
from legbal.ride.inputs import FIT_FILE, Input, Notification, Setup, Tick
from legbal.ride.share import BandShare, Share, band_name

BEGIN = datetime(2026, 5, 4, 18, tzinfo=UTC)
EDGES = (0.0, 0.55, 0.75, 0.90, None)
# names, and the serial numbers that files state with them
NAMES = {"Pedals": None, "Favero Duo": 77, "Assioma Duo": 77, "Edge": None, "Quarq": 5}


def filled(path: Path, seed: int, rides: int) -> list[str]:
    """A library of rides at odd times on several meters; gives their ids, the earliest first."""
    rng, by = random.Random(seed), basis(profiles())
    started, ids = BEGIN, []
    for _ in range(rides):
        # mostly a day or two later, now and then the same ride once more, or one that lies within another
        hours = rng.choice((0.0, 0.0002, 0.3, 1.0, 20.0, 24.0, 24.0, 48.0))
        started += timedelta(hours=hours)
        name = rng.choices(list(NAMES), (8, 5, 3, 2, 2))[0]
        serial, duration_s = NAMES[name], rng.choice((600.0, 5400.0, 7200.0, 30000.0))
        file = FitFile(manufacturer=263, serial_number=serial)
        first: list[Input] = [Notification(0.0, encode(file), FIT_FILE, name)] if serial else []
        ride = NewRide(
            setup=Setup(), source=rng.choice(("ride", "import", "import", "demo")), started=started
        )
        keep(path, ride, [*first, Notification(0.0, b"", meter=name), Tick(duration_s)])
        current = rng.random() < 0.95
        row = DerivedRow(
            name="bands", version="1", value=encode_bands(_bands(rng, name)), basis=by if current else "older"
        )
        write_derived(path, ride.id, [row])
        ids.append(ride.id)
    for pair in (("Edge", "Pedals"), ("Favero Duo", "Pedals"), ("Pedals", "Quarq")):
        if rng.random() < 0.6:
            keep_answer(path, *pair, same=rng.random() < 0.7)
    return ids


def _bands(rng: random.Random, name: str) -> RideBands:
    off = rng.choice((0.0,) * 12 + (-11.0, 9.0))
    seconds = rng.choice((1200.0, 1200.0, 1200.0, 20.0))
    bands = [
        BandShare(
            band_name(low, high),
            low,
            high,
            Share(
                48.0 + off + rng.gauss(0.0, 1.0), rng.uniform(0.1, 0.6), seconds, power_w=100.0 + 200.0 * low
            ),
        )
        for low, high in pairwise(EDGES)
        if low is not None and rng.random() < 0.8
    ]
    return RideBands(
        meter=name,
        balance=rng.choice(("measured", "measured", "measured", "unknown")),
        reference="unknown" if name == "Edge" and rng.random() < 0.3 else "left",
        swapped=rng.random() < 0.05,
        meter_wrong=rng.random() < 0.06,
        bands=tuple(bands),
    )


@pytest.mark.parametrize("seed", range(4))
def test_few_rides_are_told_as_when_all_are_read(seed: int) -> None:
    path = paths.library_file()
    ids = filled(path, seed, 100)
    with Library(path) as library:
        sound, others = sound_rides(library)
        compared = last_rides(sound, ids)
        assert others
        assert compared
        assert same_meter_questions(library) == questions(current_rides(library), read_answers(library))
        few = [[ride] for ride in ids[::9]] + [ids[-20:], ids[40:60]]
        for some in few:
            near, far_off = sound_rides(library, some)
            assert {x: far_off[x] for x in some if x in far_off} == {
                x: others[x] for x in some if x in others
            }
            assert {x.ride for x in near} & set(some) == {x.ride for x in sound} & set(some)
            there = {x: compared[x] for x in some if x in compared}
            assert last_rides(near, some) == there


def test_of_a_long_history_few_rides_are_read() -> None:
    path = paths.library_file()
    by = basis(profiles())
    rng = random.Random(1)
    for day in range(80):
        ride = NewRide(setup=Setup(), started=BEGIN + timedelta(days=day))
        keep(path, ride, [Notification(0.0, b"", meter="Pedals"), Tick(5400.0)])
        bands = RideBands(
            meter="Pedals", balance="measured", reference="left", swapped=False, bands=_bands(rng, "P").bands
        )
        write_derived(
            path, ride.id, [DerivedRow(name="bands", version="1", value=encode_bands(bands), basis=by)]
        )
    with Library(path) as library:
        sound, others = sound_rides(library, [x.id for x in library.rides(20)])
    assert len(sound) + len(others) <= 50

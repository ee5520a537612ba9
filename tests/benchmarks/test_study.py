"""A study of FIT files beside what fitdecode takes to decode the same files and do nothing with them.

Run by `pytest --benchmark-only`. What is wanted: a thousand rides of 90 minutes in two minutes on two cores.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fitdecode
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from legbal.app.meters import profiles
from legbal.app.study import Study
from legbal.app.study_files import files_in
from legbal.files import exporting
from legbal.ride.inputs import Setup
from legbal.sources.simulator import SimulatedRide
from tests.benchmarks.turns import shortest, table, tell
from tests.sources.simulated import PROFILES
from tests.sources.workouts import FAMILIES

_FILES, _ROUNDS = 3, 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half-hour rides of one rider, whose FTP nobody states: each is read to estimate it, and then to be studied."""
    folder = tmp_path_factory.mktemp("anna")
    profile, workout = PROFILES["favero-assioma-duo"], next(iter(FAMILIES.values()))()
    for day in range(_FILES):
        ride = SimulatedRide(profile=profile, seed=5, day=day, workout=workout, seconds=1800.0)
        started = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=day)
        with (folder / f"{day}.fit").open("wb") as file:
            exporting.write(file, "fit", list(ride.timeline()), Setup(ftp_w=220.0, profile=profile), started)
    return folder


def test_studying_files_beside_decoding_them(benchmark: BenchmarkFixture, folder: Path) -> None:
    files, families = files_in([folder]), profiles()

    @contextmanager
    def bar(*_: object) -> Iterator[Any]:
        yield lambda _: None

    def put(rows: object) -> None:
        """Where the tables would be written."""

    def study() -> None:
        studied = Study(files, {}, families, (put, put), bar)
        with ThreadPoolExecutor(1) as worker:
            studied.run((worker, 1))
        assert (studied.done, studied.refused) == (_FILES, set())

    def decode() -> None:
        for file in files:
            with fitdecode.FitReader(file.path) as messages:
                for _ in messages:
                    pass

    decoding, studying = shortest(_ROUNDS, time.process_time, decode, study)
    tell(benchmark, decoding=decoding, studying=studying)
    benchmark.extra_info["files a second"] = round(_FILES / studying, 2)
    print(f"{_FILES / studying:.2f} files a second")
    table(benchmark, lambda: None, rounds=1)
    assert studying < 9 * decoding  # 3 to 5.6; each file is read and folded twice

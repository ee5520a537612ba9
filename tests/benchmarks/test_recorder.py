"""What recording costs: inputs handed over, encoded and committed, beside a bare insert of the same octets.

Processor time of all threads, each committing all of it at once; they take turns, and the shortest of each counts. Run
by `pytest --benchmark-only`.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from itertools import count
from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from legbal.gatt.uuids import MEASUREMENT
from legbal.library.recorder import Recorder
from legbal.library.writer import NewRide
from legbal.ride.inputs import Notification, Setup
from tests.benchmarks.turns import shortest, table, tell

_INPUTS = [
    Notification(n / 4, n.to_bytes(4, "little") + bytes(8), MEASUREMENT, "ASSIOMA 17039")
    for n in range(19_000)  # a recorder commits at most 20,000 at once
]
_ROUNDS = 7


def test_recording_beside_a_bare_insert(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    numbers = count()

    def record() -> None:
        recorder = Recorder(
            NewRide(setup=Setup()), tmp_path / f"{next(numbers)}.sqlite", commit_every_s=3600.0
        )
        recorder.start()
        for item in _INPUTS:
            recorder.record(item)
        assert recorder.close().written == len(_INPUTS)

    def insert() -> None:
        with closing(sqlite3.connect(tmp_path / f"{next(numbers)}.sqlite")) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE inputs (id INTEGER PRIMARY KEY, t REAL, channel INT, data BLOB)")
            rows = ((place, item.t, 0, item.data) for place, item in enumerate(_INPUTS))
            connection.executemany("INSERT INTO inputs VALUES (?, ?, ?, ?)", rows)

    recorded, inserted = shortest(_ROUNDS, time.process_time, record, insert)
    tell(benchmark, recorded=recorded, inserted=inserted)
    table(benchmark, record, rounds=1)
    assert recorded < 5 * inserted  # 2.2 to 2.9 were measured

"""Months of rides at their largest: 2,000 of 90 minutes, beside what reading and starting cost at the least.

Run by `pytest --benchmark-only`. What is wanted: 0.06 s for the query, 0.4 s for the command. The absolute times are
kept with the figures and printed; what is held are ratios, of processor time, to work that takes turns with it in one
run.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from legbal.app.meters import profiles
from legbal.app.review import ReviewService
from legbal.config import Settings
from legbal.library.derived import basis, current_versions, dated_rides
from legbal.library.rider import add_change
from tests.benchmarks.many_rides import fill
from tests.benchmarks.turns import of_children, shortest, table, tell

RIDES, SECONDS = 2000, 90 * 60
INPUTS = 1000  # of each: reading all of them would take five times what the query may
ROUNDS = 3
BARE = "SELECT rides.*, value FROM rides JOIN derived_values ON ride = rides.number AND name = 'bands'"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A library of two million inputs; it is large, and goes when the figures are taken."""
    folder = tmp_path_factory.mktemp("home")
    library = folder / "library.sqlite"
    fill(library, RIDES, SECONDS, INPUTS)
    add_change("left cleat 2° in", date(2026, 5, 1), path=library)
    yield folder
    library.unlink()


def test_the_query_beside_reading_as_many_rows(benchmark: BenchmarkFixture, home: Path) -> None:
    path, known = home / "library.sqlite", profiles()
    by, versions = basis(known), current_versions("bands", known)

    def read_rows() -> None:
        """Each ride's own row and that of its bands, already in order."""
        with closing(sqlite3.connect(path)) as connection:
            assert len(connection.execute(BARE).fetchall()) == RIDES

    def query() -> None:
        assert len(dated_rides(path, by, versions)) == RIDES

    def judge() -> None:
        assert len(ReviewService(Settings(), path).trend().meters) == 2

    bare, asked, judged = shortest(ROUNDS, time.process_time, read_rows, query, judge)
    tell(benchmark, rows=bare, query=asked, trend=judged)
    table(benchmark, query, rounds=3)
    assert asked < 5 * bare  # 2 times
    assert (
        judged < 90 * bare
    )  # one model of all days, whose bands follow from it, for 2,000 rides at once: 40 times


# A trend judges all days, of both meters, by one model; a change only those about it.
@pytest.mark.parametrize(("command_line", "limit"), [("trend", 16), ("change report", 10)], ids=str)
def test_the_command_beside_starting_python_with_what_it_needs(
    benchmark: BenchmarkFixture, home: Path, command_line: str, limit: int
) -> None:
    environment = {**os.environ, "LEGBAL_HOME": str(home)}

    def run(*command: str) -> None:
        subprocess.run([sys.executable, *command], env=environment, stdout=subprocess.DEVNULL, check=True)

    def legbal() -> None:
        run("-m", "legbal", *command_line.split())

    bare, command = shortest(
        ROUNDS, of_children, lambda: run("-c", "import click, msgspec, numpy, sqlite3"), legbal
    )
    tell(benchmark, start=bare, command=command)
    table(benchmark, lambda: None, rounds=1)
    assert command < limit * bare

"""A ride from a FIT file into the library, beside fitdecode's bare decoding of the same octets.

Run by `pytest --benchmark-only`. Both take turns; the shortest time of each counts.
"""

from __future__ import annotations

import io
import itertools
import multiprocessing
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import fitdecode
import msgspec
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from legbal.app.imports import bring_in, line_of
from legbal.app.review import ReviewService
from legbal.app.rides import RideService
from legbal.config import Settings
from legbal.files import exporting
from legbal.files.fit.reading import read
from legbal.library.connection import open_writing
from legbal.ride.inputs import FIT_RECORD, Input, Notification, Setup
from tests.benchmarks import many_rides
from tests.benchmarks.turns import growth, shortest, table, tell
from tests.files.fit_files import ride

HOURS = (0.75, 3.0)
ROUNDS = 3
MOST_OCTETS = 190_000  # with what it teaches the next ones
FEW, MANY = 20, 200  # files


def fit_file(path: Path, hours: float) -> Path:
    """A ride of a record a second with power, balance and cadence, as legbal writes it."""
    seconds = round(3600 * hours)
    random = np.random.default_rng(7)
    columns = (
        200 + 40 * np.sin(np.arange(seconds) / 200) + random.normal(0, 12, seconds),
        178 + random.normal(0, 3, seconds),
        88 + random.normal(0, 3, seconds),
    )
    inputs: list[Input] = [
        Notification(
            float(t),
            msgspec.json.encode({"power": power, "left_right_balance": balance, "cadence": cadence}),
            FIT_RECORD,
            "Rally",
        )
        for t, (power, balance, cadence) in enumerate(
            zip(*(x.round().astype(int).tolist() for x in columns), strict=True)
        )
    ]
    with path.open("wb") as file:
        exporting.write(
            file, "fit", inputs, Setup(ftp_w=250.0), datetime(2026, 5, 1, tzinfo=UTC), lambda _: None, []
        )
    return path


def bare_decoding(path: Path) -> None:
    with fitdecode.FitReader(io.BytesIO(path.read_bytes())) as frames:
        for _ in frames:
            pass


def reading(path: Path) -> None:
    read(path, lambda _: None)


def importing(folder: Path) -> Callable[[Path], Path]:
    """Imports a file into a library of its own, and gives that."""
    numbers = itertools.count()

    def imported_into(path: Path) -> Path:
        library_file = folder / f"{next(numbers)}.sqlite"
        (imported,) = bring_in(library_file, [path], None, Settings(), {})
        assert imported.new, imported.error
        return library_file

    return imported_into


def size(library_file: Path) -> int:
    """Octets, of the file and of what SQLite has not yet moved into it: nothing, once it is closed."""
    return sum(
        file.stat().st_size
        for file in library_file.parent.glob(f"{library_file.name}*")
        if file.suffix != ".sqlite-shm"
    )


def test_reading_and_importing_beside_fitdecodes_bare_decoding(
    benchmark: BenchmarkFixture, tmp_path: Path
) -> None:
    path = fit_file(tmp_path / "ride.fit", 1.5)
    imported = importing(tmp_path)
    calls = (lambda: bare_decoding(path)), (lambda: reading(path)), (lambda: imported(path))
    bare, read_s, import_s = shortest(ROUNDS, time.process_time, *calls)
    tell(benchmark, **{"fitdecode": bare, "reading": read_s, "import": import_s})
    print(f"of fitdecode: reading {read_s / bare:.2f}, import {import_s / bare:.2f}")
    table(benchmark, calls[1], rounds=1)
    assert read_s < 0.65 * bare
    assert import_s < 4.5 * bare, "wanted is once; nine tenths of it are deriving what the ride was"


def test_what_a_ride_takes_in_the_library(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    empty = tmp_path / "empty.sqlite"
    open_writing(empty).close()
    taken = size(importing(tmp_path)(fit_file(tmp_path / "ride.fit", 1.5))) - size(empty)
    benchmark.extra_info["octets"] = taken
    table(benchmark, lambda: None, rounds=1)
    print(f"90 minutes: {taken / 1000:.0f} kB")
    assert taken < MOST_OCTETS


def test_the_time_grows_with_the_ride_and_no_faster(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    imported = importing(tmp_path)
    paths = [fit_file(tmp_path / f"{hours}.fit", hours) for hours in HOURS]
    for name, call in (("reading", reading), ("import", imported)):
        times = shortest(ROUNDS, time.process_time, *(partial(call, path) for path in paths))
        exponent = growth(HOURS[1] / HOURS[0], *times)
        print(f"{name} of {HOURS} hours: {times}, exponent {exponent:.2f}")
        benchmark.extra_info[f"{name} exponent"] = round(exponent, 3)
        assert exponent < 1.4, name
    table(benchmark, lambda: reading(paths[0]), rounds=1)


def short_rides(folder: Path) -> Iterator[Path]:
    """Files of rides of two minutes, no two alike; each is written when it is asked for."""
    for number in itertools.count():
        path = folder / f"{number:04}.fit"
        path.write_bytes(ride(120, serial_number=number + 1))
        yield path


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's /proc says what others hold")
def test_many_files_take_no_more_memory_than_few(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Of the process that reads, and of those that derive: beyond SQLite's pages, of which it keeps 2 MiB."""

    def held() -> list[float]:
        pids = ["self", *sorted(str(x.pid) for x in multiprocessing.active_children())]
        status = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
        return [int(x.partition("VmRSS:")[2].split()[0]) / 1024 for x in status]

    figures = {}
    files = list(itertools.islice(short_rides(tmp_path), MANY))
    for done, imported in enumerate(bring_in(tmp_path / "l.sqlite", files, None, Settings(), {}), start=1):
        assert imported.new
        if done in (FEW, MANY - 1):
            figures[done] = held()
    grown = [round(last - first, 1) for first, last in zip(*figures.values(), strict=True)]
    print(f"MiB after {FEW} files: {figures[FEW]}; more after {MANY}: {grown}")
    benchmark.extra_info["MiB"] = grown
    table(benchmark, lambda: None, rounds=1)
    assert max(grown) < 2


def test_a_file_takes_as_long_in_a_large_library_as_in_a_new_one(
    benchmark: BenchmarkFixture, tmp_path: Path
) -> None:
    large = tmp_path / "large.sqlite"
    many_rides.fill(large, 2_000, 3_600, 60)
    files = short_rides(tmp_path)
    new = (tmp_path / f"{number}.sqlite" for number in itertools.count())

    def come_in(library_file: Path) -> None:
        for path in itertools.islice(files, FEW // 2):
            (imported,) = bring_in(library_file, [path], None, Settings(), {})
            assert imported.ride
            line_of(RideService(library_file), imported.ride)

    in_new, in_large = shortest(ROUNDS, time.process_time, lambda: come_in(next(new)), lambda: come_in(large))
    print(f"a file beside 2,000 rides: {in_large / in_new:.2f} of one beside none")
    tell(benchmark, new=in_new, large=in_large)
    table(benchmark, lambda: None, rounds=1)
    assert in_large < 1.5 * in_new


def test_a_finished_file_of_a_watched_folder_is_in_the_trend_within_five_seconds(
    benchmark: BenchmarkFixture, tmp_path: Path
) -> None:
    """By the clock, for so it was promised: a look each second, a second without a change, and the ride itself."""
    folder = tmp_path / "Activities"
    folder.mkdir()
    command = [sys.executable, "-m", "legbal", "import", "--watch", str(folder), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        taken = []
        for number in range(ROUNDS):
            path = fit_file(tmp_path / f"{number}.fit", 1.5 + number / 60)
            start = time.monotonic()
            shutil.copy(path, folder)
            process.stdout.readline()
            service = ReviewService(Settings())
            trend = service.trend()
            taken.append(time.monotonic() - start)
            assert len(service.items()) == number + 1
            assert trend.pending == 0
        process.terminate()
    print(f"seconds from the copy of a ride of 90 minutes to the trend with it: {taken}")
    benchmark.extra_info["s"] = round(min(taken), 2)
    table(benchmark, lambda: None, rounds=1)
    assert min(taken) < 5

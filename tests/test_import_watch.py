"""`legbal import --watch`: what comes into a folder is in trend and usual, once it is finished; Ctrl-C ends it.

That it takes less than five seconds is measured in `tests/benchmarks/test_import.py`.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner

from legbal.app import activity_folders
from legbal.app.review import ReviewService
from legbal.app.ride_setup import learn_from_library
from legbal.cli import legbal
from legbal.config import Settings
from legbal.errors import UsageError
from legbal.library.rides import Library
from tests.files.fit_files import fit, head, records, ride
from tests.files.test_archive import packed

PATIENCE_S = 120.0  # of a machine that does much else


@contextmanager
def watching(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`legbal import --watch`, once it watches; ended by Ctrl-C, with 0."""
    command = [sys.executable, "-m", "legbal", "import", "--watch", str(folder), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        begins = process.stderr.readline()
        assert begins.startswith("Watching "), begins + process.stderr.read()
        yield process
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=PATIENCE_S)
        assert "Traceback" not in complaints
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()


def stream(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def test_a_half_written_file_waits_and_a_finished_one_is_in_trend_and_usual(tmp_path: Path) -> None:
    folder = tmp_path / "Activities"
    folder.mkdir()
    octets = fit(*head(), *records(range(86_400, 87_600)))  # a day later than the other
    with watching(folder) as process:
        (folder / "half.fit").write_bytes(octets[:5000])
        (folder / "first.fit").write_bytes(ride(600))
        line = stream(process).readline()
        assert line.startswith("8 Nov 2024, 10 min, left 48.0 %, 1 interval, no drop-off (ride ")
        (folder / "half.fit").write_bytes(octets)
        line = stream(process).readline()
        assert line.startswith("9 Nov 2024, 20 min, left 48.0 %, 1 interval, no drop-off (ride ")
        deadline = time.monotonic() + PATIENCE_S
        while learnt_rides() < 2 and time.monotonic() < deadline:  # a moment after it was said
            time.sleep(0.05)
    assert learnt_rides() == 2
    trend = ReviewService(Settings()).trend()
    assert trend.pending == 0
    assert [len(meter.rides) for meter in trend.meters] == [2]


def learnt_rides() -> int:
    """Of how many rides the next one's usual is made, when none of them is read for it."""
    with Library() as library:
        last = library.rides()[0]
        setup = library.setup(last)
        (meter,) = last.meters
        baseline = learn_from_library(
            library, meter, last.started.replace(year=2030), setup, folds=0
        ).baseline
        return 0 if baseline is None else baseline.rides


def test_what_gives_no_ride_is_said_once_and_what_is_there_already_is_taken_in(tmp_path: Path) -> None:
    (tmp_path / "old.fit").write_bytes(ride(60))
    (tmp_path / "run.fit").write_bytes(fit(*head(), *records(range(60), power=None, heart_rate=99)))
    packed(tmp_path / "photos.zip", {"a.jpg": b""})
    with watching(tmp_path) as process:
        lines = [stream(process).readline() for _ in range(3)]
        assert lines[0].startswith("8 Nov 2024, 59 s, left 48.0 %")
        assert lines[1:] == [
            "1 holds no power: run.fit\n",
            "1 file skipped: neither FIT nor capture\n",
        ]
    with watching(tmp_path) as process:
        (tmp_path / "new.fit").write_bytes(ride(61))
        assert stream(process).readline().startswith("8 Nov 2024, 1 min, left 48.0 %"), "and nothing else"


def test_it_takes_folders_alone(tmp_path: Path) -> None:
    done = CliRunner().invoke(legbal, ["import", "a.fit", "--watch", str(tmp_path)])
    assert isinstance(done.exception, UsageError)
    assert "--watch takes no FILES" in str(done.exception)


@pytest.mark.parametrize("there", [True, False])
def test_without_a_file_folders_that_were_found_are_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(activity_folders, "_MOUNTS", {})
    if there:
        (tmp_path / "Documents" / "Zwift" / "Activities").mkdir(parents=True)
    done = CliRunner().invoke(legbal, ["import"])
    assert isinstance(done.exception, UsageError)
    hint = "Rides were found in: Zwift (~/Documents/Zwift/Activities)." if there else "legbal import FILE"
    assert hint in (done.exception.hint or "")

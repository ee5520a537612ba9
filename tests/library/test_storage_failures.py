"""A disk that is full, a folder that may not be written: the ride goes on, what is kept is not harmed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from legbal import paths
from legbal.app import upkeep
from legbal.errors import LibraryError
from legbal.library import recorder as recorder_module
from legbal.library.connection import open_writing
from legbal.library.rider import read_meters
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.ride.inputs import Mark, Notification, Setup

from .conftest import Heard, recording

CHECKOUT = Path(__file__).resolve().parents[2]


def packet(number: int) -> Notification:
    return Notification(number / 4, number.to_bytes(20, "little"), meter="M")


def kept(path: Path, ride: str) -> list[object]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with Library(path) as library:
        return list(library.inputs(library.find(ride)))


class Disk:
    """A disk of so many pages, under every connection that the recorder opens."""

    def __init__(self, pages: int) -> None:
        self.pages = pages

    def open(self, path: Path) -> sqlite3.Connection:
        connection = open_writing(path)
        connection.execute(f"PRAGMA max_page_count = {self.pages}")
        return connection


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(40)
    monkeypatch.setattr(recorder_module, "open_writing", disk.open)
    return disk


def test_a_full_disk_is_told_and_the_ride_is_whole_once_there_is_room(
    path: Path, heard: Heard, small_disk: Disk
) -> None:
    with recording(NewRide(setup=Setup()), path, on_change=heard, commit_every_s=0.001) as recorder:
        for number in range(20_000):
            recorder.record(packet(number))
        full = heard.until(lambda status: not status.recording)
        assert "the disk is full" in full.reason
        assert full.lost == 0
        small_disk.pages = 100_000
        assert heard.until(lambda status: status.recording).reason == ""
    assert recorder.status.lost == 0
    assert kept(path, recorder.ride_id) == [packet(number) for number in range(20_000)]


@pytest.mark.usefixtures("small_disk")
def test_on_a_disk_that_stays_full_what_was_kept_stays_and_the_loss_is_counted(
    path: Path, heard: Heard
) -> None:
    earlier = keep(path, NewRide(setup=Setup()), [packet(number) for number in range(100)])
    with recording(NewRide(setup=Setup()), path, on_change=heard, commit_every_s=0.001) as recorder:
        count, turn = 0, threading.Event()
        while recorder.status.recording:
            recorder.record(packet(count))
            count += 1
            while count % 50 == 0 and recorder.status.waiting and recorder.status.recording:
                turn.wait(0.001)  # lets the recorder commit what it can before the disk is full
    status = recorder.status
    assert status.written > 0
    assert status.lost > 0
    assert status.written + status.lost == count
    assert "the disk is full" in status.reason
    assert heard.said[-1].lost == status.lost
    assert kept(path, earlier) == [packet(number) for number in range(100)]
    assert kept(path, recorder.ride_id) == [packet(number) for number in range(status.written)]


FILE_LIMIT = """
import resource, sys, threading
from pathlib import Path
from legbal.library.recorder import Recorder
from legbal.library.writer import NewRide
from legbal.ride.inputs import Notification, Setup

resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
failed, again = threading.Event(), threading.Event()
path = Path(sys.argv[1])
ride = NewRide(setup=Setup(), id="limited")
def hear(status):
    (again if status.recording else failed).set()
    print(status.reason, status.lost, flush=True)
r = Recorder(ride, path, on_change=hear, commit_every_s=0.01)
r.start()
try:
    for number in range(10_000):
        r.record(Notification(number / 4, number.to_bytes(20, "little"), meter="M"))
    assert failed.wait(30)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert again.wait(30)
finally:
    r.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_FSIZE")
def test_writes_that_the_system_refuses_are_told_and_made_good(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FILE_LIMIT, str(path)],
        capture_output=True,
        text=True,
        timeout=90,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
    )
    assert done.returncode == 0, done.stderr
    assert "reading or writing it failed" in done.stdout or "the disk is full" in done.stdout
    assert kept(path, "limited") == [packet(number) for number in range(10_000)]


@pytest.mark.usefixtures("rider_without_rights")
def test_a_folder_that_may_not_be_written_is_told_at_once_and_recording_starts_when_it_may(
    open_folder: Path, heard: Heard
) -> None:
    home = open_folder / "home"
    home.mkdir()
    home.chmod(0o555)
    path = home / "library.sqlite"
    with recording(NewRide(setup=Setup()), path, on_change=heard, commit_every_s=0.001) as recorder:
        refused = heard.until(lambda status: not status.recording)
        assert "cannot be opened" in refused.reason
        assert "LEGBAL_HOME" in refused.hint
        recorder.record(packet(0))
        home.chmod(0o777)
        heard.until(lambda status: status.recording)
        recorder.record(packet(1))
    assert recorder.status.lost == 0
    assert kept(path, recorder.ride_id) == [packet(0), packet(1)]


@pytest.mark.usefixtures("rider_without_rights")
def test_a_library_that_may_only_be_read_is_read(open_folder: Path, heard: Heard) -> None:
    path = open_folder / "library.sqlite"
    ride = keep(path, NewRide(setup=Setup()), [packet(0)])
    path.chmod(0o444)
    open_folder.chmod(0o555)
    before = path.read_bytes()
    with Library(path) as library:
        found = library.find(ride)
        assert list(library.inputs(found)) == [packet(0)]
        assert read_meters(path) == []
        with pytest.raises(LibraryError, match=r"may not be written|cannot be opened"):
            library.describe(found, "note", "note")
        with pytest.raises(LibraryError, match=r"may not be written|cannot be opened"):
            library.mark(found, Mark(1.0, "lap"))
    with recording(NewRide(setup=Setup()), path, on_change=heard) as recorder:
        recorder.record(packet(1))
        heard.until(lambda status: not status.recording)
    assert recorder.status.lost == 1
    assert path.read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_what_goes_wrong_where_a_copy_goes_is_not_said_of_the_library(tmp_path: Path) -> None:
    """Else a reader that is gone, or another disk that is full, was told as a library that cannot be read."""
    keep(paths.library_file(), NewRide(setup=Setup(), id="aride"), [packet(0)])
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space left"):
        upkeep.backup(full, tmp_path)
    assert list(tmp_path.iterdir()) == []

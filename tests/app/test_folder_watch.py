"""Watched folders: when a file is taken, when it waits, when it is given up; on a clock of the test's own."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from legbal.app import folder_watch
from legbal.app.folder_watch import FolderWatch, WatchLedger, watch_for
from legbal.app.ride_files import ImportResult
from legbal.errors import FileReason
from legbal.files import finished
from legbal.files.zip_archive import unreadable
from legbal.library import deliveries
from legbal.library.writer import NewRide, keep
from legbal.ride.inputs import Setup, Tick
from tests.files.fit_files import ride
from tests.files.test_archive import packed

RIDE = ride(60)


class Watched:
    """A folder with its watch; time goes on by itself only where a test says so."""

    def __init__(self, home: Path) -> None:
        self.now = 0.0
        self.folder = home / "Activities"
        self.ledger = home / "watched-files.json"
        self.restart()

    def restart(self) -> None:
        """As another legbal."""
        self.watch = FolderWatch([self.folder], WatchLedger(self.ledger), lambda: self.now)

    def looks(self, seconds: float) -> tuple[list[str], list[str]]:
        """Of a look each second, the names of what is finished and of what is abandoned."""
        finished: list[str] = []
        abandoned: list[str] = []
        for _ in range(round(seconds) + 1):
            found = self.watch.look()
            finished += [x.name for x in found.finished]
            abandoned += [x.name for x in found.abandoned]
            for path in found.finished:
                self.watch.record(ImportResult(str(path), "ride", None, True))
            self.watch.settle(found)
            self.now += 1.0
        return finished, abandoned


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    (tmp_path / "Activities").mkdir()
    return Watched(tmp_path)


def test_a_finished_file_is_given_once_a_second_after_it_came(watched: Watched) -> None:
    (watched.folder / "deeper").mkdir()
    (watched.folder / "deeper" / "a.fit").write_bytes(RIDE)
    assert watched.looks(0) == ([], []), "it may still be written"
    assert watched.looks(0) == (["a.fit"], [])
    assert watched.looks(100) == ([], [])


@pytest.mark.parametrize("part", [0, 5, 100, len(RIDE) - 1])
def test_a_half_written_file_waits_until_it_is_whole(watched: Watched, part: int) -> None:
    path = watched.folder / "a.fit"
    path.write_bytes(RIDE[:part])
    assert watched.looks(50) == ([], [])
    path.write_bytes(RIDE)
    assert watched.looks(1) == (["a.fit"], [])


def test_a_file_that_grows_waits_as_long_as_it_does(watched: Watched) -> None:
    path = watched.folder / "a.fit"
    for end in range(0, len(RIDE), 20):
        path.write_bytes(RIDE[:end])
        assert watched.looks(0) == ([], [])
    path.write_bytes(RIDE)
    assert watched.looks(1) == (["a.fit"], [])


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        ("a.fit", RIDE[:-1]),
        ("a.fit", RIDE[:-1] + bytes([RIDE[-1] ^ 1])),
        ("a.fit", RIDE[:4] + bytes(4) + RIDE[8:]),
        ("a.fit", b""),
        ("a.fit", bytes(len(RIDE))),
        ("a.fit", RIDE + RIDE[:100]),
        ("a.fit.gz", gzip.compress(RIDE)[:-3]),
        ("a.zip", b"PK\3\4"),
    ],
    ids=[
        "its last octet",
        "its checksum",
        "its length",
        "empty",
        "zeros",
        "a second part",
        "packed",
        "archive",
    ],
)
def test_a_file_that_never_gets_whole_is_told_once(watched: Watched, name: str, octets: bytes) -> None:
    (watched.folder / name).write_bytes(octets)
    assert watched.looks(59) == ([], [])
    assert watched.looks(60) == ([], [name])
    watched.restart()
    assert watched.looks(200) == ([], []), "nor at the next start"
    (watched.folder / "a.fit").write_bytes(RIDE)
    assert watched.looks(1) == (["a.fit"], [])


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        ("a.fit", RIDE + RIDE),
        ("a.fit", RIDE + b"\0\0\0"),
        ("A.FIT.GZ", gzip.compress(RIDE)),
    ],
    ids=["two parts", "something behind", "packed"],
)
def test_whole_is_what_its_format_says(watched: Watched, name: str, octets: bytes) -> None:
    (watched.folder / name).write_bytes(octets)
    assert watched.looks(1) == ([name], [])


def test_a_capture_which_has_no_end_is_waited_for_longer(watched: Watched) -> None:
    (watched.folder / "a.jsonl").write_bytes(b'{"t": 0, "hex": "2300"}\n')
    assert watched.looks(29) == ([], [])
    assert watched.looks(1) == (["a.jsonl"], [])


def test_what_is_no_ride_is_passed_over(watched: Watched) -> None:
    """Zwift's own file of a ride under way, what a Mac leaves, hidden folders, other files."""
    (watched.folder / ".trash").mkdir()
    for name in ("inProgressActivity.fit", "._a.fit", ".trash/b.fit", "photo.jpg"):
        (watched.folder / name).write_bytes(RIDE)
    assert watched.looks(200) == ([], [])


def test_what_was_dealt_with_is_not_read_again_by_the_next_legbal(watched: Watched) -> None:
    (watched.folder / "a.fit").write_bytes(RIDE)
    packed(watched.folder / "b.zip", {"c.fit": ride(61)})
    assert watched.looks(1) == (["a.fit", "b.zip"], [])
    watched.restart()
    (watched.folder / "d.fit").write_bytes(ride(62))
    assert watched.looks(5) == (["d.fit"], []), "and what came meanwhile is taken in"
    (watched.folder / "a.fit").write_bytes(ride(63))
    assert watched.looks(1) == (["a.fit"], []), "another file of that name"
    assert watched.ledger.stat().st_mode & 0o077 == 0


def test_a_file_for_which_there_was_no_room_is_tried_again(watched: Watched) -> None:
    path = watched.folder / "a.fit"
    path.write_bytes(RIDE)
    watched.watch.look()
    watched.now += 1
    found = watched.watch.look()
    watched.watch.record(ImportResult(str(path), None, "the disk is full", False, "library"))
    watched.watch.settle(found)
    assert watched.looks(100) == ([], []), "not all the time"
    watched.restart()
    assert watched.looks(1) == (["a.fit"], [])


@pytest.mark.parametrize("kept", [b"", b"[]", b'{"a": 1}', b"\xff"])
def test_a_ledger_that_cannot_be_read_costs_a_look(watched: Watched, kept: bytes) -> None:
    watched.ledger.write_bytes(kept)
    watched.restart()
    (watched.folder / "a.fit").write_bytes(RIDE)
    assert watched.looks(1) == (["a.fit"], [])


def test_a_folder_that_is_not_there_yet_is_waited_for(watched: Watched) -> None:
    """A head unit that is put in later, and pulled out on the way."""
    watched.folder.rename(watched.folder.with_name("elsewhere"))
    assert watched.looks(5) == ([], [])
    watched.folder.with_name("elsewhere").rename(watched.folder)
    (watched.folder / "a.fit").write_bytes(RIDE)
    assert watched.looks(0) == ([], [])
    (watched.folder / "a.fit").unlink()
    assert watched.looks(5) == ([], [])
    (watched.folder / "a.fit").write_bytes(RIDE)
    assert watched.looks(1) == (["a.fit"], [])


def test_a_look_that_takes_long_is_followed_by_a_long_rest(watched: Watched) -> None:
    times = iter([0.0, 0.4, 10.0, 10.01])
    watch = FolderWatch([watched.folder], WatchLedger(watched.ledger), lambda: next(times))
    watch.look()
    assert watch.pause_s == pytest.approx(8.0)
    watch.look()
    assert watch.pause_s == pytest.approx(1.0)


def test_what_legbal_copied_into_the_folder_itself_comes_in_no_second_time(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_watch, "_SETTLED_S", 0.0)
    library = tmp_path / "library.sqlite"
    keep(library, NewRide(setup=Setup(), id="alpha111"), [Tick(1.0)])
    deliveries.add(library, "alpha111", "folder")
    (delivery,) = deliveries.read(library)
    deliveries.finish(library, delivery, "2026-12-01-alpha111.fit", datetime.now(UTC))
    for name in ("2026-12-01-alpha111.fit", "2026-12-01-bravo222.fit"):
        (watched.folder / name).write_bytes(RIDE)
    watch = watch_for(library, [watched.folder])
    assert watch.look().finished == []
    assert [x.name for x in watch.look().finished] == ["2026-12-01-bravo222.fit"]
    assert watch.look().finished == []


def test_a_file_that_another_program_holds_is_tried_again_and_never_noted_as_dealt_with(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = watched.folder / "a.fit"
    path.write_bytes(RIDE)

    def held(_: Path) -> bytes:
        raise unreadable(path, PermissionError(13, "Permission denied"))

    with monkeypatch.context() as holding:
        holding.setattr(finished, "octets_of", held)
        assert watched.looks(30) == ([], [])
        assert watched.looks(60) == ([], ["a.fit"])
    watched.restart()
    assert watched.looks(2) == (["a.fit"], [])


@pytest.mark.parametrize("reason", ["library", "unreadable"])
def test_what_could_not_be_kept_of_an_archive_is_tried_again_at_the_next_start(
    watched: Watched, reason: FileReason
) -> None:
    path = packed(watched.folder / "a.zip", {"1.fit": RIDE})
    for _ in range(2):
        watched.restart()
        watched.watch.look()
        watched.now += 2
        come = watched.watch.look()
        assert come.finished == [path]
        watched.watch.record(ImportResult(str(path / "1.fit"), None, "no room", False, reason=reason))
        watched.watch.settle(come)

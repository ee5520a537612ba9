"""Opening the library: numbered migrations, older and newer files, and files that are none."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from legbal.errors import LibraryError, SchemaError
from legbal.library import connection, schema
from legbal.library.connection import open_reading, open_writing
from legbal.library.recorder import SystemLock
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.ride.inputs import Notification, Setup
from tests.library.values import store


def test_a_new_library_has_every_migration_wal_and_normal_synchronous(path: Path) -> None:
    with closing(open_writing(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (1,)


def test_two_that_make_a_library_at_once_wait_for_each_other(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(time, "sleep", lambda _: other.execute("ROLLBACK"))
        open_writing(path).close()
        assert not other.in_transaction
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_who_holds_a_new_library_for_long_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_WAIT_S", 0.001)
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryError, match="another program has locked it"):
            open_writing(path)


def test_a_missing_library_is_not_made_by_reading(path: Path) -> None:
    assert open_reading(path) is None
    assert not path.parent.exists()


def test_a_newer_library_is_refused_and_left_as_it_is(path: Path) -> None:
    keep(path, NewRide(setup=Setup()), [Notification(0.0, b"\0\0\0\0")])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    before = path.read_bytes()
    for opening in (open_writing, open_reading):
        with pytest.raises(SchemaError, match=r"schema 9999; this legbal knows schemas up to \d+") as caught:
            opening(path)
        assert caught.value.hint
        assert "update legbal" in caught.value.hint
    assert path.read_bytes() == before


@pytest.fixture
def library_of_version_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library as the first schema had it, with one ride in it."""
    with monkeypatch.context() as older:
        older.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        keep(path, NewRide(setup=Setup(ftp_w=250), id="anoldride"), [Notification(0.5, b"\0\0\1\0")])
    return path


def test_an_older_library_is_brought_up_to_date_with_its_rides(library_of_version_one: Path) -> None:
    with Library(library_of_version_one) as library:
        ride = library.find("anoldride")
        store(library, ride, "summary", "1", b"{}")
        assert library.setup(ride).ftp_w == 250
        assert list(library.inputs(ride)) == [Notification(0.5, b"\0\0\1\0")]
        assert library.derived(ride, "summary") == b"{}"


def test_a_migration_that_fails_leaves_the_library_as_it_was(
    library_of_version_one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half_made (x)")
        connection.execute("DELETE FROM rides")
        connection.execute("SELECT no_such_column FROM rides")

    with monkeypatch.context() as broken:
        broken.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, half))
        with pytest.raises(LibraryError, match="no_such_column"):
            open_writing(library_of_version_one)
    with closing(sqlite3.connect(library_of_version_one)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT id FROM rides").fetchall() == [("anoldride",)]
        assert not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'half_made'").fetchall()


def test_what_is_no_library_is_told_and_not_touched(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("this is no SQLite file, however long it is. " * 100)
    before = path.read_bytes()
    for opening in (open_writing, open_reading):
        with pytest.raises(LibraryError, match="no SQLite file") as caught:
            opening(path)
        assert caught.value.hint
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match="library") as caught:
        open_writing(tmp_path / "file" / "library.sqlite")
    assert "LEGBAL_HOME" in (caught.value.hint or "")


def test_an_input_takes_at_most_forty_octets(path: Path) -> None:
    count = 30_000
    keep(
        path, NewRide(setup=Setup()), [Notification(i / 7, bytes(14), meter="Assioma") for i in range(count)]
    )
    with closing(open_writing(path)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    assert pages * size / count <= 40


@pytest.mark.skipif(os.name != "posix", reason="rights of this kind are POSIX's")
def test_only_the_rider_may_read_a_library_and_what_lies_beside_it(path: Path) -> None:
    keep(path, NewRide(setup=Setup()), [Notification(0.0, b"")])
    with closing(open_writing(path)) as connection:
        connection.execute("UPDATE rides SET note = 'so that there is a WAL'")
        lock = SystemLock(path.parent / "some.lock")
        assert lock.acquire()
        lock.release()
        files = list(path.parent.iterdir())
        assert len(files) >= 3
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def modes(*paths: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in paths}


@pytest.mark.skipif(os.name != "posix", reason="rights of this kind are POSIX's")
@pytest.mark.parametrize("opening", [open_reading, open_writing])
def test_a_library_that_others_could_read_is_theirs_no_more_once_opened(
    path: Path, opening: Callable[[Path], sqlite3.Connection]
) -> None:
    """With all that SQLite has beside it, and the folder in which nothing but legbal's lies."""
    keep(path, NewRide(setup=Setup()), [Notification(0.0, b"")])
    (path.parent / "config.toml").write_text("ftp = 250\n", encoding="utf-8")
    with closing(open_writing(path)) as other:
        other.execute("UPDATE rides SET note = 'so that there is a WAL'")
        files = [file for file in path.parent.iterdir() if file.name.startswith("library")]
        assert len(files) == 3
        for file in files:
            file.chmod(0o644)
        path.parent.chmod(0o755)
        opening(path).close()
        assert modes(*files) == {0o600}
    assert modes(path.parent) == {0o700}


@pytest.mark.skipif(os.name != "posix", reason="rights of this kind are POSIX's")
def test_a_folder_that_holds_something_of_others_keeps_its_rights(path: Path) -> None:
    path.parent.mkdir(mode=0o755)
    (path.parent / "photos").mkdir()
    open_writing(path).close()
    assert modes(path) == {0o600}
    assert modes(path.parent) == {0o755}


@pytest.mark.skipif(os.name != "posix", reason="rights of this kind are POSIX's")
def test_folders_that_are_made_are_the_riders_alone(tmp_path: Path) -> None:
    path = tmp_path / "share" / "legbal" / "library.sqlite"
    keep(path, NewRide(setup=Setup()), [Notification(0.0, b"")])
    lock = SystemLock(tmp_path / "other" / "recording" / "a.lock")
    assert lock.acquire()
    lock.release()
    assert modes(*path.parents[:2], lock.file.parent, lock.file.parent.parent) == {0o700}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_in_the_place_of_the_library_is_told_and_not_waited_for(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    for opening in (open_writing, open_reading):
        with pytest.raises(LibraryError, match="it is not a file") as caught:
            opening(path)
        assert caught.value.hint

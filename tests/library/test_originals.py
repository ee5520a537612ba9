"""The files that rides were imported from: kept as they were, and known again by what they hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from legbal.errors import LibraryError
from legbal.library import schema
from legbal.library.rides import Library
from legbal.library.writer import NewRide, Original, keep
from legbal.ride.inputs import Notification, Setup

INPUTS = [Notification(0.5, b"\0\0\1\0")]
FILE = Original("morning.fit", b"\x0e what the head unit wrote" * 1000)


def test_a_file_is_kept_as_it_was(path: Path) -> None:
    name = keep(path, NewRide(setup=Setup(), source="import", original=FILE), INPUTS)
    with Library(path) as library:
        assert library.original(library.find(name)) == FILE


def test_it_is_known_again_under_any_name(path: Path) -> None:
    name = keep(path, NewRide(setup=Setup(), source="import", original=FILE), INPUTS)
    with Library(path) as library:
        found = library.imported_from(Original("copy of morning.fit", FILE.data))
        assert found is not None
        assert found.id == name
        assert library.imported_from(Original(FILE.name, FILE.data + b"\0")) is None


def test_a_ride_that_was_recorded_here_has_none(path: Path) -> None:
    name = keep(path, NewRide(setup=Setup()), INPUTS)
    with Library(path) as library:
        assert library.original(library.find(name)) is None


def test_an_empty_library_knows_no_file(path: Path) -> None:
    with Library(path) as library:
        assert library.imported_from(FILE) is None


def test_two_at_once_cannot_both_keep_it(path: Path) -> None:
    keep(path, NewRide(setup=Setup(), source="import", original=FILE), INPUTS)
    with pytest.raises(LibraryError):
        keep(path, NewRide(setup=Setup(), source="import", original=FILE), INPUTS)
    with Library(path) as library:
        assert len(library.rides()) == 1


def test_a_library_from_before_takes_files_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:2])
        keep(path, NewRide(setup=Setup(), id="anoldride"), INPUTS)
    name = keep(path, NewRide(setup=Setup(), source="import", original=FILE), INPUTS)
    with Library(path) as library:
        assert library.original(library.find(name)) == FILE
        assert library.original(library.find("anoldride")) is None
        assert list(library.inputs(library.find("anoldride"))) == INPUTS


def test_what_is_kept_is_small(path: Path) -> None:
    keep(path, NewRide(setup=Setup(), source="import", original=FILE), INPUTS)
    with closing(sqlite3.connect(path)) as connection:
        ((size,),) = connection.execute("SELECT length(data) FROM originals").fetchall()
    assert size < len(FILE.data) / 10

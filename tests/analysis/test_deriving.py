"""Rides derived again, also those of older libraries: all of them, and the same on lists as in summaries."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from legbal.app import ride_values
from legbal.app.meters import profiles
from legbal.app.reindex import bring_up_to_date
from legbal.app.reindex_process import is_reindexing
from legbal.app.rides import RideService
from legbal.library import schema
from legbal.library.connection import open_writing
from legbal.library.derived import basis, dated_rides
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.ride.inputs import Setup, Tick
from legbal.ride.share import Share
from tests.analysis.deriving import BEGIN, left, recorded


def test_a_library_of_the_third_schema_is_filled(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:3])
        recorded(path, 1)
    assert left(path) == 1
    assert bring_up_to_date(path, profiles())
    assert left(path) == 0
    (ride,) = dated_rides(path, basis(profiles()), ())
    assert ride.started == BEGIN
    assert ride.rows.balance == "measured"
    assert sum(band.share.seconds for band in ride.rows.bands) == pytest.approx(180, abs=10)
    assert all(band.share.rests_on(1) and band.share.power_w for band in ride.rows.bands)


def test_rows_say_what_the_kept_summary_says(path: Path) -> None:
    recorded(path, 1)
    bring_up_to_date(path, profiles())
    with Library(path) as library:
        ride = library.find("last")
        value = library.derived(ride, "summary")
    assert value is not None
    stated = ride_values.SUMMARY.decode(value)
    (found,) = dated_rides(path, basis(profiles()), ())
    assert [(x.name, x.share.left_percent, x.share.standard_error) for x in found.rows.bands] == [
        (x.name, x.share.left_percent, x.share.standard_error) for x in stated.bands if x.share.standard_error
    ]


def test_lists_have_the_shares_of_the_kept_summary(path: Path) -> None:
    recorded(path, 1)
    bring_up_to_date(path, profiles())
    with Library(path) as library:
        ride = library.find("last")
        item, value = RideService(path).item(ride.id), library.derived(ride, "summary")
    assert value is not None
    stated = ride_values.SUMMARY.decode(value)
    assert item.balance == stated.ride.balance == "measured"
    kept = [stated.ride.share, *(band.share for band in stated.bands)]
    listed: list[Share] = [item.share, *item.bands]
    names = (*Share.__struct_fields__, "left_w")
    assert [[getattr(x, name) for name in names] for x in listed] == [
        [getattr(x, name) for name in names] for x in kept
    ]


def test_many_rides_are_derived_in_processes_the_newest_first(path: Path) -> None:
    recorded(path, 5)
    assert bring_up_to_date(path, profiles())
    assert len(dated_rides(path, basis(profiles()), ())) == 5
    with closing(sqlite3.connect(path)) as connection:
        order = connection.execute(
            "SELECT ride FROM derived_values WHERE name = 'summary' ORDER BY number"
        ).fetchall()
    assert order == [(5,), (4,), (3,), (2,), (1,)]


def test_a_ride_being_recorded_is_left_alone(path: Path) -> None:
    recorded(path, 1)
    with closing(open_writing(path)) as connection:
        connection.execute("UPDATE rides SET state = 'recording'")
    assert left(path) == 0


def test_a_missing_library_is_not_made(path: Path) -> None:
    assert bring_up_to_date(path, profiles())
    assert not is_reindexing(path)
    assert list(path.parent.iterdir()) == []


def test_ticks_alone_are_a_ride_without_a_balance(path: Path) -> None:
    keep(path, NewRide(setup=Setup()), [Tick(1.0)])
    assert bring_up_to_date(path, profiles())
    assert left(path) == 0
    assert dated_rides(path, basis(profiles()), ()) == []

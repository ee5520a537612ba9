"""Rides that cannot be derived, or only in part: told once, and no harm to the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from legbal.analysis.ride_analysis import summarise_ride
from legbal.analysis.summary import Summary
from legbal.app import derivation, ride_values
from legbal.app.meters import profiles
from legbal.app.reindex import bring_up_to_date
from legbal.app.reindex_process import is_reindexing
from legbal.app.review import ReviewService
from legbal.config import Settings
from legbal.errors import LibraryError
from legbal.library import derived
from legbal.library.connection import open_writing
from legbal.library.derived import basis, dated_rides, problems
from legbal.library.rides import Library
from legbal.present.remarks import remark
from legbal.ride.inputs import Input, Setup
from legbal.ride.statistics import RideStatistics
from tests.analysis.deriving import left, recorded


def test_a_ride_that_cannot_be_summarised_is_told_once_and_keeps_nothing_else_out(path: Path) -> None:
    recorded(path, 2)
    with closing(open_writing(path)) as connection:
        connection.execute("UPDATE rides SET setup = 'no setup' WHERE number = 1")
    assert bring_up_to_date(path, profiles())
    assert left(path) == 0
    assert len(dated_rides(path, basis(profiles()), ())) == 1
    ((_, problem),) = problems(path, basis(profiles()))
    assert "the setup of ride" in problem


def test_a_defect_met_in_one_ride_does_not_stop_the_others(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(path, 2)
    whole = summarise_ride

    def broken(setup: Setup, inputs: Iterable[Input]) -> Summary:
        met.append(1)
        if len(met) == 1:
            raise ZeroDivisionError("of no meaning")
        return whole(setup, inputs)

    met: list[int] = []
    monkeypatch.setattr(ride_values, "summarise_ride", broken)
    assert bring_up_to_date(path, profiles())
    assert len(dated_rides(path, basis(profiles()), ())) == 1
    ((_, problem),) = problems(path, basis(profiles()))
    assert problem == "a defect in legbal itself: ZeroDivisionError: of no meaning"


def test_a_view_that_fails_is_shown_but_never_kept_and_mended_by_the_next_version(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(path, 1)
    with monkeypatch.context() as broken:
        broken.setattr(RideStatistics, "bands", lambda _: 1 / 0)
        assert bring_up_to_date(path, profiles())
        ((_, problem),) = problems(path, basis(profiles()))
        assert problem == "a defect in legbal itself: ZeroDivisionError: division by zero"
        service = ReviewService(Settings(), path)
        with Library(path) as library:
            ride = library.find("last")
        analysis = service.detail(ride).analysis
        assert remark(analysis.summary.limits[0]).startswith("The numbers of this ride cannot be worked out.")
        assert len(analysis.trace.t) > 180
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM derived_values WHERE length(value)").fetchall() == []
    monkeypatch.setattr(derived, "__version__", "999")
    assert bring_up_to_date(path, profiles())
    assert problems(path, basis(profiles())) == []
    assert service.summary(ride) is not None


def test_a_ride_that_is_removed_meanwhile_ends_nothing_and_leaves_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(path, 2)
    whole = summarise_ride

    def removing(setup: Setup, inputs: Iterable[Input]) -> Summary:
        with Library(path) as library:
            if len(library.rides()) == 2:
                library.remove(library.rides()[0])
        return whole(setup, inputs)

    monkeypatch.setattr(ride_values, "summarise_ride", removing)
    assert bring_up_to_date(path, profiles())
    with Library(path) as library:
        (left_over,) = library.rides()
    assert [ride.ride for ride in dated_rides(path, basis(profiles()), ())] == [left_over.id]
    assert problems(path, basis(profiles())) == []
    assert left(path) == 0


def test_what_ails_the_file_is_no_problem_of_a_ride(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(path, 1)

    def unreadable(*_: object) -> None:
        raise LibraryError("the library: locked") from sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(derivation.Derivation, "current", unreadable)
    with pytest.raises(LibraryError, match="locked"):
        bring_up_to_date(path, profiles())
    assert left(path) == 1
    assert problems(path, basis(profiles())) == []
    assert not is_reindexing(path)

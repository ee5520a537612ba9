"""Rides derived again: from older libraries, after newer code, in processes, one at a time, and killed on the way."""

from __future__ import annotations

import os
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
import pytest

from legbal.analysis.ride_analysis import summarise_ride
from legbal.analysis.summary import Summary
from legbal.app import derivation, reindex, ride_values
from legbal.app.meters import profiles
from legbal.app.reindex import bring_up_to_date
from legbal.app.reindex_process import failure_file, is_reindexing
from legbal.app.review import ReviewService
from legbal.app.rides import RideService
from legbal.config import Settings
from legbal.errors import LibraryError
from legbal.library import derived, schema
from legbal.library.connection import open_writing
from legbal.library.derived import (
    basis,
    current_versions,
    dated_rides,
    problems,
    stale_rides,
    version,
)
from legbal.library.recorder import SystemLock
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.meters.profile import Profile
from legbal.present.remarks import remark
from legbal.ride.inputs import Input, Setup, Tick
from legbal.ride.share import Share
from legbal.ride.statistics import RideStatistics
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.meters.profiles import shipped

PEDALS = shipped()["favero-assioma-duo"]
BEGIN = datetime(2026, 5, 1, 18, tzinfo=UTC)
KEPT = "SELECT ride, name, version, value FROM derived_values ORDER BY ride, name"
WORKOUT = Workout("short", (Step(180.0, 0.6, 0.8),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.sqlite"


def ridden(seed: int = 1) -> list[Input]:
    return list(SimulatedRide(profile=PEDALS, seed=seed, workout=WORKOUT).timeline())


def recorded(path: Path, rides: int) -> None:
    """So many rides with no summary, as a library of an older legbal has them."""
    inputs = ridden()
    for number in range(rides):
        ride = NewRide(setup=Setup(ftp_w=250.0, profile=PEDALS), started=BEGIN + timedelta(days=number))
        keep(path, ride, inputs)


def left(path: Path) -> int:
    return len(stale_rides(path, basis(profiles())))


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


@pytest.mark.parametrize("occasion", ["any ride", "lesson", "question"])
def test_another_derived_value_is_an_entry_of_the_registry(
    path: Path, monkeypatch: pytest.MonkeyPatch, occasion: Literal["any ride", "lesson", "question"]
) -> None:
    name: Any = "length"
    length = derivation.DerivedValue[float](
        name,
        lambda ride: max(item.t for item in ride.inputs()),
        msgspec.json.encode,
        msgspec.json.Decoder(float).decode,
        occasion,
    )
    monkeypatch.setitem(derived.CODES, name, "1")
    monkeypatch.setattr(ride_values, "REGISTRY", (*ride_values.REGISTRY, length))
    recorded(path, 2)
    with Library(path) as library:
        first, second = library.rides()
        ride_values.keep_summary(library, first, profiles(), teaches=False)
        bring_up_to_date(path, profiles())  # both of them teach
        found = [library.derived(ride, name) for ride in (first, second)]
        expected = {"any ride": [True, True], "lesson": [False, True], "question": [False, False]}
        assert [value is not None for value in found] == expected[occasion]


@pytest.mark.parametrize(("occasion", "computed"), [("any ride", 4), ("lesson", 4), ("question", 0)])
def test_rides_that_are_there_get_a_new_derived_value_and_again_one_of_newer_code(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    occasion: Literal["any ride", "lesson", "question"],
    computed: int,
) -> None:
    """Once for each of two rides; what had been derived of them before is derived no more."""
    name, folded = cast(Any, "length"), list[str]()

    def length(ride: derivation.Derivation) -> float:
        folded.append("length")
        return max(item.t for item in ride.inputs())

    value = derivation.DerivedValue(name, length, msgspec.json.encode, msgspec.json.decode, occasion)
    recorded(path, 2)
    bring_up_to_date(path, profiles())
    monkeypatch.setattr(ride_values, "summarise_ride", lambda *_: folded.append("summary"))
    monkeypatch.setattr(ride_values, "REGISTRY", (*ride_values.REGISTRY, value))
    for number in ("1", "2"):
        monkeypatch.setitem(derived.CODES, name, number)
        assert left(path) == 2
        bring_up_to_date(path, profiles())
        assert left(path) == 0
    assert folded == ["length"] * computed


def test_what_holds_another_value_changes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: version(name, PEDALS) for name in derived.CODES}
    monkeypatch.setitem(derived.CODES, "summary", "999")
    changed = {name for name in derived.CODES if version(name, PEDALS) != before[name]}
    assert changed == {"summary", "bands", "analysis"}


def test_many_rides_are_derived_in_processes_the_newest_first(path: Path) -> None:
    recorded(path, 5)
    assert bring_up_to_date(path, profiles())
    assert len(dated_rides(path, basis(profiles()), ())) == 5
    with closing(sqlite3.connect(path)) as connection:
        order = connection.execute(
            "SELECT ride FROM derived_values WHERE name = 'summary' ORDER BY number"
        ).fetchall()
    assert order == [(5,), (4,), (3,), (2,), (1,)]


def test_newer_code_derives_beside_the_old_and_shows_nothing_outdated(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(path, 2)
    bring_up_to_date(path, profiles())
    before = version("summary", PEDALS)
    monkeypatch.setitem(derived.CODES, "summary", "999")
    assert left(path) == 2
    assert dated_rides(path, basis(profiles()), current_versions("bands", profiles())) == []
    assert bring_up_to_date(path, profiles())
    assert len(dated_rides(path, basis(profiles()), ())) == 2
    with Library(path) as library:
        assert library.versions(library.find("last"), "summary") == [version("summary", PEDALS), before]


def another(profile: Profile) -> Profile:
    return msgspec.structs.replace(profile, id="another", name="Another", recognise=())


def test_a_profile_of_another_meter_derives_nothing_anew(path: Path) -> None:
    """The rides are looked at, and meanwhile still shown."""
    recorded(path, 1)
    bring_up_to_date(path, profiles())
    more = (*profiles(), another(PEDALS))
    assert len(stale_rides(path, basis(more))) == 1
    assert len(dated_rides(path, basis(more), current_versions("bands", more))) == 1
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute(KEPT).fetchall()
        bring_up_to_date(path, more)
        assert connection.execute(KEPT).fetchall() == before
    assert stale_rides(path, basis(more)) == {}


def test_a_ride_on_an_unlisted_meter_stays_shown_when_another_meter_gets_a_profile(path: Path) -> None:
    keep(path, NewRide(setup=Setup(ftp_w=250.0), started=BEGIN), ridden())
    bring_up_to_date(path, ())
    more = (another(PEDALS),)
    (found,) = stale_rides(path, basis(more)).values()
    assert found in current_versions("bands", more)  # a look is enough
    assert len(dated_rides(path, basis(more), current_versions("bands", more))) == 1


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


def test_why_it_failed_can_be_read_once_another_may_begin(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(path, 1)
    words = list[str]()
    release = SystemLock.release

    def releasing(lock: SystemLock) -> None:
        words.append(failure_file(path).read_text())
        release(lock)

    def full(*_: object) -> None:
        raise LibraryError("the disk is full", hint="Make room.")

    monkeypatch.setattr(reindex, "write_derived", full)
    monkeypatch.setattr(SystemLock, "release", releasing)
    with pytest.raises(LibraryError):
        bring_up_to_date(path, profiles())
    assert words == ["the disk is full. Make room"]


def test_what_cannot_be_taken_away_afterwards_costs_nothing(path: Path) -> None:
    recorded(path, 1)
    failure_file(path).mkdir()
    assert bring_up_to_date(path, profiles())
    assert left(path) == 0


def test_only_one_process_does_it(path: Path) -> None:
    recorded(path, 1)
    assert not is_reindexing(path)
    other = SystemLock(path.parent / "deriving.lock")
    assert other.acquire()
    assert is_reindexing(path)
    assert not bring_up_to_date(path, profiles())
    assert left(path) == 1
    other.release()
    assert bring_up_to_date(path, profiles())
    assert left(path) == 0


def test_a_ride_being_recorded_is_left_alone(path: Path) -> None:
    recorded(path, 1)
    with closing(open_writing(path)) as connection:
        connection.execute("UPDATE rides SET state = 'recording'")
    assert left(path) == 0


def test_a_missing_library_is_not_made(path: Path) -> None:
    assert bring_up_to_date(path, profiles())
    assert not is_reindexing(path)
    assert list(path.parent.iterdir()) == []


DERIVING = """
import os, sys
from pathlib import Path
from typing import Any, Literal
from legbal.app.reindex import bring_up_to_date
from legbal.app.meters import profiles

def main():
    bring_up_to_date(Path(sys.argv[1]), profiles())

if __name__ == "__main__":
    main()
"""


def children(process: int) -> list[int]:
    """The processes that a process has started (Linux)."""
    return [
        int(child)
        for task in Path(f"/proc/{process}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="the end of other processes is waited for by pidfd")
def test_killed_on_the_way_it_goes_on_where_it_was_and_leaves_no_process(path: Path) -> None:
    recorded(path, 6)
    script = path.with_name("derive.py")
    script.write_text(DERIVING)
    with subprocess.Popen([sys.executable, script, path]) as process:
        while left(path) > 4:
            assert process.poll() is None
            time.sleep(0.01)
        workers = children(process.pid)
        assert max(os.getpriority(os.PRIO_PROCESS, worker) for worker in workers) >= 10
        ends = [os.pidfd_open(worker) for worker in workers]
        process.send_signal(signal.SIGKILL)
    assert 0 < left(path) <= 4
    assert not is_reindexing(path)
    for end in ends:
        assert select.select([end], [], [], 30)[0]
        os.close(end)
    assert bring_up_to_date(path, profiles())
    assert left(path) == 0


def test_ticks_alone_are_a_ride_without_a_balance(path: Path) -> None:
    keep(path, NewRide(setup=Setup()), [Tick(1.0)])
    assert bring_up_to_date(path, profiles())
    assert left(path) == 0
    assert dated_rides(path, basis(profiles()), ()) == []

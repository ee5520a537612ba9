"""The ledger of zero offsets: set without a ride, answered during one, kept, read, removed, repaired."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from legbal.analysis.months import DatedZero
from legbal.errors import LibraryError
from legbal.library.rides import Library
from legbal.library.salvage import salvage
from legbal.library.upkeep import check
from legbal.library.writer import NewRide, RideSource, keep
from legbal.library.zero_offsets import keep_zero, read_zeros, remove_zero
from legbal.meters.zero_offset import ZeroStep
from legbal.ride.inputs import Input, Notification, Setup

METER = "ASSIOMA17039L"
TORQUE, FORCE = bytes.fromhex("0b020900"), bytes.fromhex("0b020800")
BERLIN = timezone(timedelta(hours=2))
MAY = datetime(2026, 5, 1, 7, 30, tzinfo=BERLIN)


def answered(raw: int) -> bytes:
    return bytes.fromhex("200c01") + raw.to_bytes(2, "little", signed=True)


def ride(path: Path, name: str, inputs: list[Input], day: int = 0, source: RideSource = "ride") -> None:
    started = MAY + timedelta(days=day)
    keep(path, NewRide(setup=Setup(), id=name, source=source, started=started), inputs)


def with_zero(raw: int, meter: str = METER, t: float = 90.0) -> list[Input]:
    return [
        Notification(0.0, FORCE, "2a65", meter),
        Notification(1.0, bytes.fromhex("2300c8006001000004"), meter=meter),
        Notification(t - 1, bytes.fromhex("200c04"), "2a66", meter),  # it was tried before
        Notification(t, answered(raw), "2a66", meter),
        Notification(t + 1, bytes.fromhex("2005015901"), "2a66", meter),  # and its crank length asked for
    ]


def test_a_zero_set_without_a_ride_is_kept_with_its_meter_time_value_and_unit(path: Path) -> None:
    keep_zero(path, METER, MAY, answered(18), TORQUE)
    keep_zero(path, METER, MAY + timedelta(days=1), answered(20), None)
    first, second = read_zeros(path)
    assert first == DatedZero(
        offset_raw=18, measures="torque", meter=METER, set_at=MAY, origin="set", number=1
    )
    assert first.set_at.utcoffset() == BERLIN.utcoffset(None)
    assert (second.measures, second.step) == (None, None)  # another unit, perhaps: no step


def test_a_zero_answered_in_a_ride_is_in_the_ledger_at_its_moment(path: Path) -> None:
    ride(path, "arideone", with_zero(-7))
    (zero,) = read_zeros(path)
    assert zero == DatedZero(
        offset_raw=-7,
        measures="force",
        meter=METER,
        set_at=MAY + timedelta(seconds=90),
        origin="ride",
        ride="arideone",
    )


def test_imported_rides_count_and_demonstrations_do_not(path: Path) -> None:
    ride(path, "arideone", with_zero(1), 0, "import")
    ride(path, "aridetwo", with_zero(2), 1, "demo")
    ride(path, "aridenot", [Notification(0.0, FORCE, "2a65", METER)], 2)
    assert [zero.ride for zero in read_zeros(path)] == ["arideone"]


def test_each_meter_has_its_own_steps_in_order_of_time_however_they_came(path: Path) -> None:
    ride(path, "aridetwo", with_zero(12), 2)
    keep_zero(path, "Quarq", MAY + timedelta(days=1), answered(900), FORCE)
    keep_zero(path, METER, MAY, answered(10), FORCE)
    keep_zero(path, METER, MAY + timedelta(days=3), bytes.fromhex("200c01"), FORCE)  # gives no value
    keep_zero(path, METER, MAY + timedelta(days=4), answered(9), FORCE)
    told = [(zero.meter, zero.offset_raw, zero.step) for zero in read_zeros(path)]
    assert told == [
        (METER, 10, None),
        ("Quarq", 900, None),
        (METER, 12, ZeroStep(2)),
        (METER, None, None),
        (METER, 9, ZeroStep(-3)),
    ]


def test_a_jump_is_seen(path: Path) -> None:
    for day, raw in enumerate((10, 12, 11, 13, 12, 90)):
        keep_zero(path, METER, MAY + timedelta(days=day), answered(raw), FORCE)
    *usual, last = read_zeros(path)
    assert not any(zero.step and zero.step.jump for zero in usual)
    assert last.step == ZeroStep(78, 1.5, jump=True)


def test_those_of_a_ride_go_with_it_and_the_others_by_their_number(path: Path) -> None:
    ride(path, "arideone", with_zero(1))
    keep_zero(path, METER, MAY + timedelta(days=1), answered(2), FORCE)
    with Library(path) as library:
        library.remove(library.find("arideone"))
    assert [zero.offset_raw for zero in read_zeros(path)] == [2]
    remove_zero(path, 1)
    assert read_zeros(path) == []
    with pytest.raises(LibraryError, match="there is no zero offset 1") as caught:
        remove_zero(path, 1)
    assert "legbal meters zeros" in (caught.value.hint or "")


def test_a_meter_without_a_utf8_name_and_a_library_that_is_not_there_yet(path: Path) -> None:
    assert read_zeros(path) == []
    assert not path.parent.exists()
    keep_zero(path, "od\udcffd", MAY, answered(2), b"\0")
    assert [(zero.meter, zero.measures) for zero in read_zeros(path)] == [("od\udcffd", None)]


def test_a_time_that_is_none_is_an_error_that_the_check_names(path: Path) -> None:
    keep_zero(path, METER, MAY, answered(2), FORCE)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE zero_offsets SET set_at = 'yesterday'")
    with pytest.raises(LibraryError, match="a zero offset cannot be read"):
        read_zeros(path)
    found = check(path)
    assert found is not None
    assert list(found.unreadable) == ["the zero offsets"]


def test_a_repaired_library_has_them_still(path: Path, tmp_path: Path) -> None:
    ride(path, "arideone", with_zero(1))
    keep_zero(path, METER, MAY.astimezone(UTC), answered(2), FORCE)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO same_meters VALUES (x'41', x'42', 1, '2026-05-01T00:00:00+00:00')")
        connection.execute("INSERT INTO same_meters VALUES (x'41', x'43', 0, 'yesterday')")  # says nothing
        connection.execute("INSERT INTO zero_offsets VALUES (7, x'41', 'yesterday', 0, x'200c01', x'')")
    before = _readable(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    new = tmp_path / "new.sqlite"
    salvage(path, new)
    assert read_zeros(new) == before
    with closing(sqlite3.connect(new)) as connection:
        assert connection.execute("SELECT other, same FROM same_meters").fetchall() == [(b"B", 1)]


def _readable(path: Path) -> list[DatedZero]:
    """The ledger but for the row that says nothing."""
    with closing(sqlite3.connect(path)) as connection, connection:
        row = connection.execute("SELECT * FROM zero_offsets WHERE number = 7").fetchone()
        connection.execute("DELETE FROM zero_offsets WHERE number = 7")
    zeros = read_zeros(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO zero_offsets VALUES (?, ?, ?, ?, ?, ?)", row)
    return zeros

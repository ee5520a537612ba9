"""FIT records are kept many in a row, and come back as they were."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from legbal.analysis.fit_dynamics import FIELDS
from legbal.errors import LibraryError
from legbal.library import upkeep
from legbal.library.codec import Channel, Gap
from legbal.library.connection import open_writing
from legbal.library.fit_records import FitRecords, pack, unpack
from legbal.library.rides import Library
from legbal.library.salvage import salvage
from legbal.library.writer import NewRide, RideWriter, keep
from legbal.ride.inputs import FIT_RECORD, Input, Mark, Notification, Setup, Tick

OCTET = some.integers(0, 255)
NUMBERS = dict.fromkeys(("power", "left_right_balance", "cadence", "accumulated_power"), OCTET)
HALVES, OFFSETS = OCTET.map(lambda x: x / 2), some.integers(-127, 126)
ANGLES = some.lists(OCTET.map(lambda x: x / 0.7111111), min_size=2, max_size=2)
DYNAMICS: dict[str, some.SearchStrategy[Any]] = {
    name: ANGLES if len(columns) > 1 else HALVES if columns[0].endswith("percent") else OFFSETS
    for name, columns in FIELDS.items()
}
ODD = some.one_of(
    some.none(),
    some.floats(allow_nan=False),
    some.text(),
    some.lists(some.integers()),
    some.just({"a": [1.5]}),
)
ORDER = [*NUMBERS, *FIELDS]
USUAL = some.fixed_dictionaries({}, optional=NUMBERS | DYNAMICS).map(
    lambda values: msgspec.json.encode({name: values[name] for name in ORDER if name in values})
)
VALUES = (
    USUAL
    | some.dictionaries(some.sampled_from(["power", "left_pco", "left_power_phase", "x y"]), ODD).map(
        lambda x: json.dumps(x).encode()
    )
    | some.binary(max_size=20)
)
TIMES = some.integers(0, 400_000).map(float) | some.floats(allow_nan=False)
RECORDS = some.builds(Notification, TIMES, VALUES, some.just(FIT_RECORD), some.sampled_from(["", "Rally"]))
OTHERS = some.sampled_from(
    [Tick(1.0), Mark(2.0, "lap"), Gap(1.0, 2.0, 3), Notification(0.5, b"{}", "fit:file")]
)


def unpacked(items: list[Input | Gap]) -> tuple[list[Input | Gap], int]:
    """The same, as it comes back, and how many rows held it."""
    rows = list(pack(items))
    read: list[Input | Gap] = []
    for row in rows:
        read += unpack(row.channel, row.data) if isinstance(row, FitRecords) else [row]
    return read, len(rows)


@given(some.lists(RECORDS | OTHERS, max_size=12))
def test_all_comes_back_in_its_order(items: list[Input | Gap]) -> None:
    assert unpacked(items)[0] == items


@given(some.lists(USUAL, min_size=1, max_size=600))
def test_what_a_head_unit_tells_takes_few_rows(values: list[bytes]) -> None:
    items: list[Input | Gap] = [Notification(float(t), x, FIT_RECORD) for t, x in enumerate(values)]
    read, rows = unpacked(items)
    assert read == items
    assert rows <= 3 or set(values) == {b"{}"}


def test_a_second_in_two_records_may_have_them_in_another_order() -> None:
    """The balance first, then the power: as they were told."""
    told = b'{"left_right_balance":180,"power":200}', b'{"power":210}'
    items: list[Input | Gap] = [Notification(float(t), told[t % 5 == 0], FIT_RECORD) for t in range(200)]
    assert unpacked(items) == (items, 1)


def ride(seconds: int = 1000) -> list[Input]:
    """What a file says, a record a second, one without a balance now and then, and a lap between two."""
    inputs: list[Input] = [
        Notification(0.0, b"Garmin", "2a29", "Rally"),
        Notification(0.0, b"{}", "fit:file", "Rally"),
    ]
    for t in range(seconds):
        balance = {"left_right_balance": 128 + t % 100} if t % 9 else {}
        values = {"power": 150 + t * 7 % 90, **balance, "cadence": 85 + t % 9}
        inputs.append(Notification(float(t), msgspec.json.encode(values), FIT_RECORD, "Rally"))
    inputs.insert(500, Mark(498.0, "lap"))
    return inputs


def rows_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        ((rows,),) = connection.execute("SELECT count(*) FROM inputs")
    return int(rows)


def test_a_ride_that_is_kept_is_read_as_it_was(path: Path) -> None:
    keep(path, NewRide(setup=Setup()), ride())
    with Library(path) as library:
        row = library.find("last")
        assert (row.inputs, row.duration_s, row.meters) == (1003, 999.0, ("Rally",))
        assert list(library.inputs(row)) == ride()
    assert rows_of(path) < 10
    check = upkeep.check(path)
    assert check is not None
    assert (check.sound, check.inputs) == (True, 1003)


def test_a_ride_of_a_former_legbal_is_read_too(path: Path) -> None:
    with closing(open_writing(path)) as connection:
        RideWriter(NewRide(setup=Setup())).write(connection, ride(), finish=True)
    assert rows_of(path) == 1003
    with Library(path) as library:
        assert list(library.inputs(library.find("last"))) == ride()


@pytest.mark.parametrize(
    "name", ["fit:record power/none", "fit:record power cadence", "fit:record ", "fit:record 1 2"]
)
def test_rows_of_a_later_kind_are_refused_with_a_hint(name: str) -> None:
    (row,) = pack([Notification(1.0, b'{"power":200}', FIT_RECORD)])
    assert isinstance(row, FitRecords)
    channel, data = row.channel, row.data
    assert channel.name == "fit:record power"
    for octets in (data, b"no row", None):
        if (name, octets) != (channel.name, data):
            with pytest.raises(LibraryError, match="does not know") as caught:
                unpack(Channel("notification", "", name), octets)
            assert "update legbal" in (caught.value.hint or "")


def test_what_is_left_of_a_broken_library_is_counted_in_records(path: Path, tmp_path: Path) -> None:
    keep(path, NewRide(setup=Setup()), ride())
    with closing(sqlite3.connect(path)) as connection, connection:
        rows = connection.execute("SELECT key FROM inputs WHERE length(data) > 100 ORDER BY key").fetchall()
        connection.execute("DELETE FROM inputs WHERE key = ?", rows[1])
        connection.execute("UPDATE inputs SET data = x'00' WHERE key = ?", rows[2])
    new = tmp_path / "new.sqlite"
    saved = salvage(path, new)
    with Library(new) as library:
        row = library.find("last")
        read = list(library.inputs(row))
    assert (saved.inputs, saved.lost, row.lost) == (505, 498, 498)
    assert read == [*ride()[:258], Mark(498.0, "lap"), *ride()[-246:]]

"""The library as it is read: rides found, marked and annotated; derived values by version; history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from legbal import __version__
from legbal.analysis.fit_file import FitFile, encode
from legbal.errors import LibraryError
from legbal.library import deliveries, rides
from legbal.library.connection import open_writing
from legbal.library.derived import DerivedRow, write_derived
from legbal.library.rides import LONGEST_NOTE, Library
from legbal.library.writer import NewRide, Original, RideWriter, keep, new_id
from legbal.ride.inputs import FIT_FILE, Link, Mark, Notification, Setup, Tick
from tests.library.values import has, store

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def ride_of(path: Path, name: str, day: int, *meters: str) -> None:
    ride = NewRide(setup=Setup(), id=name, started=NOON + timedelta(days=day))
    keep(path, ride, [Notification(float(t), b"\0\0\0\0", meter=meter) for t, meter in enumerate(meters)])


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    """Rides kept in another order than they were ridden."""
    ride_of(path, "bravo222", 2, "Pedals", "Strap", "Pedals")
    ride_of(path, "alpha111", 1, "Pedals")
    ride_of(path, "bravado3", 3, "Spider")
    with Library(path) as library:
        yield library


def test_rides_come_newest_first_and_limited(library: Library) -> None:
    assert [ride.id for ride in library.rides()] == ["bravado3", "bravo222", "alpha111"]
    assert [ride.id for ride in library.rides(limit=1)] == ["bravado3"]


def test_a_ride_says_what_is_known_of_it(library: Library) -> None:
    ride = library.find("bravo222")
    assert ride.meters == ("Pedals", "Strap")
    assert (ride.source, ride.state, ride.duration_s, ride.inputs) == ("ride", "done", 2.0, 3)
    assert ride.version == __version__


@pytest.mark.parametrize(
    ("name", "found"),
    [("alpha111", "alpha111"), ("a", "alpha111"), ("BRAVO", "bravo222"), ("last", "bravado3")],
)
def test_a_ride_is_found_by_id_by_its_beginning_or_as_the_last(
    library: Library, name: str, found: str
) -> None:
    assert library.find(name).id == found


@pytest.mark.parametrize("name", ["zulu", "", "%", "_lpha111", "alpha1111", "\0", "a'--"])
def test_a_ride_that_is_not_there_is_told_with_a_hint(library: Library, name: str) -> None:
    with pytest.raises(LibraryError, match="no ride") as caught:
        library.find(name)
    assert "legbal rides" in (caught.value.hint or "")


def test_an_ambiguous_beginning_is_told_with_rides_that_it_fits(library: Library) -> None:
    with pytest.raises(LibraryError, match=r"several rides begin with 'bra' .*bravo222") as caught:
        library.find("bra")
    assert caught.value.hint == "Give more of the id."


def test_a_missing_library_is_empty_until_a_ride_is_kept(path: Path) -> None:
    with Library(path) as library:
        assert library.rides() == []
        with pytest.raises(LibraryError, match="no rides yet"):
            library.find("last")
        assert not path.parent.exists()
        ride_of(path, "alpha111", 1, "Pedals")
        assert library.find("last").id == "alpha111"


def test_only_rides_of_that_meter_that_started_earlier_are_its_history(library: Library) -> None:
    last = library.find("last")
    assert [ride.id for ride in library.earlier(["Pedals"], last.started, 9, 0)] == ["bravo222", "alpha111"]
    before = library.find("bravo").started
    assert [ride.id for ride in library.earlier(["Pedals"], before, 9, 0)] == ["alpha111"]
    assert library.earlier(["Spider"], last.started, 9, 0) == []
    assert library.earlier(["pedals"], last.started, 9, 0) == []
    assert [ride.id for ride in library.earlier(["Pedals"], last.started, 1, 1)] == ["alpha111"]


@pytest.mark.parametrize("few", [0, 500])
def test_few_rides_and_many_are_found_alike(
    library: Library, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rides, "_FEW", few)
    newest = library.rides()
    later = newest[0].started + timedelta(seconds=1)
    of_pedals = [ride for ride in newest if "Pedals" in ride.meters]
    assert library.earlier(["Pedals"], later, 9, 0) == of_pedals
    assert library.earlier(["Pedals"], later, 1, 0) == of_pedals[:1]
    assert library.beginning("", 2) == newest[:2]
    assert library.beginning("bra", 9) == [ride for ride in newest if ride.id.startswith("bra")]
    assert library.beginning("zulu", 9) == []


def test_a_meter_that_only_was_searched_for_has_no_history(path: Path) -> None:
    keep(path, NewRide(setup=Setup(), started=NOON), [Link(0.0, "searching", "Pedals")])
    with Library(path) as library:
        assert library.earlier(["Pedals"], NOON + timedelta(days=1), 9, 0) == []


def test_marks_made_afterwards_lie_beside_what_was_recorded(library: Library) -> None:
    ride = library.find("alpha")
    before = list(library.inputs(ride))
    library.mark(ride, Mark(9.5, "note", "a cramp\x1b[31m"))
    library.mark(ride, Mark(3.0, "lap"))
    assert library.marks(ride) == [Mark(3.0, "lap"), Mark(9.5, "note", "a cramp\x1b[31m")]
    assert list(library.inputs(ride)) == before
    assert library.marks(library.find("bravo2")) == []


def test_a_note_is_replaced_and_bounded(library: Library) -> None:
    ride = library.find("alpha")
    library.describe(ride, "note", "first")
    library.describe(ride, "note", "x" * (LONGEST_NOTE + 5) + "\ud800")
    assert library.find("alpha").note == "x" * LONGEST_NOTE
    library.describe(ride, "note", "half a letter: \ud800")
    assert library.find("alpha").note == "half a letter: ?"
    assert library.find("bravo2").note == ""


def test_derived_values_of_several_versions_lie_side_by_side(library: Library) -> None:
    ride = library.find("alpha")
    assert library.derived(ride, "summary") is None
    store(library, ride, "summary", "1", b"one")
    store(library, ride, "summary", "2", b"two")
    assert library.derived(ride, "summary") == b"two"
    assert library.derived(ride, "summary", "1") == b"one"
    assert library.derived(ride, "summary", "3") is None
    assert library.versions(ride, "summary") == ["2", "1"]
    store(library, ride, "summary", "1", b"one again")
    assert library.derived(ride, "summary") == b"one again"
    assert library.versions(ride, "summary") == ["1", "2"]
    assert library.derived(library.find("bravo2"), "summary") is None


def test_a_ride_that_cannot_be_kept_whole_is_not_kept(path: Path) -> None:
    def inputs() -> Iterator[Tick]:
        yield Tick(0.0)
        raise LibraryError("the file ends in the middle")

    with pytest.raises(LibraryError, match="in the middle"):
        keep(path, NewRide(setup=Setup()), inputs())
    with Library(path) as library:
        assert library.rides() == []


def test_ids_are_short_plain_and_never_a_word_of_the_command_line() -> None:
    for _ in range(500):
        name = new_id()
        assert len(name) == 8
        assert name.isalnum()
        assert name[0].isalpha()
        assert name == name.lower()


def everything_of(path: Path, number: int) -> dict[str, int]:
    """How many rows of each table are of a ride."""
    with closing(open_writing(path)) as connection:
        tables = [x for (x,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        columns = {x: [row[1] for row in connection.execute(f"PRAGMA table_info({x})")] for x in tables}
        of = {x: "ride" for x in tables if "ride" in columns[x]} | {"rides": "number", "inputs": "key >> 32"}
        return {
            table: connection.execute(f"SELECT count(*) FROM {table} WHERE {ride} = ?", (number,)).fetchone()[
                0
            ]
            for table, ride in of.items()
        }


def test_a_removed_ride_leaves_nothing_behind_and_takes_nothing_else_along(path: Path) -> None:
    values = [
        DerivedRow(name="summary", version="1", value=b"{}"),
        DerivedRow(name="bands", version="1", basis="basis", problem="no bands"),
    ]
    original = Original("a.fit", b"octets nobody else has")
    for name, file in (("alpha111", original), ("bravo222", Original("b.fit", b"others"))):
        made = NewRide(setup=Setup(), id=name, started=NOON, source="import", original=file)
        said = Notification(0.0, encode(FitFile(manufacturer=263, serial_number=77)), FIT_FILE, "Pedals")
        keep(path, made, [said, Notification(0.0, f"sent in {name}".encode(), meter="Pedals"), Tick(1.0)])
        with closing(open_writing(path)) as connection:
            connection.execute("INSERT INTO gaps SELECT number, 1, 0, 1, 3 FROM rides WHERE id = ?", (name,))
        with Library(path) as library:
            library.mark(library.find(name), Mark(0.5, "note", "left knee"))
            write_derived(path, name, values)
        deliveries.add(path, name, "folder")
    with Library(path) as library:
        gone, stays = library.find("alpha"), library.find("bravo")
        before = everything_of(path, stays.number)
        assert min(everything_of(path, gone.number).values()) >= 1, "a table that this test does not fill"
        library.remove(gone)
        assert b"sent in bravo222" in path.read_bytes()
        assert b"sent in alpha111" not in path.read_bytes()
        assert set(everything_of(path, gone.number).values()) == {0}
        assert everything_of(path, stays.number) == before
        assert not has(library, "alpha111")
        assert library.imported_from(original) is None
        for late in (
            lambda: library.mark(gone, Mark(1.0, "note", "too late")),
            lambda: library.describe(gone, "note", "too late"),
            lambda: library.describe(gone, "title", "too late"),
            lambda: library.setup(gone),
        ):
            with pytest.raises(LibraryError, match="ride alpha111 is no longer in the library"):
                late()
        write_derived(path, gone.id, values)  # as whoever was just deriving it does
        assert set(everything_of(path, gone.number).values()) == {0}


def test_a_ride_that_is_being_recorded_is_not_removed(path: Path) -> None:
    with closing(open_writing(path)) as connection:
        RideWriter(NewRide(setup=Setup(), id="alpha111")).write(connection, [Tick(0.0)])
    with Library(path) as library:
        with pytest.raises(LibraryError, match="ride alpha111 is being recorded"):
            library.remove(library.find("alpha111"))
        assert has(library, "alpha111")

"""What is in the library: rides found, read, marked and annotated; what is derived from them, by version.

What was recorded is never changed, only removed whole. Marks and notes that are made afterwards, and derived
values, lie beside it.
"""

import sqlite3
import zlib
from collections.abc import Collection, Generator, Sequence
from contextlib import AbstractContextManager, closing
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from legbal import paths
from legbal.errors import LibraryError
from legbal.gatt.uuids import HEART_RATE
from legbal.library import translate_errors
from legbal.library.codec import (
    SEQUENCE_BITS,
    Channel,
    as_utf8,
    decode_row,
    local_time,
    octets,
    text,
    utc_text,
)
from legbal.library.connection import open_reading, open_writing, transaction, writing
from legbal.library.fit_records import PACKED, unpack
from legbal.library.schema import STATED_FTP
from legbal.library.writer import LAST_T, Original, RideSource
from legbal.ride.inputs import Input, Mark, Setup

LAST = "last"
LONGEST_NOTE = 10_000  # characters
# beside `inputs`, which a ride's number is part of the key of: those whose column `ride` says whose a row is
TABLES_OF_RIDES = ("channels", "gaps", "marks", "derived_values", "originals", "file_meters", "deliveries")


class RideRow(msgspec.Struct, frozen=True, kw_only=True):
    """One ride of the library. `started` is aware, in the rider's zone of that day; durations are seconds.

    `inputs` and `lost` count what was kept and what could not be; `meters` are those that sent something, a strap
    not among them.
    """

    number: int
    id: str
    started: datetime
    source: RideSource
    title: str
    note: str
    version: str
    state: Literal["recording", "done", "interrupted"]
    duration_s: float
    inputs: int
    lost: int
    meters: tuple[str, ...]


# the fields of a `RideRow` but its meters, and the offset of its clock
_RIDES = f"""
    SELECT number, id, started, source, title, note, legbal, state,
      coalesce(duration_s, {LAST_T}),
      coalesce((SELECT max(key) FROM inputs WHERE key >= number << {SEQUENCE_BITS}
        AND key < (number + 1) << {SEQUENCE_BITS}) - (number << {SEQUENCE_BITS}) + 1, 0),
      coalesce((SELECT sum(lost) FROM gaps WHERE ride = number), 0), utc_offset_s
    FROM rides
"""
_NEWEST_FIRST = " ORDER BY started DESC, number DESC"
_BEGINS = "id BETWEEN ? AND ? || char(1114111)"  # the last letter of all: so the index of ids is used
_FEW = 500


class Library(AbstractContextManager["Library"]):
    """The rider's library, to read; its few writing methods open it to write for just that moment.

    A library that is not there yet is an empty one. To be used as a context manager, by one thread at a time.
    Everything raises LibraryError when the file cannot be read or written.

    Args:
        path: the library file; default: the rider's.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = paths.library_file() if path is None else path
        self._connection: sqlite3.Connection | None = None

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def rides(self, limit: int | None = None) -> list[RideRow]:
        """The rides, newest first, at most `limit`."""
        return self._rides(_RIDES + _NEWEST_FIRST + " LIMIT ?", (-1 if limit is None else limit,))

    def find(self, name: str) -> RideRow:
        """The ride that `name` names: its id, the beginning of its id if no other begins so, or "last"."""
        if name == LAST:
            matches = self.rides(1)
        else:
            low = name.lower()
            matches = self._rides(_RIDES + f"WHERE {_BEGINS} LIMIT 3", (low, low)) if low else []
        if len(matches) > 1:
            raise LibraryError(
                f"several rides begin with {name!r} ({matches[0].id}, {matches[1].id}, …)",
                hint="Give more of the id.",
            )
        if not matches:
            hint = "`legbal rides` lists them." if self._rows("SELECT 1 FROM rides LIMIT 1") else None
            raise LibraryError(
                f"no ride {name!r} in the library" if hint else "the library has no rides yet",
                hint=hint or "`legbal ride` records one, `legbal demo` too.",
            )
        return matches[0]

    def beginning(self, letters: str, limit: int) -> list[RideRow]:
        """The rides whose ids begin so, newest first, at most `limit`."""
        begins = (letters, letters)
        few = self._are_few(f"rides WHERE {_BEGINS}", begins)
        # a "+" keeps SQLite from the index of ids: many are found in the one of starts, in order
        numbers = f"SELECT number FROM rides WHERE {'' if few else '+'}{_BEGINS}{_NEWEST_FIRST} LIMIT ?"
        return self._rides(_RIDES + f"WHERE number IN ({numbers})" + _NEWEST_FIRST, (*begins, limit))

    def earlier(self, meters: Collection[str], before: datetime, limit: int, offset: int) -> list[RideRow]:
        """The rides in which a meter, by one of its names, sent something before a time, newest first: its history.

        Args:
            meters: its names.
            before: aware, the start of the ride whose history is asked for.
            limit: at most so many.
            offset: without so many of the newest.
        """
        sent = f"channels WHERE meter IN ({', '.join('?' * len(meters))}) AND kind = 'notification'"
        names = tuple(map(octets, meters))
        of_meter = (
            f"number IN (SELECT ride FROM {sent})"
            if self._are_few(sent, names)
            else f"EXISTS (SELECT 1 FROM {sent} AND ride = rides.number)"
        )
        numbers = f"SELECT number FROM rides WHERE started < ? AND {of_meter}{_NEWEST_FIRST} LIMIT ? OFFSET ?"
        return self._rides(
            _RIDES + f"WHERE number IN ({numbers})" + _NEWEST_FIRST,
            (utc_text(before), *names, limit, offset),
        )

    def stated_ftp(self, before: datetime) -> float | None:
        """FTP, watts, as the rider or a head unit had it last before a time, aware, on whatever meter; None: never."""
        rows = self._rows(
            f"SELECT {STATED_FTP} FROM rides WHERE source != 'demo' AND {STATED_FTP} IS NOT NULL AND started < ?"
            + _NEWEST_FIRST
            + " LIMIT 1",
            (utc_text(before),),
        )
        return rows[0][0] if rows else None

    def imported_from(self, original: Original) -> RideRow | None:
        """The ride that was imported from this file, under whatever name; None if none was."""
        query = _RIDES + "WHERE number = (SELECT ride FROM originals WHERE sha256 = ?)"
        return next(iter(self._rides(query, (original.sha256,))), None)

    def original(self, ride: RideRow) -> Original | None:
        """The file that the ride was imported from; None for one that was recorded here."""
        rows = self._rows("SELECT name, data FROM originals WHERE ride = ?", (ride.number,))
        return Original(rows[0][0], zlib.decompress(rows[0][1])) if rows else None

    def setup(self, ride: RideRow) -> Setup:
        """The setup that the ride was ridden with."""
        rows = self._rows("SELECT setup FROM rides WHERE number = ?", (ride.number,))
        if not rows:
            raise _gone(ride)
        try:
            return msgspec.json.decode(rows[0][0], type=Setup)
        except msgspec.DecodeError as error:
            raise LibraryError(
                f"the setup of ride {ride.id} cannot be read: {error}",
                hint="A newer legbal may have recorded it: update legbal.",
            ) from error

    def inputs(self, ride: RideRow) -> Generator[Input, None, None]:
        """The ride's inputs as they were recorded: all, in order, with their exact times."""
        channels = {
            place: Channel(kind, text(meter), text(name))
            for place, kind, meter, name in self._rows(
                "SELECT channel, kind, meter, name FROM channels WHERE ride = ?", (ride.number,)
            )
        }
        if self._connection is None:  # there is no library yet
            return
        with translate_errors(self.path), closing(self._connection.cursor()) as cursor:
            for t, channel, data in cursor.execute(
                "SELECT t, channel, data FROM inputs WHERE key >= ? AND key < ? ORDER BY key",
                (ride.number << SEQUENCE_BITS, (ride.number + 1) << SEQUENCE_BITS),
            ):
                if channels[channel].name.startswith(PACKED):
                    yield from unpack(channels[channel], data)
                else:
                    yield decode_row(channels[channel], t, data)

    def marks(self, ride: RideRow) -> list[Mark]:
        """The marks that were set after the ride, by ride time; those of the ride are among its inputs."""
        return [
            msgspec.convert({"t": t, "kind": kind, "text": text}, Mark)
            for t, kind, text in self._rows(
                "SELECT t, kind, text FROM marks WHERE ride = ? ORDER BY t, number", (ride.number,)
            )
        ]

    def mark(self, ride: RideRow, mark: Mark) -> None:
        """Sets a mark on a ride that is over."""
        self._write(
            ride,
            "INSERT INTO marks (ride, t, kind, text) SELECT number, ?, ?, ? FROM rides WHERE number = ?",
            (mark.t, mark.kind, as_utf8(mark.text, LONGEST_NOTE)),
        )

    def describe(self, ride: RideRow, what: Literal["title", "note"], text: str) -> None:
        """Sets the ride's title or its note, in place of the one it had."""
        self._write(ride, f"UPDATE rides SET {what} = ? WHERE number = ?", (as_utf8(text, LONGEST_NOTE),))

    def remove(self, ride: RideRow) -> None:
        """Removes a ride that is over: its inputs, what was added to it, what was derived from it, and its file.

        Its octets are overwritten. What later rides learnt from it stays with them. Raises LibraryError also for a ride
        that is being recorded.
        """
        with translate_errors(self.path), closing(open_writing(self.path)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            with transaction(connection):
                (still,) = connection.execute(
                    "SELECT count(*) FROM rides WHERE number = ? AND state = 'recording'", (ride.number,)
                ).fetchone()
                if still:
                    raise LibraryError(
                        f"ride {ride.id} is being recorded", hint="End it first; then it can be removed."
                    )
                connection.execute(
                    "DELETE FROM inputs WHERE key >= ? AND key < ?",
                    (ride.number << SEQUENCE_BITS, (ride.number + 1) << SEQUENCE_BITS),
                )
                for table in TABLES_OF_RIDES:
                    connection.execute(f"DELETE FROM {table} WHERE ride = ?", (ride.number,))
                connection.execute("DELETE FROM rides WHERE number = ?", (ride.number,))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the file itself has them until then

    def derived(self, ride: RideRow, name: str, version: str | None = None) -> bytes | None:
        """A derived value: of that version, or the newest; None if there is none."""
        rows = self._rows(
            "SELECT value FROM derived_values WHERE ride = ? AND name = ? AND ifnull(version = ?, 1)"
            " ORDER BY number DESC LIMIT 1",
            (ride.number, name, version),
        )
        return rows[0][0] if rows else None

    def versions(self, ride: RideRow, name: str) -> list[str]:
        """The versions in which a derived value is kept, the newest first."""
        return [
            version
            for (version,) in self._rows(
                "SELECT version FROM derived_values WHERE ride = ? AND name = ? ORDER BY number DESC",
                (ride.number, name),
            )
        ]

    def _are_few(self, rows: str, values: Sequence[object]) -> bool:
        """Whether rows are so few that they are best sorted; the newest of many are soon found among all rides."""
        return len(self._rows(f"SELECT 1 FROM {rows} LIMIT {_FEW}", values)) < _FEW

    def _rides(self, query: str, values: tuple[object, ...]) -> list[RideRow]:
        return [self._ride(row) for row in self._rows(query, values)]

    def _ride(self, row: tuple[Any, ...]) -> RideRow:
        columns = dict(zip(RideRow.__struct_fields__, row[:-1], strict=False))
        meters = self._rows(
            "SELECT meter FROM channels WHERE ride = ? AND kind = 'notification' AND meter != x'' AND name != ?"
            " GROUP BY meter ORDER BY min(channel)",
            (columns["number"], octets(HEART_RATE)),  # a strap is no meter
        )
        started = local_time(columns["started"], row[-1])
        return msgspec.convert(
            columns | {"started": started, "meters": tuple(text(meter) for (meter,) in meters)}, RideRow
        )

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        if self._connection is None:
            self._connection = open_reading(self.path)
        if self._connection is None:  # there is no library yet
            return []
        with translate_errors(self.path):
            return self._connection.execute(query, values).fetchall()

    def _write(self, ride: RideRow, statement: str, values: tuple[object, ...]) -> None:
        """Writes what belongs to a ride, whose number is the last value; not of one that was removed meanwhile."""
        with writing(self.path) as connection:
            if connection.execute(statement, (*values, ride.number)).rowcount == 0:
                raise _gone(ride)


def read_rows(library: Library | Path, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """What one query finds; nothing where there is no library yet. Raises LibraryError.

    A file is opened for it, which takes longer than most queries: for several there is a `Library`.
    """
    if isinstance(library, Library):
        return library._rows(query, values)
    with Library(library) as opened:
        return opened._rows(query, values)


def _gone(ride: RideRow) -> LibraryError:
    return LibraryError(
        f"ride {ride.id} is no longer in the library",
        hint="It was removed in the meantime: go back to the list.",
    )

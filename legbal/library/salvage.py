"""What a broken library still holds, brought into a new one: rides, packets, marks, originals, meters, changes, zeros.

Derived values stay behind: they are derived again. What is missing inside a ride is kept as a gap, as for inputs that
could not be recorded, so that nobody takes a ride for whole that is not.
"""

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from legbal import __version__
from legbal.errors import DecodeError, LibraryError
from legbal.gatt.measurement import decode
from legbal.gatt.uuids import MEASUREMENT
from legbal.library import translate_errors
from legbal.library.codec import SEQUENCE_BITS, Channel, local_time, octets, text, utc_text
from legbal.library.connection import open_writing, transaction
from legbal.library.deliveries import DESTINATIONS
from legbal.library.fit_records import PACKED, unpack
from legbal.library.pages import Row, rows
from legbal.library.writer import LAST_T, keep_file_meter, new_id
from legbal.ride.inputs import FIT_FILE, FIT_RECORD, Setup

_OF_RIDE = f"key >= ?1 << {SEQUENCE_BITS} AND key < (?1 + 1) << {SEQUENCE_BITS}"
_PLACE = f"(key & {(1 << SEQUENCE_BITS) - 1})"  # of an input in its ride
# each is among a ride's first inputs
_FIT_FILES = (
    "SELECT ride, meter, data FROM channels JOIN inputs ON inputs.channel = channels.channel"
    f" AND key BETWEEN ride << {SEQUENCE_BITS} AND (ride << {SEQUENCE_BITS}) + 9 WHERE name = ? ORDER BY key"
)
_RESERVED = (
    1 << 13
)  # of a measurement's flags the first that has no meaning: with one, any text would be read
_NAMELESS = "Recovered ride"
_NUMBER = (int, float)
_NULL = type(None)

# Of each table its columns, without the row id's own where it has one, and what they may hold: so its rows are known.
_SHAPES: dict[str, tuple[bool, tuple[type | tuple[type, ...], ...]]] = {
    "inputs": (True, (_NULL, (*_NUMBER, _NULL), int, (bytes, _NULL))),
    "rides": (True, (_NULL, str, str, int, str, str, str, bytes, str, str, (*_NUMBER, _NULL))),
    "channels": (False, (int, int, str, bytes, bytes)),
    "gaps": (False, (int, int, _NUMBER, _NUMBER, int)),
    "marks": (True, (_NULL, int, _NUMBER, str, str)),
    "meters": (True, (str, str, str, bytes)),
    "originals": (True, (_NULL, str, bytes, bytes)),
    "changes": (True, (_NULL, str, str, str, str)),
    "zero_offsets": (True, (_NULL, bytes, str, int, bytes, bytes)),
    "same_meters": (False, (bytes, bytes, int, str)),
    "deliveries": (False, (int, str, int, (str, _NULL), (str, _NULL), str)),
}


class Salvage(msgspec.Struct, frozen=True, kw_only=True):
    """What came over.

    Attributes:
        rides: how many.
        inputs: how many, of all rides.
        lost: how many inputs are known to be missing; those at the end of a ride by its rate.
        incomplete: ids of the rides in which some are missing.
        nameless: ids of the rides of which only inputs were left, in the order in which they were ridden.
    """

    rides: int = 0
    inputs: int = 0
    lost: int = 0
    incomplete: tuple[str, ...] = ()
    nameless: tuple[str, ...] = ()


def salvage(broken: Path, new: Path) -> Salvage:
    """Makes a new library of what the broken one and its write-ahead log still hold.

    `broken` itself is only read, and need not be there if its log is. Raises LibraryError.
    """
    log = broken.with_name(broken.name + "-wal")
    with translate_errors(new), closing(open_writing(new)) as connection:
        with transaction(connection):
            for row in rows(broken, log):
                _insert(connection, row)
            written = max(file.stat().st_mtime for file in (broken, log) if file.exists())
            nameless = tuple(_name_rides(connection, utc_text(datetime.fromtimestamp(written, UTC))))
            _name_channels(connection)
            _part_fit_records(connection)
            _drop_what_cannot_be_read(connection)
            lost = dict(_mark_gaps(connection))
            for of_file in connection.execute(_FIT_FILES, (octets(FIT_FILE),)).fetchall():
                keep_file_meter(connection, *of_file)
            ((rides, inputs),) = connection.execute(
                "SELECT (SELECT count(*) FROM rides), (SELECT count(*) FROM inputs)"
            )
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Salvage(
        rides=rides, inputs=inputs, lost=sum(lost.values()), incomplete=tuple(lost), nameless=nameless
    )


def _insert(connection: sqlite3.Connection, row: Row) -> None:
    """Puts a row into the table whose it is, if one would have it; of two with the same key the first stays."""
    for table, (keyed, columns) in _SHAPES.items():
        if (
            keyed == (row.key is not None)
            and len(columns) == len(row.values)
            and all(map(isinstance, row.values, columns))
            and _can_be_read(table, row)
        ):
            values = (row.key, *row.values[1:]) if columns[0] is _NULL else row.values
            places = ", ".join("?" * len(values))
            connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({places})", values)


def _can_be_read(table: str, row: Row) -> bool:
    """Whether the row says something: octets of something else may stand where its own did.

    What a newer legbal alone understands is kept for it.
    """
    values = row.values
    try:
        match table:
            case "rides":
                local_time(values[2], values[3])
                msgspec.json.decode(values[7])
            case "channels":
                text(values[3] + values[4])
            case "meters":
                datetime.fromisoformat(values[2])
                msgspec.json.decode(values[3])
            case "originals":
                return bool(hashlib.sha256(zlib.decompress(values[3])).digest() == values[2])
            case "changes":
                date.fromisoformat(values[2])
                date.fromisoformat(values[3])
            case "zero_offsets":
                local_time(values[2], values[3])
            case "deliveries":
                for moment in filter(None, values[3:5]):
                    datetime.fromisoformat(moment)
                return values[1] in DESTINATIONS
            case "same_meters":
                datetime.fromisoformat(values[3])
                text(values[0] + values[1])
                return values[2] in (0, 1)
    except (ValueError, OverflowError, zlib.error):  # msgspec's and those of dates and text are ValueErrors
        return False
    return True


def _name_rides(connection: sqlite3.Connection, written: str) -> Iterator[str]:
    """Makes a row for each ride of which only inputs are left; gives its id.

    It started later than the ride before it, of which there may be none: then `written`, the file's date, is taken.
    """
    for (number,) in connection.execute(
        f"SELECT DISTINCT key >> {SEQUENCE_BITS} FROM inputs EXCEPT SELECT number FROM rides ORDER BY 1"
    ).fetchall():
        ride = new_id()
        connection.execute(
            "INSERT INTO rides (number, id, started, utc_offset_s, source, title, setup, legbal, state) VALUES (?1, ?2,"
            " ifnull((SELECT max(started) FROM rides WHERE number < ?1), ?3), 0, 'ride', ?4, ?5, ?6, 'interrupted')",
            (number, ride, written, _NAMELESS, msgspec.json.encode(Setup()), __version__),
        )
        yield ride


def _name_channels(connection: sqlite3.Connection) -> None:
    """Says again what inputs are whose channel is lost, where their octets show it: ticks have none."""
    for number, channel in connection.execute(
        f"SELECT DISTINCT key >> {SEQUENCE_BITS}, channel FROM inputs EXCEPT SELECT ride, channel FROM channels"
    ).fetchall():
        payloads = [
            data
            for (data,) in connection.execute(
                f"SELECT data FROM inputs WHERE {_OF_RIDE} AND channel = ?2", (number, channel)
            )
        ]
        kind, name = ("tick", "") if not any(payloads) else ("notification", MEASUREMENT)
        if kind == "tick" or all(map(_is_measurement, payloads)):
            connection.execute(
                "INSERT INTO channels VALUES (?, ?, ?, x'', ?)", (number, channel, kind, octets(name))
            )


def _is_measurement(payload: bytes | None) -> bool:
    try:
        return decode(payload or b"").flags < _RESERVED
    except DecodeError:
        return False


def _part_fit_records(connection: sqlite3.Connection) -> None:
    """Gives each FIT record a row of its own, so that those that are missing can be counted; drops what is none."""
    for number, place, meter, name in connection.execute(
        "SELECT ride, channel, meter, name FROM channels WHERE kind = 'notification'"
    ).fetchall():
        channel = Channel("notification", text(meter), text(name))
        if not channel.name.startswith(PACKED):
            continue
        for key, data in connection.execute(
            f"SELECT key, data FROM inputs WHERE {_OF_RIDE} AND channel = ?2", (number, place)
        ).fetchall():
            connection.execute("DELETE FROM inputs WHERE key = ?", (key,))
            with suppress(LibraryError):
                records = unpack(channel, data)
                rows = [(key - len(records) + n, x.t, place, x.data) for n, x in enumerate(records, start=1)]
                connection.executemany("INSERT OR IGNORE INTO inputs VALUES (?, ?, ?, ?)", rows)
        connection.execute(
            "UPDATE channels SET name = ? WHERE ride = ? AND channel = ?", (octets(FIT_RECORD), number, place)
        )


def _drop_what_cannot_be_read(connection: sqlite3.Connection) -> None:
    """Leaves out inputs of which nobody knows what they are, and what belongs to no ride; closes the rides."""
    for number, channel, kind in connection.execute(
        "SELECT ride, channel, kind FROM channels WHERE kind IN ('mark', 'link')"
    ).fetchall():
        for key, data in connection.execute(
            f"SELECT key, data FROM inputs WHERE {_OF_RIDE} AND channel = ?2", (number, channel)
        ).fetchall():
            try:
                text(data or b"") if kind == "mark" else msgspec.msgpack.decode(data or b"")
            except ValueError:
                connection.execute("DELETE FROM inputs WHERE key = ?", (key,))
    connection.execute(
        f"DELETE FROM inputs WHERE (key >> {SEQUENCE_BITS}, channel) NOT IN (SELECT ride, channel FROM channels)"
    )
    for table in ("channels", "gaps", "marks", "originals"):
        connection.execute(f"DELETE FROM {table} WHERE ride NOT IN (SELECT number FROM rides)")
    connection.execute("UPDATE rides SET state = 'interrupted' WHERE state = 'recording'")
    connection.execute(f"UPDATE rides SET duration_s = {LAST_T} WHERE duration_s IS NULL")


def _mark_gaps(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """Closes each ride's ranks and says where inputs are missing; gives the rides in which some are, and how many."""
    for number, ride, duration_s in connection.execute("SELECT number, id, duration_s FROM rides").fetchall():
        missing = connection.execute(
            "SELECT place, coalesce(t_before, t, 0), ifnull(t, 0), place - before - 1 FROM (SELECT"
            f" {_PLACE} AS place, lag({_PLACE}, 1, -1) OVER each AS before, t, lag(t) OVER each AS t_before"
            f" FROM inputs WHERE {_OF_RIDE} WINDOW each AS (ORDER BY key)) WHERE place != before + 1",
            (number,),
        ).fetchall()
        ((count, end, last_t),) = connection.execute(
            f"SELECT count(*), ifnull(max({_PLACE}) + 1, 0), ifnull(max(t), 0) FROM inputs WHERE {_OF_RIDE}",
            (number,),
        )
        if duration_s > last_t:  # which was its last input's time
            rate = count / last_t if last_t else 1.0  # a second; without meter one tick
            missing.append((end, last_t, duration_s, max(1, round((duration_s - last_t) * rate))))
        if missing:
            _close_ranks(connection, number, missing)
            yield ride, sum(lost for *_, lost in missing)


def _close_ranks(
    connection: sqlite3.Connection, number: int, missing: list[tuple[int, float, float, int]]
) -> None:
    """Numbers a ride's inputs anew without holes, and adds what is missing to its gaps; `missing` in the old places."""
    gap_rows = connection.execute(
        "SELECT sequence, first_t, last_t, lost FROM gaps WHERE ride = ?", (number,)
    )
    gaps: dict[int, tuple[float, float, int]] = {}
    for place, first_t, last_t, lost in [*gap_rows.fetchall(), *missing]:
        ((now,),) = connection.execute(
            f"SELECT count(*) FROM inputs WHERE {_OF_RIDE} AND {_PLACE} < ?2", (number, place)
        )
        first, last, others = gaps.get(now, (first_t, last_t, 0))
        gaps[now] = min(first, first_t), max(last, last_t), others + lost
    connection.execute("DELETE FROM gaps WHERE ride = ?", (number,))
    connection.executemany(
        "INSERT INTO gaps VALUES (?, ?, ?, ?, ?)", [(number, place, *gap) for place, gap in gaps.items()]
    )
    for statement in (
        "CREATE TEMP TABLE moved AS SELECT"
        f" (?1 << {SEQUENCE_BITS}) - 1 + row_number() OVER (ORDER BY key) AS key, t, channel, data"
        f" FROM inputs WHERE {_OF_RIDE}",
        f"DELETE FROM inputs WHERE {_OF_RIDE}",
        "INSERT INTO inputs SELECT * FROM moved",
        "DROP TABLE moved",
    ):
        connection.execute(statement, (number,) if "?1" in statement else ())

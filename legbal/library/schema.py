"""How is the library laid out? Numbered migrations.

`PRAGMA user_version` holds the number of migrations that a file has seen. All that are missing run in one
transaction: a library is as it was before, or up to date. Migrations are never edited, only added.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import groupby
from typing import Any

import msgspec


def _execute(connection: sqlite3.Connection, script: str) -> None:
    """Runs statements with empty lines between them, within the transaction that is open."""
    for statement in script.strip().split("\n\n"):
        connection.execute(statement)


def keep_rides(connection: sqlite3.Connection) -> None:
    """Rides, and their inputs in the order in which they were recorded.

    An input's key is `ride number << 32 | sequence`, so that a ride is one range of a table that only grows
    at its end, with no index beside it. Its channel says once what all inputs of one kind share: what it is,
    from which meter, and the characteristic (or the mark's kind, or the link's state).
    """
    _execute(
        connection,
        """
        CREATE TABLE rides (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            started TEXT NOT NULL,           -- wall clock, UTC, ISO 8601 with microseconds: metadata only
            utc_offset_s INTEGER NOT NULL,   -- of the rider's clock at the start
            source TEXT NOT NULL CHECK (source IN ('ride', 'demo', 'import')),
            title TEXT NOT NULL,
            note TEXT NOT NULL DEFAULT '',
            setup BLOB NOT NULL,             -- JSON of legbal.ride.inputs.Setup
            legbal TEXT NOT NULL,            -- the version that recorded it
            state TEXT NOT NULL DEFAULT 'recording' CHECK (state IN ('recording', 'done', 'interrupted')),
            duration_s REAL                  -- known once the ride is closed
        );

        CREATE INDEX rides_by_start ON rides (started);

        CREATE TABLE channels (
            ride INTEGER NOT NULL REFERENCES rides (number),
            channel INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('notification', 'mark', 'link', 'tick')),
            meter BLOB NOT NULL,
            name BLOB NOT NULL,
            PRIMARY KEY (ride, channel)
        ) WITHOUT ROWID;

        CREATE INDEX channels_by_meter ON channels (meter, ride);

        CREATE TABLE inputs (key INTEGER PRIMARY KEY, t REAL, channel INTEGER NOT NULL, data BLOB);

        CREATE TABLE gaps (               -- inputs that arrived and could not be kept
            ride INTEGER NOT NULL REFERENCES rides (number),
            sequence INTEGER NOT NULL,       -- of the first input after the gap
            first_t REAL NOT NULL,
            last_t REAL NOT NULL,
            lost INTEGER NOT NULL,
            PRIMARY KEY (ride, sequence)
        ) WITHOUT ROWID;
        """,
    )


def keep_what_is_learnt(connection: sqlite3.Connection) -> None:
    """What is added to a ride afterwards (marks, derived values by version), and the meters ridden with."""
    _execute(
        connection,
        """
        CREATE TABLE marks (
            number INTEGER PRIMARY KEY,
            ride INTEGER NOT NULL REFERENCES rides (number),
            t REAL NOT NULL,
            kind TEXT NOT NULL,
            text TEXT NOT NULL
        );

        CREATE INDEX marks_by_ride ON marks (ride, t);

        CREATE TABLE derived (
            number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the highest is the newest
            ride INTEGER NOT NULL REFERENCES rides (number),
            what TEXT NOT NULL,
            meter TEXT NOT NULL,             -- '' where the value is of the whole ride
            version TEXT NOT NULL,           -- of what derived it
            value BLOB NOT NULL,
            UNIQUE (ride, what, meter, version)
        );

        CREATE TABLE meters (
            address TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            last_used TEXT NOT NULL,
            choices BLOB NOT NULL            -- JSON: the rider's choices for it, as its sides and pair
        );
        """,
    )


def keep_originals(connection: sqlite3.Connection) -> None:
    """The files that rides were imported from, as they were; what they held is known by its SHA-256."""
    connection.execute(
        """CREATE TABLE originals (
            ride INTEGER PRIMARY KEY REFERENCES rides (number),
            name TEXT NOT NULL,              -- of the file, without its folder
            sha256 BLOB NOT NULL UNIQUE,
            data BLOB NOT NULL               -- the file's octets, compressed with zlib
        )"""
    )


def keep_trends(connection: sqlite3.Connection) -> None:
    """What months of rides are judged by: each ride's newest summary as rows, and what the rider changed.

    The rows say again what the summary in `derived` says, and are written in the same transaction; a ride without them
    is summarised again. A ride that cannot be summarised has a row with the problem instead.
    """
    _execute(
        connection,
        """
        CREATE TABLE summaries (
            ride INTEGER PRIMARY KEY REFERENCES rides (number),
            day TEXT NOT NULL,               -- on which it started, by the rider's clock; ISO 8601
            meter BLOB NOT NULL,             -- of a pair both
            balance TEXT NOT NULL,           -- measured, estimated, …
            reference TEXT NOT NULL,         -- whose share the meter's number is
            swapped INTEGER NOT NULL,        -- whether the rider said that left is right
            version TEXT NOT NULL,           -- of the summary in `derived`
            basis TEXT NOT NULL,             -- by which code and profiles that version was found to be the one wanted
            problem TEXT NOT NULL DEFAULT '' -- why it could not be summarised
        );

        CREATE INDEX summaries_by_basis ON summaries (basis);

        CREATE TABLE bands (              -- those in which the ride has a share and its error
            ride INTEGER NOT NULL REFERENCES summaries (ride),
            name TEXT NOT NULL,
            low_ftp REAL NOT NULL,
            high_ftp REAL,
            left_percent REAL NOT NULL,
            standard_error REAL NOT NULL,
            seconds REAL NOT NULL,
            revolutions INTEGER NOT NULL,
            power_w REAL,
            PRIMARY KEY (ride, low_ftp)
        ) WITHOUT ROWID;

        CREATE TABLE changes (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK (kind IN ('fit', 'injury', 'training')),
            first_day TEXT NOT NULL,         -- by the rider's clock; ISO 8601
            last_day TEXT NOT NULL,          -- the same for a change of one day
            words TEXT NOT NULL
        );
        """,
    )


def keep_derived_values_in_one_table(connection: sqlite3.Connection) -> None:
    """All that is derived from rides, each value by its name and the version of what derived it.

    Of each ride's bands there is one row, with the basis on which that version was found to be the one wanted (the code
    and all profiles) or the problem for which there are none. Values that were derived before are taken over.
    """
    _execute(
        connection,
        """
        CREATE TABLE derived_values (
            number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the highest is the newest
            ride INTEGER NOT NULL REFERENCES rides (number),
            name TEXT NOT NULL,              -- summary, bands, analysis, contribution
            version TEXT NOT NULL,           -- a digest of the code's number and of what a profile says that matters
            value BLOB NOT NULL,
            basis TEXT NOT NULL DEFAULT '',
            problem TEXT NOT NULL DEFAULT '',
            UNIQUE (ride, name, version)
        );

        CREATE INDEX derived_values_by_name ON derived_values (name, ride);
        """,
    )
    _take_over_derived_values(connection)
    for table in ("derived", "bands", "summaries"):
        connection.execute(f"DROP TABLE {table}")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    keep_rides,
    keep_what_is_learnt,
    keep_originals,
    keep_trends,
    keep_derived_values_in_one_table,
)


# Derived values of libraries with four migrations, taken over by the fifth; names stay as they were then. Versions
# named the code's number, the profile's id and version, and a digest of nearly all that the profile said. Profiles are
# found in the setups of the library's own rides.
_NAMES = {"summary": "summary", "reading": "analysis", "lesson": "contribution"}
_CODES = {"summary": "5", "reading": "1 5", "lesson": "4"}
_NEW_CODES = {"summary": "5", "bands": "5.1", "analysis": "5.1", "contribution": "4"}
_LEFT_OUT: dict[str, Any] = {
    "connections": None,
    "connecting": "",
    "unlock": "",
    "recognise": [],
    "statements": [],
}
_OF_BAND = ("name", "low_ftp", "high_ftp")
_OF_SHARE = ("left_percent", "standard_error", "seconds", "revolutions", "power_w")
_MATTERS = (
    "id",
    "kind",
    "side",
    "reference",
    "swapped",
    "resolution_percent",
    "rezeroes",
    "falls_back",
    "peripherals",
    "left_names",
    "right_names",
)


def _take_over_derived_values(connection: sqlite3.Connection) -> None:
    profiles = dict(_profiles(connection))
    rows = connection.execute(
        "SELECT ride, what, version, value FROM derived WHERE meter = '' ORDER BY number"
    )
    for ride, what, version, value in rows.fetchall():
        code, profile = _parted(version)
        if what in _NAMES and code == _CODES[what] and profile in profiles:
            name = _NAMES[what]
            _insert(
                connection, ride, name, profiles[profile], _renamed(value) if name == "analysis" else value
            )
    summaries = connection.execute(
        "SELECT ride, meter, balance, reference, swapped, version, name, low_ftp, high_ftp, left_percent,"
        " standard_error, seconds, revolutions, power_w FROM summaries LEFT JOIN bands USING (ride)"
        " WHERE problem = '' ORDER BY ride, low_ftp"
    ).fetchall()
    for (ride, meter, balance, reference, swapped, version), bands in groupby(summaries, lambda row: row[:6]):
        code, profile = _parted(version)
        if code == _CODES["summary"] and profile in profiles:
            shares = [
                dict(zip(_OF_BAND, band[6:9], strict=True), share=dict(zip(_OF_SHARE, band[9:], strict=True)))
                for band in bands
                if band[6] is not None
            ]
            value = msgspec.msgpack.encode((meter, balance, reference, bool(swapped), shares))
            _insert(connection, ride, "bands", profiles[profile], value)


def _insert(
    connection: sqlite3.Connection, ride: int, name: str, profile: list[object], value: bytes
) -> None:
    connection.execute(
        "INSERT INTO derived_values (ride, name, version, value) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (ride, name, version) DO UPDATE SET value = excluded.value",
        (ride, name, _digest([_NEW_CODES[name], *profile], 8), value),
    )


def _profiles(connection: sqlite3.Connection) -> Iterator[tuple[str, list[object]]]:
    """What versions say of each profile that a ride was ridden with, and what of it matters, also as told otherwise."""
    for (setup,) in connection.execute("SELECT DISTINCT setup FROM rides").fetchall():
        with suppress(msgspec.DecodeError, KeyError, TypeError):
            profile: dict[str, Any] = msgspec.json.decode(setup)["profile"]
            for reference in ("flag", "left", "right"):
                variant = profile | {"reference": reference}
                former = _digest(variant | _LEFT_OUT, 4)
                yield f"{variant['id']} {variant['version']} {former}", [variant[key] for key in _MATTERS]


def _parted(version: str) -> tuple[str, str]:
    code, *profile = version.rsplit(" ", 3)
    return code, " ".join(profile)


def _renamed(reading: bytes) -> bytes:
    values = msgspec.msgpack.decode(reading)
    return msgspec.msgpack.encode({"analysis": values["reading"], "notes": values["notes"]})


def _digest(value: object, size: int) -> str:
    return hashlib.blake2s(msgspec.json.encode(value), digest_size=size).hexdigest()

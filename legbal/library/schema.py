"""How is the library laid out? Numbered migrations, and the two ways to open the file.

`PRAGMA user_version` holds the number of migrations that a file has seen. All that are missing run in one
transaction: a library is as it was before, or up to date. Migrations are never edited, only added.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from legbal.errors import LibraryError, SchemaError
from legbal.library.former_values import take_over_derived_values

_OWN = 0o600  # rights of a file that only the rider may read
BUSY_WAIT_S = 2.0  # another legbal's commit takes milliseconds; whoever waits longer tells the rider


def keep_rides(connection: sqlite3.Connection) -> None:
    """Rides, and their inputs in the order in which they were recorded.

    An input's key is `ride number << 32 | sequence`, so that a ride is one range of a table that only grows
    at its end, with no index beside it. Its channel says once what all inputs of one kind share: what it is,
    from which meter, and the characteristic (or the mark's kind, or the link's state).
    """
    connection.execute(
        """CREATE TABLE rides (
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
        )"""
    )
    connection.execute("CREATE INDEX rides_by_start ON rides (started)")
    connection.execute(
        """CREATE TABLE channels (
            ride INTEGER NOT NULL REFERENCES rides (number),
            channel INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('notification', 'mark', 'link', 'tick')),
            meter BLOB NOT NULL,
            name BLOB NOT NULL,
            PRIMARY KEY (ride, channel)
        ) WITHOUT ROWID"""
    )
    connection.execute("CREATE INDEX channels_by_meter ON channels (meter, ride)")
    connection.execute(
        "CREATE TABLE inputs (key INTEGER PRIMARY KEY, t REAL, channel INTEGER NOT NULL, data BLOB)"
    )
    connection.execute(
        """CREATE TABLE gaps (               -- inputs that arrived and could not be kept
            ride INTEGER NOT NULL REFERENCES rides (number),
            sequence INTEGER NOT NULL,       -- of the first input after the gap
            first_t REAL NOT NULL,
            last_t REAL NOT NULL,
            lost INTEGER NOT NULL,
            PRIMARY KEY (ride, sequence)
        ) WITHOUT ROWID"""
    )


def keep_what_is_learnt(connection: sqlite3.Connection) -> None:
    """What is added to a ride afterwards (marks, derived values by version), and the meters ridden with."""
    connection.execute(
        """CREATE TABLE marks (
            number INTEGER PRIMARY KEY,
            ride INTEGER NOT NULL REFERENCES rides (number),
            t REAL NOT NULL,
            kind TEXT NOT NULL,
            text TEXT NOT NULL
        )"""
    )
    connection.execute("CREATE INDEX marks_by_ride ON marks (ride, t)")
    connection.execute(
        """CREATE TABLE derived (
            number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the highest is the newest
            ride INTEGER NOT NULL REFERENCES rides (number),
            what TEXT NOT NULL,
            meter TEXT NOT NULL,             -- '' where the value is of the whole ride
            version TEXT NOT NULL,           -- of what derived it
            value BLOB NOT NULL,
            UNIQUE (ride, what, meter, version)
        )"""
    )
    connection.execute(
        """CREATE TABLE meters (
            address TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            last_used TEXT NOT NULL,
            choices BLOB NOT NULL            -- JSON: profile, alias, what the rider said about its sides
        )"""
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
    connection.execute(
        """CREATE TABLE summaries (
            ride INTEGER PRIMARY KEY REFERENCES rides (number),
            day TEXT NOT NULL,               -- on which it started, by the rider's clock; ISO 8601
            meter BLOB NOT NULL,             -- of a pair both
            balance TEXT NOT NULL,           -- measured, estimated, …
            reference TEXT NOT NULL,         -- whose share the meter's number is
            swapped INTEGER NOT NULL,        -- whether the rider said that left is right
            version TEXT NOT NULL,           -- of the summary in `derived`
            basis TEXT NOT NULL,             -- by which code and profiles that version was found to be the one wanted
            problem TEXT NOT NULL DEFAULT '' -- why it could not be summarised
        )"""
    )
    connection.execute("CREATE INDEX summaries_by_basis ON summaries (basis)")
    connection.execute(
        """CREATE TABLE bands (              -- those in which the ride has a share and its error
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
        ) WITHOUT ROWID"""
    )
    connection.execute(
        """CREATE TABLE changes (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK (kind IN ('fit', 'injury', 'training')),
            first_day TEXT NOT NULL,         -- by the rider's clock; ISO 8601
            last_day TEXT NOT NULL,          -- the same for a change of one day
            words TEXT NOT NULL
        )"""
    )


def keep_derived_values_in_one_table(connection: sqlite3.Connection) -> None:
    """All that is derived from rides, each value by its name and the version of what derived it.

    Of each ride's bands there is one row, with the basis on which that version was found to be the one wanted (the code
    and all profiles) or the problem for which there are none. Values that were derived before are taken over.
    """
    connection.execute(
        """CREATE TABLE derived_values (
            number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the highest is the newest
            ride INTEGER NOT NULL REFERENCES rides (number),
            name TEXT NOT NULL,              -- summary, bands, analysis, contribution
            version TEXT NOT NULL,           -- a digest of the code's number and of what a profile says that matters
            value BLOB NOT NULL,
            basis TEXT NOT NULL DEFAULT '',
            problem TEXT NOT NULL DEFAULT '',
            UNIQUE (ride, name, version)
        )"""
    )
    connection.execute("CREATE INDEX derived_values_by_name ON derived_values (name, ride)")
    take_over_derived_values(connection)
    for table in ("derived", "bands", "summaries"):
        connection.execute(f"DROP TABLE {table}")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    keep_rides,
    keep_what_is_learnt,
    keep_originals,
    keep_trends,
    keep_derived_values_in_one_table,
)


def open_writing(path: Path) -> sqlite3.Connection:
    """Opens the library to write, making its folder and file and bringing its schema up to date as needed.

    The connection is in WAL mode with `synchronous=NORMAL` and opens no transactions by itself. It may be
    used by one thread at a time. Raises LibraryError, or SchemaError for a library of a newer legbal.
    """
    with explained(path):
        _refuse_what_is_no_file(path)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(OSError):  # SQLite says better what prevents it
            os.close(
                os.open(path, os.O_RDWR | os.O_CREAT, _OWN)
            )  # it gives the files beside this one the same rights
        connection = sqlite3.connect(path, BUSY_WAIT_S, isolation_level=None, check_same_thread=False)
        try:
            if _version(connection, path) < len(MIGRATIONS):
                _migrate(connection, path)
            connection.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            connection.close()
            raise
        return connection


def open_reading(path: Path) -> sqlite3.Connection | None:
    """Opens the library to read only; None where there is none yet. Raises as `open_writing` does.

    A library of an older legbal is brought up to date first, which needs the right to write.
    """
    with explained(path):
        if not path.exists():
            return None
        _refuse_what_is_no_file(path)
        connection = _read_only(path)
        try:
            if _version(connection, path) < len(MIGRATIONS):
                connection.close()
                open_writing(path).close()
                connection = _read_only(path)
        except BaseException:
            connection.close()
            raise
        return connection


def read_rows(path: Path, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """What one query finds in the library; nothing where there is no library yet. Raises LibraryError."""
    with explained(path):
        connection = open_reading(path)
        if connection is None:
            return []
        with closing(connection):
            return connection.execute(query, values).fetchall()


def _refuse_what_is_no_file(path: Path) -> None:
    """Raises LibraryError for a pipe, which would be waited for, a folder or a device."""
    if path.exists() and not path.is_file():
        raise LibraryError(
            f"the library {path}: it is not a file",
            hint="Move it away; legbal then starts a new library. LEGBAL_HOME names another folder.",
        )


def _read_only(path: Path) -> sqlite3.Connection:
    """A read-only connection, also to a library that lies where not even SQLite's own files can be made."""
    address = path.absolute().as_uri()
    for options in ("mode=ro", "mode=ro&immutable=1"):
        connection = sqlite3.connect(
            f"{address}?{options}", BUSY_WAIT_S, uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("SELECT count(*) FROM sqlite_schema")
        except sqlite3.Error as error:
            connection.close()
            # A closed library has no WAL beside it. In a read-only folder SQLite can then not read a file in
            # WAL mode, unless told that nobody writes, which holds there.
            refused = _primary_code(error) in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
            if not refused or path.with_name(path.name + "-wal").exists():
                raise
            failure = error
        else:
            return connection
    raise failure


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """How many migrations the library has seen. Raises SchemaError where that is more than are known."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise SchemaError(
            f"the library {path} has schema {version}; this legbal knows schemas up to {len(MIGRATIONS)}",
            hint="It was written by a newer legbal: update legbal, or set LEGBAL_HOME to use another folder.",
        )
    return version


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    path.chmod(_OWN)  # former versions let everybody on this machine read it
    connection.execute("PRAGMA journal_mode = WAL")
    with transaction(connection):
        seen = _version(connection, path)  # another process may have been first
        for migration in MIGRATIONS[seen:]:
            migration(connection)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of what is done inside, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # SQLite may have rolled back already; the first error is what counts
            connection.execute("ROLLBACK")
        raise


_ADVICE = {
    sqlite3.SQLITE_FULL: (
        "the disk is full",
        "Free some space; a ride that is being recorded goes on by itself.",
    ),
    sqlite3.SQLITE_READONLY: (
        "it may not be written",
        "Give yourself the right to write it, or set LEGBAL_HOME to another folder.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "it cannot be opened",
        "Check that its folder exists and is yours, or set LEGBAL_HOME to another folder.",
    ),
    sqlite3.SQLITE_BUSY: ("another program has locked it", "Close the program that holds it open."),
    sqlite3.SQLITE_IOERR: ("reading or writing it failed", "Check the disk and the space left on it."),
    sqlite3.SQLITE_CORRUPT: (
        "it is damaged",
        "Move it away and start a new one; `sqlite3 library.sqlite .recover` may save what is in it.",
    ),
    sqlite3.SQLITE_NOTADB: ("it is no SQLite file", "Move it away; legbal then starts a new library."),
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what SQLite and the file system say about the library at `path` into a LibraryError."""
    try:
        yield
    except sqlite3.Error as error:
        problem, hint = _ADVICE.get(_primary_code(error), (str(error), "`legbal doctor` checks the library."))
        raise LibraryError(f"the library {path}: {problem} ({error})", hint=hint) from error
    except OSError as error:
        raise LibraryError(
            f"the library {path}: {error.strerror or error}",
            hint="Check its folder and the space on its disk, or set LEGBAL_HOME to another folder.",
        ) from error


def _primary_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 for an error that the Python module itself raised."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF

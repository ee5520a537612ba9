"""The two ways to open the library: to write, brought up to date, or to read only."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from legbal.errors import LibraryError, SchemaError
from legbal.library import primary_code, schema, translate_errors

_OWN = 0o600  # rights of a file that only the rider may read
BUSY_WAIT_S = 2.0  # another legbal's commit takes milliseconds; whoever waits longer tells the rider


def open_writing(path: Path) -> sqlite3.Connection:
    """Opens the library to write, making its folder and file and bringing its schema up to date as needed.

    The connection is in WAL mode with `synchronous=NORMAL` and opens no transactions by itself. It may be
    used by one thread at a time. Raises LibraryError, or SchemaError for a library of a newer legbal.
    """
    with translate_errors(path):
        _refuse_what_is_no_file(path)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(OSError):  # SQLite says better what prevents it
            # SQLite gives the files beside this one the same rights.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, _OWN))
        connection = sqlite3.connect(path, BUSY_WAIT_S, isolation_level=None, check_same_thread=False)
        try:
            if _version(connection, path) < len(schema.MIGRATIONS):
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
    with translate_errors(path):
        if not path.exists():
            return None
        _refuse_what_is_no_file(path)
        with closing(_read_only(path)) as connection:
            current = _version(connection, path) == len(schema.MIGRATIONS)
        if not current:
            open_writing(path).close()
        return _read_only(path)


def _refuse_what_is_no_file(path: Path) -> None:
    """Raises LibraryError for a pipe, which would be waited for, a folder or a device."""
    if path.exists() and not path.is_file():
        raise LibraryError(
            f"the library {path}: it is not a file",
            hint="Move it away; legbal then starts a new library. LEGBAL_HOME names another folder.",
        )


def _read_only(path: Path, options: str = "mode=ro") -> sqlite3.Connection:
    """A read-only connection, also to a library that lies where not even SQLite's own files can be made."""
    uri = f"{path.absolute().as_uri()}?{options}"
    connection = sqlite3.connect(uri, BUSY_WAIT_S, uri=True, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema")
    except sqlite3.Error as error:
        connection.close()
        # A closed library has no WAL beside it. In a read-only folder SQLite can then not read a file in
        # WAL mode, unless told that nobody writes, which holds there.
        refused = primary_code(error) in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if not refused or options != "mode=ro" or path.with_name(path.name + "-wal").exists():
            raise
        return _read_only(path, "mode=ro&immutable=1")
    return connection


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """How many migrations the library has seen. Raises SchemaError where that is more than are known."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(schema.MIGRATIONS):
        raise SchemaError(
            f"the library {path} has schema {version}; this legbal knows schemas up to {len(schema.MIGRATIONS)}",
            hint="It was written by a newer legbal: update legbal, or set LEGBAL_HOME to use another folder.",
        )
    return version


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    path.chmod(_OWN)  # former versions let everybody on this machine read it
    connection.execute("PRAGMA journal_mode = WAL")
    with transaction(connection):
        # Another process may have been first.
        for migration in schema.MIGRATIONS[_version(connection, path) :]:
            migration(connection)
        connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS)}")


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


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """The library open to write, in one transaction: all of what is done inside, or nothing. Raises LibraryError."""
    with translate_errors(path), closing(open_writing(path)) as connection, transaction(connection):
        yield connection

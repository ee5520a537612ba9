"""The two ways to open the library: to write, brought up to date, or to read only."""

import os
import re
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from legbal.errors import DamagedError, LibraryError, SchemaError
from legbal.library import REPAIR, primary_code, schema, translate_errors
from legbal.paths import make_folder

_AGAIN_S = 0.01  # from one try to the next where SQLite does not wait
_OWN = 0o600  # rights of a file that only the rider may read
_APPLICATION = int.from_bytes(b"legb")  # by which SQLite's header tells a library from other programs' files
# by what the names begin that legbal gives what it puts into its folder
_OURS = {"library", "recording", "deriving", "config", "profiles"}
_TABLES = {"rides", "channels", "inputs"}  # of every schema; former libraries have no such number
BESIDE = ("-wal", "-shm", "-journal")  # the endings of what SQLite has beside a database's file
BUSY_WAIT_S = 2.0  # another legbal's commit takes milliseconds; whoever waits longer tells the rider


def open_writing(path: Path) -> sqlite3.Connection:
    """Opens the library to write, making its folder and file and bringing its schema up to date as needed.

    The connection is in WAL mode with `synchronous=NORMAL` and opens no transactions by itself. It may be
    used by one thread at a time. Raises LibraryError, or SchemaError for a library of a newer legbal.
    """
    with translate_errors(path):
        _refuse_what_is_no_library(path)
        make_folder(path.parent)
        with suppress(OSError):  # SQLite says better what prevents it
            # SQLite gives the files beside this one the same rights.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, _OWN))
        connection = sqlite3.connect(path, timeout=BUSY_WAIT_S, isolation_level=None, check_same_thread=False)
        try:
            if _version(connection, path) < len(schema.MIGRATIONS):
                _migrate(connection, path)
            connection.execute("PRAGMA synchronous = NORMAL")
            _keep_private(path)
        except BaseException:
            connection.close()
            raise
        return connection


def open_reading(path: Path) -> sqlite3.Connection | None:
    """Opens the library to read only; None where there is none yet. Raises as `open_writing` does.

    A library of an older legbal is brought up to date first, which needs the right to write.
    """
    with translate_errors(path):
        _refuse_what_is_no_library(path)
        if not path.exists():
            return None
        _keep_private(path)
        connection = _read_only(path)
        try:
            current = _version(connection, path) == len(schema.MIGRATIONS)
        except BaseException:
            connection.close()
            raise
        if current:
            return connection
        connection.close()
        open_writing(path).close()
        return _read_only(path)


def _keep_private(path: Path) -> None:
    """Lets nobody but the rider read the library: former versions did, and copies and restored folders do.

    A folder in which there is also something of others is left as it is.
    """
    file = path.resolve()  # what a link leads to: SQLite has its own files beside that
    names = [file, *(file.with_name(file.name + end) for end in BESIDE)]
    with suppress(OSError):
        beside = {re.split("[.-]", file.name.lstrip("."))[0] for file in path.parent.iterdir()}
        names += [path.parent] if beside <= _OURS else []
    for name in names:
        with suppress(OSError):  # it is not there, or not the rider's
            mode = stat.S_IMODE(name.stat().st_mode)
            if mode & 0o077:
                name.chmod(mode & 0o700)


def _refuse_what_is_no_library(path: Path) -> None:
    """Raises LibraryError for what cannot be the library's file, nor be made one.

    A pipe, which would be waited for, a folder or a device, also where SQLite would have its own files; a link that
    leads nowhere; a folder that is none.
    """
    wrong = path
    if path.exists() or path.is_symlink():
        problem = "" if path.is_file() else "it is not a file" if path.exists() else "it is a link to nothing"
    else:
        wrong = next(folder for folder in path.absolute().parents if folder.exists() or folder.is_symlink())
        problem = "" if wrong.is_dir() else f"{wrong} is not a folder"
    if problem:
        raise LibraryError(
            f"the library {path}: {problem}",
            hint="Move it away; legbal then starts a new library. LEGBAL_HOME names another folder.",
        )
    file = path.resolve()
    beside = [file.with_name(file.name + end) for end in BESIDE]
    wrong = next((x for x in beside if (x.exists() or x.is_symlink()) and not x.is_file()), path)
    if wrong is not path:
        raise LibraryError(
            f"the library {path}: {wrong.name} beside it is not a file",
            hint="Move that away; the library itself is left as it is.",
        )
    log = beside[0]
    # SQLite would take the log away
    if not (path.exists() and path.stat().st_size) and log.exists() and log.stat().st_size:
        raise DamagedError(f"the library {path}: of it only {log.name} is left", hint=REPAIR)


def _read_only(path: Path, options: str = "mode=ro") -> sqlite3.Connection:
    """A read-only connection, also to a library that lies where not even SQLite's own files can be made."""
    uri = f"{path.absolute().as_uri()}?{options}"
    connection = sqlite3.connect(
        uri, timeout=BUSY_WAIT_S, uri=True, isolation_level=None, check_same_thread=False
    )
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
    """How many migrations the library has seen. Raises SchemaError where that is more than are known.

    Raises LibraryError for another program's database.
    """
    with _snapshot(connection):  # another process may just make or migrate it
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        named = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        }
    unnumbered = application == 0 and (named >= _TABLES if version else not named)
    if version < 0 or not (application == _APPLICATION or unnumbered):
        raise LibraryError(
            f"the library {path}: it is another program's database",
            hint="Nothing was changed in it. Move it away, or set LEGBAL_HOME to another folder.",
        )
    if version > len(schema.MIGRATIONS):
        raise SchemaError(
            f"the library {path} has schema {version}; this legbal knows schemas up to {len(schema.MIGRATIONS)}",
            hint="It was written by a newer legbal: update legbal, or set LEGBAL_HOME to use another folder.",
        )
    return version


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    _write_ahead(connection)
    with transaction(connection):
        # Another process may have been first.
        for migration in schema.MIGRATIONS[_version(connection, path) :]:
            migration(connection)
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS)}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Puts a new library into WAL mode. While another process just does so SQLite itself would not wait for it."""
    end = time.monotonic() + BUSY_WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_AGAIN_S)
        else:
            return


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Whatever is read inside is of one moment, in a transaction or not."""
    connection.execute("SAVEPOINT snapshot")
    yield
    connection.execute("RELEASE snapshot")


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

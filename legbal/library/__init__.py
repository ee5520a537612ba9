"""What is kept? Rides, meters, raw packets and marks in one SQLite file; and what can go wrong with that."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from legbal.errors import DamagedError, LibraryError

REPAIR = "`legbal library repair` makes a new library of what it still holds, and keeps the file."
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
    sqlite3.SQLITE_CORRUPT: ("it is damaged", REPAIR),
    sqlite3.SQLITE_NOTADB: (
        "it is no SQLite file",
        f"If it was your library: {REPAIR} Otherwise move it away.",
    ),
}
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turns what SQLite and the file system say about the library at `path` into a LibraryError."""
    try:
        yield
    except sqlite3.Error as error:
        problem, hint = _ADVICE.get(
            primary_code(error), ("SQLite fails", "`legbal doctor` checks the library.")
        )
        if primary_code(error) == sqlite3.SQLITE_CANTOPEN and _may_not_read(path):
            problem, hint = "you may not read it", "Give yourself the right to read and write it."
        kind = DamagedError if primary_code(error) in _DAMAGED else LibraryError
        raise kind(f"the library {path}: {problem} ({error})", hint=hint) from error
    except OSError as error:
        # of the files that lie beside it, too
        where = "" if error.filename in (None, str(path)) else f"{error.filename}: "
        raise LibraryError(
            f"the library {path}: {where}{error.strerror or error}",
            hint="Check its folder and the space on its disk, or set LEGBAL_HOME to another folder.",
        ) from error


def _may_not_read(path: Path) -> bool:
    effective = os.access in os.supports_effective_ids
    there, readable = (os.access(path, mode, effective_ids=effective) for mode in (os.F_OK, os.R_OK))
    return there and not readable


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 for an error that the Python module itself raised."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF

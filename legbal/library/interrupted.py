"""Which rides are being recorded right now, and which were interrupted and wait to be closed?

A recorder holds a lock of the operating system on a file of its ride. The system frees it when the process
is gone, however it went; so a ride is known as interrupted at once, by no clock and no process number. Where
such locks do not work, SQLite does not either.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path

from legbal.library.rows import SEQUENCE_BITS
from legbal.library.schema import explained, open_reading, open_writing, transaction


class RecordingLock:
    """Held while a ride of the library at `path` is recorded; one holder among all processes."""

    def __init__(self, path: Path, ride: str) -> None:
        self._path = path.parent / "recording" / f"{ride}.lock"
        self._file: int | None = None

    def acquire(self) -> bool:
        """Takes the lock; False if somebody else has it. Raises OSError where its file cannot be made."""
        if self._file is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(file)
        except (BlockingIOError, PermissionError):
            os.close(file)
            return False
        except BaseException:
            os.close(file)
            raise
        self._file = file
        return True

    def release(self) -> None:
        """Gives the lock up, once the ride is closed in the library, and removes its file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
            with suppress(OSError):  # an empty file that stays behind harms nobody
                self._path.unlink()


def close_interrupted(path: Path) -> tuple[str, ...]:
    """Closes the rides that nobody records any more; gives their ids. A missing library has none.

    Raises LibraryError.
    """
    with explained(path):
        reading = open_reading(path)
        if reading is None:
            return ()
        try:
            found = reading.execute(
                "SELECT id FROM rides WHERE state = 'recording' ORDER BY number"
            ).fetchall()
        finally:
            reading.close()
        if not found:
            return ()
        connection = open_writing(path)
        try:
            return tuple(ride for (ride,) in found if _close(connection, path, ride))
        finally:
            connection.close()


def _close(connection: sqlite3.Connection, path: Path, ride: str) -> bool:
    lock = RecordingLock(path, ride)
    if not lock.acquire():
        return False
    try:
        with transaction(connection):
            changed = connection.execute(
                "UPDATE rides SET state = 'interrupted', duration_s = coalesce("
                "  (SELECT t FROM inputs WHERE key >= number << :bits AND key < (number + 1) << :bits"
                "   ORDER BY key DESC LIMIT 1), 0)"
                " WHERE id = :ride AND state = 'recording'",
                {"bits": SEQUENCE_BITS, "ride": ride},
            ).rowcount
    finally:
        lock.release()
    return changed > 0


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

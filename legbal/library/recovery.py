"""Which rides are being recorded right now, and which were interrupted and wait to be closed?

A recorder holds a lock of the operating system on a file of its ride. The system frees it when the process
is gone, however it went; so a ride is known as interrupted at once, by no clock and no process number. Where
such locks do not work, SQLite does not either.
"""

import os
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

from legbal.library.connection import open_writing, transaction, translate_errors
from legbal.library.rides import read_rows
from legbal.library.writer import LAST_T


class SystemLock:
    """A lock among all processes on `file`, which the system frees when its holder is gone, however it went.

    The file is made as needed and stays, for whoever opened it waits for this one file; unless it is of `one_use`.
    """

    def __init__(self, file: Path, *, one_use: bool = False) -> None:
        self.file, self._one_use = file, one_use
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Takes the lock; False if somebody else has it. Raises OSError where its file cannot be made."""
        if self._descriptor is not None:
            return True
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
        except (BlockingIOError, PermissionError):
            os.close(descriptor)
            return False
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Gives the lock up, if it is held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            if self._one_use:
                with suppress(OSError):  # an empty file that stays behind harms nobody
                    self.file.unlink()


def recording_lock(path: Path, ride: str) -> SystemLock:
    """What is held while a ride of the library at `path` is recorded, until it is closed; no ride comes twice."""
    return SystemLock(path.parent / "recording" / f"{ride}.lock", one_use=True)


def close_interrupted(path: Path) -> tuple[str, ...]:
    """Closes the rides that nobody records any more; gives their ids. A missing library has none.

    Raises LibraryError.
    """
    rows = read_rows(path, "SELECT id FROM rides WHERE state = 'recording' ORDER BY number")
    if not rows:
        return ()
    with translate_errors(path), closing(open_writing(path)) as connection:
        return tuple(ride for (ride,) in rows if _close(connection, path, ride))


def _close(connection: sqlite3.Connection, path: Path, ride: str) -> bool:
    lock = recording_lock(path, ride)
    if not lock.acquire():
        return False
    try:
        with transaction(connection):
            closed = connection.execute(
                f"UPDATE rides SET state = 'interrupted', duration_s = {LAST_T}"
                " WHERE id = ? AND state = 'recording'",
                (ride,),
            )
            return closed.rowcount > 0
    finally:
        lock.release()


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

"""Which rides are being recorded right now, and which were interrupted and wait to be closed?

A recorder holds a lock of the operating system on a file of its ride. The system frees it when the process
is gone, however it went; so a ride is known as interrupted at once, by no clock and no process number. Where
such locks do not work, SQLite does not either.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from legbal.library.codec import SEQUENCE_BITS
from legbal.library.lock import SystemLock
from legbal.library.schema import explained, open_writing, read_rows, transaction


class RecordingLock(SystemLock):
    """Held while a ride of the library at `path` is recorded; one holder among all processes."""

    def __init__(self, path: Path, ride: str) -> None:
        super().__init__(path.parent / "recording" / f"{ride}.lock")

    def release(self) -> None:
        """Gives the lock up, once the ride is closed in the library, and removes its file: no ride comes twice."""
        if self.held:
            super().release()
            with suppress(OSError):  # an empty file that stays behind harms nobody
                self.file.unlink()


def close_interrupted(path: Path) -> tuple[str, ...]:
    """Closes the rides that nobody records any more; gives their ids. A missing library has none.

    Raises LibraryError.
    """
    found = read_rows(path, "SELECT id FROM rides WHERE state = 'recording' ORDER BY number")
    if not found:
        return ()
    with explained(path), closing(open_writing(path)) as connection:
        return tuple(ride for (ride,) in found if _close(connection, path, ride))


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

"""How is a live ride kept? Handed over without waiting, committed twice a second by a thread of its own.

The event loop only appends to a queue and counts. When the disk is full, the library locked or not to be
written, the queue holds the ride (up to 64 MiB) and the thread tries again as often, after a defect of this
code, too; what no longer fits is counted, marked as a gap in its place, and told. Nothing that goes wrong here ends a
ride.

Meanwhile the recorder holds a lock of the operating system on a file of its ride. The system frees it when the process
is gone, however it went; so a ride is known as interrupted at once, by no clock and no process number. Where such locks
do not work, SQLite does not either.
"""

import os
import sqlite3
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from legbal import paths
from legbal.errors import LibraryError, reason
from legbal.library import translate_errors
from legbal.library.codec import Gap, encode_row
from legbal.library.connection import open_writing
from legbal.library.rides import read_rows
from legbal.library.writer import LAST_T, NewRide, RideWriter
from legbal.ride.inputs import Input

QUEUE_OCTETS = 64 * 2**20
_ONE_COMMIT = 20_000  # inputs: keeps a commit short when much has piled up


class RecorderStatus(msgspec.Struct, frozen=True):
    """How recording goes.

    `recording` is False while nothing can be written (then `reason` and `hint` are for the rider) and after
    the end. `written` and `lost` count inputs; `waiting` are in memory only.
    """

    recording: bool
    reason: str = ""
    hint: str = ""
    written: int = 0
    waiting: int = 0
    lost: int = 0


class Recorder:
    """Keeps one ride in the library, from `start` to `close`.

    Args:
        ride: what is known of the ride before its first input.
        path: the library file; default: the rider's.
        on_change: called with the status when recording stops or goes on again, and (at most once a commit)
            when inputs were lost. It is called by the recorder's own thread and must not raise: pass it on
            with `loop.call_soon_threadsafe`.
        commit_every_s: seconds between commits.
        queue_octets: how much may wait in memory.
    """

    def __init__(
        self,
        ride: NewRide,
        path: Path | None = None,
        *,
        on_change: Callable[[RecorderStatus], None] = lambda _: None,
        commit_every_s: float = 0.5,
        queue_octets: int = QUEUE_OCTETS,
    ) -> None:
        self.ride_id = ride.id
        self.path = paths.library_file() if path is None else path
        self._on_change = on_change
        self._every = commit_every_s
        self._limit = queue_octets
        self._writer = RideWriter(ride)
        self._lock = _recording_lock(self.path, ride.id)
        self._connection: sqlite3.Connection | None = None
        # Each count has one side that writes it (loop or thread), so that neither waits for the other.
        self._queue: deque[Input | Gap] = deque()
        self._octets_in = self._octets_out = self._inputs_in = self._lost = 0
        self._gap: Gap | None = None
        self._pending: list[Input | Gap] = []
        self._failure: LibraryError | None = None
        self._over = False
        self._reported = ("", 0)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="legbal recorder", daemon=True)

    def start(self) -> None:
        """Starts the thread; the ride appears in the library as soon as that can be written.

        Where the system has no more threads, that is told, and `close` writes the ride.
        """
        try:
            self._thread.start()
        except RuntimeError as error:
            self._failure = LibraryError(reason(error))
            self._tell()

    def record(self, item: Input) -> None:
        """Hands over one input. Never waits, never raises; called by one thread (the event loop's)."""
        try:
            size = _memory_octets(item)
        except Exception:  # nothing that a row could hold
            size = self._limit + 1
        if self._ending.is_set() or self._octets_in - self._octets_out + size > self._limit:
            self._lost += 1
            gap = self._gap or Gap(item.t, item.t, 0)
            self._gap = Gap(gap.first_t, item.t, gap.lost + 1)
            return
        if self._gap is not None:
            self._queue.append(self._gap)
            self._gap = None
        self._octets_in += size
        self._inputs_in += 1
        self._queue.append(item)

    @property
    def status(self) -> RecorderStatus:
        """How recording goes now; may be read by any thread."""
        failure, written = self._failure, self._writer.written
        waiting, lost = max(self._inputs_in - written, 0), self._lost
        if self._over:  # what was not written by the end is lost
            lost, waiting = lost + waiting, 0
        return RecorderStatus(
            recording=failure is None and not self._over,
            reason="" if failure is None else str(failure),
            hint="" if failure is None else failure.hint or "",
            written=written,
            waiting=waiting,
            lost=lost,
        )

    def close(self) -> RecorderStatus:
        """Commits everything, closes the ride and ends the thread; waits for that (call it off the loop).

        Gives the last status: `lost` then also counts what could not be written in a last attempt. A ride
        that could not be closed is closed, as interrupted, at the next start.
        """
        self._ending.set()
        if self._thread.ident is not None:
            self._thread.join()
        elif self._failure is not None:  # without a thread all of it is still in memory
            self._run()
        return self.status

    def _run(self) -> None:
        try:
            self._attempt(finish=False)
            while not self._ending.wait(self._every):
                self._attempt(finish=False)
            self._attempt(finish=True)
        finally:
            self._over = True
            self._disconnect()
            self._lock.release()
            self._tell()

    def _attempt(self, *, finish: bool) -> None:
        try:
            with translate_errors(self.path):
                self._write_all(finish=finish)
        except Exception as error:  # a defect, too, is told, and what it left unwritten tried again
            self._disconnect()
            self._failure = error if isinstance(error, LibraryError) else LibraryError(reason(error))
        else:
            self._failure = None
        self._tell()

    def _write_all(self, *, finish: bool) -> None:
        if self._connection is None:
            if self._writer.number is None:
                close_interrupted(self.path)
            self._connection = open_writing(self.path)
            self._lock.acquire()  # before the ride's row is there for others to find
        if self._writer.number is None:  # the ride itself, small enough for a disk that is all but full
            self._writer.write(self._connection, ())
        while True:
            while self._queue and len(self._pending) < _ONE_COMMIT:
                self._pending.append(self._queue.popleft())
            last = not self._queue
            if finish and last and self._gap is not None:
                self._pending.append(self._gap)
                self._gap = None
            if self._pending or finish:
                self._writer.write(self._connection, self._pending, finish=finish and last)
            self._octets_out += sum(_memory_octets(x) for x in self._pending if not isinstance(x, Gap))
            self._pending = []
            if last:
                return

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # the commits before it stand
                connection.close()

    def _tell(self) -> None:
        status = self.status
        now = (status.reason, status.lost)
        if now != self._reported:
            self._reported = now
            with suppress(Exception):  # whoever cannot be told, as a loop that is closed, ends no recording
                self._on_change(status)


def _memory_octets(item: Input) -> int:
    """About how many octets an input takes in memory: 128 (measured, rounded up) besides its payload."""
    return 128 + len(encode_row(item)[1] or b"")


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
        paths.make_folder(self.file.parent)
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


def _recording_lock(path: Path, ride: str) -> SystemLock:
    """What is held while a ride of the library at `path` is recorded, until it is closed; no ride comes twice."""
    return SystemLock(path.parent / "recording" / f"{ride}.lock", one_use=True)


def is_recorded(path: Path, ride: str) -> bool:
    """Whether some process records this ride of the library at `path` just now. Raises OSError."""
    lock = _recording_lock(path, ride)
    free = lock.acquire()
    lock.release()
    return not free


def recorded_rides(path: Path) -> list[str]:
    """The rides that are recorded just now, whether or not the library at `path` can be read. Raises OSError."""
    locks = _recording_lock(path, "*").file
    return [file.stem for file in locks.parent.glob(locks.name) if is_recorded(path, file.stem)]


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
    lock = _recording_lock(path, ride)
    if not lock.acquire():
        return False
    try:
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

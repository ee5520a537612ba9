"""How is a live ride kept? Handed over without waiting, committed once a second by a thread of its own.

The event loop only appends to a queue and counts. When the disk is full, the library locked or not to be
written, the queue holds the ride (up to 64 MiB) and the thread tries again every second; what no longer fits
is counted, marked as a gap in its place, and told. Nothing that goes wrong here ends a ride.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from legbal import paths
from legbal.errors import LibraryError
from legbal.library.codec import Gap, payload_size
from legbal.library.connection import open_writing, translate_errors
from legbal.library.recovery import close_interrupted, recording_lock
from legbal.library.writer import NewRide, RideWriter
from legbal.ride.inputs import Input

QUEUE_OCTETS = 64 * 2**20
COMMIT_EVERY_S = 1.0
_INPUT_OCTETS = 128  # what one input takes in memory besides its payload (measured, rounded up)
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
        commit_every_s: float = COMMIT_EVERY_S,
        queue_octets: int = QUEUE_OCTETS,
    ) -> None:
        self.ride_id = ride.id
        self.path = paths.library_file() if path is None else path
        self._on_change = on_change
        self._every = commit_every_s
        self._limit = queue_octets
        self._writer = RideWriter(ride)
        self._lock = recording_lock(self.path, ride.id)
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
        """Starts the thread; the ride appears in the library as soon as that can be written."""
        self._thread.start()

    def record(self, item: Input) -> None:
        """Hands over one input. Never waits, never raises; called by one thread (the event loop's)."""
        size = _INPUT_OCTETS + payload_size(item)
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
        return self.status

    def _run(self) -> None:
        try:
            self._attempt(finish=False)
            while not self._ending.wait(self._every):
                self._attempt(finish=False)
            self._attempt(finish=True)
        finally:
            if not self._ending.is_set():  # a defect: its traceback goes to standard error
                self._failure = LibraryError("the recorder stopped; the ride is no longer kept")
            self._over = True
            self._disconnect()
            self._lock.release()
            self._tell()

    def _attempt(self, *, finish: bool) -> None:
        """Writes all that waits; on failure keeps it for the next attempt and says why."""
        try:
            with translate_errors(self.path):
                self._write_all(finish=finish)
        except LibraryError as error:
            self._disconnect()
            self._failure = error
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
            self._octets_out += sum(
                _INPUT_OCTETS + payload_size(item) for item in self._pending if not isinstance(item, Gap)
            )
            self._pending = []
            if last:
                return

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _tell(self) -> None:
        status = self.status
        now = (status.reason, status.lost)
        if now != self._reported:
            self._reported = now
            with suppress(RuntimeError):  # a loop that is closed already cannot be told
                self._on_change(status)

"""Rides summarised again after the code or a profile has changed: in processes, out of the way of a live ride.

One process among all does it at a time. Each ride is committed by itself, so that it can end at any moment and goes on
where it was; that a ride is to be done again is seen from its rows, and noted nowhere else.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    as_completed,
)
from functools import partial
from pathlib import Path

from legbal.errors import LibraryError
from legbal.library.lock import SystemLock
from legbal.library.rides import Library
from legbal.library.schema import explained
from legbal.library.summaries import Waiting, keep_problem, waiting
from legbal.meters.profile import Profile
from legbal.review.kept import Found, basis, summarised, write

_FEW = 3  # rides: starting processes takes as long
_MOST_WORKERS = 61  # that Windows can wait for
_NICENESS = 10


def going_on(path: Path) -> bool:
    """Whether some process brings the library at `path` up to date just now. Raises LibraryError."""
    lock = _lock(path)
    if not lock.file.exists():
        return False
    with explained(path):
        free = lock.acquire()
    lock.release()
    return not free


def bring_up_to_date(
    path: Path, profiles: Sequence[Profile], tell: Callable[[int, int], None] = lambda _done, _of: None
) -> bool:
    """Summarises every ride again that needs it, the newest first; False if another process is at it.

    A ride that cannot be summarised keeps the reason in its rows, and is left until code or profiles change.

    Args:
        path: the library file.
        profiles: the meter families as they are known now.
        tell: is called with how many are done, of how many.

    Raises:
        LibraryError: the library cannot be read or written, or the system ended a process that worked on it.
    """
    by = basis(profiles)
    if not waiting(path, by):
        return True
    lock = _lock(path)
    with explained(path):
        if not lock.acquire():
            return False
    try:
        _all(path, waiting(path, by), profiles, by, tell)
    finally:
        lock.release()
    return True


def workers() -> int:
    """How many processes may work: one core stays free for a live ride."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(max(cores - 1, 1), _MOST_WORKERS)


def _lock(path: Path) -> SystemLock:
    return SystemLock(path.parent / "deriving.lock")


def _all(
    path: Path,
    rides: Sequence[Waiting],
    profiles: Sequence[Profile],
    by: str,
    tell: Callable[[int, int], None],
) -> None:
    """Summarises these rides and writes each as it comes."""
    if not rides:  # another process was faster
        return
    pool = _executor(len(rides))
    try:
        work = partial(_found, path, tuple(profiles))
        futures = {pool.submit(work, ride.ride): ride for ride in rides}
        tell(0, len(rides))
        with Library(path) as library:
            for done, future in enumerate(as_completed(futures), 1):
                _write(library, futures[future].ride, future, by)
                tell(done, len(rides))
    finally:
        pool.shutdown(cancel_futures=True)


def _write(library: Library, name: str, future: Future[Found | str], by: str) -> None:
    """Writes what became of one ride, be it the reason why it cannot be summarised."""
    error = future.exception()
    if isinstance(error, BrokenExecutor):
        raise LibraryError(
            f"the library {library.path}: deriving rides again was cut short, for the system ended a process of it",
            hint="What was done is kept; close other programs if memory is short, and try again.",
        ) from error
    if isinstance(error, LibraryError) or (error is not None and not isinstance(error, Exception)):
        raise error
    ride = library.find(name)
    found = f"a defect in legbal itself: {type(error).__name__}: {error}" if error else future.result()
    if isinstance(found, str):
        keep_problem(library.path, ride, found, by)
    else:
        write(library, ride, found, by)


def _executor(rides: int) -> Executor:
    if rides <= _FEW:
        return ThreadPoolExecutor(1)
    context = multiprocessing.get_context("spawn")  # the same everywhere, and safe beside threads
    return ProcessPoolExecutor(min(workers(), rides), context, initializer=_step_back)


def _step_back() -> None:
    """A worker gives way to everything else, leaves Ctrl-C to the process that started it, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Without this a worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _found(path: Path, profiles: Sequence[Profile], name: str) -> Found | str:
    """What a worker finds of one ride, or why it cannot be summarised.

    Raises LibraryError where it is not the ride, but the file that cannot be read.
    """
    with Library(path) as library:
        try:
            return summarised(library, library.find(name), profiles)
        except LibraryError as error:
            if isinstance(error.__cause__, sqlite3.Error | OSError):
                raise
            return str(error)

"""Starts the process that derives rides again, `python -m legbal.app.reindex`, where some are to be."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

from legbal.app.meter_profiles import profiles
from legbal.errors import LibraryError
from legbal.library.connection import explained
from legbal.library.derived import basis, stale_rides
from legbal.library.recovery import SystemLock, close_interrupted

_LOOK_EVERY_S = 0.5  # at what the process does
_MOST_IDLE = 20  # looks at which no process derives anything, after which it is given up until next time
_started: list[subprocess.Popen[bytes]] = []  # it outlives this process; nobody waits for its end


def catch_up(path: Path, complain: Callable[[str], None]) -> None:
    """Has the library brought up to date in the background where it is not; `complain` is told what prevents that."""
    if failed := last_failure(path):
        complain(failed)
    try:
        close_interrupted(path)
        if waiting(path) and not going_on(path):
            start()
    except LibraryError as error:
        complain(str(error))


async def follow(path: Path) -> AsyncIterator[tuple[int, int]]:
    """Has the library brought up to date, and tells how many rides are, of how many, until all of them are.

    A process of its own does it: it goes on when nobody follows any more. Raises LibraryError, ProfileError.
    """
    most = left = await asyncio.to_thread(waiting, path)
    if left and not await asyncio.to_thread(going_on, path):
        await asyncio.to_thread(start)
    idle = 0
    while left and idle < _MOST_IDLE:
        yield most - left, most
        await asyncio.sleep(_LOOK_EVERY_S)
        left = await asyncio.to_thread(waiting, path)
        most = max(most, left)
        idle = 0 if await asyncio.to_thread(going_on, path) else idle + 1
    failed = await asyncio.to_thread(last_failure, path)
    if left and not failed:
        failed = "Rides could not be derived again: the process that does it has ended without a word."
    if failed:
        raise LibraryError(failed.rstrip("."))


def waiting(path: Path) -> int:
    """How many rides are yet to be derived, or derived again. Raises LibraryError, ProfileError."""
    return len(stale_rides(path, basis(profiles())))


def start() -> None:
    """Starts the background process."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    with suppress(OSError):  # then the next command tries again
        _started.append(
            subprocess.Popen(
                [sys.executable, "-m", "legbal.app.reindex"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                creationflags=flags,
            )
        )


def going_on(path: Path) -> bool:
    """Whether some process brings the library at `path` up to date just now. Raises LibraryError."""
    lock = index_lock(path)
    if not lock.file.exists():
        return False
    with explained(path):
        free = lock.acquire()
    lock.release()
    return not free


def index_lock(path: Path) -> SystemLock:
    """What the one process holds that brings the library at `path` up to date."""
    return SystemLock(path.parent / "deriving.lock")


def last_failure(path: Path) -> str:
    """Why the background process could not bring the library up to date, as a sentence; told once, empty then."""
    try:
        why = failure_file(path).read_text(encoding="utf-8", errors="replace")
        failure_file(path).unlink()
    except OSError:
        return ""
    return f"Rides could not be derived again: {why}. It is tried again."


def failure_file(path: Path) -> Path:
    """Where the background process leaves why it failed."""
    return path.with_name(f"{path.name}.failed")

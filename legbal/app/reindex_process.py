"""Brings the library's derived values up to date, in a process of its own: `python -m legbal.app.reindex`.

It goes on when nobody follows it any more; one process among all does it at a time.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from legbal.app import background
from legbal.app.meters import profiles
from legbal.errors import LibraryError, ProfileError
from legbal.library import translate_errors
from legbal.library.derived import basis, current_versions, stale_rides
from legbal.library.recorder import SystemLock, close_interrupted

_LOOK_EVERY_S = 0.25  # at what the process does
WITHOUT_A_WORD = "its process ended without a word"  # as one that is killed does


def catch_up(path: Path, complain: Callable[[str], None]) -> None:
    """Has the library brought up to date in the background where it is not; `complain` is told what prevents that."""
    try:
        if failed := last_failure(path):
            complain(failed)
        _begin(path)
    except LibraryError as error:
        complain(str(error))


def follow(path: Path) -> Iterator[tuple[int, int]]:
    """Has the library brought up to date, and tells how many rides are, of how many, until all of them are.

    Waits between two steps. Raises LibraryError, ProfileError.
    """
    most, process = _begin(path)
    left = most
    while left:
        yield most - left, most
        time.sleep(_LOOK_EVERY_S)
        ended = process is None or process.poll() is not None
        idle = ended and not is_reindexing(path)
        left = count_stale(path)
        most = max(most, left)
        if left and idle:
            if process is not None:
                break
            process = start()  # another was at it, and left these
    if left:
        failed = last_failure(path)
        raise LibraryError(failed.rstrip(".") or f"Rides could not be updated: {WITHOUT_A_WORD}")
    if most:
        yield most, most


def wait(path: Path, step: Callable[[int], None] = lambda _: None) -> None:
    """As `follow`; `step` is called with how many more rides are done."""
    before = 0
    for done, _ in follow(path):
        step(done - before)
        before = done


def update(path: Path, tell: Callable[[int, bool], None], complain: Callable[[str], None]) -> None:
    """Brings the library up to date before its rides are listed: a few are waited for, many left to the background.

    Args:
        path: the library file.
        tell: is called with how many rides are derived anew, for they rest on a profile that was corrected since or on
            older code, and whether they are waited for.
        complain: is told what prevents it: the shares as they were last derived can be listed all the same.
    """
    try:
        families = profiles()
        old = stale_rides(path, basis(families))
        current = current_versions("bands", families)
        stale = [version for version in old.values() if version not in current]  # the others need only a look
        again = sum(version != "" for version in stale)
        if len(old) > 5:  # more than a rider waits for
            if stale:
                tell(len(stale), False)
            catch_up(path, complain)
        elif old:
            if again:
                tell(again, True)
            wait(path)
    except (LibraryError, ProfileError) as error:
        complain(str(error))


def count_stale(path: Path) -> int:
    """How many rides are yet to be derived, or derived again. Raises LibraryError, ProfileError."""
    return len(stale_rides(path, basis(profiles())))


def _begin(path: Path) -> tuple[int, subprocess.Popen[bytes] | None]:
    """How many rides are to be derived, and the process that is started for them; None where another is at it."""
    close_interrupted(path)
    left = count_stale(path)
    if not left or is_reindexing(path):
        return left, None
    with translate_errors(path):  # where no file can be made the process could not even say so
        lock = index_lock(path)
        lock.acquire()
        lock.release()
    with suppress(OSError):  # what an earlier one said is no word of this one
        failure_file(path).unlink()
    return left, start()


def start() -> subprocess.Popen[bytes]:
    """Starts the background process. Raises LibraryError where the system does not."""
    try:
        return background.start("legbal.app.reindex")
    except OSError as error:  # the next command tries again
        raise LibraryError(f"Rides could not be updated: no process starts ({error})") from error


def is_reindexing(path: Path) -> bool:
    """Whether some process brings the library at `path` up to date just now. Raises LibraryError."""
    lock = index_lock(path)
    if not lock.file.exists():
        return False
    with translate_errors(path):
        free = lock.acquire()
    lock.release()
    return not free


def index_lock(path: Path) -> SystemLock:
    """What the one process holds that brings the library at `path` up to date."""
    return SystemLock(path.parent / "deriving.lock")


def last_failure(path: Path) -> str:
    """Why the background process could not bring the library up to date, as a sentence; told once, empty then.

    Raises LibraryError.
    """
    if is_reindexing(path):
        return ""
    try:
        reason = failure_file(path).read_text(encoding="utf-8", errors="replace")
        failure_file(path).unlink()
    except OSError:
        return ""
    return f"Rides could not be updated: {reason}. Trying again."


def failure_file(path: Path) -> Path:
    """Where the background process leaves why it failed; that it ended without a word before it has done anything."""
    return path.with_name(f"{path.name}.failed")

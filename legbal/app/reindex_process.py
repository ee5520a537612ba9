"""Rides that are to be derived again: in the background, or waited for.

`python -m legbal.app.reindex_process` is the background process itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from legbal import paths
from legbal.app.meter_profiles import profiles
from legbal.app.reindex import bring_up_to_date, going_on
from legbal.errors import LibraryError
from legbal.library.derived import basis, stale_rides
from legbal.library.recovery import close_interrupted
from legbal.outlets.outlet import reason

_LOOK_EVERY_S = 0.25
_started: list[subprocess.Popen[bytes]] = []  # it outlives this process; nobody waits for its end


def catch_up(path: Path, complain: Callable[[str], None]) -> None:
    """Has the library brought up to date in the background where it is not; `complain` is told what prevents that."""
    if failed := last_failure(path):
        complain(failed)
    try:
        close_interrupted(path)
        if stale_rides(path, basis(profiles())) and not going_on(path):
            start()
    except LibraryError as error:
        complain(str(error))


def start() -> None:
    """Starts the background process."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    with suppress(OSError):  # then the next command tries again
        _started.append(
            subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                creationflags=flags,
            )
        )


def wait(path: Path, tell: Callable[[int, int], None]) -> None:
    """Brings the library up to date here, or sees how another process does.

    Args:
        path: the library file.
        tell: is called with how many rides are done, of how many.

    Raises:
        LibraryError, ProfileError: they cannot be.
    """
    close_interrupted(path)
    by = basis(profiles())
    rides = len(stale_rides(path, by))
    while not bring_up_to_date(path, profiles(), lambda done, of: tell(rides - of + done, rides)):
        time.sleep(_LOOK_EVERY_S)
        tell(rides - len(stale_rides(path, by)), rides)


def last_failure(path: Path) -> str:
    """Why the background process could not bring the library up to date, as a sentence; told once, empty then."""
    try:
        why = _failure_file(path).read_text(encoding="utf-8", errors="replace")
        _failure_file(path).unlink()
    except OSError:
        return ""
    return f"Rides could not be derived again: {why}. It is tried again."


def _failure_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.failed")


def _run() -> None:
    """The background process: nobody hears what it says, so it leaves a word for whoever looks next."""
    if hasattr(os, "nice"):
        os.nice(10)
    path = paths.library_file()
    try:
        bring_up_to_date(path, profiles())
    except Exception as error:
        with suppress(OSError):
            _failure_file(path).write_text(reason(error), encoding="utf-8")
    else:
        _failure_file(path).unlink(missing_ok=True)


if __name__ == "__main__":
    _run()

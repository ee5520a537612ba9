"""Rides summarised again after the code or a profile has changed: in processes, out of the way of a live ride.

What the next ride learns from them is taken again, too. One process among all does it at a time. Each ride is committed
by itself, so that it can end at any moment and goes on where it was; that a ride is to be done again is seen from its
rows, and noted nowhere else.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from legbal import paths
from legbal.app import background
from legbal.app.derivation import Derivation
from legbal.app.executors import cores, in_order, processes
from legbal.app.meters import profiles as all_profiles
from legbal.app.reindex_process import WITHOUT_A_WORD, failure_file, index_lock
from legbal.app.ride_values import contributing_rides, derive_ride
from legbal.errors import LegbalError, LibraryError, reason
from legbal.library import translate_errors
from legbal.library.derived import DerivedRow, basis, stale_rides, write_derived
from legbal.library.rides import Library
from legbal.meters.profile import Profile


def bring_up_to_date(path: Path, profiles: Sequence[Profile] | None = None) -> bool:
    """Summarises every ride again that needs it, the newest first; False if another process is at it.

    A ride that cannot be summarised keeps the reason in its rows, and is left until code or profiles change. What ends
    all of it is left as a word for whoever looks next: before the lock is released, for then the word is read.

    Args:
        path: the library file.
        profiles: the meter families; None: as they are known now.

    Raises:
        LibraryError, ProfileError: a file cannot be read or written, or the system ended a process that worked on it.
    """
    lock = index_lock(path)
    try:
        profiles = all_profiles() if profiles is None else profiles
        by = basis(profiles)
        if not stale_rides(path, by):
            return True
        with translate_errors(path):
            if not lock.acquire():
                return False
        _leave_word(path, WITHOUT_A_WORD)  # what is to be read if it is killed now
        rides = stale_rides(path, by)  # none where another process was faster
        with (
            workers(path, len(rides), cores(), niceness=background.NICENESS) as (executor, ahead),
            Library(path) as library,
        ):
            work = partial(derive_rows, path, tuple(profiles), by, contributing_rides(library.rides()))
            with closing(in_order(executor, ahead, work, rides)) as answers:
                for ride, future in answers:
                    _write(path, ride, future, by)
        with suppress(OSError):
            failure_file(path).unlink()
    except Exception as error:  # whatever it is: the rider reads it at the next command
        hint = error.hint if isinstance(error, LegbalError) else None
        _leave_word(path, f"{reason(error)}. {hint.rstrip('.')}" if hint else reason(error))
        raise
    finally:
        lock.release()
    return True


def _leave_word(path: Path, word: str) -> None:
    with suppress(OSError):
        failure_file(path).write_text(word, encoding="utf-8")


def _write(path: Path, ride: str, future: Future[list[DerivedRow] | str], by: str) -> None:
    """Writes what became of one ride, be it the reason why it cannot be summarised; nothing if it was removed."""
    error = future.exception()
    if isinstance(error, BrokenExecutor | LibraryError) or not isinstance(error, Exception | None):
        raise error
    outcome = f"a defect in legbal itself: {type(error).__name__}: {error}" if error else future.result()
    if isinstance(outcome, str):
        outcome = [DerivedRow(name="bands", version="", basis=by, problem=outcome)]
    write_derived(path, ride, outcome)


@contextmanager
def workers(
    path: Path, rides: int, most: int, *, niceness: int = 0, few: int = 3
) -> Iterator[tuple[Executor, int]]:
    """What derives rides, and how many may be handed out ahead: so many processes at most, for a few rides a thread.

    Args:
        path: the library file.
        rides: how many there are about.
        most: processes.
        niceness: as of `processes`.
        few: rides that are soon derived, beside what it takes to start processes.

    Raises:
        LibraryError: the system ended a process.
    """
    try:
        if rides > few:
            with processes(min(most, rides), niceness=niceness) as executor:
                yield executor
        else:
            with ThreadPoolExecutor(1) as thread:
                yield thread, 1
    except BrokenExecutor as error:
        raise LibraryError(
            f"the library {path}: updating rides was cut short: the system ended a process",
            hint="What was done is kept; close other programs if memory is short, and try again.",
        ) from error


def derive_rows(
    path: Path, profiles: Sequence[Profile], by: str, teach: frozenset[str], name: str
) -> list[DerivedRow] | str:
    """What a worker derives of one ride, or why it cannot be summarised.

    Args:
        path: the library file.
        profiles: the meter families.
        by: their `basis`.
        teach: the rides that teach the next ones, by their ids.
        name: the ride's id.

    Raises:
        LibraryError: it is not the ride, but the file that cannot be read.
    """
    with Library(path) as library:
        try:
            derivation = Derivation.current(library, library.find(name), profiles)
            derive_ride(derivation, by, teaches=name in teach)
        except LibraryError as error:
            if isinstance(error.__cause__, sqlite3.Error | OSError):
                raise
            return str(error)
        return derivation.new


def _run() -> None:
    """The background process: it has no terminal, so a traceback would reach nobody."""
    background.give_way()
    with suppress(Exception):  # it has left a word
        bring_up_to_date(paths.library_file())


if __name__ == "__main__":
    _run()

"""Rides that are to be derived again: in the background, or waited for with a progress bar.

`python -m legbal.cli.deriving` is the background process itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import click

from legbal.cli.streams import complain
from legbal.errors import LibraryError

_LOOK_EVERY_S = 0.25
_started: list[subprocess.Popen[bytes]] = []  # it outlives this process; nobody waits for its end


def say_pending(pending: int, command: str) -> None:
    """Says how many rides an answer had to leave out, and which command waits for them."""
    if pending:
        them = "1 ride is" if pending == 1 else f"{pending} rides are"
        click.echo(
            f"{them} being derived again and not counted yet; `legbal {command} --wait` waits for that.",
            err=True,
        )


def catch_up(path: Path) -> None:
    """Has the library brought up to date in the background where it is not; what prevents that is said."""
    from legbal.analysis.deriving import going_on
    from legbal.analysis.kept import basis
    from legbal.cli.prepare import profiles
    from legbal.library.interrupted import close_interrupted
    from legbal.library.summaries import waiting

    try:
        close_interrupted(path)
        if waiting(path, basis(profiles())) and not going_on(path):
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


def wait(path: Path) -> None:
    """Brings the library up to date here, or sees how another process does. Raises LibraryError, ProfileError."""
    from legbal.analysis.deriving import bring_up_to_date
    from legbal.analysis.kept import basis
    from legbal.cli.prepare import profiles
    from legbal.library.interrupted import close_interrupted
    from legbal.library.summaries import waiting

    close_interrupted(path)
    by = basis(profiles())
    rides = len(waiting(path, by))
    bar = _Bar(rides)
    try:
        while not bring_up_to_date(path, profiles(), lambda done, of: bar.tell(rides - of + done)):
            time.sleep(_LOOK_EVERY_S)
            bar.tell(rides - len(waiting(path, by)))
    finally:
        bar.end()


class _Bar:
    """A progress bar on standard error, where that is a terminal and there is something to do."""

    def __init__(self, rides: int) -> None:
        shown = rides > 0 and sys.stderr.isatty()
        label = "Deriving rides again"
        self._bar = (
            click.progressbar(length=rides, label=label, show_pos=True, file=sys.stderr) if shown else None
        )

    def tell(self, done: int) -> None:
        """Shows that so many rides are done."""
        if self._bar is not None:
            self._bar.update(done - self._bar.pos)

    def end(self) -> None:
        """Leaves the bar as it is."""
        if self._bar is not None:
            self._bar.render_finish()


def _run() -> None:
    """The background process: nobody hears what it says, so it says nothing; what fails is tried again later."""
    from legbal import paths
    from legbal.analysis.deriving import bring_up_to_date
    from legbal.cli.prepare import profiles
    from legbal.errors import LegbalError

    if hasattr(os, "nice"):
        os.nice(10)
    with suppress(LegbalError):
        bring_up_to_date(paths.library_file(), profiles())


if __name__ == "__main__":
    _run()

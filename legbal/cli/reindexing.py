"""Rides that are being derived again: how far that is, and how many an answer had to leave out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from legbal.app import reindex_process
from legbal.cli.stdio import complain
from legbal.present.numbers import count


def say_pending(pending: int, command: str) -> None:
    """Says how many rides an answer had to leave out, and which command waits for them."""
    if pending:
        them = f"{count(pending, 'ride')} {'is' if pending == 1 else 'are'}"
        click.echo(
            f"{them} being derived again and not counted yet; `legbal {command} --wait` waits for that.",
            err=True,
        )


def wait_for(path: Path) -> None:
    """Waits for the library to be up to date, with a progress bar on a terminal. Raises LibraryError, ProfileError."""
    bar = None

    def tell(done: int, rides: int) -> None:
        nonlocal bar
        if bar is None and rides and sys.stderr.isatty():
            bar = click.progressbar(
                length=rides, label="Deriving rides again", show_pos=True, file=sys.stderr
            )
        if bar is not None:
            bar.update(done - bar.pos)

    from legbal.app.reindex import wait  # with numpy, which a list of rides needs only here

    try:
        wait(path, tell)
    finally:
        if bar is not None:
            bar.render_finish()


def catch_up(path: Path) -> None:
    """Has the library brought up to date in the background where it is not."""
    reindex_process.catch_up(path, complain)

"""A line on the terminal that says what is being done and for how long, where that takes more than a moment."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

_AT_FIRST_S = 0.5  # what is done by then needs no line
_EVERY_S = 0.5


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Shows the text with the seconds behind it on standard error, if that is a terminal, until the block is left.

    The line is written over and taken away at the end; nothing else should be written meanwhile.
    """
    if not sys.stderr.isatty():
        yield
        return
    over = threading.Event()
    line = threading.Thread(target=_count, args=(text, over), name="legbal-waiting", daemon=True)
    line.start()
    try:
        yield
    finally:
        over.set()
        line.join()


def _count(text: str, over: threading.Event) -> None:
    began = time.monotonic()
    pause = _AT_FIRST_S
    while not over.wait(pause):
        show(f"{text} {time.monotonic() - began:.0f} s")
        pause = _EVERY_S
    if pause != _AT_FIRST_S:
        show("")


def show(text: str) -> None:
    """Writes over the terminal's line, on standard error; an empty text takes it away."""
    columns = shutil.get_terminal_size().columns
    click.echo(f"\r\x1b[K{text[: columns - 1]}", nl=False, err=True)

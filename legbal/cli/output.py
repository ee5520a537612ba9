"""Where what a command makes goes: into a file, whole or not at all, or to standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from legbal.files.atomic_write import atomic_write
from legbal.present.text import printable


def place(output: Path | None, name: str) -> Path | None:
    """The file to write, called `name` where only its folder or nothing was typed; None: standard output."""
    if output is not None and str(output) == "-":
        return None
    if output is not None and not output.is_dir():
        return output
    return (output or Path()) / name


@contextmanager
def writing(path: Path | None, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """Gives what to write into; a file appears, and is named to the rider, when the block ends well.

    Raises FileFormatError where the file is there already and may not be replaced, or cannot be written.
    """
    if path is None:
        yield sys.stdout.buffer
        return
    with atomic_write(path, overwrite=overwrite) as file:
        yield file
    click.echo(f"wrote {printable(str(path))}", err=True)

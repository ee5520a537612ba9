"""`legbal import`: rides that a head unit recorded, or captures, go into the library; the same file only once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
import msgspec
from click.exceptions import Exit

from legbal.app.importing import Imported, import_file
from legbal.app.meter_choice import meter_named
from legbal.cli.options import settings
from legbal.cli.terminal import bar, waiting
from legbal.library.rides import Library
from legbal.present.text import printable


def import_files(files: Sequence[Path], meter: str | None, as_json: bool, **options: Any) -> None:
    """Imports the files, each by itself; the exit code is 1 if any failed."""
    chosen = settings(options)
    meter = None if meter is None else meter_named(meter, chosen)
    failed, lines = False, list[tuple[str, bool]]()
    shown = sys.stderr.isatty() and len(files) > 1

    def say(line: str, *, err: bool) -> None:
        if shown:  # after the bar, which would be torn otherwise
            lines.append((line, err))
        else:
            click.echo(line, err=err)

    done = 0
    try:
        with Library() as library, bar("Importing", len(files) if shown else 0) as step:
            for path in files:
                with nullcontext() if shown else waiting("Importing …"):
                    found = import_file(library, path, meter, chosen, options)
                failed = failed or found.ride is None
                _tell(found, as_json, say)
                done += 1
                step(1)
    except KeyboardInterrupt:
        say(
            f"legbal: stopped after {done} of {len(files)} files; the same line goes on with the rest",
            err=True,
        )
        failed = True
    for line, err in lines:
        click.echo(line, err=err)
    if failed:
        raise Exit(1)


def _tell(found: Imported, as_json: bool, say: Callable[..., None]) -> None:
    if as_json:
        say(msgspec.json.encode(found).decode(), err=False)
        return
    if found.error is not None:
        say(f"legbal: {printable(found.error)}", err=True)
    if found.ride is not None:
        what = "ride" if found.new else "is there already as ride"
        say(f"{printable(found.file)}: {what} {found.ride}", err=False)

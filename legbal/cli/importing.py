"""`legbal import`: rides that a head unit recorded, or captures, go into the library; the same file only once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legbal.cli import shell_values
from legbal.cli.options import pair_options, review_options, settings

if TYPE_CHECKING:
    from legbal.app.importing import Imported


@click.command(
    name="import",
    help="Add FIT files of a head unit, or captures (.jsonl), to the library. A file that is there already "
    "adds nothing, and one that cannot be read does not keep the others out.",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--meter",
    metavar="NAME",
    shell_complete=shell_values.meters,
    help="Count the rides to this meter, as `legbal rides` or you name it, instead of the one that the file names.",
)
@click.option(
    "--json", "as_json", is_flag=True, help='One JSON object a file: {"file", "ride", "error", "new"}.'
)
@review_options
@pair_options
@click.pass_context
def command(
    context: click.Context, /, files: Sequence[Path], meter: str | None, as_json: bool, **options: Any
) -> None:
    """Imports the files, each by itself; the exit code is 1 if any failed."""
    from legbal.app.importing import import_file
    from legbal.app.meter_choice import meter_named
    from legbal.cli.progress import waiting
    from legbal.library.rides import Library

    chosen = settings(options)
    meter = None if meter is None else meter_named(meter, chosen)
    failed, lines = False, list[tuple[str, bool]]()
    shown = sys.stderr.isatty() and len(files) > 1

    def say(line: str, *, err: bool) -> None:
        if shown:  # after the bar, which would be torn otherwise
            lines.append((line, err))
        else:
            click.echo(line, err=err)

    bar = click.progressbar(files, label="Importing", show_pos=True, file=sys.stderr) if shown else None
    done = 0
    try:
        with Library() as library, bar or nullcontext(files) as paths:
            for path in paths:
                with nullcontext() if shown else waiting("Importing …"):
                    found = import_file(library, path, meter, chosen, options)
                failed = failed or found.ride is None
                _tell(found, as_json, say)
                done += 1
    except KeyboardInterrupt:
        say(
            f"legbal: stopped after {done} of {len(files)} files; the same line goes on with the rest",
            err=True,
        )
        failed = True
    for line, err in lines:
        click.echo(line, err=err)
    if failed:
        context.exit(1)


def _tell(found: Imported, as_json: bool, say: Callable[..., None]) -> None:
    if as_json:
        import msgspec

        say(msgspec.json.encode(found).decode(), err=False)
        return
    from legbal.cli.table import printable

    if found.error is not None:
        say(f"legbal: {printable(found.error)}", err=True)
    if found.ride is not None:
        what = "ride" if found.new else "is there already as ride"
        say(f"{printable(found.file)}: {what} {found.ride}", err=False)

"""`legbal export`: a ride as a file that other programs read; written whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from legbal.cli.options import pair_options, recorded_options, review_options, settings
from legbal.errors import UsageError

if TYPE_CHECKING:
    from legbal.ride.inputs import Input, Setup
    from legbal.sources.recorded import Recorded

FORMATS = ("fit", "csv", "parquet", "jsonl")
_LONG_S = 1800.0  # a ride that takes a second or more to write

Tell = Callable[[int], None]


@click.command(
    name="export",
    help="Write a ride (its id, a capture, a .fit file or -) as FIT, as a table of seconds (CSV, Parquet), or "
    "as the capture of its raw packets (jsonl).",
)
@click.argument("ride")
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    help="What to write (default: as the name after -o ends, or fit).",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to (default: a file named after the ride, in this folder); - is standard output.",
)
@click.option("--overwrite", is_flag=True, help="Replace a file that is there already.")
@review_options
@pair_options
@recorded_options
def command(
    ride: str,
    kind: str | None,
    output: Path | None,
    overwrite: bool,
    history: Path | None,
    plan: Path | None,
    **options: Any,
) -> None:
    """Exports one ride."""
    import msgspec

    from legbal.cli.prepare import profiles, replayed
    from legbal.review.corrected import begun, corrected
    from legbal.sources.recorded import all_inputs, opened

    def complain(text: str) -> None:
        click.echo(f"legbal: {text}", err=True)

    kind = kind or _kind_of(output)
    if kind == "parquet":
        from legbal.files import parquet

        parquet.require()
    recorded = opened(ride, complain)
    inputs = all_inputs(recorded)
    path = _place(ride, kind, output)
    with _file(path, overwrite) as file:
        if kind == "jsonl":
            _write_capture(file, inputs)
        else:
            first = begun(inputs)
            if recorded.setup is not None:  # as in a review: on its meter's profile as it is now
                setup = corrected(recorded.setup, first, profiles())
                recorded = msgspec.structs.replace(recorded, setup=setup)
            setup = replayed(recorded, settings(options), options, history, plan, complain)(first)
            _write_seconds(file, kind, recorded, setup, inputs, complain)
    if path is not None:
        click.echo(f"wrote {path}", err=True)


def _kind_of(output: Path | None) -> str:
    """The format that a file's name asks for; FIT where there is no name."""
    if output is None or str(output) == "-" or output.is_dir():
        return "fit"
    kind = output.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise UsageError(
            f"{output}: what to write is not clear from its name",
            hint=f"Say so with --format {'|'.join(FORMATS)}.",
        )
    return kind


def _place(ride: str, kind: str, output: Path | None) -> Path | None:
    """Where the file goes; None for standard output."""
    if output is not None and str(output) == "-":
        return None
    if output is not None and not output.is_dir():
        return output
    name = "ride" if ride == "-" else Path(ride).stem
    return (output or Path()) / f"{name}.{kind}"


@contextmanager
def _file(path: Path | None, overwrite: bool) -> Iterator[IO[bytes]]:
    if path is None:
        yield sys.stdout.buffer
        return
    from legbal.files.whole import whole_file

    with whole_file(path, overwrite=overwrite) as file:
        yield file


def _write_capture(file: IO[bytes], inputs: list[Input]) -> None:
    """The raw packets; what the rider pressed has no place in a capture."""
    from legbal.files import capture
    from legbal.ride.inputs import Notification

    file.writelines(capture.line(item) for item in inputs if isinstance(item, Notification))


def _write_seconds(
    file: IO[bytes],
    kind: str,
    recorded: Recorded,
    setup: Setup,
    inputs: list[Input],
    complain: Callable[[str], None],
) -> None:
    """The ride second by second, in one of the formats that have its date."""
    from legbal.files import csv, parquet
    from legbal.files.fit import writing
    from legbal.ride.by_second import by_second
    from legbal.sources.recorded import began

    duration = inputs[-1].t if inputs else 0.0
    started, known = began(recorded, duration)
    if not known:
        complain(f"when the ride began is not recorded; taken as {started:%Y-%m-%d %H:%M}")
    steps = 2 if kind == "fit" else 1
    with _progress(duration, steps) as tell:
        ride = by_second(setup, inputs, tell)
        match kind:
            case "fit":
                writing.write(file, ride, started, ride.view.meter_name, tell)
            case "csv":
                csv.write(file, ride, started)
            case _:
                parquet.write(file, ride, started, ride.view.meter_name)


@contextmanager
def _progress(duration_s: float, steps: int) -> Iterator[Tell | None]:
    """A bar for a long ride on a terminal, counting its seconds once for each step."""
    if duration_s < _LONG_S or not sys.stderr.isatty():
        yield None
        return
    length = steps * (int(duration_s) + 1)
    with click.progressbar(length=length, label="Exporting", file=sys.stderr, update_min_steps=200) as bar:
        yield bar.update

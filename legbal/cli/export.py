"""`legbal export`: a ride as a file that other programs read; written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any, get_args

from legbal.app.ride_setup import review_setup
from legbal.cli.options import settings
from legbal.cli.stdio import complain
from legbal.cli.terminal import bar, place, writing
from legbal.errors import UsageError
from legbal.files import exporting
from legbal.files.exporting import Format
from legbal.ride.inputs import Input, Setup
from legbal.sources.open_ride import Recorded, open_ride, start_time

_LONG_S = 1800.0  # a ride that takes a second or more to write


def export(
    ride: str,
    kind: Format | None,
    output: Path | None,
    overwrite: bool,
    history: Path | None,
    plan: Path | None,
    **options: Any,
) -> None:
    """Exports one ride."""
    kind = kind or _kind_of(output)
    if kind == "parquet":
        exporting.require_parquet()
    recorded = open_ride(ride, complain)
    inputs = list(recorded.inputs)
    path = place(output, f"{'ride' if ride == '-' else Path(ride).stem}.{kind}")
    with writing(path, overwrite=overwrite) as file:
        setup = review_setup(recorded, inputs, settings(options), options, history, plan, complain)
        _write(file, kind, recorded, setup, inputs)


def _kind_of(output: Path | None) -> Format:
    """The format that a file's name asks for; FIT where there is no name."""
    if output is None or str(output) == "-" or output.is_dir():
        return "fit"
    ending = output.suffix.lower().removeprefix(".")
    formats: tuple[Format, ...] = get_args(Format)
    kind = next((kind for kind in formats if kind == ending), None)
    if kind is None:
        raise UsageError(
            f"{output}: what to write is not clear from its name",
            hint=f"Say so with --format {'|'.join(formats)}.",
        )
    return kind


def _write(file: IO[bytes], kind: Format, recorded: Recorded, setup: Setup, inputs: list[Input]) -> None:
    """The ride in one of the formats; those of its seconds have a date."""
    duration = inputs[-1].t if inputs else 0.0
    started, known = start_time(recorded, duration)
    if not known and kind != "jsonl":
        complain(f"when the ride began is not recorded; taken as {started:%Y-%m-%d %H:%M}")
    steps = exporting.steps(kind, inputs) if duration >= _LONG_S else 0
    with bar("Exporting", steps, every=200) as tell:
        exporting.write(file, kind, inputs, setup, started, tell)

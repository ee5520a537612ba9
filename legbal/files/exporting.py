"""A ride in every format that it can be written in, by the format's name."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import IO, Literal, get_args

from legbal.analysis.fit_dynamics import by_second as dynamics_by_second
from legbal.files import capture
from legbal.files.tables import write_csv, write_parquet
from legbal.ride.inputs import Input, Notification, Setup
from legbal.ride.resample import resample

Format = Literal["fit", "csv", "parquet", "jsonl"]
FORMATS: tuple[Format, ...] = get_args(Format)

Tell = Callable[[int], None]


def steps(kind: Format, inputs: Sequence[Input]) -> int:
    """How often about `write` will call `tell`: once a second for folding, for FIT once more for writing."""
    seconds = int(inputs[-1].t) + 1 if inputs else 1
    return {"jsonl": 1, "fit": 2 * seconds}.get(kind, seconds)


def write(
    file: IO[bytes],
    kind: Format,
    inputs: Sequence[Input],
    setup: Setup,
    started: datetime,
    tell: Tell = lambda _: None,
) -> None:
    """Writes a ride: its raw packets (jsonl; what the rider pressed has no place in a capture), or its seconds.

    Args:
        file: where to, binary.
        kind: the format.
        inputs: of the whole ride, in order.
        setup: what it was ridden with; a capture needs none.
        started: its second 0, aware.
        tell: is called with 1 for each step done, for a progress bar.

    Raises:
        FileFormatError: the format cannot hold the ride, or what writes it is not installed.
    """
    if kind == "jsonl":
        file.writelines(capture.line(item) for item in inputs if isinstance(item, Notification))
        _date(file, started + timedelta(seconds=inputs[-1].t if inputs else 0.0))
        return
    ride = resample(setup, inputs, tell)
    dynamics = dynamics_by_second(inputs, swap_sides=setup.swap_sides)
    match kind:
        case "fit":
            # Its library takes 90 ms to load, which other formats need not wait for.
            from legbal.files.fit import writing

            timer = writing.runs(inputs, ride.segments[-1].end)
            writing.write(file, ride, started, ride.view.meter_name, dynamics, timer, tell)
        case "csv":
            write_csv(file, ride, started, dynamics)
        case "parquet":
            write_parquet(file, ride, started, dynamics)


def _date(file: IO[bytes], ended: datetime) -> None:
    """Dates a capture by the ride's end: the only place where it can say when it was ridden."""
    if os.utime in os.supports_fd:
        with suppress(OSError, ValueError):  # standard output, or a file that has no descriptor
            file.flush()
            os.utime(file.fileno(), (ended.timestamp(), ended.timestamp()))

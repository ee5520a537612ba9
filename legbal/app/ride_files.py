"""A ride written to a file in one of the formats, whether a command asks for it or a screen."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import IO

from legbal.app.derivation import Derivation
from legbal.app.ride_values import open_derivation
from legbal.config import Settings
from legbal.files import exporting
from legbal.sources.replay import RecordedRide, start_time

Bar = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Is given how many steps there are about; its block is told how many more are done."""


def write_ride(
    file: IO[bytes], kind: exporting.Format, ride: Derivation, start: Callable[[float], datetime], bar: Bar
) -> None:
    """Writes a ride, as it is read now; `start` gives its second 0, aware, for how long it lasted in seconds.

    Raises FileFormatError where the format cannot hold the ride, or what writes it is not installed.
    """
    if kind == "parquet":
        exporting.require_parquet()
    inputs = list(ride.inputs())
    started = start(inputs[-1].t if inputs else 0.0)
    with bar(exporting.steps(kind, inputs)) as tell:
        exporting.write(file, kind, inputs, ride.setup, started, tell)


def export(
    file: IO[bytes],
    kind: exporting.Format,
    recorded: RecordedRide,
    settings: Settings,
    options: Mapping[str, object],
    history: Path | None,
    plan: Path | None,
    complain: Callable[[str], None],
    bar: Bar,
) -> None:
    """Writes a recorded ride; arguments as of `open_derivation` and `write_ride`."""

    def start(duration_s: float) -> datetime:
        started, is_recorded = start_time(recorded, duration_s)
        if not is_recorded and kind != "jsonl":
            complain(f"when the ride began is not recorded; taken as {started:%Y-%m-%d %H:%M}")
        return started

    with open_derivation(recorded, settings, options, history, plan, complain) as ride:
        write_ride(file, kind, ride, start, bar)

"""A ride in every format that it can be written in, by the format's name; and Parquet tables of whatever rows.

pyarrow, which writes these, comes with the extra `legbal[parquet]`.
"""

import csv
import importlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Literal, get_args

from legbal import __version__
from legbal.analysis.fit_dynamics import COLUMNS as DYNAMICS
from legbal.analysis.fit_dynamics import FitDynamics
from legbal.analysis.fit_dynamics import by_second as dynamics_by_second
from legbal.errors import FileFormatError
from legbal.files import capture
from legbal.library.codec import as_utf8
from legbal.ride.inputs import Input, Notification, Setup
from legbal.ride.resample import ResampledRide, resample

Format = Literal["fit", "csv", "parquet", "jsonl"]
FORMATS: tuple[Format, ...] = get_args(Format)

Tell = Callable[[int], None]
Put = Callable[[Iterable[Mapping[str, Any]]], None]

_GROUP = 5_000  # rows of a Parquet table that are held until they are written together

# column → the type of its values, as `parquet_table` takes it
COLUMNS: dict[str, type | Literal["int32"]] = {
    "second": "int32",
    "time": datetime,
    "power_w": float,
    "cadence_rpm": float,
    "left_percent": float,
    "interval": "int32",
    **dict.fromkeys(DYNAMICS, float),
}


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

            timer = writing.recorded_spans(inputs, ride.segments[-1].end)
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


def rows(
    ride: ResampledRide, started: datetime, dynamics: Mapping[int, FitDynamics]
) -> Iterator[dict[str, Any]]:
    """Every second of a ride, column → value, None where nothing is known.

    A second belongs to the interval in which it ends.

    Args:
        ride: every second of it.
        started: its second 0, aware; times are in UTC.
        dynamics: by ride second, where a FIT file told them.
    """
    number = {
        t: segment.number for segment in ride.segments for t in range(segment.start + 1, segment.end + 1)
    }
    first = started.astimezone(UTC).replace(microsecond=0)
    for x in ride.seconds:
        by_name = dynamics.get(x.t, {})
        measured = x.power_w, x.cadence_rpm, x.left_percent, number.get(x.t), *map(by_name.get, DYNAMICS)
        rounded = (None if value is None else round(value, 2) for value in measured)
        yield dict(zip(COLUMNS, (x.t, first + timedelta(seconds=x.t), *rounded), strict=True))


def write_csv(
    file: IO[bytes], ride: ResampledRide, started: datetime, dynamics: Mapping[int, FitDynamics]
) -> None:
    """Writes `rows` to a binary file as comma-separated values, UTF-8; what is not known is left empty."""
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    lines = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    lines.writeheader()
    for row in rows(ride, started, dynamics):
        lines.writerow(row | {"time": f"{row['time']:%Y-%m-%dT%H:%M:%SZ}"})
    text.detach()


def write_parquet(
    file: IO[bytes], ride: ResampledRide, started: datetime, dynamics: Mapping[int, FitDynamics]
) -> None:
    """Writes `rows` to a binary file as a Parquet table; what is not known is null.

    Its metadata say what the balance is (`balance`, `reference`) and on which meter (`meter`).

    Raises:
        FileFormatError: pyarrow is missing.
    """
    view = ride.view
    with parquet_table(
        file, COLUMNS, {"balance": view.balance, "reference": view.reference, "meter": view.meter_name}
    ) as put:
        put(rows(ride, started, dynamics))


def require_parquet() -> Any:
    """The package pyarrow; says what to install where it is missing, before any work is done: FileFormatError."""
    try:
        # an extra that may be missing, and takes 0.3 s to load where it is not
        importlib.import_module("pyarrow.parquet")
        return importlib.import_module("pyarrow")
    except ImportError as error:
        raise FileFormatError(
            "Parquet files need the package pyarrow, which is not installed",
            hint="Install it with: pip install 'legbal[parquet]'",
        ) from error


@contextmanager
def parquet_table(
    file: IO[bytes],
    columns: Mapping[str, type | Literal["int32"]],
    about: Mapping[str, str] = {},
) -> Iterator[Put]:
    """A table in a binary file, written as its rows come; a column that a row has not is null in it.

    Args:
        file: where to.
        columns: their names, and the type of the values: bool, int (64 bits, or "int32"), float, str, or datetime
            (aware).
        about: what the file's metadata say beside legbal's version.

    Yields:
        a function that takes rows, column → value.

    Raises:
        FileFormatError: pyarrow is missing.
    """
    pyarrow = require_parquet()
    types = {
        bool: pyarrow.bool_(),
        int: pyarrow.int64(),
        "int32": pyarrow.int32(),
        float: pyarrow.float64(),
        str: pyarrow.string(),
        datetime: pyarrow.timestamp("ms", "UTC"),
    }
    # a file's name may be none that UTF-8 can hold
    metadata = {name: as_utf8(value) for name, value in about.items()} | {"legbal": __version__}
    schema = pyarrow.schema([(name, types[kind]) for name, kind in columns.items()], metadata=metadata)
    waiting: list[dict[str, Any]] = []
    with pyarrow.parquet.ParquetWriter(file, schema) as writer:

        def write_waiting() -> None:
            writer.write_table(pyarrow.Table.from_pylist(waiting, schema))
            waiting.clear()

        def put(rows: Iterable[Mapping[str, Any]]) -> None:
            waiting.extend(
                {name: as_utf8(value) if isinstance(value, str) else value for name, value in row.items()}
                for row in rows
            )
            if len(waiting) >= _GROUP:
                write_waiting()

        yield put
        write_waiting()

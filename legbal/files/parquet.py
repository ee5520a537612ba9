"""Parquet tables: a ride, one row a second, and others row by row; pyarrow comes with the extra `legbal[parquet]`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import IO, Any

from legbal import __version__
from legbal.errors import FileFormatError
from legbal.files.fit.dynamics import FitDynamics
from legbal.files.table import COLUMNS, rows
from legbal.ride.resample import BySecond

_GROUP = 5_000  # rows that are held until they are written together

Put = Callable[[Iterable[Mapping[str, Any]]], None]


def require() -> None:
    """Says what to install where pyarrow is missing, before any work is done: FileFormatError."""
    try:
        importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise FileFormatError(
            "Parquet files need the package pyarrow, which is not installed",
            hint="Install it with: pip install 'legbal[parquet]'",
        ) from error


def write(
    file: IO[bytes], ride: BySecond, started: datetime, meter: str, dynamics: Mapping[int, FitDynamics]
) -> None:
    """Writes a ride to a binary file; what is not known is null.

    The file's metadata say what the balance is (`balance`, `reference`) and on which meter (`meter`).

    Args:
        file: where to.
        ride: every second of it.
        started: its second 0, aware.
        meter: what the power meter is called.
        dynamics: by ride second, where a FIT file told them.

    Raises:
        FileFormatError: pyarrow is missing.
    """
    require()
    import pyarrow
    import pyarrow.parquet

    first = started.astimezone(UTC).replace(microsecond=0)
    second, others = zip(*rows(ride, dynamics), strict=True)
    time = [first + timedelta(seconds=t) for t in second]
    types = (
        pyarrow.int32(),
        pyarrow.timestamp("ms", "UTC"),
        *(pyarrow.float64(),) * 3,
        pyarrow.int32(),
        *(pyarrow.float64(),) * (len(COLUMNS) - 6),
    )
    about = {
        "balance": ride.view.balance,
        "reference": ride.view.reference,
        "meter": meter.encode("utf-8", "replace").decode(),
        "legbal": __version__,
    }
    schema = pyarrow.schema(list(zip(COLUMNS, types, strict=True)), metadata=about)
    columns = dict(zip(COLUMNS, (second, time, *zip(*others, strict=True)), strict=True))
    pyarrow.parquet.write_table(pyarrow.table(columns, schema=schema), file)


@contextmanager
def table(file: IO[bytes], columns: Mapping[str, type]) -> Iterator[Put]:
    """A table in a binary file, written as its rows come; a column that a row has not is null in it.

    Args:
        file: where to.
        columns: their names, and the type of the values: bool, int, float, str, or datetime (aware).

    Yields:
        a function that takes rows, column → value.

    Raises:
        FileFormatError: pyarrow is missing.
    """
    require()
    import pyarrow
    import pyarrow.parquet

    types = {
        bool: pyarrow.bool_(),
        int: pyarrow.int64(),
        float: pyarrow.float64(),
        str: pyarrow.string(),
        datetime: pyarrow.timestamp("ms", "UTC"),
    }
    schema = pyarrow.schema(
        [(name, types[kind]) for name, kind in columns.items()], metadata={"legbal": __version__}
    )
    waiting: list[dict[str, Any]] = []
    with pyarrow.parquet.ParquetWriter(file, schema) as writer:

        def write_waiting() -> None:
            writer.write_table(pyarrow.Table.from_pylist(waiting, schema))
            waiting.clear()

        def put(rows: Iterable[Mapping[str, Any]]) -> None:
            waiting.extend({name: _text(value) for name, value in row.items()} for row in rows)
            if len(waiting) >= _GROUP:
                write_waiting()

        yield put
        write_waiting()


def _text(value: Any) -> Any:
    """The value; of a text what UTF-8 can hold, for a file's name may be none."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value

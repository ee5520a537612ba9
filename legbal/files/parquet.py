"""Parquet tables of whatever rows; pyarrow, which writes them, comes with the extra `legbal[parquet]`."""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, Literal

from legbal import __version__
from legbal.errors import FileFormatError
from legbal.library.codec import as_utf8
from legbal.paths import install_command

PYARROW = "pyarrow>=21,<27"  # as the extra `parquet` has it

Put = Callable[[Iterable[Mapping[str, Any]]], None]


def require_parquet() -> Any:
    """The package pyarrow; says what to install where it is missing, before any work is done: FileFormatError."""
    try:
        # an extra that may be missing, and takes 0.3 s to load where it is not
        importlib.import_module("pyarrow.parquet")
        return importlib.import_module("pyarrow")
    except ImportError as error:
        raise FileFormatError(
            "Parquet files need the package pyarrow, which is not installed",
            hint=f"Install it with: {install_command(PYARROW)}",
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
            if len(waiting) >= 5_000:  # rows are held until so many are written together
                write_waiting()

        yield put
        write_waiting()

"""Parquet tables, written row by row; pyarrow comes with the extra `legbal[parquet]`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import IO, Any, Literal

from legbal import __version__
from legbal.errors import FileFormatError

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


@contextmanager
def table(
    file: IO[bytes],
    columns: Mapping[str, type | Literal["int32"]],
    about: Mapping[str, str] = MappingProxyType({}),
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
    require()
    # An extra that may be missing, and takes 0.3 s to load where it is not.
    import pyarrow
    import pyarrow.parquet

    types = {
        bool: pyarrow.bool_(),
        int: pyarrow.int64(),
        "int32": pyarrow.int32(),
        float: pyarrow.float64(),
        str: pyarrow.string(),
        datetime: pyarrow.timestamp("ms", "UTC"),
    }
    metadata = {name: _text(value) for name, value in about.items()} | {"legbal": __version__}
    schema = pyarrow.schema([(name, types[kind]) for name, kind in columns.items()], metadata=metadata)
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

"""A ride as a Parquet table, one row a second; needs pyarrow, which the extra `legbal[parquet]` brings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import IO

from legbal import __version__
from legbal.errors import FileFormatError
from legbal.files.fit.dynamics import FitDynamics
from legbal.files.table import COLUMNS, rows
from legbal.ride.by_second import BySecond


def require() -> None:
    """Says what to install where pyarrow is missing, before any work is done: FileFormatError."""
    try:
        import pyarrow.parquet  # noqa: F401
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

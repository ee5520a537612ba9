"""A ride as comma-separated values: a header, then one line a second."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import IO

from legbal.files.fit.dynamics import FitDynamics
from legbal.files.table import COLUMNS, rows
from legbal.ride.resample import BySecond


def write(file: IO[bytes], ride: BySecond, started: datetime, dynamics: Mapping[int, FitDynamics]) -> None:
    """Writes a ride to a binary file, UTF-8; what is not known is left empty.

    Args:
        file: where to.
        ride: every second of it.
        started: its second 0, aware; times are written in UTC.
        dynamics: by ride second, where a FIT file told them.
    """
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    first = started.astimezone(UTC).replace(microsecond=0)
    for second, others in rows(ride, dynamics):
        moment = first + timedelta(seconds=second)
        lines.writerow((second, f"{moment:%Y-%m-%dT%H:%M:%SZ}", *others))
    text.detach()

"""A ride as a table, one row a second: its columns, as comma-separated values and in Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Literal

from legbal.analysis.fit_dynamics import FitDynamics
from legbal.files import parquet
from legbal.ride.resample import BySecond

# column → the type of its values, as `parquet.table` takes it
_RIDE: dict[str, type | Literal["int32"]] = {
    "second": "int32",
    "time": datetime,
    "power_w": float,
    "cadence_rpm": float,
    "left_percent": float,
    "interval": "int32",
}
# cycling dynamics: column → the record's field, and which of its two angles
_DYNAMICS: dict[str, tuple[str, int | None]] = {
    **{
        f"{side}_{what}_percent": (f"{side}_{what}", None)
        for what in ("torque_effectiveness", "pedal_smoothness")
        for side in ("left", "right")
    },
    "combined_pedal_smoothness_percent": ("combined_pedal_smoothness", None),
    **{f"{side}_platform_centre_offset_mm": (f"{side}_pco", None) for side in ("left", "right")},
    **{
        f"{side}_{phase}_{end}_deg": (f"{side}_{field}", at)
        for side in ("left", "right")
        for phase, field in (("power_phase", "power_phase"), ("peak_phase", "power_phase_peak"))
        for at, end in enumerate(("start", "end"))
    },
}
COLUMNS = _RIDE | dict.fromkeys(_DYNAMICS, float)

_NOTHING = FitDynamics()


def rows(ride: BySecond, started: datetime, dynamics: Mapping[int, FitDynamics]) -> Iterator[dict[str, Any]]:
    """Every second of a ride, column → value, None where nothing is known.

    A second belongs to the interval in which it ends.

    Args:
        ride: every second of it.
        started: its second 0, aware; times are in UTC.
        dynamics: by ride second, where a FIT file told them.
    """
    number = {
        t: stretch.number for stretch in ride.stretches for t in range(stretch.start + 1, stretch.end + 1)
    }
    first = started.astimezone(UTC).replace(microsecond=0)
    for x in ride.seconds:
        shares = _rounded(x.power_w), _rounded(x.cadence_rpm), _rounded(x.left_percent)
        known = x.t, first + timedelta(seconds=x.t), *shares, number.get(x.t)
        yield dict(zip(COLUMNS, (*known, *_dynamics(dynamics.get(x.t, _NOTHING))), strict=True))


def write_csv(
    file: IO[bytes], ride: BySecond, started: datetime, dynamics: Mapping[int, FitDynamics]
) -> None:
    """Writes `rows` to a binary file as comma-separated values, UTF-8; what is not known is left empty."""
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    lines = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    lines.writeheader()
    for row in rows(ride, started, dynamics):
        lines.writerow(row | {"time": f"{row['time']:%Y-%m-%dT%H:%M:%SZ}"})
    text.detach()


def write_parquet(
    file: IO[bytes], ride: BySecond, started: datetime, dynamics: Mapping[int, FitDynamics]
) -> None:
    """Writes `rows` to a binary file as a Parquet table; what is not known is null.

    Its metadata say what the balance is (`balance`, `reference`) and on which meter (`meter`).

    Raises:
        FileFormatError: pyarrow is missing.
    """
    view = ride.view
    about = {"balance": view.balance, "reference": view.reference, "meter": view.meter_name}
    with parquet.table(file, COLUMNS, about) as put:
        put(rows(ride, started, dynamics))


def _dynamics(told: FitDynamics) -> Iterator[float | None]:
    for field, at in _DYNAMICS.values():
        value = getattr(told, field)
        yield _rounded(value if value is None or at is None else value[at])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)

"""The columns of a ride's table, which CSV and Parquet share."""

from __future__ import annotations

from collections.abc import Iterator

from legbal.ride.by_second import BySecond

COLUMNS = ("second", "time", "power_w", "cadence_rpm", "left_percent", "interval")

Row = tuple[int, float | None, float | None, float | None, int | None]


def rows(ride: BySecond) -> Iterator[Row]:
    """Every second of a ride: all columns but the time, None where nothing is known.

    A second belongs to the interval in which it ends.
    """
    number = {
        t: stretch.number for stretch in ride.stretches for t in range(stretch.start + 1, stretch.end + 1)
    }
    for x in ride.seconds:
        yield x.t, _short(x.power_w), _short(x.cadence_rpm), _short(x.left_percent), number.get(x.t)


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 2)

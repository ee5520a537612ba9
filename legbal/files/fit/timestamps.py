"""FIT's date_time: seconds since the end of 1989, UTC, in 32 bits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TypeGuard

EPOCH = datetime(1989, 12, 31, tzinfo=UTC)  # FIT profile, date_time
_EARLIEST = 0x10000000  # below it a number counts seconds since the device was switched on (FIT profile)
_LATEST = 0xFFFFFFFE
_FURTHEST_S = 14 * 3600
_ZONE_STEP_S = 900


def to_datetime(number: int) -> datetime:
    """The aware time, UTC, of a FIT date_time."""
    return EPOCH + timedelta(seconds=number)


def from_datetime(when: datetime) -> int:
    """The FIT date_time of an aware time, whole seconds; ValueError for one that FIT cannot tell."""
    if when.tzinfo is None:
        raise ValueError("a time without its zone")
    number = int((when - EPOCH).total_seconds())
    if not is_date(number):
        raise ValueError(f"{when:%Y} is not a year that a FIT file can tell")
    return number


def is_date(value: object) -> TypeGuard[int]:
    """Whether a field's value is a date_time that names a day."""
    return type(value) is int and _EARLIEST <= value <= _LATEST


def zone(timestamp: object, local_timestamp: object) -> timezone | None:
    """The zone of a device that gives one moment in UTC and on its own clock; None where they make no zone."""
    if not (isinstance(timestamp, int) and isinstance(local_timestamp, int)):
        return None
    offset = _ZONE_STEP_S * round((local_timestamp - timestamp) / _ZONE_STEP_S)
    return timezone(timedelta(seconds=offset)) if abs(offset) <= _FURTHEST_S else None

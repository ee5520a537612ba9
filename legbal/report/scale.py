"""From values to places on a chart, and where an axis has its ticks; `page.js` labels a part of it by these steps."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Literal

import msgspec

from legbal.present.numbers import clock, month_name

Kind = Literal["number", "clock", "date"]

CLOCK_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800)  # seconds
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
DAY_STEPS = (1, 2, 7, 14)
_DAY_S = 86_400.0
SHORT_DAYS = 75  # fewer days than this are told in days


class Axis(msgspec.Struct, frozen=True):
    """One axis of a chart, from `low` to `high`: numbers (of a `unit`), ride seconds, or days since 1970."""

    low: float
    high: float
    kind: Kind = "number"
    label: str = ""
    unit: str = ""

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """At most about `most` (value, label), in order, none outside the axis."""
        match self.kind:
            case "number":
                return [(value, said + self.unit) for value, said in _numbers(self.low, self.high, most)]
            case "clock":
                return _clocks(self.low, self.high, most)
            case "date":
                return _dates(self.low, self.high, most)


class Scale(msgspec.Struct, frozen=True):
    """An axis on the page: its low end at `start`, its high end `length` further (below 0: upwards)."""

    axis: Axis
    start: float
    length: float

    def __call__(self, value: float) -> float:
        """The place of a value."""
        return self.start + (value - self.axis.low) / (self.axis.high - self.axis.low) * self.length


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def _numbers(low: float, high: float, most: int) -> list[tuple[float, str]]:
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(x * power for x in (1, 2, 5, 10) if x * power >= rough * (1 - 1e-9))
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return [(value, f"{value:.{digits}f}") for value in _multiples(low, high, step)]


def _clocks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    rough = (high - low) / most
    step = next((x for x in CLOCK_STEPS if x >= rough), CLOCK_STEPS[-1])
    return [(value, clock(value, hours=high >= 3600)) for value in _multiples(low, high, step)]


def days(moment: datetime) -> float:
    """Days since 1970 of the day and hour that the rider's own clock showed."""
    return moment.replace(tzinfo=UTC).timestamp() / _DAY_S


def _dates(low: float, high: float, most: int) -> list[tuple[float, str]]:
    if high - low < SHORT_DAYS:
        rough = (high - low) / most
        step = next((x for x in DAY_STEPS if x >= rough), DAY_STEPS[-1])
        return [(at, _day(at)) for at in _multiples(math.ceil(low), high, step)]
    known = months(low, high)
    step = next((x for x in MONTH_STEPS if len(known) / x <= most), MONTH_STEPS[-1])
    return [(at, name) for at, name, number in known if number % step == 0]


def months(low: float, high: float) -> list[tuple[float, str, int]]:
    """Every month that begins between two days: its first day, its name, its number since the year 0."""
    first, last = (moment.year * 12 + moment.month - 1 for moment in map(_moment, (low, high)))
    placed = ((days(datetime(number // 12, number % 12 + 1, 1)), number) for number in range(first, last + 1))
    return [(at, _month_name(number), number) for at, number in placed if low <= at <= high]


def _moment(day: float) -> datetime:
    return datetime.fromtimestamp(day * _DAY_S, UTC)


def _day(day: float) -> str:
    moment = _moment(day)
    return f"{moment.day} {month_name(moment.month)}"


def _month_name(month: int) -> str:
    name = month_name(month % 12 + 1)
    return f"{name} {month // 12}" if month % 12 == 0 else name

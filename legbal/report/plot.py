"""From columns of numbers to a plot: axes with their ticks, scales, and series as paths of SVG; NaN leaves a gap.

`page.js` labels a part of an axis by the same steps.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.present import numbers
from legbal.ride.view import Floats

Value = TypeVar("Value", float, Floats)
Kind = Literal["number", "clock", "date"]

# from tick to tick: of any unit, of seconds, of days; a longer axis of days has a step of months
_STEPS: dict[Kind, tuple[int, ...]] = {
    "number": (1, 2, 5, 10, 20, 50, 100, 200, 500),
    "clock": (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800),
    "date": (1, 2, 7, 14),
}
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
_LONGEST_MONTH = 31  # days
_SHORT_DAYS = 75  # fewer days than this are told in days
EVEN = 50.0  # percent: both legs alike
_DAY_S = 86_400.0
_CROWDED = 1.5  # values a place, from which on they are gathered


class Axis(msgspec.Struct, frozen=True):
    """One axis of a chart, from `low` to `high`: numbers (of a `unit`), ride seconds, or days since 1970."""

    low: float
    high: float
    kind: Kind = "number"
    label: str = ""
    unit: str = ""

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """At most about `most` (value, label), in order, none outside the axis."""
        if self.kind == "date" and self.high - self.low >= _SHORT_DAYS:
            all_months = _months(self.low, self.high)
            every = next((x for x in _MONTH_STEPS if len(all_months) / x <= most), _MONTH_STEPS[-1])
            return [(at, name) for at, name, number, _ in all_months if number % every == 0]
        rough = (self.high - self.low) / most
        steps: tuple[float, ...] = _STEPS[self.kind]
        if self.kind == "number":
            power = 10.0 ** math.floor(math.log10(rough))
            steps = (power, 2 * power, 5 * power, 10 * power)
        step = next((x for x in steps if x >= rough * (1 - 1e-9)), steps[-1])
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [(number * step, self._label(number * step, digits)) for number in range(first, last + 1)]

    def data(self) -> dict[str, object]:
        """What `page.js` needs to label a part of it: the steps, and each zero for which it puts a number."""
        return {
            "kind": self.kind,
            "low": self.low,
            "high": self.high,
            "steps": _STEPS[self.kind],
            "months": _months(self.low - _LONGEST_MONTH, self.high) if self.kind == "date" else (),
            "month_steps": _MONTH_STEPS,
            "short_days": _SHORT_DAYS,
            "number": numbers.number(0, unit=self.unit),
            "clocks": [numbers.clock(0, hours=self.high >= 3600), numbers.clock(0, hours=True)],
        }

    def _label(self, value: float, digits: int) -> str:
        match self.kind:
            case "number":
                return numbers.number(value, digits, self.unit)
            case "clock":
                return numbers.clock(value, hours=self.high >= 3600)
            case "date":
                moment = _moment(value)
                return f"{moment.day} {numbers.MONTHS[moment.month - 1]}"


class Scale(msgspec.Struct, frozen=True):
    """An axis on the page: its low end at `start`, its high end `length` further (below 0: upwards)."""

    axis: Axis
    start: float
    length: float

    def __call__(self, value: Value) -> Value:
        """The place of a value, or of many."""
        return self.start + (value - self.axis.low) / (self.axis.high - self.axis.low) * self.length


SeriesKind = Literal["line", "band", "range", "above", "below", "dots"]


class Series(msgspec.Struct, frozen=True):
    """What is drawn of a column `y` over the column `x`; `style` is a class.

    A "line", a "band" of its errors about it (in the column `error`), the "range" from the lowest to the highest at
    each place, the area "above" or "below" even legs; or "dots" for each value, upright bars where it has an `error`.
    """

    kind: SeriesKind
    y: str
    style: str
    error: str = ""
    x: str = "x"


class Span(msgspec.Struct, frozen=True):
    """A part of the x axis that means something, over the chart's whole height; `label` stands at its top."""

    low: float
    high: float
    style: str
    tooltip: str
    label: str = ""


class Marker(msgspec.Struct, frozen=True):
    """A moment on the x axis, with an upright line, a shape and a label at the top: what is no alert has a flag."""

    at: float
    style: str
    tooltip: str
    label: str = ""


def days(moment: datetime) -> float:
    """Days since 1970 of the day and hour that the rider's own clock showed."""
    return moment.replace(tzinfo=UTC).timestamp() / _DAY_S


def _months(low: float, high: float) -> list[tuple[float, str, int, str]]:
    """Every month that begins between two days: its first day, its name, its number since the year 0, and its `{day}`.

    That is a day of it as it is said, for the day's own number to be filled in.
    """
    first_days = []
    first, last = (moment.year * 12 + moment.month - 1 for moment in map(_moment, (low, high)))
    for number in range(first, last + 1):
        year, month = divmod(number, 12)
        first_day, name = datetime(year, month + 1, 1), numbers.MONTHS[month]
        at, of_it = days(first_day), numbers.day(first_day).replace("1", "{day}", 1)
        if low <= at <= high:
            first_days.append((at, name if month else f"{name} {year}", number, of_it))
    return first_days


def _moment(day: float) -> datetime:
    return datetime.fromtimestamp(day * _DAY_S, UTC)


def ratio(total: npt.NDArray[np.number], count: npt.NDArray[np.number]) -> Floats:
    """Means from sums and how many values these are of, of one shape; NaN where there is none."""
    with np.errstate(invalid="ignore"):
        return total.astype(np.float64) / count.astype(np.float64)


def is_crowded(x: Floats, places: int) -> bool:
    """Whether there are more values than can be told apart."""
    return len(x) > _CROWDED * places


def gather(x: Floats, y: Floats, axis: Axis, places: int) -> tuple[Floats, Floats, Floats, Floats]:
    """The values within the axis by place across it: x, mean, lowest, highest, each NaN where a place has none.

    Where they are not crowded each stands for itself.

    Args:
        x: shape (n,), rising.
        y: shape (n,).
        axis: of x.
        places: across the axis.
    """
    first = max(0, int(np.searchsorted(x, axis.low)) - 1)
    last = min(len(x), int(np.searchsorted(x, axis.high, "right")) + 1)
    x, y = x[first:last], y[first:last]
    if not is_crowded(x, places):
        return x, y, y, y
    finite = np.isfinite(y)
    place = ((x - axis.low) / (axis.high - axis.low) * places).astype(int).clip(0, places - 1)[finite]
    count = np.bincount(place, minlength=places)
    low, high = np.full(places, np.inf), np.full(places, -np.inf)
    np.minimum.at(low, place, y[finite])
    np.maximum.at(high, place, y[finite])
    mean = ratio(np.bincount(place, y[finite], places), count)
    low[count == 0] = high[count == 0] = np.nan
    return axis.low + (np.arange(places) + 0.5) / places * (axis.high - axis.low), mean, low, high


def path(series: Series, columns: Mapping[str, Floats], across: Scale, up: Scale, places: int) -> str:
    """A series as the path of an SVG, on both scales; more values than `places` are gathered."""
    x, y = columns[series.x], columns[series.y]
    error = columns[series.error] if series.error else np.zeros(len(y))
    if series.kind == "dots":  # a point is drawn by the round ends of a stroke
        finite = np.isfinite(x + y + error)
        ends = (across(x[finite]), up((y - error)[finite]), up((y + error)[finite]))
        return "M%s %sV%s" * len(ends[0]) % tuple(_coordinates(np.column_stack(ends)).split())
    x, mean, low, high = gather(x, y, across.axis, places)
    match series.kind:
        case "line":
            low = high = mean
        case "band":
            off = gather(columns[series.x], error, across.axis, places)[1]
            low, high = mean - off, mean + off
        case "above":
            low, high = np.full(len(mean), EVEN), np.maximum(mean, EVEN)
        case "below":
            low, high = np.full(len(mean), EVEN), np.minimum(mean, EVEN)
    finite = np.flatnonzero(np.isfinite(low + high))
    runs = np.split(finite, np.flatnonzero(np.diff(finite) > 1) + 1)
    above, below = (np.column_stack((across(x), up(edge))) for edge in (high, low))
    if series.kind == "line":
        return "".join(_line(above[run]) for run in runs if len(run))
    outlines = (np.concatenate((above[run], below[run][::-1])) for run in runs if len(run) > 1)
    return "".join(f"M{_coordinates(outline)}Z" for outline in outlines)


def _line(points: Floats) -> str:
    """A line through points; a lone one is a short dash, so that it is seen."""
    return f"M{_coordinates(points)}" if len(points) > 1 else f"M{_coordinates(points - (0.5, 0.0))}h1"


def _coordinates(points: Floats) -> str:
    """Points as `short` writes them, all at once: a page has a hundred thousand."""
    text = msgspec.json.encode(np.round(points, 1).ravel().tolist()).decode()
    return text.strip("[]").replace(".0,", ",").replace(",", " ").removesuffix(".0")

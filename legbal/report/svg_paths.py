"""Paths of SVG from columns of numbers; NaN leaves a gap.

More values than `places` across the axis are gathered by place: a mean for a line, lowest and highest for a range.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import msgspec
import numpy as np

from legbal.present.html import short
from legbal.report.scale import Scale
from legbal.ride.view import Floats

Draw = Literal["line", "range", "band", "diverging", "dots", "bars"]

_CROWDED = 1.5  # values a place, from which on they are gathered


class Gathered(msgspec.Struct, frozen=True):
    """Values by place across a chart, each of shape (n,): NaN where a place has none."""

    x: Floats
    mean: Floats
    low: Floats
    high: Floats


def crowded(x: Floats, places: int) -> bool:
    """Whether there are more values than can be told apart."""
    return len(x) > _CROWDED * places


def gather(x: Floats, y: Floats, scale: Scale, places: int) -> Gathered:
    """The values within the axis, one a place where they are crowded, else each for itself.

    Args:
        x: shape (n,), rising.
        y: shape (n,).
        scale: of x.
        places: across the axis.
    """
    axis = scale.axis
    first = max(0, int(np.searchsorted(x, axis.low)) - 1)
    last = min(len(x), int(np.searchsorted(x, axis.high, "right")) + 1)
    x, y = x[first:last], y[first:last]
    if not crowded(x, places):
        return Gathered(x, y, y, y)
    known = np.isfinite(y)
    place = ((x - axis.low) / (axis.high - axis.low) * places).astype(int).clip(0, places - 1)[known]
    count = np.bincount(place, minlength=places)
    low, high = np.full(places, np.inf), np.full(places, -np.inf)
    np.minimum.at(low, place, y[known])
    np.maximum.at(high, place, y[known])
    with np.errstate(invalid="ignore"):
        mean = np.bincount(place, y[known], places) / count
    empty = count == 0
    low[empty] = high[empty] = np.nan
    return Gathered(axis.low + (np.arange(places) + 0.5) / places * (axis.high - axis.low), mean, low, high)


def line(x: Floats, y: Floats, across: Scale, up: Scale, places: int) -> str:
    """A line through the values."""
    gathered = gather(x, y, across, places)
    return "".join(_polyline(piece) for piece in _pieces(gathered.x, gathered.mean, across, up))


def range_(x: Floats, y: Floats, across: Scale, up: Scale, places: int) -> str:
    """The area between the lowest and the highest value at each place."""
    gathered = gather(x, y, across, places)
    return _area(gathered.x, gathered.low, gathered.high, across, up)


def band(x: Floats, y: Floats, error: Floats, across: Scale, up: Scale, places: int) -> str:
    """The area of the values less and plus their errors."""
    middle, off = gather(x, y, across, places), gather(x, error, across, places)
    return _area(middle.x, middle.mean - off.mean, middle.mean + off.mean, across, up)


def diverging(x: Floats, y: Floats, base: float, side: int, across: Scale, up: Scale, places: int) -> str:
    """The area between `base` and the values on one side of it: above (1) or below (-1)."""
    gathered = gather(x, y, across, places)
    held = np.maximum(gathered.mean, base) if side > 0 else np.minimum(gathered.mean, base)
    still = np.where(np.isfinite(held), base, np.nan)
    return _area(gathered.x, still, held, across, up)


def dots(x: Floats, y: Floats, across: Scale, up: Scale) -> str:
    """A point for each value: drawn by the round ends of a stroke."""
    known = np.isfinite(x) & np.isfinite(y)
    return "".join(
        f"M{short(across(a))} {short(up(b))}h0"
        for a, b in zip(x[known].tolist(), y[known].tolist(), strict=True)
    )


def bars(x: Floats, y: Floats, error: Floats, across: Scale, up: Scale) -> str:
    """An upright bar from each value less its error to it plus its error."""
    known = np.isfinite(x) & np.isfinite(y) & np.isfinite(error)
    rows = zip(x[known].tolist(), y[known].tolist(), error[known].tolist(), strict=True)
    return "".join(f"M{short(across(a))} {short(up(b - c))}V{short(up(b + c))}" for a, b, c in rows)


def _area(x: Floats, low: Floats, high: Floats, across: Scale, up: Scale) -> str:
    above, below = _pieces(x, high, across, up), _pieces(x, low, across, up)
    return "".join(
        _polyline([*a, *reversed(b)]) + "Z" for a, b in zip(above, below, strict=True) if len(a) > 1
    )


def _pieces(x: Floats, y: Floats, across: Scale, up: Scale) -> list[list[tuple[float, float]]]:
    """The unbroken runs of known values, as places on the page."""
    known = np.flatnonzero(np.isfinite(y))
    points = [(across(a), up(b)) for a, b in zip(x[known].tolist(), y[known].tolist(), strict=True)]
    ends = [0, *(np.flatnonzero(np.diff(known) > 1) + 1).tolist(), len(points)]
    return [points[a:b] for a, b in pairwise(ends) if a < b]


def _polyline(points: list[tuple[float, float]]) -> str:
    """A path through points; a lone one is a short dash, so that it is seen."""
    if len(points) == 1:
        return f"M{short(points[0][0] - 0.5)} {short(points[0][1])}h1"
    first, *others = (f"{short(a)} {short(b)}" for a, b in points)
    return f"M{first}L{' '.join(others)}"

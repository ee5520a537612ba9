"""Charts as they are to be drawn: axes, series from columns, spans and marks; and what `page.js` needs of them."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from legbal.present.html import visible
from legbal.report.plot import MONTH_STEPS, SHORT_DAYS, STEPS, Axis, Kind, Series, months
from legbal.ride.view import Floats

TICKS_ACROSS = 8
_DIGITS: dict[Kind, int] = {"number": 1, "clock": 0, "date": 3}  # of a place, for the pointer


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


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """One chart of a group; `series` are drawn of the group's columns."""

    name: str
    title: str
    description: str
    y: Axis
    height: float
    series: Sequence[Series]
    spans: Sequence[Span] = ()
    markers: Sequence[Marker] = ()
    even: bool = False  # whether there is a line where both legs are alike


class Readout(msgspec.Struct, frozen=True, kw_only=True):
    """One value of the line that tells what is under the pointer: column `y` at the place nearest in column `x`.

    With `error`, a column too, the value is not told without it. `rest` tells what is missing to 100. `quiet` says
    nothing where there is no value; otherwise there is a dash.
    """

    label: str
    y: str
    x: str = "x"
    error: str = ""
    digits: int = 1
    unit: str = ""
    style: str = ""
    rest: bool = False
    quiet: bool = False


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Charts that share their x axis and columns, and zoom together where there is a read-out.

    Attributes:
        name: of those that zoom, in their box's `data-charts`.
        x: their whole x axis.
        columns: their numbers by name, each of shape (n,); the page holds those of the read-out.
        width: of each chart.
        readout: what the line above them tells.
        spans: and of which parts of the axis.
        rest: what the line says while nobody points.
        least: the narrowest part of the axis that can be shown.
        near: how far from the pointer a value may lie to be told.
    """

    name: str = ""
    x: Axis
    columns: Mapping[str, Floats]
    width: float = 880.0
    readout: Sequence[Readout] = ()
    spans: Sequence[Span] = ()
    rest: str = ""
    least: float = 0.0
    near: float = 0.0

    def data(self) -> dict[str, object]:
        """What `page.js` needs to write their axis and to tell their values."""
        digits: dict[str, int] = {}
        for x in self.readout:
            digits |= dict.fromkeys(filter(None, (x.y, x.error)), x.digits and x.digits + 1)
            digits[x.x] = _DIGITS[self.x.kind]
        return {
            "kind": self.x.kind,
            "low": self.x.low,
            "high": self.x.high,
            "columns": {name: _stored(self.columns[name], places) for name, places in digits.items()},
            "readout": self.readout,
            "spans": [
                {"low": x.low, "high": x.high, "label": visible(x.tooltip), "style": x.style}
                for x in self.spans
            ],
            "rest": self.rest,
            "least": self.least,
            "near": self.near,
            "unit": self.x.unit,
            "steps": STEPS[self.x.kind],
            "months": months(self.x.low, self.x.high) if self.x.kind == "date" else (),
            "month_steps": MONTH_STEPS,
            "short_days": SHORT_DAYS,
            "most_ticks": TICKS_ACROSS,
        }


def _stored(values: Floats, digits: int) -> object:
    """A column as JSON takes it: null for NaN; one that rises evenly by its first value and step alone."""
    if len(values) > 2 and np.all(np.diff(values) == values[1] - values[0]):
        return {"from": float(values[0]), "step": float(values[1] - values[0]), "count": len(values)}
    text = msgspec.json.encode(np.round(values, digits).tolist())
    return msgspec.Raw(text.replace(b".0,", b",").replace(b".0]", b"]"))

"""A chart: an SVG with axes, series from columns, spans and marks, which is complete as it is built.

What lies between the axes is an SVG of its own over the whole x axis. To zoom, `page.js` shows a part of it
(`viewBox`), keeps labels and markers upright (`data-x`), and writes the x axis anew; it draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec
import numpy as np

from legbal.present.html import Attribute, Markup, join, short, tag, visible
from legbal.report import svg_paths
from legbal.report.scale import CLOCK_STEPS, DAY_STEPS, MONTH_STEPS, SHORT_DAYS, Axis, Kind, Scale, months
from legbal.ride.view import Floats

WIDTH = 880.0
LEFT, RIGHT, TOP, BOTTOM = 50.0, 20.0, 22.0, 24.0
_TICKS_ACROSS, _PX_A_TICK_UP = 8, 28.0
_MARKER_HEIGHT = 9.0
_LEAST_LABELLED = 16.0  # a narrower span does not show its label
_FINE = 4  # times as many places across as the page has, for what is seen from near


# from tick to tick of the x axis, once a part of it is shown
_STEPS: dict[Kind, tuple[int, ...]] = {
    "number": (1, 2, 5, 10, 20, 50, 100, 200, 500),
    "clock": CLOCK_STEPS,
    "date": DAY_STEPS,
}


class Series(msgspec.Struct, frozen=True):
    """What is drawn of a column: `kind` of drawing, of which `y`, with the errors in `error`; `style` is a class.

    A "diverging" is drawn on one side of `base`: above (`side` 1) or below (-1). A "bars" or "dots" series may have its
    own column of places in `x`.
    """

    kind: svg_paths.Draw
    y: str
    style: str
    error: str = ""
    x: str = "x"
    base: float = 50.0
    side: int = 1


class Span(msgspec.Struct, frozen=True):
    """A part of the x axis that means something, over the chart's whole height; `label` stands at its top."""

    low: float
    high: float
    style: str
    said: str
    label: str = ""


class Marker(msgspec.Struct, frozen=True):
    """A moment on the x axis, with an upright line, a shape and a label at the top; `said` is its tooltip."""

    at: float
    style: str
    said: str
    shape: Literal["down", "flag"] = "down"
    label: str = ""


class Level(msgspec.Struct, frozen=True):
    """A value on the y axis with a line across."""

    at: float
    style: str


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """One chart; `columns` are its numbers by name, "x" among them, each of shape (n,)."""

    name: str
    title: str
    description: str
    x: Axis
    y: Axis
    height: float
    columns: Mapping[str, Floats]
    series: tuple[Series, ...]
    spans: tuple[Span, ...] = ()
    markers: tuple[Marker, ...] = ()
    levels: tuple[Level, ...] = ()
    width: float = WIDTH
    follows: str = ""  # the group of charts with which it zooms; "": it stays as it is

    @property
    def across(self) -> Scale:
        """The x axis within the plot."""
        return Scale(self.x, 0.0, self.width - LEFT - RIGHT)

    @property
    def up(self) -> Scale:
        """The y axis within the plot, above which markers stand."""
        return Scale(self.y, self.plot_height, _MARKER_HEIGHT - self.plot_height)

    @property
    def plot_height(self) -> float:
        """Of what lies between the axes, with the markers."""
        return self.height - TOP - BOTTOM + _MARKER_HEIGHT


def svg(chart: Chart) -> Markup:
    """The chart as an SVG element, told to those who cannot see it by its title and description."""
    across, up = chart.across, chart.up
    ends = " ".join(map(short, (TOP, chart.height - BOTTOM, chart.height - 7)))
    plot = tag(
        "svg",
        *(_span(x, chart) for x in chart.spans),
        *(_level(x, chart) for x in chart.levels),
        *(path for x in chart.series for path in _paths(x, chart)),
        *(_marker(x, chart) for x in chart.markers),
        _cursor(chart),
        class_="plot",
        x=LEFT,
        y=TOP - _MARKER_HEIGHT,
        width=across.length,
        height=chart.plot_height,
        viewBox=f"0 0 {short(across.length)} {short(chart.plot_height)}",
        preserveAspectRatio="none",
    )
    return tag(
        "svg",
        tag("title", chart.title, id=f"{chart.name}-title"),
        tag("desc", chart.description, id=f"{chart.name}-desc"),
        tag("g", *_levels_of_grid(chart, up), class_="grid"),
        tag("g", *ticks_across(chart.x, across, chart.height), class_="ticks", data_up=ends),
        plot,
        tag("text", chart.y.label, x=4, y=TOP - 9, class_="name"),
        role="img",
        aria_labelledby=f"{chart.name}-title {chart.name}-desc",
        id=chart.name,
        class_="chart",
        viewBox=f"0 0 {short(chart.width)} {short(chart.height)}",
        data_group=chart.follows or None,
    )


def ticks_across(axis: Axis, across: Scale, height: float) -> list[Markup]:
    """The ticks of the x axis: a line over the whole height and a label below."""
    found = []
    for value, label in axis.ticks(_TICKS_ACROSS):
        x = LEFT + across(value)
        found.append(tag("path", d=f"M{short(x)} {short(TOP)}V{short(height - BOTTOM)}"))
        found.append(tag("text", label, x=x, y=height - 7))
    return found


def _levels_of_grid(chart: Chart, up: Scale) -> list[Markup]:
    found = []
    for value, label in chart.y.ticks(max(2, int(-up.length / _PX_A_TICK_UP))):
        y = TOP - _MARKER_HEIGHT + up(value)
        found.append(tag("path", d=f"M{short(LEFT)} {short(y)}H{short(chart.width - RIGHT)}"))
        found.append(tag("text", label, x=LEFT - 6, y=y + 4))
    return found


def _paths(series: Series, chart: Chart) -> Iterator[Markup]:
    """A series; crowded values of a chart that zooms once for the whole axis, and once finer for a part of it."""
    places = int(chart.across.length)
    gathered = series.kind not in ("dots", "bars") and svg_paths.crowded(chart.columns[series.x], places)
    if not chart.follows or not gathered:
        yield tag("path", d=_path(series, chart, places), class_=series.style)
        return
    for style, times in (("coarse", 1), ("fine", _FINE)):
        yield tag("path", d=_path(series, chart, times * places), class_=f"{series.style} {style}")


def _path(series: Series, chart: Chart, places: int) -> str:
    x, y, across, up = chart.columns[series.x], chart.columns[series.y], chart.across, chart.up
    match series.kind:
        case "line":
            return svg_paths.line(x, y, across, up, places)
        case "range":
            return svg_paths.range_(x, y, across, up, places)
        case "diverging":
            return svg_paths.diverging(x, y, series.base, series.side, across, up, places)
        case "dots":
            return svg_paths.dots(x, y, across, up)
        case "band":
            return svg_paths.band(x, y, chart.columns[series.error], across, up, places)
        case "bars":
            return svg_paths.bars(x, y, chart.columns[series.error], across, up)


def _upright(x: float, *children: Markup | None, **attributes: Attribute) -> Markup:
    """What stands at a place of the x axis and keeps its shape when the plot is stretched."""
    return tag("g", *children, transform=f"translate({short(x)} 0)", data_x=x, **attributes)


def _span(span: Span, chart: Chart) -> Markup:
    start, end = chart.across(span.low), chart.across(span.high)
    width, height = max(1.0, end - start), chart.plot_height
    label = None
    if span.label:
        hidden = None if width >= _LEAST_LABELLED else "hidden"
        text = tag("text", span.label, y=height - 5)
        label = _upright(
            start + width / 2, text, data_room=f"{width / _LEAST_LABELLED:.4f}", visibility=hidden
        )
    rect = tag("rect", x=start, y=_MARKER_HEIGHT, width=width, height=height - _MARKER_HEIGHT)
    return tag("g", tag("title", span.said), rect, label, class_=f"span {span.style}")


def _marker(marker: Marker, chart: Chart) -> Markup:
    return _upright(
        chart.across(marker.at),
        tag("title", marker.said),
        tag("path", d=f"M0 {short(_MARKER_HEIGHT)}V{short(chart.plot_height)}", class_="stem"),
        tag("path", d="M-5.5 0h11l-5.5 9z" if marker.shape == "down" else "M0 0h9v7h-9z", class_="shape"),
        tag("text", marker.label, x=12, y=8) if marker.label else None,
        class_=f"marker {marker.style}",
    )


def _level(level: Level, chart: Chart) -> Markup:
    path = tag("path", d=f"M0 {short(chart.up(level.at))}H{short(chart.across.length)}")
    return tag("g", path, class_=f"level {level.style}")


def _cursor(chart: Chart) -> Markup | None:
    """The upright line that follows the reader's pointer, and what is being selected; hidden until then."""
    if not chart.follows:
        return None
    height = short(chart.plot_height)
    line = tag("path", d=f"M0 {short(_MARKER_HEIGHT)}V{height}", class_="cursor", visibility="hidden")
    return join([tag("rect", width=0, height=height, class_="selection"), line])


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


class ReadoutSpan(msgspec.Struct, frozen=True):
    """A stretch of the x axis that the line tells of while the pointer is in it."""

    low: float
    high: float
    label: str
    style: str = ""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Charts that zoom together: what `page.js` needs to write their axis and to tell their values.

    Attributes:
        x: their whole x axis.
        columns: all their columns by name, each of shape (n,); the page holds those of the readout.
        digits: decimals to which a column is rounded there; 0 where not named.
        readout: what the line tells.
        spans: and of which parts of the axis.
        rest: what the line says while nobody points.
        least: the narrowest part of the axis that can be shown.
        near: how far from the pointer a value may lie to be told.
    """

    x: Axis
    columns: Mapping[str, Floats]
    digits: Mapping[str, int]
    readout: tuple[Readout, ...]
    spans: tuple[ReadoutSpan, ...] = ()
    rest: str = ""
    least: float
    near: float

    def data(self) -> dict[str, object]:
        """It as JSON takes it: null for NaN; a column that rises evenly by its first value and step alone."""
        used = dict.fromkeys(name for x in self.readout for name in (x.x, x.y, x.error) if name)
        columns = {name: _stored(self.columns[name], self.digits.get(name, 0)) for name in used}
        return {
            "kind": self.x.kind,
            "low": self.x.low,
            "high": self.x.high,
            "columns": columns,
            "readout": [msgspec.structs.replace(x, label=visible(x.label)) for x in self.readout],
            "spans": [msgspec.structs.replace(x, label=visible(x.label)) for x in self.spans],
            "rest": self.rest,
            "least": self.least,
            "near": self.near,
            "unit": self.x.unit,
            "steps": _STEPS[self.x.kind],
            "months": months(self.x.low, self.x.high) if self.x.kind == "date" else (),
            "month_steps": MONTH_STEPS,
            "short_days": SHORT_DAYS,
            "most_ticks": _TICKS_ACROSS,
        }


def _stored(values: Floats, digits: int) -> object:
    if len(values) > 2 and np.all(np.diff(values) == values[1] - values[0]):
        step = float(values[1] - values[0])
        return {"from": float(values[0]), "step": step, "count": len(values)}
    rounded = np.round(values, digits).tolist()
    if digits:
        return [None if value != value else value for value in rounded]
    return [None if value != value else int(value) for value in rounded]


def figure(caption: Markup, *parts: Markup | None, class_: str = "", **attributes: Attribute) -> Markup:
    """Charts that stay on one printed page, with their caption above."""
    inside = tag("div", join(parts), class_="charts")
    return tag("figure", tag("figcaption", caption), inside, class_=class_ or None, **attributes)

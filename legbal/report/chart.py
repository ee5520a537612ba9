"""A chart: an SVG with axes, series from columns, spans and marks, which is complete as it is built.

What it says in `data-` attributes is what `page.js` needs to draw it again when the reader zooms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec
import numpy as np

from legbal.present.html import Attribute, Markup, join, short, tag, visible
from legbal.report import svg_paths
from legbal.report.scale import Axis, Scale
from legbal.ride.view import Floats

WIDTH = 880.0
LEFT, RIGHT, TOP, BOTTOM = 50.0, 20.0, 22.0, 24.0
_TICKS_ACROSS, _PX_A_TICK_UP = 8, 28.0
_MARKER_HEIGHT = 9.0
_LEAST_LABELLED = 16.0  # a narrower stretch does not show its label


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
    """A value on the y axis with a line across; `label` stands at its right end."""

    at: float
    style: str
    label: str = ""


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
        """The x axis on the page."""
        return Scale(self.x, LEFT, self.width - LEFT - RIGHT)

    @property
    def up(self) -> Scale:
        """The y axis on the page."""
        return Scale(self.y, self.height - BOTTOM, -(self.height - TOP - BOTTOM))


def svg(chart: Chart) -> Markup:
    """The chart as an SVG element, told to those who cannot see it by its title and description."""
    across, up = chart.across, chart.up
    plot_height = chart.height - TOP - BOTTOM
    clip = f"{chart.name}-clip"
    return tag(
        "svg",
        tag("title", chart.title, id=f"{chart.name}-title"),
        tag("desc", chart.description, id=f"{chart.name}-desc"),
        tag(
            "clipPath",
            tag(
                "rect",
                x=LEFT,
                y=TOP - _MARKER_HEIGHT,
                width=across.length,
                height=plot_height + _MARKER_HEIGHT,
            ),
            id=clip,
        ),
        tag("g", *_levels_of_grid(chart, up), class_="grid"),
        tag("g", *ticks_across(chart.x, across, chart.height), class_="ticks", data_kind=chart.x.kind),
        tag(
            "g",
            *(_span(x, across, plot_height) for x in chart.spans),
            *(_level(x, chart, up) for x in chart.levels),
            *(_path(x, chart, across, up) for x in chart.series),
            *(_marker(x, across, chart.height) for x in chart.markers),
            class_="plot",
            clip_path=f"url(#{clip})",
        ),
        tag("text", chart.y.label, x=4, y=TOP - 9, class_="name"),
        _cursor(chart),
        role="img",
        aria_labelledby=f"{chart.name}-title {chart.name}-desc",
        id=chart.name,
        class_="chart",
        viewBox=f"0 0 {short(chart.width)} {short(chart.height)}",
        data_group=chart.follows or None,
        data_across=f"{short(LEFT)} {short(across.length)}",
        data_up=f"{short(TOP)} {short(plot_height)} {chart.y.low!r} {chart.y.high!r}",
    )


def ticks_across(axis: Axis, across: Scale, height: float) -> list[Markup]:
    """The ticks of the x axis: a line over the whole height and a label below."""
    found = []
    for value, label in axis.ticks(_TICKS_ACROSS):
        x = across(value)
        found.append(tag("path", d=f"M{short(x)} {short(TOP)}V{short(height - BOTTOM)}"))
        found.append(tag("text", label, x=x, y=height - 7))
    return found


def _levels_of_grid(chart: Chart, up: Scale) -> list[Markup]:
    found = []
    for value, label in chart.y.ticks(max(2, int(-up.length / _PX_A_TICK_UP))):
        y = up(value)
        found.append(tag("path", d=f"M{short(LEFT)} {short(y)}H{short(chart.width - RIGHT)}"))
        found.append(tag("text", label, x=LEFT - 6, y=y + 4))
    return found


def _path(series: Series, chart: Chart, across: Scale, up: Scale) -> Markup:
    x, y = chart.columns[series.x], chart.columns[series.y]
    said: dict[str, Attribute] = {"class_": series.style, "data_draw": series.kind, "data_y": series.y}
    match series.kind:
        case "line":
            path = svg_paths.line(x, y, across, up)
        case "range":
            path = svg_paths.range_(x, y, across, up)
        case "diverging":
            path = svg_paths.diverging(x, y, series.base, series.side, across, up)
            said |= {"data_base": series.base, "data_side": series.side}
        case "dots":
            path = svg_paths.dots(x, y, across, up)
        case "band":
            path = svg_paths.band(x, y, chart.columns[series.error], across, up)
        case "bars":
            path = svg_paths.bars(x, y, chart.columns[series.error], across, up)
    if series.error:
        said["data_error"] = series.error
    if series.x != "x":
        said["data_x"] = series.x
    return tag("path", d=path, **said)


def _span(span: Span, across: Scale, height: float) -> Markup:
    """A rectangle in a frame of its own, so that the label moves with it."""
    x, width = across(span.low), max(1.0, across(span.high) - across(span.low))
    return tag(
        "g",
        tag("title", span.said),
        tag("rect", x=x, y=TOP, width=width, height=height),
        tag(
            "text",
            span.label,
            x=x + width / 2,
            y=TOP + height - 5,
            visibility=None if width >= _LEAST_LABELLED else "hidden",
        )
        if span.label
        else None,
        class_=f"span {span.style}",
        data_low=repr(span.low),
        data_high=repr(span.high),
    )


def _marker(marker: Marker, across: Scale, height: float) -> Markup:
    shape = f"M-5.5 {short(TOP - 9)}h11l-5.5 9z" if marker.shape == "down" else f"M0 {short(TOP - 9)}h9v7h-9z"
    return tag(
        "g",
        tag("title", marker.said),
        tag("path", d=f"M0 {short(TOP)}V{short(height - BOTTOM)}", class_="stem"),
        tag("path", d=shape, class_="shape"),
        tag("text", marker.label, x=12, y=TOP - 1) if marker.label else None,
        class_=f"marker {marker.style}",
        transform=f"translate({short(across(marker.at))} 0)",
        data_at=repr(marker.at),
    )


def _level(level: Level, chart: Chart, up: Scale) -> Markup:
    y, right = up(level.at), chart.width - RIGHT
    return tag(
        "g",
        tag("path", d=f"M{short(LEFT)} {short(y)}H{short(right)}"),
        tag("text", level.label, x=right - 4, y=y - 5) if level.label else None,
        class_=f"level {level.style}",
    )


def _cursor(chart: Chart) -> Markup | None:
    """The upright line that follows the reader's pointer; hidden until then."""
    if not chart.follows:
        return None
    line = tag("path", d=f"M0 {short(TOP)}V{short(chart.height - BOTTOM)}")
    return tag("g", line, class_="cursor", visibility="hidden")


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
    """Charts that zoom together: what `page.js` needs to draw them again and to tell their values.

    Attributes:
        x: their whole x axis.
        columns: all their columns by name, each of shape (n,).
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
        columns = {name: _stored(values, self.digits.get(name, 0)) for name, values in self.columns.items()}
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

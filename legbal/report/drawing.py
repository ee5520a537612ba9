"""Charts as SVG, which is complete as it is built.

What lies between a chart's axes is an SVG of its own over the whole x axis. To zoom, `page.js` shows a part of it
(`viewBox`), keeps labels and markers upright (`data-x`), and writes the x axis anew; it draws nothing.
"""

from collections.abc import Iterator

from legbal.present.html import Attribute, Child, Markup, short, tag
from legbal.report.chart import TICKS_ACROSS, Chart, Group
from legbal.report.page import picture
from legbal.report.plot import EVEN, Marker, Scale, Series, Span, is_crowded, path

_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 20.0, 22.0, 24.0
_PX_A_TICK_UP = 28.0
_MARKER_HEIGHT = 9.0
_LEAST_LABELLED, _LETTER = (
    16.0,
    7.5,
)  # a span that is narrower, also than its label's letters, does not show it
_FINE = 4  # times as many places across as the page has, for what is seen from near


def svg(chart: Chart, group: Group) -> Markup:
    """The chart as an SVG element."""
    height = chart.height - _TOP - _BOTTOM + _MARKER_HEIGHT  # of what lies between the axes, with the markers
    right, bottom = group.width - _RIGHT, chart.height - _BOTTOM
    across = Scale(group.x, 0.0, right - _LEFT)
    up = Scale(chart.y, height, _MARKER_HEIGHT - height)
    grid, ticks = [], []
    for value, label in chart.y.ticks(max(2, int(-up.length / _PX_A_TICK_UP))):
        y = _TOP - _MARKER_HEIGHT + up(value)
        grid += [
            tag("path", d=f"M{short(_LEFT)} {short(y)}H{short(right)}"),
            tag("text", label, x=_LEFT - 6, y=y + 4),
        ]
    for value, label in group.x.ticks(TICKS_ACROSS):
        x = _LEFT + across(value)
        ticks += [
            tag("path", d=f"M{short(x)} {short(_TOP)}V{short(bottom)}"),
            tag("text", label, x=x, y=chart.height - 7),
        ]
    has_even = chart.even and chart.y.low < EVEN < chart.y.high
    upright = f"M0 {short(_MARKER_HEIGHT)}V{short(height)}"
    pointing = (  # both hidden until the reader points and selects
        tag("rect", width=0, height=height, class_="selection"),
        tag("path", d=upright, class_="cursor", visibility="hidden"),
    )
    plot = tag(
        "svg",
        *(_span(x, across, height) for x in chart.spans),
        tag("path", d=f"M0 {short(up(EVEN))}H{short(across.length)}", class_="even") if has_even else None,
        *(drawn for x in chart.series for drawn in _paths(x, group, across, up)),
        *(_marker(x, across, height) for x in chart.markers),
        *(pointing if group.readout else ()),
        class_="plot",
        x=_LEFT,
        y=_TOP - _MARKER_HEIGHT,
        width=across.length,
        height=height,
        viewBox=f"0 0 {short(across.length)} {short(height)}",
        preserveAspectRatio="none",
    )
    return picture(
        chart.name,
        chart.title,
        chart.description,
        (group.width, chart.height),
        tag("g", *grid, class_="grid"),
        tag("g", *ticks, class_="ticks", data_up=" ".join(map(short, (_TOP, bottom, chart.height - 7)))),
        plot,
        tag("text", chart.y.label, x=4, y=_TOP - 9, class_="name"),
        class_="chart",
        data_group=group.name or None,
    )


def _paths(series: Series, group: Group, across: Scale, up: Scale) -> Iterator[Markup]:
    """A series; crowded values of charts that zoom once for the whole axis, and once finer for a part of it."""
    places = int(across.length)
    has_fine = group.readout and series.kind != "dots" and is_crowded(group.columns[series.x], places)
    styles = ((" coarse", 1), (" fine", _FINE)) if has_fine else (("", 1),)
    for style, times in styles:
        line = path(series, group.columns, across, up, times * places)
        yield tag("path", d=line, class_=f"{series.style}{style}")


def _upright(x: float, *children: Child, **attributes: Attribute) -> Markup:
    """What stands at a place of the x axis and keeps its shape when the plot is stretched."""
    return tag("g", *children, transform=f"translate({short(x)} 0)", data_x=x, **attributes)


def _span(span: Span, across: Scale, height: float) -> Markup:
    start, end = across(span.low), across(span.high)
    width = max(1.0, end - start)
    label = None
    if span.label:
        room = width / max(_LEAST_LABELLED, _LETTER * len(span.label))
        label = _upright(
            start + width / 2,
            tag("text", span.label, y=height - 5),
            data_room=f"{room:.4f}",
            visibility=None if room >= 1 else "hidden",
        )
    return tag(
        "g",
        tag("title", span.tooltip),
        tag("rect", x=start, y=_MARKER_HEIGHT, width=width, height=height - _MARKER_HEIGHT),
        label,
        class_=f"span {span.style}",
    )


def _marker(marker: Marker, across: Scale, height: float) -> Markup:
    return _upright(
        across(marker.at),
        tag("title", marker.tooltip),
        tag("path", d=f"M0 {short(_MARKER_HEIGHT)}V{short(height)}", class_="stem"),
        tag("path", d="M-5.5 0h11l-5.5 9z" if marker.style == "alert" else "M0 0h9v7h-9z", class_="shape"),
        tag("text", marker.label, x=12, y=8) if marker.label else None,
        class_=f"marker {marker.style}",
    )

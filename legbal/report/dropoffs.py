"""Every drop-off from near: the share and each leg's watts around it, and what they were before, during and after."""

from __future__ import annotations

import numpy as np

from legbal.analysis.ride_analysis import RideAnalysis, RideTrace
from legbal.analysis.summary import DropOffSummary
from legbal.present import tables
from legbal.present.findings import of_dropoff
from legbal.present.html import Markup, join, table, tag
from legbal.present.numbers import count, watts
from legbal.report import time_charts
from legbal.report.chart import Chart, Level, Marker, Series, Span, figure, svg
from legbal.report.resample import any_known, drawable, rolling
from legbal.report.scale import Axis
from legbal.report.time_charts import share_axis

_BEFORE_S, _AFTER_S = 120.0, 150.0
_MOST_DRAWN, _MOST_LISTED = 12, 100
_HALF_WIDTH, _HEIGHT = 432.0, 190.0


def drop_offs(reading: RideAnalysis) -> Markup | None:
    """The section on the ride's drop-offs; None where none was told."""
    summary = reading.summary
    if not summary.dropoffs:
        return None
    shown, trace = summary.dropoffs[:_MOST_DRAWN], drawable(reading.trace)
    more = len(summary.dropoffs) - len(shown)
    return tag(
        "section",
        tag("h2", "Drop-offs"),
        tag(
            "p",
            "Times at which a leg fell below its usual share at that power by more than noise explains. Before and "
            "after are up to a minute of work each; during leaves out the ten seconds in which it came over.",
            class_="quiet small",
        ),
        *(_one(number, x, trace) for number, x in enumerate(shown, 1)),
        tag("p", f"{count(more, 'more drop-off')} in the table only.") if more else None,
        table(tables.dropoffs(summary.dropoffs[:_MOST_LISTED])),
    )


def _one(number: int, x: DropOffSummary, trace: RideTrace) -> Markup:
    end = float(trace.t[-1])
    over = end if x.cleared_s is None else x.cleared_s
    low, high = max(0.0, x.since_s - _BEFORE_S), min(end, over + _AFTER_S)
    show = tag(
        "button",
        "show it above",
        type="button",
        data_show=f"{time_charts.NAME} {low!r} {high!r}",
        hidden=True,
    )
    when, covered = of_dropoff(x)
    caption = join([tag("strong", f"{number}. {when[0].upper()}{when[1:]}."), f" {covered} ", show])
    charts = (
        _share_chart(number, x, trace, low, high, over),
        _watts_chart(number, x, trace, low, high, over),
    )
    return figure(caption, *map(svg, charts), class_="pair")


def _share_chart(
    number: int, x: DropOffSummary, trace: RideTrace, low: float, high: float, over: float
) -> Chart:
    return Chart(
        name=f"dropoff-{number}-share",
        title=f"Left share around drop-off {number}",
        description=f"Left share {tables.share(x.before.share)} % before, "
        f"{tables.share(x.during.share)} % during, "
        f"{tables.share(x.after.share)} % after.",
        x=Axis(low, high, "clock"),
        y=share_axis(trace),
        height=_HEIGHT,
        width=_HALF_WIDTH,
        columns={
            "x": trace.t,
            "left": trace.left_percent,
            "error": trace.left_standard_error,
            "usual": trace.usual_percent,
        },
        series=(
            Series("band", "left", "sure", error="error"),
            *((Series("line", "usual", "usual line"),) if any_known(trace.usual_percent) else ()),
            Series("line", "left", "line"),
        ),
        spans=(Span(x.since_s, over, "alert", "the drop-off"),),
        markers=(Marker(x.told_s, "alert", "told here"),),
        levels=(Level(50.0, "even"),),
    )


def _watts_chart(
    number: int, x: DropOffSummary, trace: RideTrace, low: float, high: float, over: float
) -> Chart:
    """Each leg's part of the power; both over half a minute, as the share is."""
    power = rolling(trace.power_w)
    left = power * trace.left_percent / 100
    right = power - left
    inside = (trace.t >= low) & (trace.t <= high)
    seen = np.concatenate((left[inside], right[inside]))
    seen = seen[np.isfinite(seen)]
    top = float(seen.max()) if len(seen) else 100.0
    bottom = float(seen.min()) if len(seen) else 0.0
    spare = max(5.0, (top - bottom) * 0.08)
    return Chart(
        name=f"dropoff-{number}-watts",
        title=f"Each leg’s watts around drop-off {number}",
        description=f"Left {watts(x.before.share.left_w)} before, {watts(x.during.share.left_w)} during; "
        f"right {watts(x.before.share.right_w)} before, {watts(x.during.share.right_w)} during.",
        x=Axis(low, high, "clock"),
        y=Axis(max(0.0, bottom - spare), top + spare, label="left and right, W"),
        height=_HEIGHT,
        width=_HALF_WIDTH,
        columns={"x": trace.t, "left_w": left, "right_w": right},
        series=(Series("line", "left_w", "line left"), Series("line", "right_w", "line right")),
        spans=(Span(x.since_s, over, "alert", "the drop-off"),),
        markers=(Marker(x.told_s, "alert", "told here"),),
    )

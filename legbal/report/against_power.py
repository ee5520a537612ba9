"""The left share against power: half minutes as points, their means by steps of power, and what is usual there."""

import numpy as np

from legbal.present.html import Markup, tag
from legbal.present.numbers import number, plus_minus, watts
from legbal.present.sentences import say
from legbal.report.chart import Chart, Group, Readout
from legbal.report.drawing import svg
from legbal.report.page import key, linked
from legbal.report.plot import Axis, Series, ratio
from legbal.report.ride_columns import WINDOW_S, Columns, finite, share_axis
from legbal.ride.view import Floats

_STEPS_W = (5.0, 10.0, 20.0, 25.0, 50.0, 100.0)
_MOST_STEPS = 14
_LEAST_POINTS = 3  # in a step of power, to have a mean with an error
_LEAST_PEDALLED = 0.8  # of a half minute


def against_power(columns: Columns) -> tuple[list[Markup], list[Group]]:
    """The chart of half minutes, their means and what is usual, and its group; nothing where there is too little."""
    x, y, usual = half_minutes(columns)
    if len(x) < _LEAST_POINTS:
        return [], []
    middle, mean, mean_error, counted = by_power(x, y)
    curve_x, curve = x[:0], x[:0]
    if np.isfinite(usual).any():  # means too: what is usual depends on cadence a little
        curve_x, curve, _, _ = by_power(x[np.isfinite(usual)], finite(usual))
    group = Group(
        name="against",
        x=Axis(max(0.0, float(x.min()) - 10), float(x.max()) + 10, unit=" W"),
        columns={
            "x": x,
            "left": y,
            "mean_x": middle,
            "mean": mean,
            "mean_error": mean_error,
            "half_minutes": counted,
            "usual_x": curve_x,
            "usual": curve,
        },
        readout=[
            Readout(label="left", y="mean", x="mean_x", error="mean_error", unit=" %", style="left"),
            Readout(
                label="of", y="half_minutes", x="mean_x", digits=0, unit=say("chart.half_minutes"), quiet=True
            ),
            Readout(label=say("chart.usual_left"), y="usual", x="usual_x", unit=" %", quiet=True),
        ],
        rest=say("chart.watts_range", low=max(0.0, float(x.min()) - 10), high=float(x.max()) + 10),
        least=20.0,
        near=float(middle[1] - middle[0]) / 2 if len(middle) > 1 else 10.0,
    )
    steps = ", ".join(
        f"{watts(w)} {number(m, 1)} {plus_minus(e)} %"
        for w, m, e in zip(middle, mean, mean_error, strict=True)
    )
    has_usual = len(curve) > 1
    legend = (
        key("dot", say("chart.half_minute")),
        key("mean", say("chart.mean_at_power")),
        key("usual", say("chart.usual")) if has_usual else None,
    )
    chart = Chart(
        name="against-power",
        title=say("chart.against_power"),
        description=say("chart.against_power_described", count=len(x), steps=len(middle), listing=steps),
        y=share_axis(columns),
        height=300.0,
        series=[
            Series("dots", "left", "dot"),
            *([Series("line", "usual", "usual line", x="usual_x")] if has_usual else []),
            Series("dots", "mean", "whisker", error="mean_error", x="mean_x"),
            Series("dots", "mean", "mean", x="mean_x"),
        ],
        even=True,
    )
    charts = tag("div", svg(chart, group), class_="charts")
    return [linked(group.name, legend, charts, label=say("chart.against_power_label"))], [group]


def half_minutes(columns: Columns) -> tuple[Floats, Floats, Floats]:
    """Mean power, left share and what was usual, over half minutes that were pedalled; by power.

    They follow each other without overlap, so that no two have pedalling in common.
    """
    n = len(columns["x"]) // WINDOW_S
    ends = (np.arange(n) + 1) * WINDOW_S - 1
    power = columns["power"][: n * WINDOW_S].reshape(n, WINDOW_S)
    pedalled = np.where(np.isfinite(power), power, 0.0) > 0
    mean_w = ratio(np.where(pedalled, power, 0.0).sum(axis=1), pedalled.sum(axis=1))
    left = columns["left"][ends]
    good = np.flatnonzero((pedalled.mean(axis=1) >= _LEAST_PEDALLED) & np.isfinite(left))
    order = good[np.argsort(mean_w[good], kind="stable")]
    return mean_w[order], left[order], columns["usual"][ends][order]


def by_power(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Where steps of power have their mean, the work-weighted mean share, its standard error, how many points.

    The error is that of the points' scatter, so it counts what wanders from half minute to half minute.
    """
    span = float(x.max() - x.min())
    step = next((s for s in _STEPS_W if span / s <= _MOST_STEPS), _STEPS_W[-1])
    _, place, counted = np.unique(np.floor(x / step), return_inverse=True, return_counts=True)
    work = np.bincount(place, x)
    mean = np.bincount(place, x * y) / work
    scatter = np.sqrt(np.bincount(place, (x * (y - mean[place])) ** 2)) / work
    enough = counted >= _LEAST_POINTS
    points = counted[enough].astype(float)
    error = scatter[enough] * np.sqrt(points / (points - 1))
    return (work / counted)[enough], mean[enough], error, points

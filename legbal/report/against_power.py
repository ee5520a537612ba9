"""The left share against power: half minutes as points, their means by steps of power, and what is usual there."""

from __future__ import annotations

import numpy as np

from legbal.analysis.ride_analysis import RideTrace
from legbal.present.html import Markup, join
from legbal.report.chart import Chart, Group, Level, Readout, Series, svg
from legbal.report.page import key, linked
from legbal.report.resample import WINDOW_S, drawable
from legbal.report.scale import Axis
from legbal.report.time_charts import share_axis
from legbal.ride.view import Floats

NAME = "against"
_STEPS_W = (5.0, 10.0, 20.0, 25.0, 50.0, 100.0)
_MOST_STEPS = 14
_LEAST_POINTS = 3  # in a step, to have a mean with an error
_LEAST_PEDALLED = 0.8  # of a half minute


def against_power(trace: RideTrace) -> tuple[Markup, Group] | None:
    """The chart in its box, and its group; None where there is too little to draw."""
    trace = drawable(trace)
    x, y, usual = half_minutes(trace)
    if len(x) < _LEAST_POINTS:
        return None
    middle, mean, mean_error, counted = by_power(x, y)
    curve_x, curve = usual_by_power(x, usual)
    across = Axis(max(0.0, float(x.min()) - 10), float(x.max()) + 10, unit=" W")
    columns = {
        "x": x,
        "left": y,
        "mean_x": middle,
        "mean": mean,
        "mean_error": mean_error,
        "half_minutes": counted,
        "usual_x": curve_x,
        "usual": curve,
    }
    chart = Chart(
        name="against-power",
        title="Left share against power",
        description=f"{len(x)} half minutes of pedalling, and their mean at {len(middle)} steps of power: "
        + ", ".join(
            f"{w:.0f} W {m:.1f} ± {e:.1f} %" for w, m, e in zip(middle, mean, mean_error, strict=True)
        )
        + ".",
        x=across,
        y=share_axis(trace),
        height=300.0,
        columns=columns,
        series=(
            Series("dots", "left", "dot"),
            *((Series("line", "usual", "usual line", x="usual_x"),) if len(curve) > 1 else ()),
            Series("bars", "mean", "whisker", error="mean_error", x="mean_x"),
            Series("dots", "mean", "mean", x="mean_x"),
        ),
        levels=(Level(50.0, "even"),),
        follows=NAME,
    )
    group = Group(
        x=across,
        columns=columns,
        digits={"x": 1, "left": 2, "mean_x": 1, "mean": 2, "mean_error": 2, "usual_x": 1, "usual": 2},
        readout=(
            Readout(label="left", y="mean", x="mean_x", error="mean_error", unit=" %", style="left"),
            Readout(label="of", y="half_minutes", x="mean_x", digits=0, unit=" half minutes", quiet=True),
            Readout(label="usual left", y="usual", x="usual_x", unit=" %", quiet=True),
        ),
        rest=f"{across.low:.0f} to {across.high:.0f} W",
        least=20.0,
        near=float(middle[1] - middle[0]) / 2 if len(middle) > 1 else 10.0,
    )
    legend = join(
        [
            key("dot", "half a minute"),
            key("mean", "mean at that power ± its error"),
            key("usual", "usual at that power") if len(curve) > 1 else None,
        ]
    )
    return linked(NAME, legend, svg(chart), label="Chart of left share over power"), group


def half_minutes(trace: RideTrace) -> tuple[Floats, Floats, Floats]:
    """Mean power, left share and what was usual, over half minutes that were pedalled, of a drawable trace; by power.

    They follow each other without overlap, so that no two have pedalling in common.
    """
    n = len(trace.t) // WINDOW_S
    ends = (np.arange(n) + 1) * WINDOW_S - 1
    power = trace.power_w[: n * WINDOW_S].reshape(n, WINDOW_S)
    pedalled = np.where(np.isfinite(power), power, 0.0) > 0
    with np.errstate(invalid="ignore"):
        watts = np.where(pedalled, power, 0.0).sum(axis=1) / pedalled.sum(axis=1)
    left = trace.left_percent[ends]
    good = (pedalled.mean(axis=1) >= _LEAST_PEDALLED) & np.isfinite(left)
    order = np.argsort(watts[good], kind="stable")
    return (
        watts[good][order],
        left[good][order],
        trace.usual_percent[ends][good][order],
    )


def by_power(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Where steps of power have their mean, the work-weighted mean share, its standard error, how many points.

    The error is that of the points' scatter, so it counts what wanders from half minute to half minute.
    """
    span = float(x.max() - x.min())
    step = next((s for s in _STEPS_W if span / s <= _MOST_STEPS), _STEPS_W[-1])
    place = np.floor(x / step).astype(int)
    rows = []
    for number in np.unique(place):
        w, shares = x[place == number], y[place == number]
        if len(w) >= _LEAST_POINTS:
            mean = float((w * shares).sum() / w.sum())
            error = float(np.sqrt((w**2 * (shares - mean) ** 2).sum()) / w.sum())
            rows.append((float(w.mean()), mean, error * np.sqrt(len(w) / (len(w) - 1)), float(len(w))))
    table: Floats = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3]


def usual_by_power(x: Floats, usual: Floats) -> tuple[Floats, Floats]:
    """What was usual at steps of power, as far as it is known: means, since it depends on cadence a little too."""
    known = np.isfinite(usual)
    if not known.any():
        return np.empty(0), np.empty(0)
    middle, mean, _, _ = by_power(x[known], usual[known])
    return middle, mean

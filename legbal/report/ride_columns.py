"""A ride's trace as the columns of its charts, and how the left share among them is drawn."""

import numpy as np

from legbal.analysis.ride_trace import WINDOW_S, RideTrace
from legbal.present.sentences import say
from legbal.report.plot import EVEN, Axis, Series, ratio
from legbal.ride.view import Floats

MOST_ERROR = 2.5  # points; a share less sure than this says nothing that could be seen
_MOST_VALUES = 20_000  # for the pointer, each; a longer ride is told in steps of some seconds
_LEAST_SPREAD = 3.0  # points of share above and below 50 %
_STEPS_W = (5.0, 10.0, 20.0, 25.0, 50.0, 100.0)
_MOST_STEPS = 14
LEAST_POINTS = 3  # in a step of power, to have a mean with an error
_LEAST_PEDALLED = 0.8  # of a half minute

Columns = dict[str, Floats]


def columns_of(trace: RideTrace) -> Columns:
    """A trace as charts show it: what is usual reaches as far as the share, and both stand where one is sure.

    That is where the share's error is known and small enough to see something; `share` and its `share_error` stand
    wherever they can be said.
    """
    good = trace.left_standard_error <= MOST_ERROR
    left_w = trace.share_w * trace.left_percent / 100
    left = np.where(good, trace.left_percent, np.nan)
    return {
        "x": trace.t,
        "left": left,
        "error": np.where(good, trace.left_standard_error, np.nan),
        "share": trace.left_percent,
        "share_error": trace.left_standard_error,
        "usual": np.where(good, rolling(trace.usual_percent), np.nan),
        "power": trace.power_w,
        "cadence": trace.cadence_rpm,
        "share_w": trace.share_w,
        "left_w": np.where(good, left_w, np.nan),
        "right_w": np.where(good, trace.share_w - left_w, np.nan),
    }


def rolling(values: Floats) -> Floats:
    """Means over the `WINDOW_S` values up to each; NaN counts as nothing, and stays where it stands."""
    is_finite = np.isfinite(values)
    total, counted = (
        np.concatenate(([0.0], np.cumsum(x)))
        for x in (np.where(is_finite, values, 0.0), is_finite.astype(float))
    )
    starts = np.maximum(np.arange(1, len(values) + 1) - WINDOW_S, 0)
    mean = ratio(total[1:] - total[starts], counted[1:] - counted[starts])
    return np.where(is_finite, mean, np.nan)


def thin_out(values: Floats) -> Floats:
    """Takes means over so many values that `_MOST_VALUES` at most are left."""
    step = -(-len(values) // _MOST_VALUES)
    if step <= 1:
        return values
    rows = values[: len(values) // step * step].reshape(-1, step)
    is_finite = np.isfinite(rows)
    return ratio(np.where(is_finite, rows, 0.0).sum(axis=1), is_finite.sum(axis=1))


def finite(values: Floats) -> Floats:
    """Those that are known."""
    return values[np.isfinite(values)]


def share_axis(columns: Columns) -> Axis:
    """An axis of left share around 50 % that all but its wildest hundredth fits on, and what was usual."""
    left, usual = finite(columns["left"]), finite(columns["usual"])
    ends = [EVEN - _LEAST_SPREAD, EVEN + _LEAST_SPREAD, *usual.tolist()]
    if len(left):
        ends += np.percentile(left, (0.5, 99.5)).tolist()
    return Axis(
        float(np.floor(min(ends) - 0.5)), float(np.ceil(max(ends) + 0.5)), label=say("chart.left_share")
    )


def share_series(columns: Columns) -> list[Series]:
    """The left share as a line in the band of its error, and what was usual."""
    usual = [Series("line", "usual", "usual line")] if len(finite(columns["usual"])) else []
    return [Series("band", "left", "sure", error="error"), *usual, Series("line", "left", "line")]


def half_minutes(columns: Columns) -> tuple[Floats, Floats, Floats]:
    """Power and left share of the same revolutions, and what was usual, over half minutes that were pedalled; by power.

    They follow each other without overlap, so that no two have pedalling in common.
    """
    n = len(columns["x"]) // WINDOW_S
    ends = (np.arange(n) + 1) * WINDOW_S - 1
    power = columns["power"][: n * WINDOW_S].reshape(n, WINDOW_S)
    pedalled = np.where(np.isfinite(power), power, 0.0) > 0
    mean_w, left = columns["share_w"][ends], columns["left"][ends]
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
    enough = counted >= LEAST_POINTS
    points = counted[enough].astype(float)
    error = scatter[enough] * np.sqrt(points / (points - 1))
    return (work / counted)[enough], mean[enough], error, points

"""A trace made fit for a page: values of one reach, and no more of them than a page should hold."""

from __future__ import annotations

import msgspec
import numpy as np

from legbal.analysis.ride_analysis import RideTrace
from legbal.ride.view import Floats

WINDOW_S = 30
"""Over which the trace's shares reach; what stands beside them on a chart reaches as far."""
MOST_ERROR = 2.5
"""Points; a share less sure than this says nothing that could be seen."""
_MOST_VALUES = 20_000  # for the pointer, each; a longer ride is told in steps of some seconds


def rolling(values: Floats) -> Floats:
    """Means over the `WINDOW_S` values up to each; NaN counts as nothing, and stays where it stands."""
    known = np.isfinite(values)
    total = np.concatenate(([0.0], np.cumsum(np.where(known, values, 0.0))))
    count = np.concatenate(([0], np.cumsum(known)))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - WINDOW_S, 0)
    with np.errstate(invalid="ignore"):
        mean: Floats = np.where(known, (total[ends] - total[starts]) / (count[ends] - count[starts]), np.nan)
    return mean


def thinned(trace: RideTrace) -> RideTrace:
    """The trace with no more values than a page should hold: every second, or means of some."""
    step = -(-len(trace.t) // _MOST_VALUES)
    if step <= 1:
        return trace

    def gathered(values: Floats) -> Floats:
        rows = values[: len(values) // step * step].reshape(-1, step)
        known = np.isfinite(rows)
        with np.errstate(invalid="ignore"):
            mean: Floats = np.where(known, rows, 0.0).sum(axis=1) / known.sum(axis=1)
        return mean

    return RideTrace(*(gathered(getattr(trace, name)) for name in trace.__struct_fields__))


def drawable(trace: RideTrace) -> RideTrace:
    """The trace as charts show it: what was usual reaches as far as the share, and both stand where one is sure.

    That is where the share's error is known and small enough to see something.
    """
    good = trace.left_standard_error <= MOST_ERROR
    return msgspec.structs.replace(
        trace,
        left_percent=np.where(good, trace.left_percent, np.nan),
        left_standard_error=np.where(good, trace.left_standard_error, np.nan),
        usual_percent=np.where(good, rolling(trace.usual_percent), np.nan),
    )


def any_known(values: Floats) -> bool:
    """Whether there is anything to draw."""
    return bool(np.isfinite(values).any())

"""The one usual of a ride that is over: headline, table, list and JSON hold its shares against that.

While a ride lasts, today's level moves what is usual; an interval held against the level that it has set itself would
lie at none, and no two rows would stand against the same.
"""

import math

import msgspec
import numpy as np

from legbal.analysis.comparisons import RideRevolutions
from legbal.analysis.summary import IntervalSummary, Summary
from legbal.ride.baseline import FIRST_NODE, NODE_STEP, NODES, Baseline
from legbal.ride.view import Floats


def with_usual(summary: Summary, revolutions: RideRevolutions, baseline: Baseline | None) -> Summary:
    """The summary with what is usual, by earlier rides, at the powers of the ride and of each interval.

    Every revolution counts by its work, as in a share: the intervals' distances from usual add up to the ride's.
    Without earlier rides each interval stands beside the ride's own share in the same power bands, and the ride beside
    none.
    """
    has_history = baseline is not None and baseline.rides > 0
    usual = _of_history(revolutions, baseline) if baseline is not None and has_history else _own(revolutions)

    def over(start_s: float, end_s: float) -> float | None:
        start, end = np.searchsorted(revolutions.t, (start_s, end_s), "right")
        work = revolutions.work_j[start:end]
        return float((work * usual[start:end]).sum() / work.sum()) if len(work) else None

    def of_interval(x: IntervalSummary) -> float | None:
        return None if x.share.left_percent is None else over(x.start_s, x.end_s)

    of_ride = over(-math.inf, math.inf) if has_history else None
    return msgspec.structs.replace(
        summary,
        ride=msgspec.structs.replace(summary.ride, usual_percent=of_ride),
        intervals=tuple(msgspec.structs.replace(x, usual_percent=of_interval(x)) for x in summary.intervals),
    )


def _of_history(revolutions: RideRevolutions, baseline: Baseline) -> Floats:
    """The baseline's curve at each revolution's power, shape (n,)."""
    nodes = FIRST_NODE + NODE_STEP * np.arange(NODES)
    return np.interp(revolutions.power_w / baseline.reference_w, nodes, baseline.left_percent)


def _own(revolutions: RideRevolutions) -> Floats:
    """The ride's share in each revolution's power band, shape (n,)."""
    work = np.bincount(revolutions.band, revolutions.work_j)
    left = np.bincount(revolutions.band, revolutions.work_j * revolutions.left_percent)
    return np.asarray(left[revolutions.band] / work[revolutions.band], float)

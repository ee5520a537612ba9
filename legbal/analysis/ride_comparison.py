"""How one ride stands against the last ones on its meter, as if all had been ridden at equal power."""

import math
from collections.abc import Sequence

import numpy as np

from legbal.analysis.months import DatedRide, comparable
from legbal.analysis.pooled_rides import pool_bands
from legbal.analysis.power_analysis import ASSUMED_BETWEEN_SD
from legbal.analysis.summary import RideComparison
from legbal.ride.share import Estimate

_LAST = 10  # rides at most
_LEAST = 2
# How far days lie apart is learnt from the rides themselves, beside what is assumed, which counts as so many of them.
_ASSUMED_RIDES = 4.0


def compare_with_last(rides: Sequence[DatedRide], ride: str) -> RideComparison | None:
    """The ride of that id against the last ones before it that can be compared; None for fewer than two of them.

    Bands are pooled, so that a ride at another power is none at another share; days differ, and the error counts that.

    Args:
        rides: of the library, those of one meter under one name, without any in which the meter looked wrong.
        ride: its id.
    """
    for meter in comparable(rides):
        place = next((i for i, x in enumerate(meter.rides) if x.ride == ride), None)
        if place is None:
            continue
        chosen = meter.rides[max(0, place - _LAST) : place + 1]
        names = [x.ride for x in chosen]
        left = np.full((len(chosen), len(meter.bands)), np.nan)
        error = left.copy()
        for column, band in enumerate(meter.bands):
            for row in band.rows:
                if row.ride in names:
                    at = names.index(row.ride)
                    left[at, column], error[at, column] = row.share.left_percent, row.share.standard_error
        some = ~np.isnan(left).all(1)
        if some.sum() <= _LEAST or not some[-1]:
            return None
        pooled = pool_bands(np.arange(some.sum(), dtype=float), left[some], error[some])
        shares, variance = pooled.left, pooled.error**2
        before, of_before = shares[:-1], variance[:-1]
        n = len(before)
        beside_errors = max(0.0, float(before.var(ddof=1) - of_before.mean()))
        assumed = _ASSUMED_RIDES * ASSUMED_BETWEEN_SD**2
        between = (assumed + (n - 1) * beside_errors) / (_ASSUMED_RIDES + n - 1)
        by = 1 / (of_before + between)
        mean = float(by @ before / by.sum())
        spread = math.sqrt(1 / by.sum() + variance[-1] + between)
        return RideComparison(
            difference=Estimate(float(shares[-1]) - mean, spread), shares=tuple(shares.tolist())
        )
    return None

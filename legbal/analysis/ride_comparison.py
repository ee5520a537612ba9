"""How one ride stands against the last ones on its meter, as if all had been ridden at equal power."""

import math
from collections.abc import Sequence

import numpy as np

from legbal.analysis.meter_days import days_of
from legbal.analysis.months import DatedRide, comparable
from legbal.analysis.pooled_rides import pool_bands, profile_error, share_table
from legbal.analysis.rider_days import DaysFit
from legbal.analysis.summary import RideComparison
from legbal.ride.share import Estimate


def compare(rides: Sequence[DatedRide]) -> RideComparison:
    """The last of these rides against those before it, as of `last_rides`.

    Bands are pooled, so that a ride at another power is none at another share. The model of a rider's days says where
    a ride would lie that is like those before it, and how surely.
    """
    (meter,) = comparable(rides)
    dated, (left, error) = share_table(meter)
    days = days_of(dated)
    pooled = pool_bands(days, left, error)
    shares = pooled.left.tolist()
    fit = DaysFit(pooled.before_last(), np.empty((len(days) - 1, 0)), np.empty(0))
    own = math.hypot(pooled.error[-1], profile_error(pooled))
    expected = fit.next_ride(float(days[-1]), np.ones(1), own)
    return RideComparison(
        difference=Estimate(shares[-1] - 50 - expected.middle, expected.standard_deviation),
        shares=tuple(shares),
    )

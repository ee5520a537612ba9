"""How one ride stands against the last ones on its meter, as if all had been ridden at equal power."""

import math
from collections.abc import Collection, Sequence

import numpy as np

from legbal.analysis.meter_days import days_of
from legbal.analysis.months import DatedRide, comparable
from legbal.analysis.pooled_rides import pool_bands, profile_error, share_table
from legbal.analysis.rider_days import DaysFit
from legbal.analysis.summary import RideComparison
from legbal.ride.share import Estimate
from legbal.ride.view import Floats

_LAST = 10  # rides at most
_LEAST = 2


def compare_with_last(rides: Sequence[DatedRide], ride: str) -> RideComparison | None:
    """The ride of that id against the last ones before it that can be compared; None for fewer than two of them.

    Bands are pooled, so that a ride at another power is none at another share. The model of a rider's days says where
    a ride would lie that is like those before it, and how surely.

    Args:
        rides: of the library, those of one meter under one name, without any in which the meter looked wrong.
        ride: its id.
    """
    return compare_each_with_last(rides, {ride}).get(ride)


def compare_each_with_last(rides: Sequence[DatedRide], ids: Collection[str]) -> dict[str, RideComparison]:
    """The same of the rides of these ids, by id; those of which nothing can be said are left out."""
    compared = dict[str, RideComparison]()
    for meter in comparable(rides):
        dated, table = share_table(meter)
        for place, ride in enumerate(dated):
            if place >= _LEAST and ride.ride in ids:
                chosen = slice(max(0, place - _LAST), place + 1)
                compared[ride.ride] = _compare(days_of(dated[chosen]), *table[:, chosen])
    return compared


def _compare(days: Floats, left: Floats, error: Floats) -> RideComparison:
    """The last of some rides against the others; arguments as of `pool_bands`."""
    pooled = pool_bands(days, left, error)
    shares = pooled.left.tolist()
    fit = DaysFit(pooled.before_last(), np.empty((len(days) - 1, 0)), np.empty(0))
    own = math.hypot(pooled.error[-1], profile_error(pooled))
    expected = fit.next_ride(float(days[-1]), np.ones(1), own)
    return RideComparison(
        difference=Estimate(shares[-1] - 50 - expected.interval().value, expected.standard_deviation),
        shares=tuple(shares),
    )

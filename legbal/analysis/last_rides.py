"""The last rides before one that can be compared with it; and what it was beside them."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from legbal.analysis.months import DatedRide, comparable
from legbal.analysis.summary import RideComparison, Summary

LAST_RIDES = 10  # rides at most
_LEAST = 2


def last_rides(rides: Iterable[DatedRide], ids: Collection[str]) -> dict[str, Sequence[DatedRide]]:
    """For each of these ids the last rides before it that can be compared, the earliest first, and it behind them.

    Those before which there are fewer than two are left out.

    Args:
        rides: of the library, those of one meter under one name, without any in which the meter looked wrong.
        ids: of some of them.
    """
    chosen = dict[str, Sequence[DatedRide]]()
    for meter in comparable(rides):
        shared = {row.ride for band in meter.bands for row in band.rows}
        dated = [ride for ride in meter.rides if ride.ride in shared]
        for place, ride in enumerate(dated):
            if place >= _LEAST and ride.ride in ids:
                chosen[ride.ride] = dated[max(0, place - LAST_RIDES) : place + 1]
    return chosen


def with_comparison(summary: Summary, comparison: RideComparison | None) -> Summary:
    """The summary beside the last rides; what is usual is by these where the ride knew of no earlier ones.

    An imported ride does not: what came before it may come in after it.
    """
    summary, ride = msgspec.structs.replace(summary, comparison=comparison), summary.ride
    if comparison is None or ride.usual_percent is not None:
        return summary
    away = comparison.difference.value
    return msgspec.structs.replace(
        summary,
        ride=msgspec.structs.replace(ride, usual_percent=comparison.usual(ride.share)),
        intervals=tuple(
            msgspec.structs.replace(
                x, usual_percent=None if x.usual_percent is None else x.usual_percent - away
            )
            for x in summary.intervals
        ),
    )

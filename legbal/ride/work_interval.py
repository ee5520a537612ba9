"""A work interval as it is told, with the drop-offs in it."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from legbal.ride.events import By, Event, ended_alerts
from legbal.ride.inputs import Side
from legbal.ride.share import Error, Number, Percent, Points, Seconds, Share


class IntervalDropOff(msgspec.Struct, frozen=True, gc=False):
    """A leg that fell below its usual within an interval; `points` is by how far when that was told."""

    side: Side
    since_s: Seconds
    back_s: Seconds | None  # None: not yet, or not before the interval was over
    points: Points


class Interval(msgspec.Struct, frozen=True, gc=False):
    """One work interval; `end_s` None while it runs."""

    number: Number
    start_s: Seconds
    end_s: Seconds | None
    share: Share
    usual_percent: Percent | None = None  # the usual left share at this interval's power
    slope_per_minute: Points | None = None  # of the left share within the interval, points a minute
    slope_error: Error | None = None
    by: By = "power"
    dropoffs: Annotated[tuple[IntervalDropOff, ...], Meta(max_length=60)] = ()


def with_dropoffs(intervals: Sequence[Interval], events: Sequence[Event]) -> tuple[Interval, ...]:
    """The intervals, each with the drop-offs that were told in it, by these events."""
    within: dict[int, tuple[IntervalDropOff, ...]] = {}
    for alert, clear in ended_alerts(events):
        if alert.kind == "dropoff" and alert.side is not None:
            back_s = None if clear is None else clear.back_s
            at = max((x.number for x in intervals if x.start_s <= alert.t), default=0)
            dropoff = IntervalDropOff(alert.side, alert.since, back_s, alert.points)
            within[at] = (*within.get(at, ()), dropoff)
    return tuple(
        msgspec.structs.replace(x, dropoffs=within[x.number]) if x.number in within else x for x in intervals
    )

"""How a leg tires, over many rides: points an hour of effort, and minutes of effort until it is two points below.

The drift of a ride is one number with an error, as its share is, and its days scatter likewise; so the model of a
rider's days (`legbal.analysis.rider_days`) says what it is in the long run and whether it changes over months.

A ride without a deficit says only that none came in all of its effort. How often they come is a rate: first deficits
over all the effort until then (the exponential distribution with censoring), with a gamma posterior.
"""

import math
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

import msgspec
import numpy as np

from legbal.analysis.efforts import Efforts
from legbal.analysis.meter_days import Effect, days_of
from legbal.analysis.months import DatedRide
from legbal.analysis.outlook import MOST_MORE, WORTH_POINTS, rides_needed, rides_to_tell
from legbal.analysis.pooled_rides import PooledRides
from legbal.analysis.posterior import CredibleInterval
from legbal.analysis.rider_changes import RiderDays, Span, study_days
from legbal.median import median
from legbal.ride.inputs import Side
from legbal.ride.share import Z_95, Estimate
from legbal.ride.view import Floats

_HOUR_S = 3600.0
_PRIOR_DEFICITS, _PRIOR_HOURS = 0.5, 0.25  # what the rate rests on before any ride: next to nothing


class RideTiring(msgspec.Struct, frozen=True, kw_only=True):
    """How the leg tired on one ride, `started` in the rider's zone of that day.

    `drift` is of its own share, points an hour of effort; `first_s` seconds of effort until its first deficit, None
    where none came; `below_s` seconds of effort in deficit; `back_s` until it was back, in the mean.
    """

    ride: str
    started: datetime
    effort_s: float
    drift: Estimate | None
    first_s: float | None
    below_s: float
    back_s: float | None


class TiringSpan(msgspec.Struct, frozen=True, kw_only=True):
    """How a leg tired over some rides with efforts.

    Attributes:
        rides, effort_h: how many, and how long all of their efforts were.
        drift: the mean, points of the leg's share an hour of effort; its error counts that days differ. None without.
        first_deficits: rides with a deficit; `first_minutes`: of effort, within which half of all rides have one;
            None where there was none.
        below_s: seconds in deficit an hour of effort; `back_s`: until the leg is back, the median; None: never so.
    """

    rides: int
    effort_h: float
    drift: Estimate | None
    first_deficits: int
    first_minutes: CredibleInterval | None
    below_s: float
    back_s: float | None


class TiringMonth(TiringSpan, frozen=True, kw_only=True):
    """The rides of a month by the rider's own clock."""

    first_day: date


class Tiring(msgspec.Struct, frozen=True, kw_only=True):
    """How one leg tires.

    Attributes:
        side: which; points are of its share, and less than 0 where it falls.
        rides, effort_h, first_deficits, first_minutes, below_s, back_s: of all rides with efforts, as of a span.
        drift_rides: those with a drift; `drift`: points an hour of effort in the long run, None without any.
        falls: the probability that it falls; `holds`: that it moves by less than a point an hour.
        more: rides until it would be known whether it falls; 0: it is, or too many.
        drift_trend: points an hour a month; None with too few rides. `trend_more`: rides until a change by
            `WORTH_POINTS` an hour that is made now would be told; None for too many.
        by_month: those with a ride; `by_ride`: the earliest first.
    """

    side: Side
    rides: int
    effort_h: float
    drift_rides: int
    drift: CredibleInterval | None
    falls: float
    holds: float
    more: int
    drift_trend: Effect | None
    trend_more: int | None
    first_deficits: int
    first_minutes: CredibleInterval | None
    below_s: float
    back_s: float | None
    by_month: tuple[TiringMonth, ...]
    by_ride: tuple[RideTiring, ...]


# a ride with efforts, and these
RideEfforts = tuple[DatedRide, Efforts]


def with_efforts(rides: Sequence[DatedRide]) -> list[RideEfforts]:
    """The rides that have any effort."""
    return [(ride, x) for ride in rides if (x := ride.rows.efforts) is not None and x.seconds > 0]


def tiring_of(rides: Sequence[DatedRide], side: Side, *, trend: bool) -> Tiring | None:
    """How a leg tires on the rides of a meter, the earliest first; None without any effort. `trend`: over months."""
    some = with_efforts(rides)
    if not some:
        return None
    drifts = _drifts(some, side)
    days = None if drifts is None else study_days(drifts, ())
    level = None if days is None else days.fit.combined(days.fit.columns[-1])
    drift_rides = 0 if days is None else days.rides
    day_sd = 0.0 if days is None else days.day_sd
    whole = span_of(some, side, day_sd)
    return Tiring(
        side=side,
        rides=whole.rides,
        effort_h=whole.effort_h,
        drift_rides=drift_rides,
        drift=None if level is None else level.interval(),
        falls=0.0 if level is None else 1 - level.above(0.0),
        holds=0.0 if level is None else level.above(-1.0) - level.above(1.0),
        more=0 if level is None else rides_to_tell(drift_rides, level.standard_deviation),
        drift_trend=None if days is None or not trend else Effect.of(days.course.slope, day_sd),
        trend_more=None if drifts is None or days is None or not trend else _trend_more(days, drifts),
        first_deficits=whole.first_deficits,
        first_minutes=whole.first_minutes,
        below_s=whole.below_s,
        back_s=whole.back_s,
        by_month=tuple(
            TiringMonth(first_day=first_day, **msgspec.structs.asdict(span_of(list(of_month), side, day_sd)))
            for first_day, of_month in groupby(sorted(some, key=_month), _month)
        ),
        by_ride=tuple(_on_ride(ride, x, side) for ride, x in some),
    )


def _month(ride: RideEfforts) -> date:
    return ride[0].started.date().replace(day=1)


def _on_ride(ride: DatedRide, efforts: Efforts, side: Side) -> RideTiring:
    return RideTiring(
        ride=ride.ride,
        started=ride.started,
        effort_s=efforts.seconds,
        drift=_own(efforts, side),
        first_s=efforts.first(side),
        below_s=efforts.below(side),
        back_s=efforts.back(side),
    )


def _own(efforts: Efforts, side: Side) -> Estimate | None:
    """The drift of a leg's own share."""
    drift = efforts.drift
    return drift and Estimate(drift.value if side == "left" else -drift.value, drift.standard_error)


def span_of(some: Sequence[RideEfforts], side: Side, day_sd: float) -> TiringSpan:
    """How a leg tired over some rides, of which there is one at least; `day_sd`: how far drifts of days lie apart."""
    efforts = [x for _, x in some]
    hours = sum(x.seconds for x in efforts) / _HOUR_S
    backs = [
        d.back_after_s for x in efforts for d in x.deficits if d.side == side and d.back_after_s is not None
    ]
    rate = deficit_rate(efforts, side)
    return TiringSpan(
        rides=len(some),
        effort_h=hours,
        drift=_mean([own for x in efforts if (own := _own(x, side)) is not None], day_sd),
        first_deficits=sum(x.first(side) is not None for x in efforts),
        first_minutes=rate.first_minutes,
        below_s=sum(x.below(side) for x in efforts) / hours,
        back_s=median(backs) if backs else None,
    )


def _mean(drifts: Sequence[Estimate], day_sd: float) -> Estimate | None:
    weights = [1 / (x.standard_error**2 + day_sd**2) for x in drifts if x.standard_error > 0]
    values = [x.value for x in drifts if x.standard_error > 0]
    if not weights:
        return None
    mean = sum(w * x for w, x in zip(weights, values, strict=True)) / sum(weights)
    return Estimate(mean, 1 / math.sqrt(sum(weights)))


def drift_days(some: Sequence[RideEfforts], side: Side, noted: Sequence[Span]) -> RiderDays | None:
    """The model of a rider's days over the drifts of rides; None without any. `noted`: the days of changes."""
    drifts = _drifts(some, side)
    return None if drifts is None else study_days(drifts, noted)


def _trend_more(days: RiderDays, drifts: PooledRides) -> int | None:
    return rides_needed(days.fit, drifts, np.zeros(len(drifts.days)), WORTH_POINTS, MOST_MORE)


def _drifts(some: Sequence[RideEfforts], side: Side) -> PooledRides | None:
    """The drift of each ride that has one, as of 50; None without any."""
    drifts = [(ride, x) for ride, efforts in some if (x := _own(efforts, side)) and x.standard_error > 0]
    if not drifts:
        return None
    none: Floats = np.empty((len(drifts), 0))
    return PooledRides(
        days=days_of([ride for ride, _ in drifts]),
        left=np.array([50 + x.value for _, x in drifts]),
        error=np.array([x.standard_error for _, x in drifts]),
        profile=np.empty(0),
        residual=none,
        residual_error=none,
    )


class DeficitRate(NamedTuple):
    """How many first deficits came, and in how many hours of effort until then."""

    deficits: int
    hours: float

    @property
    def first_minutes(self) -> CredibleInterval | None:
        """The median time to the first deficit, by the posterior of the rate; None where there was none."""
        if not self.deficits:
            return None
        shape = self.deficits + _PRIOR_DEFICITS
        minutes = 60 * math.log(2) * (self.hours + _PRIOR_HOURS)
        low, high = _gamma_quantile(shape, Z_95), _gamma_quantile(shape, -Z_95)
        return CredibleInterval(minutes / shape, minutes / low, minutes / high)


def deficit_rate(some: Sequence[Efforts], side: Side) -> DeficitRate:
    """First deficits over all the effort until then; a ride without one counts with all of its effort."""
    firsts = [x.first(side) for x in some]
    seconds = (x.seconds if first is None else first for x, first in zip(some, firsts, strict=True))
    return DeficitRate(sum(x is not None for x in firsts), sum(seconds) / _HOUR_S)


def _gamma_quantile(shape: float, z: float) -> float:
    """Of the gamma distribution with scale 1 (E. B. Wilson & M. M. Hilferty, PNAS 17, 1931)."""
    return shape * max(1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape)), 0.05) ** 3

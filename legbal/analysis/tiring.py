"""How a leg tires, over many rides: points an hour of effort, and minutes of effort until it is two points below.

The drift of a ride is one number with an error, as its share is, and its days scatter likewise; so the model of a
rider's days (`legbal.analysis.rider_days`) says what it is in the long run and whether it changes over months.

A ride without a deficit says only that none came in all of its effort. How often they come is a rate: first deficits
over all the effort until then (the exponential distribution with censoring), with a gamma posterior.
"""

import math
from collections.abc import Sequence
from datetime import datetime

import msgspec
import numpy as np

from legbal.analysis.efforts import Efforts
from legbal.analysis.meter_days import Effect, days_of
from legbal.analysis.months import DatedRide
from legbal.analysis.outlook import rides_to_tell
from legbal.analysis.pooled_rides import PooledRides
from legbal.analysis.posterior import CredibleInterval
from legbal.analysis.rider_changes import RiderDays, study_days
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


class Tiring(msgspec.Struct, frozen=True, kw_only=True):
    """How one leg tires.

    Attributes:
        side: which; points are of its share, and less than 0 where it falls.
        rides, effort_h: those with efforts, and all of these.
        drift_rides: those with a drift; `drift`: points an hour of effort in the long run, None without any.
        falls: the probability that it falls; `holds`: that it moves by less than a point an hour.
        more: rides until it would be known whether it falls; 0: it is, or too many.
        drift_trend: points an hour a month; None with too few rides.
        first_deficits: rides with a deficit; `first_minutes`: of effort, within which half of all rides have one;
            None where there was none.
        by_ride: the earliest first.
        below_s: seconds in deficit an hour of effort; `back_s`: until the leg is back, the median; None: never so.
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
    first_deficits: int
    first_minutes: CredibleInterval | None
    below_s: float
    back_s: float | None
    by_ride: tuple[RideTiring, ...]


def tiring_of(rides: Sequence[DatedRide], side: Side, *, trend: bool) -> Tiring | None:
    """How a leg tires on the rides of a meter, the earliest first; None without any effort. `trend`: over months."""
    some = [(ride, x) for ride in rides if (x := ride.rows.efforts) is not None and x.seconds > 0]
    if not some:
        return None
    hours = sum(x.seconds for _, x in some) / _HOUR_S
    drifts = [(ride, x) for ride, x in some if x.drift is not None and x.drift.standard_error > 0]
    days = _drift_days(drifts, side) if drifts else None
    level = None if days is None else days.fit.combined(days.fit.columns[-1])
    firsts = [x.first(side) for _, x in some]
    backs = [
        d.back_after_s for _, x in some for d in x.deficits if d.side == side and d.back_after_s is not None
    ]
    return Tiring(
        side=side,
        rides=len(some),
        effort_h=hours,
        drift_rides=len(drifts),
        drift=None if level is None else level.interval(),
        falls=0.0 if level is None else 1 - level.above(0.0),
        holds=0.0 if level is None else level.above(-1.0) - level.above(1.0),
        more=0 if level is None else rides_to_tell(len(drifts), level.standard_deviation),
        drift_trend=None if days is None or not trend else Effect.of(days.course.slope, days.day_sd),
        first_deficits=sum(x is not None for x in firsts),
        first_minutes=_first_minutes([x for _, x in some], side),
        below_s=sum(x.below(side) for _, x in some) / hours,
        back_s=float(np.median(backs)) if backs else None,
        by_ride=tuple(_on_ride(ride, x, side) for ride, x in some),
    )


def _on_ride(ride: DatedRide, efforts: Efforts, side: Side) -> RideTiring:
    drift, sign = efforts.drift, 1.0 if side == "left" else -1.0
    return RideTiring(
        ride=ride.ride,
        started=ride.started,
        effort_s=efforts.seconds,
        drift=drift and Estimate(sign * drift.value, drift.standard_error),
        first_s=efforts.first(side),
        below_s=efforts.below(side),
        back_s=efforts.back(side),
    )


def _drift_days(rides: Sequence[tuple[DatedRide, Efforts]], side: Side) -> RiderDays:
    sign = 1.0 if side == "left" else -1.0
    drifts = [x.drift for _, x in rides if x.drift is not None]
    none: Floats = np.empty((len(drifts), 0))
    return study_days(
        PooledRides(
            days=days_of([ride for ride, _ in rides]),
            left=np.array([50 + sign * x.value for x in drifts]),
            error=np.array([x.standard_error for x in drifts]),
            profile=np.empty(0),
            residual=none,
            residual_error=none,
        )
    )


def _first_minutes(some: Sequence[Efforts], side: Side) -> CredibleInterval | None:
    """The median time to the first deficit, minutes, by the rate's posterior; None where there was none."""
    firsts = [x.first(side) for x in some]
    deficits = sum(x is not None for x in firsts)
    if not deficits:
        return None
    hours = (
        sum(x.seconds if first is None else first for x, first in zip(some, firsts, strict=True)) / _HOUR_S
    )
    shape, exposure = deficits + _PRIOR_DEFICITS, hours + _PRIOR_HOURS
    minutes = 60 * math.log(2) * exposure
    return CredibleInterval(
        minutes / shape, minutes / _gamma_quantile(shape, Z_95), minutes / _gamma_quantile(shape, -Z_95)
    )


def _gamma_quantile(shape: float, z: float) -> float:
    """Of the gamma distribution with scale 1 (E. B. Wilson & M. M. Hilferty, PNAS 17, 1931)."""
    return shape * max(1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape)), 0.05) ** 3

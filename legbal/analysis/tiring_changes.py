"""What a change did to how a leg tires: to its points an hour of effort, and to how often it falls by two points.

The drift goes through the model of a rider's days, as the share does (`legbal.analysis.change`). How often first
deficits come is a rate on either side; whether there is one or two is a Bayes factor, exact for gamma priors, with the
prior odds of any noted change.
"""

import math
from collections.abc import Sequence
from datetime import date

import msgspec
import numpy as np

from legbal.analysis.meter_days import Effect, MeterDays
from legbal.analysis.months import Change
from legbal.analysis.posterior import Answer, Certainty, CredibleInterval, Mixture
from legbal.analysis.rider_changes import LEAST_RIDES, NOTED_ODDS
from legbal.analysis.tiring import (
    DeficitRate,
    RideEfforts,
    TiringSpan,
    deficit_rate,
    drift_days,
    span_of,
    with_efforts,
)
from legbal.ride.inputs import Side

# Of the gamma prior of either rate, about that of both together: a change is by a factor of 3 (one standard deviation).
_PRIOR_SHAPE = 2.0


class DeficitChange(msgspec.Struct, frozen=True, kw_only=True):
    """How many times as often first deficits come after a change as before it, drawn towards once."""

    times: CredibleInterval
    probability: float
    certainty: Certainty


class TiringEffect(msgspec.Struct, frozen=True, kw_only=True):
    """How a leg tired before a change and after it, over the rides that are shown of either side.

    Attributes:
        drift: after less before, points of its own share an hour of effort; of all rides.
        deficits: of those that are shown.
        Each None with fewer than `LEAST_RIDES` rides on a side.
    """

    side: Side
    before: TiringSpan
    after: TiringSpan
    drift: Effect | None
    deficits: DeficitChange | None


def tiring_effect(
    days: MeterDays, side: Side, change: Change, shown: tuple[tuple[date, date] | None, ...]
) -> TiringEffect | None:
    """What became of it; None where a side has no ride with efforts.

    Args:
        days: the rides on the meter.
        side: the leg.
        change: one of those between its rides.
        shown: the first and the last day of rides before it and after it.
    """
    some = with_efforts(days.dated)
    before, after = (
        [x for x in some if window and window[0] <= x[0].started.date() <= window[1]] for window in shown
    )
    if not before or not after:
        return None
    of_days = drift_days(some, side, days.spans)
    noted = (
        None if of_days is None or change not in days.changes else of_days.noted[days.changes.index(change)]
    )
    day_sd = 0.0 if of_days is None else of_days.day_sd
    return TiringEffect(
        side=side,
        before=span_of(before, side, day_sd),
        after=span_of(after, side, day_sd),
        drift=None if noted is None else Effect.of(noted, day_sd),
        deficits=_deficits(before, after, side),
    )


def _deficits(
    before: Sequence[RideEfforts], after: Sequence[RideEfforts], side: Side
) -> DeficitChange | None:
    if min(len(before), len(after)) < LEAST_RIDES:
        return None
    rates = [deficit_rate([x for _, x in rides], side) for rides in (before, after)]
    return deficit_change(*rates) if any(x.deficits for x in rates) else None


def deficit_change(before: DeficitRate, after: DeficitRate) -> DeficitChange:
    """Whether first deficits come more often than before, or less."""
    both = DeficitRate(before.deficits + after.deficits, before.hours + after.hours)
    prior = _PRIOR_SHAPE * both.hours / max(both.deficits, 1)  # hours
    odds = _log_marginal(before, prior) + _log_marginal(after, prior) - _log_marginal(both, prior)
    shapes = [_PRIOR_SHAPE + x.deficits for x in (before, after)]
    logs = [  # digamma, trigamma
        (math.log(shape) - 0.5 / shape - math.log(prior + x.hours), 1 / shape + 0.5 / shape**2)
        for shape, x in zip(shapes, (before, after), strict=True)
    ]
    mean, sd = logs[1][0] - logs[0][0], math.sqrt(logs[0][1] + logs[1][1])
    answer = Answer.of(
        1 / (1 + math.exp(-math.log(NOTED_ODDS) - odds)),
        Mixture(np.ones(1), np.array([mean]), np.array([sd])),
    )
    size = answer.size
    return DeficitChange(
        times=CredibleInterval(*map(math.exp, (size.value, size.low, size.high))),
        probability=answer.probability,
        certainty=answer.certainty,
    )


def _log_marginal(x: DeficitRate, prior: float) -> float:
    """The logarithm of how probable so many are, with a prior of so many hours, but for what all have in common."""
    shape = _PRIOR_SHAPE + x.deficits
    of_prior = _PRIOR_SHAPE * math.log(prior) - math.lgamma(_PRIOR_SHAPE)
    return of_prior + math.lgamma(shape) - shape * math.log(prior + x.hours)

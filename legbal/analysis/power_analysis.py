"""The smallest change of balance that a meter could show in so many rides: the honest answer to "is it worth it?".

It is the change that the model of a rider's days (`legbal.analysis.rider_days`) tells as likely four times of five, for
a rider of whom so many rides are known and no more, and whose days have no memory. That they have none is not known of
so few rides, so a change must be larger than a test of independent days would ask for.
"""

import math

import msgspec

# Points by which days lie apart where a rider's own rides do not tell yet, as the usual balance assumes it. The slow
# wander that remains within a ride is about 0.4 points; legs, shoes and the meter's zero of another day bring about as
# much again: √(0.4² + 0.45²).
ASSUMED_BETWEEN_SD = 0.6
EACH = (1, 5, 10)
# By how many standard errors a change must lie off zero, with so many rides on either side; simulated (docs/trend.md).
_STANDARD_ERRORS = {5: 6.2, 10: 6.3}


class VarianceComponents(msgspec.Struct, frozen=True, kw_only=True):
    """How rides scatter, points: one ride's own standard error, and day from day beside that.

    `rides` are those that `between_sd` was learnt from; with 0 it is `ASSUMED_BETWEEN_SD`, which stands in.
    """

    within_se: float
    between_sd: float = ASSUMED_BETWEEN_SD
    rides: int = 0


class DetectableChange(msgspec.Struct, frozen=True, kw_only=True):
    """In `rides` before and as many after; `points` None: so few can show no change."""

    rides: int
    points: float | None


class MinimumDetectableChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter could show, and what that rests on."""

    scatter: VarianceComponents
    each: tuple[DetectableChange, ...]


def smallest(scatter: VarianceComponents) -> MinimumDetectableChange:
    """What could be shown in each of `EACH` rides before and as many after."""
    sd = math.hypot(scatter.within_se, scatter.between_sd)
    return MinimumDetectableChange(
        scatter=scatter,
        each=tuple(
            DetectableChange(
                rides=n,
                points=_STANDARD_ERRORS[n] * sd * math.sqrt(2 / n) if n in _STANDARD_ERRORS else None,
            )
            for n in EACH
        ),
    )

"""The smallest change of balance that a meter could show in so many rides: the honest answer to "is it worth it?".

It rests on the comparison that `legbal.analysis.change` makes: a t test of n₁ + n₂ − 2 degrees of freedom between rides
that scatter by their own standard error and by how far days lie apart. "Could show" means found with 80 % power at 5 %.
"""

from __future__ import annotations

import math

import msgspec

from legbal.analysis.t_distribution import noncentrality

POWER, ALPHA = 0.8, 0.05
ASSUMED_BETWEEN_SD = 0.6
"""Points by which days lie apart where a rider's own rides do not tell yet, as the usual balance assumes it.

The slow wander that remains within a ride is about 0.4 points; legs, shoes and the meter's zero of another day bring
about as much again: √(0.4² + 0.45²).
"""
EACH = (1, 5, 10)
_ASSUMED_RIDES = 4
_MOST_RIDES = 1000


class Scatter(msgspec.Struct, frozen=True, kw_only=True):
    """How rides scatter, points: one ride's own standard error, and day from day beside that.

    `rides` are those that `between_sd` was learnt from; with 0 it is `ASSUMED_BETWEEN_SD`, which stands in.
    """

    within_se: float
    between_sd: float = ASSUMED_BETWEEN_SD
    rides: int = 0

    @classmethod
    def learnt(cls, within_se: float, between_sd: float, rides: int) -> Scatter:
        """The scatter that some rides of the rider's show, drawn towards the assumed one as by `_ASSUMED_RIDES`.

        A few rides may lie close together by chance; the same belief stands behind the usual balance.
        """
        total = rides * between_sd**2 + _ASSUMED_RIDES * ASSUMED_BETWEEN_SD**2
        return cls(within_se=within_se, between_sd=math.sqrt(total / (rides + _ASSUMED_RIDES)), rides=rides)

    @property
    def sd(self) -> float:
        """Of one ride's share, points."""
        return math.hypot(self.within_se, self.between_sd)


class DetectableChange(msgspec.Struct, frozen=True, kw_only=True):
    """In `rides` before and as many after; `points` None: no change can be told from so few."""

    rides: int
    points: float | None


class MinimumDetectableChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter could show, and what that rests on."""

    scatter: Scatter
    each: tuple[DetectableChange, ...]


def smallest(scatter: Scatter) -> MinimumDetectableChange:
    """What could be shown in each of `EACH` rides before and as many after."""
    return MinimumDetectableChange(
        scatter=scatter,
        each=tuple(DetectableChange(rides=n, points=smallest_change(scatter, n, n)) for n in EACH),
    )


def smallest_change(scatter: Scatter, before: int, after: int) -> float | None:
    """The smallest change of the left share, points, that this many rides before and after would show.

    None with fewer than two rides on a side: then nothing says how far apart rides lie that are alike.
    """
    if min(before, after) < 2:
        return None
    error = scatter.sd * math.sqrt(1 / before + 1 / after)
    return noncentrality(POWER, ALPHA, before + after - 2) * error


def rides_needed(scatter: Scatter, before: int, points: float) -> int | None:
    """How many rides after a change would show one of `points`, with `before` rides before it.

    None where no number would, or more than a thousand: then there are too few before.
    """

    def shown(after: int) -> bool:
        least = smallest_change(scatter, before, after)
        return least is not None and least <= points

    if not shown(_MOST_RIDES):
        return None
    low, high = 1, _MOST_RIDES
    while high - low > 1:
        middle = (low + high) // 2
        if shown(middle):
            high = middle
        else:
            low = middle
    return high

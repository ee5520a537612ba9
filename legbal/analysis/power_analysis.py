"""The smallest change of balance that a meter could show in so many rides: the honest answer to "is it worth it?".

It rests on the comparison that `legbal.analysis.change` makes: a t test of n₁ + n₂ − 2 degrees of freedom between rides
that scatter by their own standard error and by how far days lie apart. "Could show" means found with 80 % power at 5 %.
"""

import math
from bisect import bisect_left
from functools import cache

import msgspec
import numpy as np

from legbal.analysis.meta_regression import LEVEL, bisected, two_sided_quantile

POWER = 0.8
# Points by which days lie apart where a rider's own rides do not tell yet, as the usual balance assumes it. The slow
# wander that remains within a ride is about 0.4 points; legs, shoes and the meter's zero of another day bring about as
# much again: √(0.4² + 0.45²).
ASSUMED_BETWEEN_SD = 0.6
EACH = (1, 5, 10)
_ASSUMED_RIDES = 4
_nodes = cache(np.polynomial.legendre.leggauss)  # and weights, of a quadrature over −1…1


class VarianceComponents(msgspec.Struct, frozen=True, kw_only=True):
    """How rides scatter, points: one ride's own standard error, and day from day beside that.

    `rides` are those that `between_sd` was learnt from; with 0 it is `ASSUMED_BETWEEN_SD`, which stands in.
    """

    within_se: float
    between_sd: float = ASSUMED_BETWEEN_SD
    rides: int = 0

    @classmethod
    def from_rides(cls, within_se: float, between_sd: float, rides: int) -> "VarianceComponents":
        """The scatter that some rides of the rider's show, drawn towards the assumed one as by `_ASSUMED_RIDES`.

        A few rides may lie close together by chance; the same belief stands behind the usual balance.
        """
        total = rides * between_sd**2 + _ASSUMED_RIDES * ASSUMED_BETWEEN_SD**2
        return cls(within_se=within_se, between_sd=math.sqrt(total / (rides + _ASSUMED_RIDES)), rides=rides)


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
    return MinimumDetectableChange(
        scatter=scatter,
        each=tuple(DetectableChange(rides=n, points=smallest_change(scatter, n, n)) for n in EACH),
    )


def smallest_change(scatter: VarianceComponents, before: int, after: int) -> float | None:
    """The smallest change of the left share, points, that this many rides before and after would show.

    None with fewer than two rides on a side: then nothing says how far apart rides lie that are alike.
    """
    if min(before, after) < 2:
        return None
    error = math.hypot(scatter.within_se, scatter.between_sd) * math.sqrt(1 / before + 1 / after)
    return noncentrality(POWER, LEVEL, before + after - 2) * error


def rides_needed(scatter: VarianceComponents, before: int, points: float, most: int) -> int | None:
    """How many rides after a change would show one of `points`, with `before` rides before it.

    None where `most` would not: then there are too few before.
    """

    def shown(after: int) -> bool:
        least = smallest_change(scatter, before, after)
        return least is not None and least <= points

    return bisect_left(range(most), True, key=shown) if shown(most) else None


@cache
def noncentrality(power: float, alpha: float, df: float) -> float:
    """How many standard errors a true effect must be for a two-sided t test at `alpha` to find it with `power`."""
    critical = two_sided_quantile(alpha, df)
    return bisected(
        lambda effect: _power(effect, critical, df) < power, 0.0, 2 * (critical + 5.0), absolute=1e-6
    )


def _power(effect: float, critical: float, df: float) -> float:
    """P(|T'| ≥ critical) for the noncentral t of an effect of so many standard errors.

    T' = (Z + effect)/S, and S² is a χ² over its degrees of freedom: the normal's tails beyond ±critical·S, averaged
    over S by Gauss-Legendre quadrature.
    """
    half = df / 2
    low, high = max(0.0, 1 - 9 / math.sqrt(2 * df)), 1 + 9 / math.sqrt(df)
    nodes, weights = _nodes(96)
    s = low + (high - low) * (nodes + 1) / 2
    density = np.exp(
        math.log(2) + half * math.log(half) - math.lgamma(half) + (df - 1) * np.log(s) - half * s * s
    )
    # the normal's upper tail is half the complement of the error function
    root = math.sqrt(2)
    beyond = [
        math.erfc((critical * x - effect) / root) + math.erfc((critical * x + effect) / root)
        for x in s.tolist()
    ]
    return float(np.sum(weights * density * beyond) * (high - low) / 4)

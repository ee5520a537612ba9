"""Is it more than rides scatter? Weighted regression over rides, with a variance between them.

A ride's own standard error says how well that ride is known, not how far one day lies from the next: legs, shoes and
a meter's zero differ by days. So each ride's variance is seᵢ² + τ², with τ² the same for all rides and estimated from
them as Paule and Mandel do (J. Res. Natl. Bur. Stand. 87, 1982): the τ² ≥ 0 at which the weighted squares that the
line leaves are as many as its degrees of freedom. That is one root of a falling function, found by bisection. The
slope's variance is scaled by what squares remain and held against Student's t with n − 2 degrees of freedom (Hartung
and Knapp, Stat. Med. 20, 2001; for regressions Knapp and Hartung, Stat. Med. 22, 2003), because τ² itself is known
from a few rides only. Simulated, where nothing changed, three rides against three: this test finds a change in one
comparison of twenty, the normal distribution in one of eight, and the rides' own errors alone in two of five.
"""

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from legbal.ride.share import Estimate
from legbal.ride.view import Floats

LEVEL = 0.05  # of the tests; intervals are of 1 − LEVEL
_MOST_VARIANCE = 100.0**2  # points²: shares lie between 0 and 100


class Effect(Estimate, frozen=True, kw_only=True):
    """What a regression over rides found: the slope, with its two-sided p; `between_sd` is τ, points."""

    p_value: float
    between_sd: float


def effect(x: Floats, percent: Floats, standard_error: Floats) -> Effect:
    """The slope of the share over `x`; with x of 0 before and 1 after, the difference.

    Args:
        x: what differs between the rides, shape (n,): time, or before and after. Three rides at least, and not all
            alike.
        percent: their left shares, shape (n,).
        standard_error: of each, points, above 0, shape (n,).
    """
    df = len(x) - 2
    tau2 = _variance_between(x, percent, standard_error**2, df)
    slope, spread, squares = _line(x, percent, 1 / (standard_error**2 + tau2))
    error = math.sqrt(max(squares / df, 1e-12) / spread)
    return Effect(
        slope,
        error,
        two_sided_quantile(LEVEL, df),
        p_value=two_sided_p(slope / error, df),
        between_sd=math.sqrt(tau2),
    )


def mean(percent: Floats, standard_error: Floats, between_sd: float) -> tuple[float, float]:
    """The weighted mean of some rides and its standard error, given how far days lie apart."""
    by = weights(standard_error, between_sd)
    return float(by @ percent / by.sum()), 1 / math.sqrt(by.sum())


def weights(standard_error: Floats, between_sd: float) -> Floats:
    """By which rides count, given how far days lie apart."""
    return 1 / (standard_error**2 + between_sd**2)


def _variance_between(x: Floats, percent: Floats, variance: Floats, df: int) -> float:
    """Paule and Mandel's τ² around the line, points²."""

    def squares(tau2: float) -> float:
        return _line(x, percent, 1 / (variance + tau2))[2]

    if squares(0.0) <= df:
        return 0.0
    low, high = 0.0, 1.0
    while squares(high) > df and high < _MOST_VARIANCE:
        low, high = high, 4 * high
    return bisected(lambda tau2: squares(tau2) > df, low, high, relative=1e-6)


def _line(x: Floats, y: Floats, weights: Floats) -> tuple[float, float, float]:
    """The weighted line's slope, Σ w (x − x̄)², and the weighted squares that it leaves."""
    total = weights.sum()
    x, y = x - weights @ x / total, y - weights @ y / total
    spread = float(weights @ (x * x))
    slope = float(weights @ (x * y)) / spread
    return slope, spread, float(weights @ np.square(y - slope * x))


def two_sided_p(t: float, df: float) -> float:
    """P(|T| ≥ |t|) for Student's t with `df` degrees of freedom: I_x(df/2, 1/2) at x = df/(df + t²)."""
    square = t * t
    return _beta_below(df / 2, df / (df + square), square / (df + square))


@cache
def two_sided_quantile(p: float, df: float) -> float:
    """The t with P(|T| ≥ t) = p, for 0 < p < 1, to the last digit."""
    high = 1.0
    while two_sided_p(high, df) > p:
        high *= 2
    return bisected(lambda t: two_sided_p(t, df) > p, 0.0, high)


def bisected(
    below: Callable[[float], bool], low: float, high: float, absolute: float = 0.0, relative: float = 0.0
) -> float:
    """The least value between two bounds that is no longer `below`, within a tolerance or to the last digit."""
    while low < (middle := (low + high) / 2) < high and high - low > absolute + relative * high:
        if below(middle):
            low = middle
        else:
            high = middle
    return high


def _beta_below(a: float, x: float, y: float) -> float:
    """The regularised incomplete beta function I_x(a, 1/2); y is 1 − x, given apart so that no digits are lost.

    By its continued fraction (DLMF 8.17.22) on the side where it converges fast.
    """
    if x <= 0 or y <= 0:
        return 0.0 if x <= 0 else 1.0
    b = 0.5
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(y))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, y) / b


def _fraction(a: float, b: float, x: float) -> float:
    """1/(1 + d₁/(1 + d₂/(1 + …))) with the coefficients of DLMF 8.17.23, from as far in as it takes."""
    value = 1.0
    for m in range(16 + int(2 * math.sqrt(a)), 0, -1):
        value = 1 + m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)) / value
        value = 1 - (a + m - 1) * (a + b + m - 1) * x / ((a + 2 * m - 2) * (a + 2 * m - 1)) / value
    return 1 / value

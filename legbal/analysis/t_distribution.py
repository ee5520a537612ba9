"""Student's t distribution: its tails, its quantiles, and the power of a t test."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from legbal.ride.view import Floats

_TINY = 1e-300


def two_sided_p(t: float, df: float) -> float:
    """P(|T| ≥ |t|) with `df` degrees of freedom: I_x(df/2, 1/2) at x = df/(df + t²)."""
    square = t * t
    return _beta_below(df / 2, df / (df + square), square / (df + square))


@cache
def two_sided_quantile(p: float, df: float) -> float:
    """The t with P(|T| ≥ t) = p, for 0 < p < 1: bracketed by doubling, then bisected to the last digit."""
    high = 1.0
    while two_sided_p(high, df) > p:
        high *= 2
    low = 0.0
    while low < (middle := (low + high) / 2) < high:
        if two_sided_p(middle, df) > p:
            low = middle
        else:
            high = middle
    return high


@cache
def noncentrality(power: float, alpha: float, df: float) -> float:
    """How many standard errors a true effect must be for a two-sided t test at `alpha` to find it with `power`."""
    critical = two_sided_quantile(alpha, df)
    low, high = 0.0, 2 * (critical + 5.0)
    while high - low > 1e-6:
        middle = (low + high) / 2
        if _power(middle, critical, df) < power:
            low = middle
        else:
            high = middle
    return high


@cache
def _nodes() -> tuple[Floats, Floats]:
    """Nodes and weights of the quadrature over −1…1."""
    return np.polynomial.legendre.leggauss(96)


def _power(effect: float, critical: float, df: float) -> float:
    """P(|T'| ≥ critical) for the noncentral t of an effect of so many standard errors.

    T' = (Z + effect)/S, and S² is a χ² over its degrees of freedom: the normal's tails beyond ±critical·S, averaged
    over S by Gauss-Legendre quadrature.
    """
    half = df / 2
    low, high = max(0.0, 1 - 9 / math.sqrt(2 * df)), 1 + 9 / math.sqrt(df)
    nodes, weights = _nodes()
    s = low + (high - low) * (nodes + 1) / 2
    density = np.exp(
        math.log(2) + half * math.log(half) - math.lgamma(half) + (df - 1) * np.log(s) - half * s * s
    )
    beyond = [_upper(critical * x - effect) + _upper(critical * x + effect) for x in s.tolist()]
    return float(np.sum(weights * density * beyond) * (high - low) / 2)


def _upper(z: float) -> float:
    """P(Z ≥ z) of the standard normal."""
    return math.erfc(z / math.sqrt(2)) / 2


def _beta_below(a: float, x: float, y: float) -> float:
    """The regularised incomplete beta function I_x(a, 1/2); y is 1 − x, given apart so that no digits are lost.

    By its continued fraction (DLMF 8.17.22), evaluated by Lentz's method, on the side where it converges fast.
    """
    if x <= 0 or y <= 0:
        return 0.0 if x <= 0 else 1.0
    b = 0.5
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(y))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, y) / b


def _fraction(a: float, b: float, x: float) -> float:
    """1/(1 + d₁/(1 + d₂/(1 + …))) with the coefficients of DLMF 8.17.23."""
    value, c, d = _TINY, _TINY, 0.0
    term, step = 1.0, 0
    while True:
        d = 1 / _not_zero(1 + term * d)
        c = _not_zero(1 + term / c)
        value *= c * d
        if abs(c * d - 1) < 1e-15:
            return value
        m, odd = divmod(step, 2)
        if odd:
            m += 1
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step += 1


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY

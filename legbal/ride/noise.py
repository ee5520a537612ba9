"""How a rider's balance wanders while nothing is wrong, fitted from residuals, and what it leaves of a mean.

One number does not describe the noise: the means of 10, 40 and 80 seconds of real pedalling spread far more than the
spread of single seconds would have it (it has a long memory), and whole percents make the median of
differences useless. So the spread of block means over 1…160 s is fitted by white noise and four components of
exponential memory, with a typical rider as the prior. All is in percent points at the reference power; at
power P the points are √(reference/P) times larger, because noise shrinks as power grows.
"""

import math
from collections.abc import Sequence
from functools import cache

import numpy as np

from legbal.ride.baseline import MEMORIES_S, TYPICAL_NOISE, TYPICAL_SHARES, Noise
from legbal.ride.view import Floats

_BLOCKS = (1, 2, 5, 10, 20, 40, 80, 160)
_UPDATES = 200
# A second counts for no more than so many standard deviations: bursts are no evidence. With tails as they usually are,
# by the 95th percentile for one of the 68th; and within these for a rider with lighter or heavier ones.
_CLIP, _USUAL_TAIL, _LEAST_CLIP, _MOST_CLIP = 1.7, 2.15, 1.2, 2.2
_LEAST_CORE = 0.8  # points: whole percents have no smaller spread


def spread(noise: Noise, seconds: int) -> float:
    """Standard deviation of the mean of `seconds` of pedalling, points at the reference power."""
    slow = (x * _mean_of_memory(seconds, memory) for memory, x in zip(MEMORIES_S, noise.slow, strict=True))
    return math.sqrt(sum(slow, noise.white / seconds))


@cache
def _mean_of_memory(seconds: int, memory_s: float) -> float:
    """Variance of the mean of `seconds` samples of a unit component with exponential memory."""
    lag = np.arange(1, seconds)
    return float((seconds + 2 * ((seconds - lag) * np.exp(-lag / memory_s)).sum()) / seconds**2)


_DESIGN = np.array([[1 / m, *(_mean_of_memory(m, memory) for memory in MEMORIES_S)] for m in _BLOCKS])


def percentiles(of: Floats, *percents: float) -> list[float]:
    """What so many percent of numbers, of which there is one at least, are below: between two of them on a line.

    To the last bit as NumPy's `percentile`, which loads all of its masked arrays.
    """
    rising = np.sort(of)
    places = [(len(rising) - 1) * (percent / 100) for percent in percents]
    return [
        _between(float(rising[int(place)]), float(rising[math.ceil(place)]), place % 1) for place in places
    ]


def _between(low: float, high: float, part: float) -> float:
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)


def clip(apart: Floats, of: Floats) -> tuple[Floats, float]:
    """Residuals clipped as their tails call for, and at how many standard deviations.

    Args:
        apart: residuals in points at the reference power, shape (n,).
        of: those by which tails and spread are judged.
    """
    core, far = percentiles(np.abs(of), 68.3, 95.0)
    deviations = (
        _CLIP if far < _LEAST_CORE else min(max(_CLIP * _USUAL_TAIL * core / far, _LEAST_CLIP), _MOST_CLIP)
    )
    most = deviations * max(core, _LEAST_CORE)
    return np.clip(apart, -most, most), deviations


def fit_noise(
    stretches: Sequence[Floats],
    prior_s: float = 300.0,
    belief: Noise | None = None,
    clipped_at: float = _CLIP,
) -> Noise:
    """Fits the spread of block means, pulled towards what was believed.

    Multiplicative updates of the Itakura–Saito divergence (C. Févotte et al., Neural Computation 21, 2009)
    between observed and modelled variances: they stay positive and need no step size.

    Args:
        stretches: residuals in points at the reference power, one array per uninterrupted stretch, about a second each,
            clipped, mean of the whole near 0.
        prior_s: seconds of pedalling that the belief is worth.
        belief: the noise that is believed; None: its parts are those of a typical rider, whatever its size.
        clipped_at: by how many standard deviations the residuals were.
    """
    squares, counts = np.zeros(len(_BLOCKS)), np.zeros(len(_BLOCKS))
    for x in stretches:
        for i, m in enumerate(_BLOCKS):
            k = len(x) // m
            if k:
                sums = x[: k * m].reshape(k, m).sum(axis=1)
                squares[i] += sums @ sums / m**2
                counts[i] += k
    if counts[0] < 30:
        return TYPICAL_NOISE if belief is None else belief
    one = max(squares[0] / counts[0], 0.05)
    shares = np.array(TYPICAL_SHARES) * one if belief is None else np.array([belief.white, *belief.slow])
    prior = prior_s / np.array(_BLOCKS)
    weight = counts + prior
    # Written into the same arrays again and again: making new ones would take as long as the sums. Squares and weights
    # lie behind each other, as does the model, twice: numpy divides one row by another at once.
    both = np.concatenate([squares + _DESIGN @ shares * prior, weight])
    stacked, model = np.concatenate([_DESIGN, _DESIGN]), np.empty(len(both))
    parts = observed, _ = np.empty((2, len(_BLOCKS)))
    row, model_once = parts.reshape(-1), model[: len(_BLOCKS)]
    raised, lowered = factors = np.empty((2, len(shares)))
    least = np.full(len(shares), 1e-4 * one)
    for _ in range(_UPDATES):
        stacked.dot(shares, model)
        np.divide(both, model, out=row)
        np.divide(observed, model_once, out=observed)
        parts.dot(_DESIGN, factors)
        np.multiply(shares, raised, out=shares)
        np.divide(shares, lowered, out=shares)
        np.maximum(shares, least, out=shares)
    white, *slow = (float(v) for v in shares)
    return Noise(white, tuple(slow), int(counts[0]), clipped_at)

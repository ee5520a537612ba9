"""How sure an answer is and how large what it is about: posterior probabilities, and the three words for them."""

import math
from typing import Literal

import msgspec
import numpy as np

from legbal.ride.view import Floats

Certainty = Literal["clear", "likely", "unknown"]
CLEAR, LIKELY = 0.95, 0.8  # posterior probabilities from which it is said
_EXACT = 1e-4  # of quantiles, standard deviations
_TINY = 1e-300  # of a density, so that it can be divided by


class CredibleInterval(msgspec.Struct, frozen=True):
    """A posterior mean and the bounds of what holds `probability` of the posterior."""

    value: float
    low: float
    high: float
    probability: float = 0.95

    def shifted(self, by: float) -> "CredibleInterval":
        """The same, so much further up."""
        return CredibleInterval(self.value + by, self.low + by, self.high + by, self.probability)


def certainty(probability: float) -> Certainty:
    """A posterior probability in one of the three words that riders read."""
    return "clear" if probability >= CLEAR else "likely" if probability >= LIKELY else "unknown"


class Mixture(msgspec.Struct, frozen=True):
    """Normal distributions, each with a weight; the weights' sum is 1."""

    weight: Floats
    mean: Floats
    sd: Floats

    @classmethod
    def of(cls, log_weight: Floats, mean: Floats, variance: Floats) -> "Mixture":
        """From logarithms of weights of any sum, and what goes with each, in one shape."""
        return cls(normalised(log_weight).ravel(), mean.ravel(), np.sqrt(variance).ravel())

    def shifted(self, mean: float, sd: float) -> "Mixture":
        """With an independent normal variable added."""
        return Mixture(self.weight, self.mean + mean, np.hypot(self.sd, sd))

    @property
    def standard_deviation(self) -> float:
        """Of all of it."""
        mean = self.weight @ self.mean
        return math.sqrt(float(self.weight @ (self.sd**2 + (self.mean - mean) ** 2)))

    def above(self, value: float) -> float:
        """The probability of more than a value."""
        return float(self.weight @ upper_tail((value - self.mean) / self.sd))

    @property
    def middle(self) -> float:
        """Its mean, without what hardly weighs."""
        heavy = self._heavy()
        return float(heavy.weight @ heavy.mean)

    def interval(self, probability: float = 0.95) -> CredibleInterval:
        """Its `middle`, and the bounds beyond which it is equally improbable on either side."""
        heavy, tail = self._heavy(), (1 - probability) / 2
        low, high = heavy._exceeded_by(np.array([1 - tail, tail]))
        return CredibleInterval(self.middle, low, high, probability)

    def _heavy(self) -> "Mixture":
        heavy = self.weight > 1e-4 * self.weight.max()
        return Mixture(self.weight[heavy] / self.weight[heavy].sum(), self.mean[heavy], self.sd[heavy])

    def _exceeded_by(self, probabilities: Floats) -> list[float]:
        """The values above which it is with each probability: by Newton's method, halving where that leads astray."""
        low, high = (self.mean - 9 * self.sd).min(), (self.mean + 9 * self.sd).max()
        off = np.where(probabilities > 0.5, -2.0, 2.0) * self.standard_deviation
        value = (self.weight @ self.mean + off).clip(low, high)
        exact, by = _EXACT * self.sd.min(), self.weight / self.sd
        while True:
            tail, density = tail_and_density((value[:, None] - self.mean) / self.sd)
            excess = tail @ self.weight - probabilities
            low, high = np.where(excess > 0, value, low), np.where(excess > 0, high, value)
            before, value = value, value + excess / np.maximum(density @ by, _TINY)
            value = np.where((low < value) & (value < high), value, (low + high) / 2)
            if (np.abs(value - before) < exact).all():
                ends: list[float] = value.tolist()
                return ends


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether something changed, by how much, and how sure that is.

    Attributes:
        probability: posterior, that it changed, and that way.
        size: if it did; its `value` is drawn towards zero by how unsure it is that it did, and its bounds hold that
            value, or zero too where the probability is less than `LIKELY`.
        any_probability: that it changed at all; `if_any`: its size then.
    """

    probability: float
    size: CredibleInterval
    any_probability: float
    if_any: Mixture

    @classmethod
    def of(cls, any_probability: float, if_any: Mixture) -> "Answer":
        """The answer where there is a change with that probability, of such a size."""
        above, size = if_any.above(0.0), if_any.interval()
        value = any_probability * size.value
        probability = any_probability * max(above, 1 - above)
        least = value if probability >= LIKELY else 0.0
        return cls(
            probability=probability,
            size=CredibleInterval(value, min(size.low, least), max(size.high, least), size.probability),
            any_probability=any_probability,
            if_any=if_any,
        )

    @property
    def certainty(self) -> Certainty:
        """The probability in one of three words."""
        return certainty(self.probability)


def upper_tail(z: Floats) -> Floats:
    """The probability that a standard normal exceeds z, right to 1e-7."""
    return tail_and_density(z)[0]


def tail_and_density(z: Floats) -> tuple[Floats, Floats]:
    """As `upper_tail`, and the standard normal's density at z (Abramowitz and Stegun, 26.2.17)."""
    t = 1 / (1 + 0.2316419 * np.abs(z))
    series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    density = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    tail = density * series
    return np.where(z < 0, 1 - tail, tail), density


def normalised(log_weights: Floats) -> Floats:
    """Weights with the sum 1 from their logarithms, in whatever shape."""
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum(), float)


def log_sum(logs: Floats) -> float:
    """The logarithm of a sum of numbers whose logarithms are given."""
    most = float(logs.max())
    return most + math.log(float(np.exp(logs - most).sum()))

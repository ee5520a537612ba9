"""What the change detector is held to: a regression over all that it was fed, and a step as it is taken to come."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from legbal.ride.baseline import MEMORIES_S, Noise
from legbal.ride.change_detector import root_of
from legbal.ride.view import Floats

Sds = tuple[float, float, float, tuple[float, float]]
# The memory of a step on a meter that does not smooth, and so much more for each second over which one does.
RISE_S, RISE_OF_SMOOTHING = 3.0, 1.5
USUAL_STEP, USUAL_STEP_SD = 3.0, 1.2  # points: what drop-offs are like


def rise_s(noise: Noise) -> float:
    """The memory with which a step comes: of what passes within five seconds, the part with that memory is smoothed."""
    return RISE_S + RISE_OF_SMOOTHING * 5.0 * noise.slow[0] / (noise.white + noise.slow[0])


class Fed(NamedTuple):
    """Some seconds, as they are fed together."""

    dt: float = 4.0
    seconds: int = 4
    below: float = 0.0
    power: float = 1.0
    turning: float = 0.0
    recent_power: float = 0.0
    recent_cadence: float = 0.0
    working: bool = True


class Regression:
    """What is fed, as one normal distribution: the noise's covariance over all of it, written out."""

    def __init__(self, fed: list[Fed], noise: Noise, sds: Sds) -> None:
        self.fed = fed
        offset_sd, *slopes_sd, recent_sd = sds
        # shorter waits than 16 s are taken as whole seconds
        dts = np.array([round(x.dt) if 0 < round(x.dt) < 16 else x.dt for x in fed])
        self.root = np.array([root_of(x.power) for x in fed])
        self._t, self._dts = np.cumsum(dts), dts
        self._clip = noise.clip
        self._rise_s = rise_s(noise)
        apart = np.abs(self._t[:, None] - self._t)
        fading = [v * np.exp(-apart / m) for v, m in zip(noise.slow, MEMORIES_S, strict=True)]
        effects = (
            self.root * np.array([[x.power - 1, x.turning, x.recent_power, x.recent_cadence] for x in fed]).T
        )
        self.of_level = fading[2] + fading[3] + offset_sd**2
        self._signal = (
            sum(fading[:2])
            + self.of_level
            + sum(sd**2 * np.outer(x, x) for sd, x in zip((*slopes_sd, *recent_sd), effects, strict=True))
        )
        self._white, self._of_one = noise.white / np.array([x.seconds for x in fed]), noise.white
        self.inverse = np.linalg.inv(self._signal + np.diag(self._white))
        self.seen = self.root * [x.below for x in fed]
        self.level_variance = noise.slow[2] + noise.slow[3] + offset_sd**2

    def step(self, onset: int) -> Floats:
        """A unit step that began with what was fed then: it comes over some seconds, and shows at work only."""
        since = self._t - self._t[onset] + self._dts[onset]
        working = [x.working and i >= onset for i, x in enumerate(self.fed)]
        return np.asarray(self.root * working * (1 - np.exp(-since / self._rise_s)))

    def age(self, onset: int) -> int:
        return sum(x.seconds for x in self.fed[onset:] if x.working)

    def fit(self, onset: int) -> tuple[float, float]:
        """The step in points, and its information."""
        h = self.step(onset)
        information = float(h @ self.inverse @ h)
        return float(h @ self.inverse @ self.seen) / information, information

    def expected(self) -> float:
        """What the last should have been without its own white noise."""
        return float(self._signal[-1] @ self.inverse @ self.seen) / float(self.root[-1])

    def most(self) -> float:
        before = self._signal[-1, :-1]
        known = np.linalg.inv(self._signal[:-1, :-1] + np.diag(self._white[:-1]))
        variance = self._signal[-1, -1] - before @ known @ before
        return self._clip * math.sqrt(variance + self._of_one) / float(self.root[-1])

    def level(self) -> tuple[float, float]:
        """Today's level and its standard error."""
        gain = self.of_level[-1] @ self.inverse
        return float(gain @ self.seen), math.sqrt(self.level_variance - float(gain @ self.of_level[-1]))

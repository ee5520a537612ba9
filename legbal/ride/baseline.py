"""The rider's own balance at each power, learnt from earlier rides: what "usual" means.

A ride leaves a sample behind: its seconds of pedalling, power and share, without those of a drop-off. Samples
of rides on one meter teach a baseline: the share as a curve over power whose neighbours pull at each other,
how uncertain it is, and the rider's noise on this meter.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.ride import noise as noises
from legbal.ride.noise import CLIP, Noise
from legbal.ride.seconds import Second

Floats = npt.NDArray[np.float64]

# The curve's nodes, as fractions of the reference power.
_FIRST, _STEP, _NODES = 0.2, 0.1, 17
_PULL_S = 600.0  # a node is pulled towards its neighbours as by so many seconds of pedalling
_LEAST_S = 120  # less pedalling teaches nothing
_EASY = 0.3  # pedalling below this fraction of the reference power is too noisy to learn from
_WORK = 0.6  # pedalling above it teaches the noise of intervals
_STRETCH_GAP_S = 3.0
# How far a day lies from the rider's mean, points, and how many rides this belief is worth.
_DAY_SD, _DAY_RIDES = 0.9, 4.0
_DEFAULT_REFERENCE_W = 200.0


class RideSample(msgspec.Struct, frozen=True):
    """What one ride teaches: its seconds of pedalling with a balance, a drop-off's seconds left out.

    Attributes:
        t: ride seconds, 32-bit unsigned integers, little-endian as on all machines that this runs on.
        power_w: watts, 16-bit unsigned integers.
        left: left share in hundredths of a percent, 16-bit unsigned integers.
    """

    t: bytes = b""
    power_w: bytes = b""
    left: bytes = b""

    def arrays(self) -> tuple[Floats, Floats, Floats]:
        """Ride seconds, watts and left percent, each of shape (n,)."""
        return (
            np.frombuffer(self.t, "<u4").astype(np.float64),
            np.frombuffer(self.power_w, "<u2").astype(np.float64),
            np.frombuffer(self.left, "<u2") / 100.0,
        )


class Sampler:
    """Gathers a ride's sample, second by second."""

    __slots__ = ("_left", "_power", "_t")

    def __init__(self) -> None:
        self._t, self._power, self._left = array("I"), array("H"), array("H")

    def __len__(self) -> int:
        """Seconds gathered."""
        return len(self._t)

    def add(self, second: Second) -> None:
        """Takes in a second; only one with power and the work of both legs teaches anything."""
        left = second.left_percent
        if left is not None and 0 < left < 100 and 0 < second.power_w < 65535:
            self._t.append(int(second.t))
            self._power.append(int(second.power_w))
            self._left.append(round(left * 100))

    def leave_out(self, since: float) -> None:
        """Takes back everything from a ride second on: it was a drop-off."""
        while self._t and self._t[-1] >= since:
            self._t.pop()
            self._power.pop()
            self._left.pop()

    def sample(self) -> RideSample:
        """What was gathered so far."""
        return RideSample(self._t.tobytes(), self._power.tobytes(), self._left.tobytes())


class Baseline(msgspec.Struct, frozen=True):
    """What is usual for a rider on a meter.

    Attributes:
        reference_w: power at which the noise is stated; the curve's nodes are fractions of it.
        left_percent: the usual left share at each node.
        error: standard error of each, points.
        noise: the rider's noise at the reference power.
        offset_sd: how far a day may lie from the curve, points.
        slope_sd: how uncertain the curve's slope is, points per reference power.
        rides: behind it; 0: nothing is known of this rider.
    """

    reference_w: float
    left_percent: tuple[float, ...]
    error: tuple[float, ...]
    noise: Noise
    offset_sd: float
    slope_sd: float
    rides: int

    def usual(self, power_w: float) -> float:
        """The usual left share at a power, percent."""
        return _between(self.left_percent, power_w / self.reference_w)

    def uncertainty(self, power_w: float) -> float:
        """One standard deviation of `usual` on a day, points."""
        return math.hypot(_between(self.error, power_w / self.reference_w), self.offset_sd)


def unknown_rider(reference_w: float | None) -> Baseline:
    """Where a rider without history starts: even legs within wide limits, a typical rider's noise."""
    return Baseline(
        reference_w or _DEFAULT_REFERENCE_W, (50.0,) * _NODES, (0.0,) * _NODES, noises.typical(), 4.0, 3.0, 0
    )


def learn(samples: Sequence[RideSample], ftp_w: float | None = None) -> Baseline | None:
    """The baseline that rides on one meter teach; None with less than two minutes of pedalling in them.

    Args:
        samples: one per ride, in any order.
        ftp_w: the reference power; None: the power exceeded in a tenth of the pedalling.
    """
    held = [x for x in (s.arrays() for s in samples) if len(x[0])]
    if not held:
        return None
    reference = ftp_w or float(np.percentile(np.concatenate([power for _, power, _ in held]), 90))
    rides = [_pedalling(x, reference) for x in held]
    rides = [x for x in rides if len(x[0])]
    if sum(len(x[0]) for x in rides) < _LEAST_S:
        return None
    ride = np.concatenate([np.full(len(x[0]), i) for i, x in enumerate(rides)])
    t, power, left = (np.concatenate(x) for x in zip(*rides, strict=True))
    x = power / reference
    root = np.sqrt(np.minimum(x, 1.6))
    kept = np.clip(left, *np.percentile(left, (5, 95)))
    for _ in range(3):
        curve, error = _curve(x, kept)
        apart = (left - _along(curve, x)) * root
        working = x > _WORK if (x > _WORK).sum() > _LEAST_S else np.ones(len(x), bool)
        most = CLIP * max(float(np.percentile(np.abs(apart[working]), 68.3)), 0.8)
        apart = np.clip(apart, -most, most)
        kept = _along(curve, x) + apart / root
    days = np.array([apart[ride == i].mean() for i in range(len(rides))])
    apart = apart - days[ride]
    breaks = np.flatnonzero((np.diff(t[working]) > _STRETCH_GAP_S) | (np.diff(t[working]) < 0)) + 1
    noise = noises.fit(np.split(apart[working], breaks))
    spread = float(((days - days.mean()) ** 2).sum())
    day = math.sqrt((_DAY_SD**2 * _DAY_RIDES + spread) / (_DAY_RIDES + max(len(days) - 1, 0)))
    error = error * noise.spread(60) * math.sqrt(60)
    return Baseline(
        reference, tuple(map(float, curve)), tuple(map(float, error)), noise, day, 0.5, len(rides)
    )


def _pedalling(sample: tuple[Floats, Floats, Floats], reference_w: float) -> tuple[Floats, Floats, Floats]:
    t, power, left = sample
    ok = power > _EASY * reference_w
    return t[ok], power[ok], left[ok]


def _curve(x: Floats, left: Floats) -> tuple[Floats, Floats]:
    """Penalised least squares of the share over power: nodes, and their error per unit noise."""
    place = np.clip((x - _FIRST) / _STEP, 0, _NODES - 1.001)
    node = place.astype(np.intp)
    part = place - node
    weight = np.minimum(x, 1.2)
    normal, right = np.zeros((_NODES, _NODES)), np.zeros(_NODES)
    np.add.at(normal, (node, node), weight * (1 - part) ** 2)
    np.add.at(normal, (node + 1, node + 1), weight * part**2)
    np.add.at(normal, (node, node + 1), weight * part * (1 - part))
    np.add.at(right, node, weight * (1 - part) * left)
    np.add.at(right, node + 1, weight * part * left)
    normal += np.triu(normal, 1).T
    stiff = np.diff(np.eye(_NODES), axis=0)
    inverse = np.linalg.inv(normal + _PULL_S * stiff.T @ stiff + 1e-6 * np.eye(_NODES))
    return inverse @ right, np.sqrt(np.diag(inverse))


def _along(curve: Floats, x: Floats) -> Floats:
    return np.interp(x, _FIRST + _STEP * np.arange(_NODES), curve)


def _between(nodes: tuple[float, ...], x: float) -> float:
    place = min(max((x - _FIRST) / _STEP, 0.0), _NODES - 1.001)
    node = int(place)
    part = place - node
    return nodes[node] * (1 - part) + nodes[node + 1] * part

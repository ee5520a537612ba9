"""What is usual for a rider on a meter: the share as a curve over power, how uncertain it is, and the rider's noise.

Only the values, which a ride's setup carries: they are learnt in `baseline_fit`.
"""

from __future__ import annotations

import msgspec

# The curve's nodes, as fractions of the reference power.
FIRST_NODE, NODE_STEP, NODES = 0.2, 0.1, 17
SLOW_RPM, RPM_STEP, RPM_NODES = 40.0, 10.0, 9
RPM_SD = 0.4
_DEFAULT_REFERENCE_W = 200.0

MEMORIES_S = (5.0, 30.0, 200.0, 1500.0)
# Shares of the variance of single seconds in a typical rider: white, then one per memory.
TYPICAL_SHARES = (0.62, 0.18, 0.10, 0.06, 0.04)
_TYPICAL_SD = 2.6


class Noise(msgspec.Struct, frozen=True):
    """Variances in squared points at the reference power.

    Attributes:
        white: of a second, without memory.
        slow: of each component in `MEMORIES_S`.
        seconds: of pedalling that the fit rests on.
    """

    white: float
    slow: tuple[float, ...]
    seconds: int = 0


def typical_noise() -> Noise:
    """A rider of whom nothing is known."""
    white, *slow = (share * _TYPICAL_SD**2 for share in TYPICAL_SHARES)
    return Noise(white, tuple(slow))


class Baseline(msgspec.Struct, frozen=True):
    """What is usual for a rider on a meter.

    Attributes:
        reference_w: power at which the noise is stated; the curve's nodes are fractions of it.
        left_percent: the usual left share at each node.
        error: standard error of each, points.
        cadence_points: what cadence adds, at 40, 50 … 120 rpm, points.
        noise: the rider's noise at the reference power.
        offset_sd: how far a day may lie from the curve, points.
        slope_sd: how uncertain the curve's slope is, points per reference power.
        cadence_rpm: the usual cadence.
        cadence_sd: how uncertain its influence is, points per 10 rpm.
        rides: behind it; 0: nothing is known of this rider.
    """

    reference_w: float
    left_percent: tuple[float, ...]
    error: tuple[float, ...]
    cadence_points: tuple[float, ...]
    noise: Noise
    offset_sd: float
    slope_sd: float
    cadence_rpm: float
    cadence_sd: float
    rides: int

    def usual(self, power_w: float, cadence_rpm: float | None = None) -> float:
        """The usual left share at a power, percent, and at a cadence where it is known."""
        left = _between(self.left_percent, (power_w / self.reference_w - FIRST_NODE) / NODE_STEP)
        if cadence_rpm is None:
            return left
        return left + _between(self.cadence_points, (cadence_rpm - SLOW_RPM) / RPM_STEP)


def unknown_rider(reference_w: float | None) -> Baseline:
    """Where a rider without history starts: even legs within wide limits, a typical rider's noise."""
    return Baseline(
        reference_w or _DEFAULT_REFERENCE_W,
        (50.0,) * NODES,
        (0.0,) * NODES,
        (0.0,) * RPM_NODES,
        typical_noise(),
        4.0,
        3.0,
        85.0,
        RPM_SD,
        0,
    )


def _between(nodes: tuple[float, ...], place: float) -> float:
    place = min(max(place, 0.0), len(nodes) - 1.001)
    node = int(place)
    part = place - node
    return nodes[node] * (1 - part) + nodes[node + 1] * part

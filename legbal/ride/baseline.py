"""What is usual for a rider on a meter, how that wanders, and what a ride leaves for `baseline_fit` to learn from."""

import msgspec

# The nodes of a baseline's curve, as fractions of the reference power, and of what cadence adds.
FIRST_NODE, NODE_STEP, NODES = 0.2, 0.1, 17
SLOW_RPM, RPM_STEP, RPM_NODES = 40.0, 10.0, 9
_LAST_POWER, _LAST_CADENCE = NODES - 1.001, RPM_NODES - 1.001
MEMORIES_S = (5.0, 30.0, 200.0, 1500.0)  # of the noise's slow components
CADENCE_SD = 0.4  # how uncertain the influence of cadence is, points per 10 rpm
# What came before: riders differ by so much, and rides of one rider, in points per reference power and per 10 rpm.
RECENT_SD_OF_RIDERS, RECENT_SD_OF_RIDES = (1.3, 0.5), (0.9, 0.4)


class Noise(msgspec.Struct, frozen=True):
    """Variances in squared points at the reference power.

    Attributes:
        white: of a second, without memory.
        slow: of each component in `MEMORIES_S`.
        seconds: of pedalling that the fit rests on.
        clip: a second counts for no more than so many standard deviations; the heavier the tails, the fewer.
    """

    white: float
    slow: tuple[float, ...]
    seconds: int = 0
    clip: float = 1.7


# Shares of the variance of single seconds in a typical rider: white, then one per memory.
TYPICAL_SHARES = (0.62, 0.18, 0.10, 0.06, 0.04)
_VARIANCE = 2.6**2  # of these, points²
# Of a rider of whom nothing is known.
TYPICAL_NOISE = Noise(TYPICAL_SHARES[0] * _VARIANCE, tuple(share * _VARIANCE for share in TYPICAL_SHARES[1:]))


class Baseline(msgspec.Struct, frozen=True):
    """What is usual for a rider on a meter: the share as a curve over power, how uncertain that is, and the noise.

    It is learnt in `baseline_fit`.

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
        recent_points: what came before adds, points for each unit of `RecentEffort.power` and of `.cadence`.
        recent_sd: how uncertain each of the two is, points.
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
    recent_points: tuple[float, float] = (0.0, 0.0)
    recent_sd: tuple[float, float] = RECENT_SD_OF_RIDERS

    def usual(self, power_w: float, cadence_rpm: float | None = None) -> float:
        """The usual left share at a steady power, percent, and at a cadence where it is known."""
        # Twice the same, written out: this is the hot path.
        nodes, place = self.left_percent, (power_w / self.reference_w - FIRST_NODE) / NODE_STEP
        place = 0.0 if place < 0.0 else place if place < _LAST_POWER else _LAST_POWER
        node = int(place)
        left = nodes[node] + (nodes[node + 1] - nodes[node]) * (place - node)
        if cadence_rpm is None:
            return left
        nodes, place = self.cadence_points, (cadence_rpm - SLOW_RPM) / RPM_STEP
        place = 0.0 if place < 0.0 else place if place < _LAST_CADENCE else _LAST_CADENCE
        node = int(place)
        return left + nodes[node] + (nodes[node + 1] - nodes[node]) * (place - node)


def unknown_rider(reference_w: float | None) -> Baseline:
    """Where a rider without history starts: even legs within wide limits, a typical rider's noise."""
    return Baseline(
        reference_w=reference_w or 200.0,
        left_percent=(50.0,) * NODES,
        error=(0.0,) * NODES,
        cadence_points=(0.0,) * RPM_NODES,
        noise=TYPICAL_NOISE,
        offset_sd=4.0,
        slope_sd=3.0,
        cadence_rpm=85.0,
        cadence_sd=CADENCE_SD,
        rides=0,
    )


class RideSample(msgspec.Struct, frozen=True):
    """What one ride teaches: its seconds of pedalling with a balance, a drop-off's seconds left out.

    Attributes:
        t: ride seconds, 32-bit unsigned integers, little-endian as on all machines that this runs on.
        power_w: watts, 16-bit unsigned integers.
        left: left share in hundredths of a percent, 16-bit unsigned integers.
        cadence: revolutions a minute, 8-bit unsigned integers, 0 where unknown.
    """

    t: bytes = b""
    power_w: bytes = b""
    left: bytes = b""
    cadence: bytes = b""

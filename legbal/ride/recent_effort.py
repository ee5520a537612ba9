"""What came before: how hard and how fast the last minute was, by which the balance at one and the same power differs.

At 250 W after a minute of rest a leg's share is another one than after a minute at 250 W: on real rides by up to two
points, which way and by how much is the rider's own, the same over months. Seconds that say nothing of the balance
(coasts, the first of an effort, very easy pedalling) count as rest in the minute's power, and not at all in its
cadence.
"""

import math

import numpy as np

from legbal.ride.view import Floats

_POWER_S, _CADENCE_S = 60.0, 30.0  # memories of the two means
_MOST_POWER = 2.5  # of the reference: a longer sprint is no harder minute
_CHUNK_S = 900.0  # over which exp(t / memory) stays small


class RecentEffort:
    """Follows it through the seconds that say something of the balance.

    Attributes:
        power: mean of the last minute less the present power, both as shares of the reference power.
        cadence: mean of the last half-minute less the present one, in 10 rpm; 0 where it is unknown.
    """

    def __init__(self) -> None:
        self.power = self.cadence = 0.0
        self._t: float | None = None
        self._power = 0.0
        self._turned_t, self._rpm = -math.inf, 0.0  # when the cadence was last known, and its mean

    def feed(self, t: float, power: float, cadence_rpm: float | None) -> None:
        """Takes in a second, at a power as a share of the reference."""
        if power > _MOST_POWER:
            power = _MOST_POWER
        if self._t is None:
            self._power = power
        else:
            self._power = self._power * math.exp((self._t - t) / _POWER_S) + power * _OF_A_SECOND
        self._t = t
        self.power = self._power - power
        if cadence_rpm:
            mean = self._rpm
            mean += (cadence_rpm - mean) * -math.expm1((self._turned_t - t) / _CADENCE_S)
            self._turned_t, self._rpm = t, mean
            self.cadence = (mean - cadence_rpm) / 10
        else:
            self.cadence = 0.0


_OF_A_SECOND = -math.expm1(-1 / _POWER_S)


def recent_effort(t: Floats, power: Floats, cadence_rpm: Floats) -> Floats:
    """What `RecentEffort` says at each second of a ride: power and cadence, shape (2, n); a cadence of 0 is unknown."""
    recent = np.zeros((2, len(t)))
    most = np.minimum(power, _MOST_POWER)
    gains = np.full(len(t), _OF_A_SECOND)
    gains[:1] = 1.0
    recent[0] = _decaying_sum(t, most * gains, _POWER_S) - most
    turning = cadence_rpm > 0
    rpm, times = cadence_rpm[turning], t[turning]
    gains = -np.expm1(-np.diff(times, prepend=-np.inf) / _CADENCE_S)
    recent[1, turning] = (_decaying_sum(times, rpm * gains, _CADENCE_S) - rpm) / 10
    return recent


def _decaying_sum(t: Floats, x: Floats, memory_s: float) -> Floats:
    """At each time the sum of all `x` until then, each faded with its age, shape (n,)."""
    sums = np.empty(len(t))
    before, begin = 0.0, 0
    while begin < len(t):
        end = int(np.searchsorted(t, t[begin] + _CHUNK_S, side="right"))
        since = (t[begin:end] - t[begin]) / memory_s
        sums[begin:end] = np.exp(-since) * (before + np.cumsum(x[begin:end] * np.exp(since)))
        if end < len(t):
            before = sums[end - 1] * math.exp((t[end - 1] - t[end]) / memory_s)
        begin = end
    return sums

"""Did the leg's share step down some seconds ago? One test per possible onset, against the rider's own noise.

The share's distance from usual is followed by a Kalman filter whose states are the noise's slow components,
the last of them with today's offset, and a slope over power. A step that began at second k leaves a known
trace in the surprises of that filter (A. S. Willsky & H. L. Jones, "A generalized likelihood ratio approach
to the detection and estimation of jumps in linear systems", IEEE Transactions on Automatic Control 21, 1976):
how well the trace fits tells the step's size and by how many standard deviations it stands out. Starts, gaps
and rests need no rule of their own: the states decay over them.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from legbal.ride.noise import CLIP, MEMORIES_S, Noise

OLDEST_S = 400  # of work: what began earlier is today's level and no drop-off
_SPAWN_S = 4  # between possible onsets
_FINE = 6  # onsets kept at each spacing before the spacing doubles
_ROWS = 48
_STATES = len(MEMORIES_S) + 2
_LEAST_BAR = 2.5  # however old the onset
_FAST = 2  # states that a rest or an alert makes stale


class Onset(msgspec.Struct, gc=False, frozen=True):
    """The likeliest onset of a step.

    Attributes:
        row: which test it is.
        age: seconds of work since then.
        points: how far the share has stepped, positive for less than usual.
        sds: by how many standard deviations that stands out, on this rider's own scale.
    """

    row: int
    age: int
    points: float
    sds: float


class Onsets:
    """The filter and its tests, in points of share below usual.

    Args:
        noise: of the rider on this meter.
        offset_sd: how far today may lie from the baseline, points.
        slope_sd: how uncertain the baseline's change with power is, points per reference power.
        cadence_sd: how uncertain its change with cadence is, points per 10 rpm.
    """

    __slots__ = (
        "_a", "_born", "_decay", "_decays", "_fill", "_k", "_live", "_p", "_q", "_rows",
        "_scale", "_sight", "_stationary", "_white",
    )  # fmt: skip

    def __init__(self, noise: Noise, offset_sd: float, slope_sd: float, cadence_sd: float) -> None:
        self._white = noise.white
        self._scale = noise.scale
        variances = np.array([*noise.slow, slope_sd**2, cadence_sd**2])
        variances[-3] += offset_sd**2
        self._stationary = variances
        self._p = np.diag(variances)
        self._decay, self._decays, self._fill = self._over(1.0)
        # Row 0 is the state; the rows after it are what a unit step, begun at the row's birth, added to it.
        self._rows = np.zeros((_ROWS, _STATES))
        self._a = np.zeros(_ROWS)  # fit of the trace
        self._q = np.zeros(_ROWS)  # its information
        self._born = np.zeros(_ROWS)
        self._sight = np.ones(_STATES)  # how the states add up to what is seen
        self._live = 1
        self._k = 0

    def _over(self, seconds: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Decay of the states, of their covariance, and what is filled up, over a time."""
        decay = np.array([*(math.exp(-seconds / m) for m in MEMORIES_S), 1.0, 1.0])
        return decay, np.outer(decay, decay), np.diag(self._stationary * (1 - decay**2))

    def feed(self, dt: float, below: float, power: float, turning: float, working: bool) -> None:
        """Takes in one second.

        Args:
            dt: seconds since the one before.
            below: points below usual.
            power: as a share of the reference power.
            turning: cadence above the usual one, in 10 rpm; 0 where unknown.
            working: whether a drop-off could show in it (within an interval).
        """
        near = 0.4 < dt < 1.6
        decay, decays, fill = (self._decay, self._decays, self._fill) if near else self._over(dt)
        root = math.sqrt(min(max(power, 0.3), 1.6))
        sight = self._sight
        sight[-2] = root * (power - 1.0)
        sight[-1] = root * turning
        p = self._p
        p *= decays
        p += fill
        seen = p @ sight
        variance = float(sight @ seen) + self._white
        gain = seen / variance
        p -= np.multiply.outer(gain, seen)
        if working and self._k % _SPAWN_S == 0:
            self._spawn()
        live = self._live
        rows = self._rows[:live]
        rows *= decay
        surprise = rows @ sight
        np.subtract(root if working else 0.0, surprise, out=surprise)
        most = CLIP * math.sqrt(variance)
        expected = (root if working else 0.0) - float(surprise[0])
        mine = min(max(below * root - expected, -most), most)
        surprise[0] = mine
        rows += np.multiply.outer(surprise, gain)
        if live > 1:
            self._a[:live] += surprise * (mine / variance)
            surprise *= surprise
            surprise *= 1 / variance
            self._q[:live] += surprise
        if working:
            self._k += 1

    def _spawn(self) -> None:
        """Opens a test for a step that begins now, and thins out the older ones."""
        live, k = self._live, self._k
        keep = [0]
        for row in range(1, live):
            born = int(self._born[row])
            age = (k - born) // _SPAWN_S
            level = max(0, math.ceil(math.log2(age / _FINE))) if age else 0
            if k - born <= OLDEST_S and (born // _SPAWN_S) % (1 << level) == 0:
                keep.append(row)
        if len(keep) < live:
            for held in (self._rows, self._a, self._q, self._born):
                held[: len(keep)] = held[keep]
        row = len(keep)
        self._rows[row] = 0.0
        self._a[row], self._q[row], self._born[row] = 0.0, 1e-12, k
        self._live = row + 1

    def likeliest(self, sign: float, least_points: float, least_s: int, threshold: float) -> Onset | None:
        """The onset that stands out most, of those old and large enough; None without one.

        Long windows have fewer independent chances to mislead than short ones: the bar falls with the
        logarithm of the age (equal false alarms per octave of age), which `sds` allows for.

        Args:
            sign: 1 for less than usual, -1 for more.
            least_points: smaller steps do not count.
            least_s: younger steps do not count.
            threshold: of `sds`, for a step of `least_s`.
        """
        live = self._live
        a, q = self._a[1:live], self._q[1:live]
        age = self._k - self._born[1:live]
        with_age = np.flatnonzero((age >= least_s) & (sign * a >= least_points * q))
        if not len(with_age):
            return None
        z = sign * a[with_age] / np.sqrt(q[with_age]) / self._scale
        bar = np.sqrt(np.maximum(threshold**2 - 2 * np.log(age[with_age] / least_s), _LEAST_BAR**2))
        z += threshold - bar
        best = int(z.argmax())
        row = int(with_age[best])
        return Onset(row + 1, int(age[row]), float(sign * a[row] / q[row]), float(z[best]))

    def level(self) -> float:
        """What today's slow level adds to usual, points below (at the reference power)."""
        return float(self._rows[0, _FAST:-2].sum())

    def level_error(self) -> float:
        """Its standard error, points."""
        return math.sqrt(float(self._p[_FAST:-2, _FAST:-2].sum()))

    def drop(self) -> None:
        """Closes all tests: a long rest lies between."""
        self._live = 1

    def returned(self, points: float) -> tuple[float, int]:
        """How much likelier it is that a step back by `points` (positive: less than usual came back) happened some
        seconds ago than that it did not: the best log likelihood ratio, and its row."""
        live = self._live
        if live < 2:
            return 0.0, 0
        ratio = self._a[1:live] * -points
        ratio -= self._q[1:live] * (0.5 * points * points)
        row = int(ratio.argmax())
        return float(ratio[row]), row + 1

    def accept(self, row: int, points: float) -> None:
        """A step of `points` is believed: its trace is taken out of the state, and the tests start afresh."""
        trace = self._rows[row]
        self._rows[0] -= trace * points
        self._p += np.multiply.outer(trace, trace) / max(self._q[row], 1e-6)
        self._live = 1

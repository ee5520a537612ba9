"""Did the leg's share step down some seconds ago? One test per possible onset, against the rider's own noise.

The share's distance from usual is followed by a Kalman filter whose states are the noise's slow components,
today's offset, and slopes over power and cadence. A step that began at second k leaves a known
trace in the surprises of that filter (A. S. Willsky & H. L. Jones, "A generalized likelihood ratio approach
to the detection and estimation of jumps in linear systems", IEEE Transactions on Automatic Control 21, 1976):
how well the trace fits tells the step's size and by how many standard deviations it stands out. Starts, gaps
and rests need no rule of their own: the states decay over them.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from legbal.ride.noise import CLIP, MEMORIES_S, Floats, Noise

OLDEST_S = 400  # of work: what began earlier is today's level and no drop-off
_SPAWN_S = 4  # between possible onsets
_FINE = 6  # onsets kept at each spacing before the spacing doubles
_SLOTS = 30  # tests at once: no more live with the two numbers above
_LEAST_S = 10  # younger steps are noise
_LEAST_BAR = 2.5  # however old the onset
_STATES = len(MEMORIES_S) + 3  # and today's offset, the slopes over power and over cadence
_OFFSET = len(MEMORIES_S)
_FAST = 2  # states that are noise; the slower ones are today's level
_RISE_S = 10  # a drop comes over some seconds: a sudden edge is rather a gear shift or the rider standing up
_SMALL = 0.9  # of the evidence, while the step is too small to be told


class Onset(msgspec.Struct, gc=False, frozen=True):
    """The likeliest onset of a step.

    Attributes:
        slot: which test it is.
        age: seconds of work since then.
        points: how far the share has stepped, positive for less than usual.
        beyond: by how many standard deviations it stands out beyond the bar for its age.
    """

    slot: int
    age: int
    points: float
    beyond: float


class Onsets:
    """The filter and its tests, in points of share below usual.

    Long windows have fewer independent chances to mislead than short ones: the bar falls with the logarithm
    of the age (equal false alarms per octave of age).

    Args:
        noise: of the rider on this meter.
        bar: standard deviations by which a step of ten seconds must stand out.
        offset_sd: how far today may lie from the baseline, points.
        slope_sd: how uncertain the baseline's change with power is, points per reference power.
        cadence_sd: how uncertain its change with cadence is, points per 10 rpm.
    """

    __slots__ = (
        "_a", "_all", "_bar", "_bars", "_born", "_decay", "_dies", "_few", "_fill", "_k", "_living", "_p",
        "_q", "_rise", "_root", "_sight", "_spawned", "_square", "_state", "_stationary", "_table", "_traces",
        "_unexplained", "_white", "_z",
    )  # fmt: skip

    def __init__(
        self, noise: Noise, bar: float, offset_sd: float, slope_sd: float, cadence_sd: float
    ) -> None:
        self._white = noise.white
        variances = np.array([*noise.slow, offset_sd**2, slope_sd**2, cadence_sd**2])
        self._stationary = variances
        # One table holds all that the filter carries on in the same way: the covariance, the state, and per test
        # what a unit step, begun when the test was born, has added to the state.
        rows = _STATES + 1 + _SLOTS
        self._table = np.zeros((rows, _STATES))
        self._p, self._state = self._table[:_STATES], self._table[_STATES]
        self._traces = self._table[_STATES + 1 :]
        self._p[:] = np.diag(variances)
        seen, step = np.zeros(rows), np.zeros((rows, _STATES))
        self._unexplained = seen[_STATES + 1 :]
        self._all = (self._table, seen, seen[:, None], step)
        self._few = tuple(x[: _STATES + 1] for x in self._all)
        self._decay, self._fill = self._over(1.0)
        self._sight = np.ones(_STATES)  # how the states add up to what is seen
        self._a, self._q = np.zeros(_SLOTS), np.full(_SLOTS, 1e-12)  # fit of each trace and its information
        self._born = [0] * _SLOTS
        self._dies = [-1] * _SLOTS
        self._bar = bar
        self._bars = np.full(_SLOTS, np.inf)
        self._z, self._root, self._square = np.zeros(_SLOTS), np.zeros(_SLOTS), np.zeros(_SLOTS)
        self._living = False
        self._rise = np.ones(_SLOTS)
        self._k = self._spawned = 0

    def _over(self, seconds: float) -> tuple[Floats, Floats]:
        """How the table's rows decay over a time, and what fills up the covariance."""
        decay = np.array([*(math.exp(-seconds / m) for m in MEMORIES_S), 1.0, 1.0, 1.0])
        table = np.tile(decay, (len(self._table), 1))
        table[:_STATES] *= decay[:, None]
        return table, np.diag(self._stationary * (1 - decay**2))

    def feed(self, dt: float, below: float, power: float, turning: float, working: bool) -> None:
        """Takes in one second.

        Args:
            dt: seconds since the one before.
            below: points below usual.
            power: as a share of the reference power.
            turning: cadence above the usual one, in 10 rpm; 0 where unknown.
            working: whether a drop-off could show in it (within an interval).
        """
        decay, fill = (self._decay, self._fill) if 0.4 < dt < 1.6 else self._over(dt)
        root = math.sqrt(min(max(power, 0.3), 1.6))
        sight = self._sight
        sight[-2] = root * (power - 1.0)
        sight[-1] = root * turning
        if working:
            if self._k % _SPAWN_S == 0:
                self._spawn()
            elif self._k % _SPAWN_S == _LEAST_S % _SPAWN_S:
                self._age()
            self._k += 1
        table, seen, column, step = self._all if self._living else self._few
        table *= decay if self._living else decay[: _STATES + 1]
        self._p += fill
        np.dot(table, sight, seen)
        covariance = seen[:_STATES]
        variance = float(covariance.dot(sight)) + self._white
        most = CLIP * math.sqrt(variance)
        mine = min(max(below * root - float(seen[_STATES]), -most), most)
        seen[_STATES] = -mine
        if self._living:
            self._weigh(root if working else 0.0, mine, 1.0 / variance)
        np.multiply(column, covariance / variance, step)
        table -= step

    def _weigh(self, unit: float, surprise: float, information: float) -> None:
        """Fits each test's trace to the surprise; leaves minus what is unexplained of it for the filter."""
        seen = self._unexplained
        if unit:
            rise = self._rise
            rise += 1 / _RISE_S
            np.minimum(rise, 1.0, out=rise)
            seen -= np.multiply(rise, unit, self._square)
        weighted = np.multiply(seen, information, self._square)
        self._q += weighted * seen
        weighted *= surprise
        self._a -= weighted

    def _spawn(self) -> None:
        """Opens a test for a step that begins now, in the place of one that is no more needed."""
        i = self._spawned = self._spawned + 1
        spacing = i & -i
        slot = min(range(_SLOTS), key=self._dies.__getitem__)
        self._born[slot] = self._k
        self._dies[slot] = i + min(_FINE * spacing, OLDEST_S // _SPAWN_S)
        self._traces[slot] = 0.0
        self._rise[slot] = 0.0
        self._a[slot], self._q[slot], self._bars[slot] = 0.0, 1e-12, np.inf
        self._living = True

    def _age(self) -> None:
        """Lowers the bars of the tests as they age, and closes those whose time is over."""
        for slot, dies in enumerate(self._dies):
            age = self._k - self._born[slot]
            if dies < self._spawned:
                self._bars[slot] = np.inf
            elif age >= _LEAST_S:
                lowered = self._bar**2 - 2 * math.log(age / _LEAST_S)
                self._bars[slot] = math.sqrt(max(lowered, _LEAST_BAR**2))

    def likeliest(self, sign: float, least_points: float) -> tuple[Onset | None, float]:
        """The onset that stands out most beyond its bar, if it is of enough points; and the evidence, 0…1.

        Args:
            sign: 1 for less than usual, -1 for more.
            least_points: smaller steps do not count.
        """
        if not self._living:
            return None, 0.0
        z = np.divide(self._a, np.sqrt(self._q, self._root), self._z)
        if sign < 0:
            np.negative(z, z)
        z -= self._bars
        slot = int(z.argmax())
        beyond = float(z[slot])
        evidence = min(max(1 + beyond / self._bar, 0.0), 1.0)
        points = sign * float(self._a[slot]) / float(self._q[slot])
        if points < least_points:
            if beyond <= 0:
                return None, min(evidence, _SMALL)
            z[self._a * sign < least_points * self._q] = -np.inf
            slot = int(z.argmax())
            beyond = float(z[slot])
            points = sign * float(self._a[slot]) / float(self._q[slot])
            if beyond == -np.inf:
                return None, _SMALL
        return Onset(slot, self._k - self._born[slot], points, beyond), evidence

    def returned(self, points: float) -> tuple[float, int]:
        """Was there a step back by `points`? (Positive: what was less than usual came back.)

        Gives the best log likelihood ratio against "it did not", and its test.
        """
        ratio = self._a * -points
        ratio -= self._q * (0.5 * points * points)
        slot = int(ratio.argmax())
        return float(ratio[slot]), slot

    def accept(self, slot: int, points: float) -> None:
        """A step of `points` is believed: its trace is taken out of the state, and the tests start afresh."""
        trace = self._traces[slot]
        self._state -= trace * points
        self._p += np.multiply.outer(trace, trace) / max(float(self._q[slot]), 1e-6)
        self.drop()

    def shift(self, points: float) -> None:
        """Moves today's offset: what is usual has stepped, not the leg."""
        self._state[_OFFSET] += points
        self._p[_OFFSET, _OFFSET] += 1.0

    def drop(self) -> None:
        """Closes all tests."""
        self._dies = [-1] * _SLOTS
        self._bars[:] = np.inf
        self._traces[:] = 0.0
        self._a[:], self._q[:] = 0.0, 1e-12
        self._living = False

    def level(self) -> float:
        """What today's slow level adds to usual, points below (at the reference power)."""
        return float(self._state[_FAST:-2].sum())

    def level_error(self) -> float:
        """Its standard error, points."""
        return math.sqrt(float(self._p[_FAST:-2, _FAST:-2].sum()))

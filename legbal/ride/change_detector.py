"""Did the leg's share step down some seconds ago? One test per possible onset, against the rider's own noise.

The share's distance from usual is followed by a Kalman filter whose states are the noise's slow components,
today's offset, and slopes over power, cadence and what came before. A step that began at second k leaves a known
trace in the surprises of that filter (A. S. Willsky & H. L. Jones, "A generalized likelihood ratio approach
to the detection and estimation of jumps in linear systems", IEEE Transactions on Automatic Control 21, 1976):
how well the trace fits tells the step's size and by how many standard deviations it stands out. Starts, gaps
and rests need no rule of their own: the states decay over them.
"""

import math

import msgspec
import numpy as np

from legbal.ride.baseline import MEMORIES_S, Noise
from legbal.ride.view import Floats

TOGETHER_S = 4  # seconds are weighed so many at a time, which also is the time between possible onsets
OLDEST_S = 400  # of work: what began earlier is today's level and no drop-off
_FINE = 10  # onsets kept at each spacing before the spacing doubles
_SLOTS = 28  # tests at once: no more live with the numbers above
_LEAST_S = 10  # younger steps are noise
# The bar's square falls by so much with the logarithm of the age. If it fell by more, small steps over two minutes,
# which are wander more often than a leg, would be told as soon as large ones of half a minute.
_LOWER = 1.0
_USUAL_WAIT_S = 4 * TOGETHER_S  # what shorter waits, in whole seconds, do to the filter is computed once
_CLOSED = 1_000_000  # the age of a closed test
_STATES = (
    len(MEMORIES_S) + 5
)  # and today's offset, the slopes over power, cadence, recent power, recent cadence
_OFFSET, _POWER, _CADENCE, _RECENT_POWER, _RECENT_CADENCE, _STEPPED, _RISING = range(
    len(MEMORIES_S), len(MEMORIES_S) + 7
)
_FAST = 2  # states that are noise; the slower ones are today's level
# A drop comes over some seconds (a sudden edge is rather a gear shift or the rider standing up), and later on a meter
# that smooths: a unit step is taken for 1 - exp(-age / memory), whose memory is the leg's own and so much more for each
# second of smoothing. Two more columns, which only tests fill, carry the 1 and the exponential.
_RISE_S, _RISE_OF_SMOOTHING = 3.0, 1.5
_COLUMNS = _STATES + 2
_AGAINST = _COLUMNS  # one more, which nothing else depends on: how well a test's opposite fits
_NEW = np.array([0.0] * _STATES + [1.0, 1.0, 0.0])  # a test's columns as it opens
_NOTHING = 1e-12  # the information of its fit then
_STEP, _STEP_SD = 3.0, 1.2  # what drop-offs are like, points
_SMALL = 0.9  # of the evidence, while the step is too small for an alert


def root_of(power: float) -> float:
    """By how much noise is smaller at a power than at the reference; `power` is a share of that."""
    return math.sqrt(0.3 if power < 0.3 else 1.6 if power > 1.6 else power)


class Onset(msgspec.Struct, gc=False, frozen=True):
    """The likeliest onset of a step.

    Attributes:
        slot: which test it is.
        age: seconds of work since then.
        points: how far the share has stepped, positive for less than usual.
        likely: the same, if drop-offs are like others: few seconds owe much of such a step to chance.
        beyond: by how many standard deviations it stands out beyond the bar for its age.
    """

    slot: int
    age: int
    points: float
    likely: float
    beyond: float


class _Workspace:
    """Where an update of the table is worked out.

    It is written into again and again, and cut into its parts once: making arrays anew takes longer than the sums.

    Attributes:
        projection: what each row of the table adds to the observation; `of_states` and `of_tests` are parts of it.
        weighted: the same over the observation's variance; `tests_weighted` is a part of it.
        column: the projection, which times `row`, the first of what is weighted, is the `update`.
        z: by how many standard deviations each test stands out beyond its `bars`.
    """

    __slots__ = (
        "bars", "column", "of_states", "of_tests", "projection", "row", "tests_weighted", "update", "weighted", "z",
    )  # fmt: skip

    def __init__(self, table: Floats) -> None:
        rows, columns = table.shape
        self.projection, self.weighted, self.update = np.zeros(rows), np.zeros(rows), np.zeros(table.shape)
        self.column, self.row = self.projection[:, None], self.weighted[None, :columns]
        self.of_states = self.projection[:columns]
        self.of_tests, self.tests_weighted = self.projection[-_SLOTS:], self.weighted[-_SLOTS:]
        self.z, self.bars = np.zeros(_SLOTS), np.zeros(_SLOTS)


def _rise_s(noise: Noise) -> float:
    # of what passes within seconds, the part that a meter's smoothing leaves a memory
    smoothed = noise.slow[0] / (noise.white + noise.slow[0]) if noise.slow[0] else 0.0
    return _RISE_S + _RISE_OF_SMOOTHING * smoothed * MEMORIES_S[0]


class ChangeDetector:
    """The filter and its tests, in points of share below usual.

    Long windows have fewer independent chances to mislead than short ones: the square of the bar falls with
    the logarithm of the age, for about equal false alarms per octave of age.

    Args:
        noise: of the rider on this meter.
        bar: standard deviations by which a step of ten seconds must stand out.
        offset_sd: how far today may lie from the baseline, points.
        slope_sd: how uncertain the baseline's change with power is, points per reference power.
        cadence_sd: how uncertain its change with cadence is, points per 10 rpm.
        recent_sd: how uncertain its changes with recent power and recent cadence are, in the same units.

    Attributes:
        expected: where the next second is expected, points below usual.
        most: how far from that it counts.
    """

    def __init__(
        self,
        noise: Noise,
        bar: float,
        offset_sd: float,
        slope_sd: float,
        cadence_sd: float,
        recent_sd: tuple[float, float],
    ) -> None:
        sds = (offset_sd, slope_sd, cadence_sd, *recent_sd)
        self._stationary = np.array([*noise.slow, *(sd**2 for sd in sds), 0.0, 0.0])
        # One table holds all that the filter carries on in the same way: the covariance, the state, and per test
        # what a unit step, begun when the test was born, has added to the state.
        rows = _COLUMNS + 1 + _SLOTS
        self._table = np.zeros((rows, _COLUMNS + 1))
        self._traces = self._table[_COLUMNS + 1 :]
        self._against = self._traces[:, _AGAINST]
        self._variances = self._table.reshape(-1)[: _COLUMNS * (_COLUMNS + 1) : _COLUMNS + 2]  # its diagonal
        self._variances[:] = self._stationary
        self._work = _Workspace(self._table)
        self._ages = np.empty(_SLOTS, np.int64)
        self._information = np.empty(_SLOTS)  # of each test's fit
        self._over: dict[int, tuple[Floats, Floats]] = {}  # by whole seconds
        self._sight = np.ones(_COLUMNS + 1)  # how the states add up to the observation
        self._sight[_AGAINST] = 0.0
        ages = np.arange(OLDEST_S + 3 * TOGETHER_S)
        self._least_bar_at = np.sqrt(bar**2 - _LOWER * np.log(np.maximum(ages, _LEAST_S) / _LEAST_S))
        self._least_bar_at[ages < _LEAST_S] = self._least_bar_at[-1] = (
            np.inf
        )  # what is closed is older than all
        self._least_bar = bar
        self.believe(noise, 1.0)
        self.expected, self.most = 0.0, math.inf
        self.drop()

    def believe(self, noise: Noise, caution: float) -> None:
        """From now on this is the rider's noise; the bar is so many times what was asked for."""
        self._noise = noise
        self._stationary[: len(MEMORIES_S)] = noise.slow
        self._over.clear()
        self._bar, self._bar_at = self._least_bar * caution, self._least_bar_at * caution

    def drop(self) -> None:
        """Closes all tests."""
        self._spawned = 0  # tests since then
        self._free = list(range(_SLOTS))
        # Which tests close, by the number of the one that opens then.
        self._closing: dict[int, list[int]] = {}
        self._ages.fill(_CLOSED)
        self._information.fill(_NOTHING)
        self._traces.fill(0.0)

    def _over_a_time(self, seconds: float) -> tuple[Floats, Floats]:
        """How the table's rows decay over a time, and what fills up the variances."""
        decay = np.array(
            [
                *(math.exp(-seconds / m) for m in MEMORIES_S),
                *(1.0 for _ in range(_OFFSET, _RISING)),
                math.exp(-seconds / _rise_s(self._noise)),
                1.0,
            ]
        )
        table = np.empty_like(self._table)
        table[:] = decay
        table[:_COLUMNS] *= decay[:_COLUMNS, None]
        return table, self._stationary * (1 - decay[:_COLUMNS] ** 2)

    def feed(
        self,
        dt: float,
        count: int,
        below: float,
        power: float,
        turning: float,
        recent_power: float,
        recent_cadence: float,
        working: bool,
    ) -> None:
        """Takes in a few seconds together.

        Args:
            dt: seconds since the end of those before.
            count: how many they are.
            below: points below usual, their mean, each kept within `most` of `expected`.
            power: as a share of the reference power, their mean.
            turning: cadence above the usual one, in 10 rpm, their mean; 0 where unknown.
            recent_power: `RecentEffort.power`, its mean.
            recent_cadence: `RecentEffort.cadence`, its mean.
            working: whether a drop-off could show in them (within an interval).
        """
        whole = round(dt)
        over = self._over.get(whole)
        if over is None:
            is_usual = 0 < whole < _USUAL_WAIT_S
            over = self._over_a_time(whole if is_usual else dt)
            if is_usual:
                self._over[whole] = over
        decay, fill = over
        root = root_of(power)
        if working:
            self._ages += count
            self._spawn(count)
        sight, work, table = self._sight, self._work, self._table
        sight[_POWER] = root * (power - 1.0)
        sight[_CADENCE] = root * turning
        sight[_RECENT_POWER] = root * recent_power
        sight[_RECENT_CADENCE] = root * recent_cadence
        sight[_RISING] = unit = root if working else 0.0
        sight[_STEPPED] = -unit
        table *= decay
        self._variances += fill
        projection = work.projection
        table.dot(sight, projection)
        slow = float(work.of_states.dot(sight))
        information = 1.0 / (slow + self._noise.white / count)
        expected = float(projection[_COLUMNS])
        mine = below * root - expected
        projection[_COLUMNS] = -mine
        np.multiply(projection, information, work.weighted)
        if self._spawned:
            self._information += work.of_tests * work.tests_weighted
        work.column.dot(work.row, work.update)  # faster than their outer product
        table -= work.update
        self.expected = (expected + slow * information * mine) / root
        self.most = self._noise.clip * math.sqrt(slow + self._noise.white) / root

    def _spawn(self, count: int) -> None:
        """Opens a test for a step that began `count` seconds ago, and closes those that are no more needed."""
        i = self._spawned = self._spawned + 1
        for slot in self._closing.pop(i, ()):
            self._ages[slot] = _CLOSED
            self._free.append(slot)
        slot = self._free.pop()
        self._closing.setdefault(i + 1 + min(_FINE * (i & -i), OLDEST_S // TOGETHER_S), []).append(slot)
        self._ages[slot] = count
        self._traces[slot] = _NEW
        self._information[slot] = _NOTHING

    def likeliest(self, sign: float, least_points: float) -> tuple[Onset | None, float]:
        """The onset that stands out most beyond its bar, if it is of enough points; and the evidence, 0…1.

        Args:
            sign: 1 for less than usual, -1 for more.
            least_points: smaller steps do not count.
        """
        if not self._spawned:
            return None, 0.0
        information, against, z, bars = self._information, self._against, self._work.z, self._work.bars
        np.sqrt(information, z)
        np.divide(against, z, z)
        if sign > 0:
            np.negative(z, z)
        self._bar_at.take(self._ages, None, bars, "clip")
        np.subtract(z, bars, z)
        slot = int(z.argmax())
        beyond = float(z[slot])
        evidence = min(max(1 + beyond / self._bar, 0.0), 1.0)
        if -sign * float(against[slot]) / float(information[slot]) < least_points:
            if beyond <= 0:
                return None, min(evidence, _SMALL)
            z[-sign * against < least_points * information] = -np.inf
            slot = int(z.argmax())
            beyond = float(z[slot])
            if beyond == -np.inf:
                return None, _SMALL
        weight, expected = float(information[slot]), 1 / _STEP_SD**2
        points = -sign * float(against[slot]) / weight
        likely = (points * weight + _STEP * expected) / (weight + expected)
        return Onset(slot, int(self._ages[slot]), points, likely, beyond), evidence

    def returned(self, points: float) -> tuple[float, int]:
        """Was there a step back by `points`? (Positive: what was less than usual came back.)

        Gives the best log likelihood ratio against "it did not", and its test.
        """
        ratio = self._against * points - self._information * (0.5 * points * points)
        slot = int(ratio.argmax())
        return float(ratio[slot]), slot

    def remains(self, points: float) -> tuple[float, float, int]:
        """Is the share still about `points` below usual since the oldest test began, or as usual?

        What is fed is taken less these points. Gives the log odds that it still is, both as likely beforehand; by how
        many points it is; and the test.
        """
        slot = int(np.where(self._ages < _CLOSED, self._ages, -1).argmax())
        information = float(self._information[slot])
        now = points - float(self._against[slot]) / information
        spread = 1 + information * _STEP_SD**2
        usual, still = information * now**2, information * (now - points) ** 2 / spread
        return 0.5 * (usual - still - math.log(spread)), now, slot

    def accept(self, slot: int, points: float) -> None:
        """A step of `points` is believed: its trace is taken out of the state, and the tests start afresh."""
        trace = self._traces[slot, :_STATES]
        self._table[_COLUMNS, :_STATES] -= trace * points
        information = float(self._information[slot]) + 1 / _STEP_SD**2
        self._table[:_STATES, :_STATES] += np.multiply.outer(trace, trace) / information
        self.drop()

    def shift(self, points: float) -> None:
        """Moves today's offset: what is usual has stepped, not the leg."""
        self._table[_COLUMNS, _OFFSET] += points
        self._variances[_OFFSET] += 1.0

    def restart(self, points: float) -> None:
        """Forgets all that was fed: today's offset is of so many points, as well as a day's is known."""
        self.drop()
        self._table[:] = 0.0
        self._variances[:] = self._stationary
        self._table[_COLUMNS, _OFFSET] = self.expected = points

    def wander(self, slot: int, points: float) -> float:
        """How far the share had slowly wandered from today's level, points below, if a step of `points` is believed."""
        slow = slice(_FAST, _OFFSET)
        return float((self._table[_COLUMNS, slow] - self._traces[slot, slow] * points).sum())

    def level(self) -> float:
        """What today's slow level adds to usual, points below (at the reference power)."""
        total = 0.0
        for points in self._table[
            _COLUMNS, _FAST : _OFFSET + 1
        ].tolist():  # of so few, faster than their sum()
            total += points
        return total

    def level_error(self) -> float:
        """Its standard error, points."""
        return math.sqrt(float(self._table[_FAST : _OFFSET + 1, _FAST : _OFFSET + 1].sum()))

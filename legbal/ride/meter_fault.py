"""Whether the meter itself went wrong: the share lies further off than legs go, for longer than a burst.

By how much more than legs do the share is off adds up, and whatever is less wears that down (E. S. Page, "Continuous
inspection schemes", Biometrika 41, 1954). It is compared with this ride's own level at like power, with what earlier
rides have as usual, and without any with even legs, widely: a rider of whom nothing is known may well be at 40 %.
"""

from collections import deque
from typing import Literal

from legbal.meters.limits import Remark
from legbal.ride.baseline import Baseline, RideSample
from legbal.ride.baseline_fit import columns
from legbal.ride.change_detector import root_of
from legbal.ride.revolution import Bin
from legbal.ride.share import Period

Finding = Literal["wrong", "was_wrong", "back"]

# Points by which legs may be off: within a ride an injured one was seen to fall by eight, and days lie apart, too.
_STEP = 10.0
_SLIDE = 11.5  # of the first minutes of a ride, for which nothing but these speaks
_LEVEL, _OF_DAYS = 10.0, 2.0  # of earlier rides, and for each point by which their days lie apart
_ABSURD = 20.0  # of even legs
# A second counts for no more: a burst of some seconds decides nothing.
_MOST, _MOST_ABSURD = 18.0, 50.0
_BAR, _BAR_ABSURD = (
    130.0,
    300.0,
)  # points × seconds beyond these: half a minute of a side that gave up, minutes of a step of twelve points
# While nothing is suspected, so many seconds are looked at together, for less: nothing is told of ten suspicious ones.
_TOGETHER = 8
_EASY_W = 20.0
# Beyond these shares one leg rides alone, or one side has given up. A drill is one stretch of that, at half the power:
# it adds no more than this part of the bar. A freewheel's last turns are none.
_ALONE = 12.0
_OF_BOTH = 100 - _ALONE
_DRILL, _DRILL_ABSURD = 60.0, 150.0
_NO_WORK = 0.2  # of the reference power
_BETWEEN = 3  # seconds of both legs, and a drill is over
# One leg does not do so much of what both did just before, nor of the reference power.
_ALONE_OF_BOTH, _ALONE_OF_REFERENCE, _ALONE_FROM_START = 0.7, 0.45, 0.7
_ALONE_S, _LONGEST_DRILL_S = 130, 600
_FULL, _FULL_COUNTS = 0.95, 4  # of the reference power or more: such a second of one leg counts as so many
# Nor does it begin anew so often, each time for so long; one time is forgotten after so many seconds.
_MOST_RUNS, _RUN_S, _RUN_FORGOTTEN_S = 5.0, 3, 40.0
_NO_JUMP_S = 15  # who goes on with one leg for so long rides drills, one after the other
_BOTH_S = 120.0  # over which the power of both is averaged
# This ride's level: over so many seconds of pedalling, these late, once there are so many at the reference power.
_LEVEL_S, _LATE_S, _LEAST_S, _FIRST_S = 900.0, 120, 180.0, 400.0
_QUIET = 0.4  # of the bar: with more of a suspicion the level waits
# It is back after so many seconds within so many points of the level, of even legs where none is known; each that is
# further off takes away as many as this.
_BACK_S, _NEAR, _NEAR_EVEN, _TAKES = 120.0, 7.0, 11.0, 4.0
_CLEARER = (
    2.0  # points by which the new level must be nearer to usual for the old one to have been the meter's
)


class _Excess:
    """What is off a level by more than legs do, added up on either side: positive for more left than it."""

    def __init__(self, level: float, allowed: float, most: float, bar: float, drill: float) -> None:
        self.level, self.allowed, self._most, self._bar, self._drill = level, allowed, most, bar, drill
        self.forget()

    def forget(self) -> None:
        """Begins anew."""
        self.sums, self.suspicious = [0.0, 0.0], False
        self._alone = [0.0, 0.0]  # what one stretch with one leg alone has added
        self._since = [0.0, 0.0]
        self._means = [(0.0, 0.0), (0.0, 0.0)]  # weight and weighted points since then

    def both(self) -> None:
        """Both legs pedal: what comes next with one alone is another stretch of that."""
        self._alone = [0.0, 0.0]

    def feed(self, t: float, points: float, root: float, *, alone: bool) -> tuple[float, float] | None:
        """Takes in a second; gives since when, and on which level, once that is more than legs do."""
        outcome, beyond = None, points - self.level
        if not self.suspicious and -self.allowed <= beyond <= self.allowed:
            return None
        for i, off in enumerate((beyond, -beyond)):
            before = self.sums[i]
            if before == 0.0 and off <= self.allowed:
                continue
            adds = root * (max(-self._most, min(off, self._most)) - self.allowed)
            if alone and adds > 0.0:
                adds = min(adds, self._drill - self._alone[i])
                self._alone[i] += adds
            if before == 0.0:
                self._since[i], self._means[i] = t - 1.0, (0.0, 0.0)
            weight, mean = self._means[i]
            self._means[i] = weight + root, mean + root * points
            self.sums[i] = max(0.0, before + adds)
            if self.sums[i] > self._bar:
                outcome = self._since[i], self._means[i][1] / self._means[i][0]
        self.suspicious = any(self.sums)
        return outcome


class MeterFault:
    """Follows the seconds of a ride and says when the meter has gone wrong, when it is back, or was wrong until now.

    Attributes:
        stretches: those in which it looked wrong; the last one may go on.
        percent: the left share at which the meter was found to be wrong.
    """

    def __init__(self, baseline: Baseline) -> None:
        self._baseline = baseline
        self.stretches: list[Period] = []
        self.percent = 0.0
        self.forget()

    def forget(self) -> None:
        """The shares so far were none: no level is known any more, and nothing suspected."""
        base = self._baseline
        if self.wrong_since is not None:
            self.stretches.pop()
        self._weight = 0.0
        self._waiting: list[Bin] = []  # seconds that are yet to be looked at
        # Of the latest seconds: power as a share of the reference, and points off usual. None of them teaches the level
        # yet, which is that before anything that looks suspicious now.
        self._late: deque[tuple[float, float]] = deque()
        self._own = _Excess(0.0, _STEP, _MOST, _BAR, _DRILL)
        allowed = _LEVEL + _OF_DAYS * base.offset_sd
        usual = (
            _Excess(0.0, allowed, max(_MOST, allowed + _MOST - _LEVEL), _BAR, _DRILL)
            if base.rides
            else _Excess(0.0, _ABSURD, _MOST_ABSURD, _BAR_ABSURD, _DRILL_ABSURD)
        )
        # And with the ride's first minutes, where there are no earlier rides.
        self._compare_with([self._own, usual])
        self._calm = not self.stretches  # whether nothing is or was suspected
        self._first_weight = 0.0
        self._both_w = 0.0
        self._alone_side, self._alone_since = 0, 0.0
        self._alone_s = self._alone_hard_s = self._both_s = 0
        self._runs = 0.0
        self._back_s = 0.0
        # Of what looks sound: since when, weight and weighted points.
        self._back: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def _compare_with(self, tests: list[_Excess]) -> None:
        """These say from now on what legs do not do, the first one by this ride's level."""
        self._tests, others = tests, tests[1:]
        self._others_allow = (
            max(test.level - test.allowed for test in others),
            min(test.level + test.allowed for test in others),
        )

    @property
    def level(self) -> float:
        """Of this ride, points of left share above the baseline."""
        self._look()
        return self._own.level

    @property
    def wrong_since(self) -> float | None:
        """Since when the meter looks wrong, ride seconds; None: it does not."""
        return self.stretches[-1].since_s if self.stretches and self.stretches[-1].until_s is None else None

    def covers(self, start_s: float, end_s: float | None) -> bool:
        """Whether the meter looked wrong at some time from `start_s` until `end_s` (None: until now), ride seconds."""
        return any(
            (end_s is None or x.since_s < end_s) and (x.until_s is None or start_s < x.until_s)
            for x in self.stretches
        )

    def limits(self) -> list[Remark]:
        """What that says of the ride, a remark for each stretch."""
        return [
            Remark("ride.meter_wrong", {"since": since})
            if until is None
            else Remark("ride.meter_was_wrong", {"since": since, "until": until})
            for since, until in ((x.since_s, x.until_s) for x in self.stretches)
        ]

    @property
    def percent_off(self) -> float:
        """The level that the share is compared with, points above the baseline."""
        return self._own.level if self._weight >= _LEAST_S else 0.0

    def feed(self, second: Bin) -> Finding | None:
        """Takes in a second; says what has just turned out."""
        left = second.left_percent
        if left is None or second.power_w < _EASY_W:
            return None
        waiting = self._waiting
        waiting.append(second)
        if len(waiting) < _TOGETHER and self._calm and _ALONE <= left <= _OF_BOTH:
            return None
        return self._look()

    def _look(self) -> Finding | None:
        """Looks at the seconds that wait; says what the last of them has settled."""
        waiting, self._waiting = self._waiting, []
        base, own = self._baseline, self._own
        finding = None
        for second in waiting:
            power_w, left = second.power_w, second.left_percent
            assert left is not None
            share = power_w / base.reference_w
            if self._calm and _ALONE <= left <= _OF_BOTH:  # the hot path
                points = left - base.usual(power_w, second.cadence_rpm)
                least, most = self._others_allow
                if least <= points <= most and -_STEP <= points - own.level <= _STEP:
                    self._follow_both(power_w)
                    self._learn(share, points, 0.0)
                    continue
            finding = self._judge(second, left, share) or finding
            suspected = self._alone_side or self._runs or any(test.suspicious for test in self._tests)
            self._calm = not (self.stretches or suspected)
        return finding

    def _judge(self, second: Bin, left: float, share: float) -> Finding | None:
        base = self._baseline
        side = 1 if left > _OF_BOTH else -1 if left < _ALONE else 0
        if side and share < _NO_WORK:
            return None
        points = left - base.usual(second.power_w, second.cadence_rpm)
        root = min(root_of(share), 1.0)
        if self.wrong_since is not None:
            return self._judge_return(second.t, points, root)
        since = self._follow_sides(second, side)
        if since is not None:
            self.percent = left
            return self._tell(since)
        outcome, suspicion, alone = None, 0.0, self._alone_side != 0
        for test in self._tests:
            if test is self._own and self._weight < _LEAST_S:
                continue
            outcome = outcome or test.feed(second.t, points, root, alone=alone)
            if test.sums[0] > suspicion or test.sums[1] > suspicion:
                suspicion = max(test.sums)
        if outcome is not None:
            self.percent = round(min(max(base.usual(base.reference_w) + outcome[1], 0.0), 100.0), 1)
            return self._tell(*outcome)
        if not side:
            self._learn(share, points, suspicion)
        return None

    def _follow_sides(self, second: Bin, side: int) -> float | None:
        """Since when one side has given up; None: it has not, or one leg rides alone."""
        power_w = second.power_w
        if self._runs:
            self._runs = max(0.0, self._runs - 1 / _RUN_FORGOTTEN_S)
        if not side:
            self._follow_both(power_w)
            self._both_s += 1
            if self._alone_side and self._both_s > _BETWEEN:
                self._alone_side = 0
                for test in self._tests:
                    test.both()
            return None
        if side != self._alone_side:
            self._alone_side, self._alone_since = side, second.t - 1.0
            self._alone_s = self._alone_hard_s = 0
        self._both_s = 0
        self._alone_s += 1
        least = (
            max(_ALONE_OF_REFERENCE * self._baseline.reference_w, _ALONE_OF_BOTH * self._both_w)
            if self._both_w
            else _ALONE_FROM_START * self._baseline.reference_w
        )
        if power_w >= least:
            self._runs += (self._alone_s == _RUN_S) - (self._alone_s == _NO_JUMP_S)
            self._alone_hard_s += _FULL_COUNTS if power_w >= _FULL * self._baseline.reference_w else 1
        gave_up = (
            self._alone_hard_s >= _ALONE_S or self._alone_s >= _LONGEST_DRILL_S or self._runs >= _MOST_RUNS
        )
        return self._alone_since if gave_up else None

    def _follow_both(self, power_w: float) -> None:
        self._both_w += (power_w - self._both_w) / (_BOTH_S if self._both_w else 1.0)

    def _learn(self, share: float, points: float, suspicion: float) -> None:
        """This ride's own level, as it was before anything that looks suspicious now."""
        late = self._late
        late.append((share, points))
        if len(late) <= _LATE_S:
            return
        share, points = late.popleft()
        if suspicion > _QUIET * _BAR:
            return
        weight = 0.3 if share < 0.3 else 1.0 if share > 1.0 else share
        own, total = self._own, self._weight + weight
        self._weight = total = total if total < _LEVEL_S else _LEVEL_S
        own.level += (points - own.level) * weight / total
        if not self._baseline.rides and len(self._tests) == 2:
            self._first_weight += weight
            if self._first_weight >= _FIRST_S:
                self._compare_with([*self._tests, _Excess(own.level, _SLIDE, _MOST, _BAR, _DRILL)])

    def _tell(self, since: float, level: float | None = None) -> Finding:
        """The share is where legs are not; or was, where it has come nearer to what is usual."""
        established = self._weight >= _LEAST_S
        was_wrong = level is not None and established and abs(level) + _CLEARER < abs(self._own.level)
        self._forget_suspicion()
        if was_wrong and level is not None:
            self.stretches[:] = [Period(0.0, since)]
            self._begin_at(level)
            return "was_wrong"
        self.stretches.append(Period(since if established else 0.0, None))
        return "wrong"

    def _forget_suspicion(self) -> None:
        for test in self._tests:
            test.forget()
        self._late.clear()
        self._alone_side = self._alone_s = self._alone_hard_s = 0
        self._runs = 0.0
        self._back_s = 0.0

    def _begin_at(self, level: float) -> None:
        self._own.level, self._weight = level, _LEAST_S
        self._compare_with(self._tests[:2])
        self._first_weight = 0.0

    def _judge_return(self, t: float, points: float, root: float) -> Finding | None:
        established = self._baseline.rides or self._weight >= _LEAST_S
        off = root * abs(points - self.percent_off)
        if off > (_NEAR if established else _NEAR_EVEN):
            self._back_s = max(0.0, self._back_s - _TAKES)
            return None
        since, weight, mean = self._back if self._back_s else (t - 1.0, 0.0, 0.0)
        self._back_s += 1.0
        self._back = since, weight + root, mean + root * points
        if self._back_s < _BACK_S:
            return None
        self.stretches[-1] = Period(self.stretches[-1].since_s, since)
        level = self._back[2] / self._back[1]
        self._forget_suspicion()
        self._begin_at(level)
        return "back"


def level_of(sample: RideSample) -> float | None:
    """The left share of all that a ride teaches, by work; None where it teaches nothing."""
    if not sample.t:
        return None
    _, power_w, left, _ = columns(sample)
    return float(power_w @ left / power_w.sum())

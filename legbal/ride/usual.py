"""What is usual for the rider now: the baseline of earlier rides, and today's level as the ride goes on."""

import math
from collections import deque

from legbal.ride.baseline import unknown_rider
from legbal.ride.change_detector import OLDEST_S, TOGETHER_S, ChangeDetector, root_of
from legbal.ride.inputs import Sensitivity, Setup, WeakLeg
from legbal.ride.noise import spread
from legbal.ride.revolution import Bin, one_leg
from legbal.ride.share import Usual

# Standard deviations by which a step must stand out: set on real rides, by alerts per hour of effort.
BAR: dict[Sensitivity, float] = {"calm": 4.6, "normal": 4.35, "eager": 4.1}
# Noise learnt from little work is itself unsure: the bar rises by this part of what was learnt from.
_UNSURE_S, _UNSURE_START_S = 100.0, 2000.0
_START_S = 5  # the first seconds of an effort and after a coast are noise
_AFTER_COAST_S = 2
COAST_W = 20.0
# Power that has long been so high (of the reference) is effort before an interval is told: of a ramp it is told late,
# and of short ones again and again. What begins there may be told once the interval is.
_EFFORT, _EFFORT_S = 0.72, 20.0
_EASY_TOGETHER_S = 12  # in easy pedalling only today's level is followed
_USUAL_WINDOW_S = 30


class UsualBalance:
    """Follows the balance second by second: today's level, and in `detector` whether the share has stepped.

    Attributes:
        baseline: of earlier rides on this meter, or that of a typical rider.
        detector: weighs the seconds.
        weak_leg: as stated, or inferred from the baseline.
        weak_leg_inferred: whether it is.
        drop_points: by how much the left share is down in a drop-off that holds, points; None: none holds.
        sample: the seconds without a drop-off: what this ride teaches of the rider's usual balance.
        work: the latest seconds of work without a drop-off.
        worked_t: the last second of work that was weighed.
        worked_s: how many there were.
    """

    def __init__(self, setup: Setup) -> None:
        base = self.baseline = setup.baseline or unknown_rider(setup.ftp_w)
        bar = BAR[setup.sensitivity] * (1 + _UNSURE_S / (base.noise.seconds + _UNSURE_START_S))
        self.detector = ChangeDetector(base.noise, bar, base.offset_sd, base.slope_sd, base.cadence_sd)
        offset = base.usual(base.reference_w) - 50.0
        self._hard_w = _EFFORT * base.reference_w
        # Easier pedalling tells nothing about today's level, outside an interval and within one.
        self._least_w = (0.4 * base.reference_w, 0.3 * base.reference_w)
        # So many points off even, an unknown weak leg is inferred.
        self.weak_leg_inferred = setup.weak_leg == "unknown" and bool(base.rides) and abs(offset) >= 0.7
        weaker: WeakLeg = "left" if offset < 0 else "right"
        self.weak_leg = weaker if self.weak_leg_inferred else setup.weak_leg
        self.drop_points: float | None = None
        self.work: deque[Bin] = deque(maxlen=OLDEST_S + 2 * TOGETHER_S)
        self.worked_t: float | None = None
        # Seconds that are weighed together, and the sum of their shares, each kept within where it may lie: weighing
        # costs ten times what gathering does, and a leg does not drop off within a second.
        self._gathered: list[Bin] = []
        self._left_sum = 0.0
        self._gathered_at_work = False
        self._least, self._most = 0.0, 100.0  # within which their shares count
        self.sample: list[Bin] = []
        self._effort_w = 0.0  # mean power of late
        self._last: float | None = None  # the last second that was weighed
        self.worked_s = 0
        self._into = self._skip = 0  # seconds into this effort; seconds after a coast that still are to pass

    def is_working(self, second: Bin, in_interval: bool) -> bool:
        """Whether a drop-off could show in this second: at work, or hard enough for long enough."""
        if second.power_w < COAST_W:
            self._skip = _AFTER_COAST_S
        self._effort_w += (second.power_w - self._effort_w) / _EFFORT_S
        working = in_interval or (second.power_w > self._hard_w and self._effort_w > self._hard_w)
        if not working:
            self._into = 0
        return working

    def feed(self, second: Bin, in_interval: bool, working: bool) -> int:
        """Takes in a second; says how many seconds have been weighed together with it, 0 while they are gathered.

        A second tells something where it is hard enough, with both legs, and not just begun.
        """
        left, base, gathered = second.left_percent, self.baseline, self._gathered
        if left is None or second.power_w < self._least_w[in_interval] or one_leg(left):
            return 0
        if working:
            self._into += 1
            if self._into <= _START_S:
                return 0
        if self._skip:
            self._skip -= 1
            return 0
        if self.drop_points is None:
            self.sample.append(second)
        elif not in_interval:
            return 0
        # Seconds further apart are not weighed together.
        if gathered and (self._gathered_at_work is not working or second.t - gathered[-1].t > 3.0):
            self._settle()
        if not gathered:
            usual = base.usual(second.power_w, second.cadence_rpm) - (self.drop_points or 0.0)
            expected, most = usual - self.detector.expected, self.detector.most
            self._least, self._most = expected - most, expected + most
            self._gathered_at_work, self._left_sum = working, 0.0
        if left < self._least:
            left = self._least
        elif left > self._most:
            left = self._most
        self._left_sum += left
        gathered.append(second)
        if working:
            self.worked_t = second.t
            self.worked_s += 1
            if self.drop_points is None:
                self.work.append(second)
        enough = len(gathered) >= (TOGETHER_S if working else _EASY_TOGETHER_S)
        return self._settle() if enough else 0

    def _settle(self) -> int:
        """Weighs the seconds gathered; gives how many they were."""
        base, gathered, working = self.baseline, self._gathered, self._gathered_at_work
        count, t = len(gathered), gathered[-1].t
        power = sum([second.power_w for second in gathered]) / count
        turning = [second.cadence_rpm for second in gathered if second.cadence_rpm is not None]
        cadence = sum(turning) / len(turning) if turning else None
        faster = 0.0 if cadence is None else min(max((cadence - base.cadence_rpm) / 10, -4.0), 4.0)
        dt = float(count) if self._last is None else t - self._last
        self._last = t
        gathered.clear()
        # Over a minute of rest evidence is carried.
        if not working and self.worked_t is not None and t - self.worked_t > 60.0:
            self.detector.drop()
        below = base.usual(power, cadence) - (self.drop_points or 0.0) - self._left_sum / count
        self.detector.feed(dt, count, below, power / base.reference_w, faster, working)
        return count

    def take_back(self, since: float) -> None:
        """What came since a ride second is not usual, or was no measurement: it teaches nothing."""
        self._gathered.clear()
        while self.sample and self.sample[-1].t >= since:
            self.sample.pop()

    def left_percent(self, power_w: float) -> float:
        """The left share that is usual at a power now."""
        root = root_of(power_w / self.baseline.reference_w)
        return self.baseline.usual(power_w) - self.detector.level() / root

    def at(self, power_w: float) -> Usual | None:
        """The same with its uncertainty and range; None while nothing is known of this rider."""
        base = self.baseline
        if not base.rides and len(self.sample) < _USUAL_WINDOW_S:
            return None
        left, root = self.left_percent(power_w), root_of(power_w / base.reference_w)
        error = self.detector.level_error() / root
        width = 2 * math.hypot(spread(base.noise, _USUAL_WINDOW_S) / root, error)
        return Usual(left, error, left - width, left + width, base.rides)

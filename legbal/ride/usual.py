"""What is usual for the rider now: the baseline of earlier rides, and today's level as the ride goes on."""

import math
from collections import deque

from legbal.meters.balance_octet import ONE_LEG_PERCENT, OTHER_LEG_PERCENT
from legbal.ride.baseline import Noise, unknown_rider
from legbal.ride.baseline_fit import noise_within
from legbal.ride.change_detector import OLDEST_S, TOGETHER_S, ChangeDetector, Onset, root_of
from legbal.ride.drill import BEGINS_POINTS
from legbal.ride.inputs import Sensitivity, Setup, WeakLeg
from legbal.ride.noise import spread
from legbal.ride.recent_effort import RecentEffort
from legbal.ride.revolution import Bin
from legbal.ride.share import Usual
from legbal.ride.taught_seconds import TaughtSeconds

# Standard deviations by which a step must stand out: set on real rides, by alerts per hour of effort.
BAR: dict[Sensitivity, float] = {"calm": 4.2, "normal": 3.9, "eager": 3.6}
# Noise learnt from little work is itself unsure: the bar rises by this part of what was learnt from, so that alerts
# are as frequent without any history as after ten rides.
_UNSURE_S, _UNSURE_START_S = 300.0, 1500.0
# The ride's own noise is learnt once so many of its seconds tell something, and again with each so many times more.
_OWN_NOISE_S, _OWN_NOISE_MORE = 500, 3.0
# Seconds of pedalling that the noise of earlier rides is worth then, and that of a typical rider.
_EARLIER_NOISE_S, _TYPICAL_NOISE_S = 1500.0, 300.0
_START_S = 5  # the first seconds of an effort and after a coast are noise
_AFTER_COAST_S = 2
COAST_W = 20.0
# Power that has long been so high (of the reference) is effort before an interval is told: of a ramp it is told late,
# and of short ones again and again. What begins there may be told once the interval is.
_EFFORT, _EFFORT_S = 0.72, 20.0
_EASY_TOGETHER_S = 12  # in easy pedalling only today's level is followed
_USUAL_WINDOW_S = 30
# Of a first ride the usual share is known to about a point after so many seconds of pedalling.
_LEARNING_S = 120


class UsualBalance:
    """Follows the balance second by second: today's level, and in `detector` whether the share has stepped.

    Attributes:
        baseline: of earlier rides on this meter, or that of a typical rider.
        detector: weighs the seconds.
        weak_leg: as stated, or inferred from the baseline.
        weak_leg_inferred: whether it is.
        drop_points: by how much the left share is down in a drop-off that holds, points; None: none holds.
        noise: of this rider on this meter, as far as is known now.
        taught: the seconds without a drop-off: what this ride teaches of the rider's usual balance.
        work: the latest seconds of work without a drop-off.
        worked_t: the last second of work that was weighed.
        worked_s: how many there were.
    """

    def __init__(self, setup: Setup) -> None:
        base = self.baseline = setup.baseline or unknown_rider(setup.stated_ftp_w)
        bar, sds = BAR[setup.sensitivity], (base.offset_sd, base.slope_sd, base.cadence_sd)
        self.detector = ChangeDetector(base.noise, bar, *sds, base.recent_sd)
        self._believe(base.noise)
        self._own_noise_at = _OWN_NOISE_S
        self._recent = RecentEffort()
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
        # Seconds that are weighed together, with their shares and what came before them: weighing costs ten times what
        # gathering does, and no leg drops off in a second.
        self._together: list[tuple[Bin, float, float, float]] = []
        self._at_work = False  # they are
        self.taught = TaughtSeconds()
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
        left, power_w = second.left_percent, second.power_w
        if (
            left is None
            or power_w < self._least_w[in_interval]
            or not ONE_LEG_PERCENT < left < OTHER_LEG_PERCENT
        ):
            return 0
        if working:
            self._into += 1
            if self._into <= _START_S:
                return 0
        if self._skip:
            self._skip -= 1
            return 0
        recent = self._recent
        recent.feed(second.t, power_w / self.baseline.reference_w, second.cadence_rpm)
        if self.drop_points is None:
            self.taught.append(second)
            if len(self.taught) >= self._own_noise_at:
                self._learn_noise()
        elif not in_interval:
            return 0
        # Seconds further apart are not weighed together.
        together = self._together
        if together and (self._at_work is not working or second.t - together[-1][0].t > 3.0):
            self._settle()
            together = self._together
        together.append((second, left, recent.power, recent.cadence))
        self._at_work = working
        if not working:
            return self._settle() if len(together) >= _EASY_TOGETHER_S else 0
        self.worked_t = second.t
        self.worked_s += 1
        if self.drop_points is None:
            self.work.append(second)
        return self._settle() if len(together) >= TOGETHER_S else 0

    def _settle(self) -> int:
        """Weighs the seconds gathered; gives how many they were."""
        base, detector, drop_points = self.baseline, self.detector, self.drop_points or 0.0
        together, self._together = self._together, []
        of_power, of_cadence = base.recent_points
        first, _, recent_power, recent_cadence = together[0]
        usual = base.usual(first.power_w, first.cadence_rpm)
        usual += of_power * recent_power + of_cadence * recent_cadence
        expected = usual - drop_points - detector.expected
        # No share counts for more than where it may lie by the first.
        least, most = expected - detector.most, expected + detector.most
        left = power_w = rpm = recent_power = recent_cadence = 0.0
        count, turned = len(together), 0
        for second, share, of_late, cadence_of_late in together:
            left += least if share < least else most if share > most else share
            power_w += second.power_w
            if second.cadence_rpm is not None:
                rpm += second.cadence_rpm
                turned += 1
            recent_power += of_late
            recent_cadence += cadence_of_late
        t = together[-1][0].t
        power, cadence = power_w / count, rpm / turned if turned else None
        faster = 0.0 if cadence is None else (cadence - base.cadence_rpm) / 10
        faster = -4.0 if faster < -4.0 else 4.0 if faster > 4.0 else faster
        dt = float(count) if self._last is None else t - self._last
        self._last = t
        # Over a minute of rest evidence is carried.
        if not self._at_work and self.worked_t is not None and t - self.worked_t > 60.0:
            detector.drop()
        recent_power, recent_cadence = recent_power / count, recent_cadence / count
        usual = base.usual(power, cadence) + of_power * recent_power + of_cadence * recent_cadence
        below = usual - drop_points - left / count
        part = power / base.reference_w
        detector.feed(dt, count, below, part, faster, recent_power, recent_cadence, self._at_work)
        return count

    def _learn_noise(self) -> None:
        """How this ride scatters, beside what was believed: a bar set for another rider is too low or too high."""
        base = self.baseline
        self._own_noise_at = math.ceil(_OWN_NOISE_MORE * len(self.taught))
        worth_s = _EARLIER_NOISE_S if base.rides else _TYPICAL_NOISE_S
        self._believe(noise_within(self.taught.sample(), base, worth_s))

    def _believe(self, noise: Noise) -> None:
        self.noise = noise
        seconds = noise.seconds + (0 if noise is self.baseline.noise else self.baseline.noise.seconds)
        self.detector.believe(noise, 1 + _UNSURE_S / (seconds + _UNSURE_START_S))

    def below_day(self, onset: Onset, sign: float) -> float:
        """By how many points the share has come below the day's own level, wander and step together."""
        return onset.points + sign * self.detector.wander(onset.slot, sign * onset.points)

    def believed(self, onset: Onset) -> float:
        """Of how many points a step is taken to be.

        On a first ride what is usual is hardly known: whatever of the share were no step would be taken for that.
        """
        return onset.likely if self.baseline.rides else onset.points

    def may_begin_a_drill(self, second: Bin) -> bool:
        """Whether a second that has been weighed lies so far off that one leg may begin to pedal alone."""
        assert second.left_percent is not None
        return abs(second.left_percent - self.left_percent(second.power_w)) >= BEGINS_POINTS

    def take_back(self, since: float) -> None:
        """What came since a ride second is not usual, or was no measurement: it teaches nothing."""
        self._together.clear()
        self.taught.keep(until=since)

    def level(self) -> float | None:
        """What today's level takes from the baseline at the reference power, points; None while nothing is known of
        this rider.
        """
        if not self.baseline.rides and len(self.taught) < _USUAL_WINDOW_S:
            return None
        return self.detector.level()

    def left_percent(self, power_w: float, level: float | None = None) -> float:
        """The left share that is usual at a power now, or with the `level` of another moment."""
        root = root_of(power_w / self.baseline.reference_w)
        return self.baseline.usual(power_w) - (self.detector.level() if level is None else level) / root

    @property
    def learning_s(self) -> float:
        """Seconds of pedalling until the usual share is known to about a point; 0 once it is."""
        return 0.0 if self.baseline.rides else max(0.0, float(_LEARNING_S - len(self.taught)))

    def at(self, power_w: float) -> Usual | None:
        """The same with its uncertainty and range; None while nothing is known of this rider."""
        base, level = self.baseline, self.level()
        if level is None:
            return None
        left, root = self.left_percent(power_w, level), root_of(power_w / base.reference_w)
        error = self.detector.level_error() / root
        width = 2 * math.hypot(spread(self.noise, _USUAL_WINDOW_S) / root, error)
        return Usual(left, error, left - width, left + width, base.rides)

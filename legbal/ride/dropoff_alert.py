"""The drop-off alert: the weak leg's share falls below the rider's own usual by more than noise explains.

Seconds of pedalling are compared with the baseline at their power, four together; `ChangeDetector` weighs whether a
step began some seconds ago. An alert speaks within an interval, once, and holds until a step back explains the last
seconds.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Literal

import msgspec

from legbal.ride import noise as noises
from legbal.ride.baseline import Baseline, unknown_rider
from legbal.ride.baseline_fit import RideSample, Sampler
from legbal.ride.bins import Block, Second, SecondBins
from legbal.ride.change_detector import OLDEST_S, TOGETHER_S, ChangeDetector, Onset, root_of
from legbal.ride.events import Alert, Clear, MeterChange
from legbal.ride.inputs import Sensitivity, Side, WeakLeg
from legbal.ride.revolution import Revolution
from legbal.ride.threshold_alert import one_leg
from legbal.ride.view import Usual

# Standard deviations by which a step must stand out: set on real rides, by alerts per hour of effort.
_BAR: dict[Sensitivity, float] = {"calm": 4.6, "normal": 4.35, "eager": 4.1}
# Odds that an alert is no chance (logarithms): at this bar, for each standard deviation beyond the bar, and
# for each by which the bar is higher. Fitted on simulated riders who drop off once an hour of effort, as often by 2, 3
# as 5 points; `tests.benchmarks.operating_curve` holds what is said to what comes true.
_ODDS, _ODDS_AT, _ODDS_BEYOND, _ODDS_BAR = 1.05, 4.35, 1.7, 1.8
_SUREST = 0.99
# Noise learnt from little work is itself unsure: the bar rises by this part of what was learnt from.
_UNSURE_S, _UNSURE_START_S = 100.0, 2000.0
# The leg that is usually stronger rarely is the one that drops; on real rides, two watched told no more often than one.
_STRONG_SIDE = 0.2
_LEANS = 0.7  # points off even from which an unknown weak leg is inferred
_LEAST_POINTS = 2.25
# So many seconds running must the evidence last, unless it passes the bar by so much.
_HOLD_S, _AT_ONCE = 8, 0.4
_START_S = 5  # the first seconds of an effort and after a coast are noise
_AFTER_COAST_S = 2
_COAST_W = 20.0
# Power that has long been so high (of the reference) is effort before an interval is told: of a ramp it is told late,
# and of short ones again and again. What begins there may be told once the interval is.
_EFFORT, _EFFORT_S = 0.72, 20.0
_EASY_TOGETHER_S = 12  # in easy pedalling only today's level is followed
_APART_S = 3.0  # seconds further apart are not weighed together
_LEAST_POWER = 0.4  # of the reference: easier pedalling tells nothing about today's level
_LEAST_WORK_POWER = 0.3
# The leg is back when a step back is so much likelier than none (log likelihood ratio), and never sooner after the
# alert than this.
_SETTLED = 4.2
_LEAST_HOLD_S = 10
_REST_S = 300.0  # of rest, and an alert is over
_CARRY_S = 60.0  # of rest over which evidence is carried
_ALMOST = 0.99  # the evidence that has not lasted yet
# A shorter coast is no stop: within a climb it must not explain away what the leg then does. Of a meter that is known
# to set its zero anew when the cranks rest, sooner.
_STOP_S, _REZEROED_S = 16.0, 8.0
_BEFORE_STOP_S, _AFTER_STOP_S = 4.0, 8.0  # a step so near to a stop is the meter's
# So many revolutions with one and the same share are no pedalling: fewer at 50, where a half that lost the other
# doubles itself; smooth riders on whole percents reach 20 by chance.
_SAME, _SAME_AT_HALF = 40, 20
_SAME_WAIT = 5  # with so many the same, judging waits
_FADE_S = 150  # of work: what took longer to show was no step
_USUAL_WINDOW_S = 30


class _Watched(msgspec.Struct, frozen=True):
    """A leg, and by how many standard deviations more than usual its step must stand out."""

    side: Side
    more: float

    @property
    def sign(self) -> float:
        """Of a falling share of this leg in the left share's fall."""
        return 1.0 if self.side == "left" else -1.0


class DropOff:
    """Follows the balance through a ride and tells alert, clear and suspicion of the meter.

    Args:
        baseline: of earlier rides on this meter; None: the ride starts from a typical rider and today's level.
        weak_leg: the leg to watch; "unknown": inferred from the baseline, and both are watched.
        sensitivity: how rarely it may be wrong.
        ftp_w: functional threshold power, the reference without a baseline.
        rezeroes: the meter is known to set its zero anew whenever pedalling stops.
    """

    def __init__(
        self,
        baseline: Baseline | None,
        *,
        weak_leg: WeakLeg,
        sensitivity: Sensitivity,
        ftp_w: float | None,
        rezeroes: bool = False,
    ) -> None:
        self._stop_s = _REZEROED_S if rezeroes else _STOP_S
        self._baseline = baseline or unknown_rider(ftp_w)
        base = self._baseline
        self.weak_leg: WeakLeg = weak_leg
        self.weak_leg_inferred = False
        self._odds = _ODDS + _ODDS_BAR * (_BAR[sensitivity] - _ODDS_AT)
        bar = _BAR[sensitivity] * (1 + _UNSURE_S / (base.noise.seconds + _UNSURE_START_S))
        if weak_leg != "unknown":
            self._watched = [_Watched(weak_leg, 0.0)]
        else:
            lean = base.usual(base.reference_w) - 50.0
            if base.rides and abs(lean) >= _LEANS:
                self.weak_leg, self.weak_leg_inferred = ("left" if lean < 0 else "right"), True
            sides: tuple[Side, ...] = ("left", "right")
            likely = self.weak_leg
            self._watched = [_Watched(x, 0.0 if likely in (x, "unknown") else _STRONG_SIDE) for x in sides]
        self.evidence = 0.0
        self.meter_suspicion = ""
        self.alert: Alert | None = None
        self._onsets = ChangeDetector(base.noise, bar, base.offset_sd, base.slope_sd, base.cadence_sd)
        self._seconds = SecondBins()
        self._sampler = Sampler()
        self._points = 0.0
        self._effort_w = 0.0  # mean power of late
        self._together = Block()
        self._last: float | None = None  # the last second that was weighed
        self._worked: float | None = None  # the last of them within an effort
        self._into = 0  # seconds into this effort
        self._skip = 0
        self._held = 0
        self._working: deque[Second] = deque(maxlen=OLDEST_S + 2 * TOGETHER_S)  # the latest seconds of work
        self._least_w = _LEAST_POWER * self._baseline.reference_w
        self._least_work_w = _LEAST_WORK_POWER * self._baseline.reference_w
        self._same, self._same_left, self._same_since = 0, -1.0, 0.0
        self._moved = False  # whether the share was ever another one
        self._stopped: float | None = None  # since when nobody pedals
        self._stop = (-math.inf, -math.inf)  # the last one: from, to
        self._then: MeterChange | None = None  # to be told next

    def feed(
        self, t: float, power_w: float, revolution: Revolution | None, in_interval: bool
    ) -> Alert | Clear | MeterChange | None:
        """Takes in one notification of measurement data (or silence, with power 0); None nearly always.

        Args:
            t: ride seconds, never falling.
            power_w: as stated.
            revolution: what the notification told anew.
            in_interval: whether the rider is at work.
        """
        told: Alert | Clear | MeterChange | None = self._then
        self._then = None
        if power_w < _COAST_W:
            if self._stopped is None:
                self._stopped = t
        elif self._stopped is not None:
            if t - self._stopped >= self._stop_s:
                self._stop = (self._stopped, t)
            self._stopped = None
        left = None if revolution is None else revolution.left_percent
        if left is not None:
            if left == self._same_left:
                told = self._frozen(t, left) or told
            else:
                self._moved = self._same > 0
                self._same, self._same_left, self._same_since = 1, left, t
                self.meter_suspicion = ""
        second = self._seconds.feed(t, power_w, revolution)
        if told is not None or second is None or self.meter_suspicion:
            return told
        return self._weigh(second, in_interval)

    def _frozen(self, t: float, left: float) -> MeterChange | Clear | None:
        """A share that stays the same over many revolutions is no measurement: one half has fallen silent."""
        self._same += 1
        most = _SAME_AT_HALF if left == 50.0 else _SAME
        if self._same != most or one_leg(left):
            return None
        self.meter_suspicion = (
            f"The meter may have changed: the balance stands still at {left:g} %, "
            "as when one of its halves falls silent."
        )
        self._sampler.leave_out(self._same_since)
        self._onsets.drop()
        self._together.count = 0
        self._held, self.evidence = 0, 0.0
        if not self._moved:
            return None  # it never measured: that is told in time (`ConstantBalance`)
        told = MeterChange(t, "may_have_changed", self.meter_suspicion)
        if self.alert is None:
            return told
        self._then = told
        return self._clear(t, "meter")

    def _weigh(self, second: Second, in_interval: bool) -> Alert | Clear | MeterChange | None:
        t, power, left = second.t, second.power_w, second.left_percent
        base = self._baseline
        if power < _COAST_W:
            self._skip = _AFTER_COAST_S
        self._effort_w += (power - self._effort_w) / _EFFORT_S
        working = in_interval or min(power, self._effort_w) > _EFFORT * base.reference_w
        if not working:
            self._into = 0
        if not in_interval:
            self._held = 0
            self.evidence = 0.0
            if self.alert is not None and self._worked is not None and t - self._worked > _REST_S:
                return self._clear(t, "rest")
        if left is None or not self._counts(power, left, in_interval, working):
            return None
        down = 0.0
        if self.alert is None:
            self._sampler.add(second)
        elif in_interval:
            down = self._points
        else:
            return None
        together = self._together
        if together.count and (together.working is not working or t - together.t > _APART_S):
            self._settle()
        if not together.count:
            onsets, usual = self._onsets, base.usual(power, second.cadence_rpm)
            together.begin(usual - down, onsets.expected, onsets.most, working)
        together.add(second, left)
        if working:
            self._worked = t
            if self.alert is None:
                self._working.append(second)
            else:
                self._held += 1
        if together.count < TOGETHER_S or (not working and together.count < _EASY_TOGETHER_S):
            return None
        count = self._settle()
        if not in_interval:
            return None
        return self._judge(second, count) if self.alert is None else self._judge_return(second)

    def _counts(self, power_w: float, left_percent: float, in_interval: bool, working: bool) -> bool:
        """Whether a second of pedalling tells something: hard enough, with both legs, not just begun."""
        if power_w < (self._least_work_w if in_interval else self._least_w) or one_leg(left_percent):
            return False
        if working:
            self._into += 1
            if self._into <= _START_S:
                return False
        if self._skip:
            self._skip -= 1
            return False
        return True

    def _settle(self) -> int:
        """Weighs the seconds gathered; gives how many they were."""
        together, base = self._together, self._baseline
        count, power, cadence = together.count, together.power_w, together.cadence_rpm
        dt = float(count) if self._last is None else together.t - self._last
        self._last = together.t
        if not together.working and self._worked is not None and together.t - self._worked > _CARRY_S:
            self._onsets.drop()
        down = 0.0 if self.alert is None else self._points
        below = base.usual(power, cadence) - down - together.left_percent
        turning = 0.0 if cadence is None else min(max((cadence - base.cadence_rpm) / 10, -4.0), 4.0)
        self._onsets.feed(dt, count, below, power / base.reference_w, turning, together.working)
        together.count = 0
        return count

    def _judge(self, second: Second, count: int) -> Alert | MeterChange | None:
        """Whether some onset stands out, for long enough; `count` seconds have just been weighed."""
        best: Onset | None = None
        leg = self._watched[0]
        self.evidence, most = 0.0, 0.0
        for watched in self._watched:
            onset, evidence = self._onsets.likeliest(watched.sign, _LEAST_POINTS)
            self.evidence = max(self.evidence, min(evidence, _ALMOST))
            if onset is not None and (best is None or onset.beyond - watched.more > most):
                best, leg, most = onset, watched, onset.beyond - watched.more
        self._held = self._held + count if best is not None and most > 0 else 0
        if best is None or (self._held < _HOLD_S and most < _AT_ONCE) or self._same >= _SAME_WAIT:
            return None
        since = self._working[-min(best.age, len(self._working))].t
        if self._stop[0] - _BEFORE_STOP_S <= since <= self._stop[1] + _AFTER_STOP_S:
            return self._stepped_at_stop(second.t, best, leg)
        return self._tell(second, best, leg)

    def _stepped_at_stop(self, t: float, onset: Onset, leg: _Watched) -> MeterChange:
        """A step that began where a stop ended: spiders re-zero themselves then. It is today's level from now on."""
        self._onsets.accept(onset.slot, leg.sign * onset.points)
        self._onsets.shift(leg.sign * onset.points)
        self._held, self.evidence = 0, 0.0
        text = (
            f"The meter may have changed: the {leg.side} share stepped by {onset.points:.1f} points right after a "
            "stop. A zero offset tells whether it was the meter or the leg."
        )
        return MeterChange(t, "may_have_changed", text)

    def _tell(self, second: Second, onset: Onset, leg: _Watched) -> Alert:
        t, power, side, sign = second.t, second.power_w, leg.side, leg.sign
        onsets, base = self._onsets, self._baseline
        onsets.accept(onset.slot, sign * onset.likely)
        self._held = 0
        self._points = sign * max(onset.likely, _LEAST_POINTS)
        root = root_of(power / base.reference_w)
        usual = base.usual(power) - onsets.level() / root
        usual = usual if side == "left" else 100 - usual
        down = list(self._working)[-onset.age :]
        since = down[0].t
        self._sampler.leave_out(since)
        self.alert = Alert(
            t=t,
            kind="dropoff",
            side=side,
            points=round(onset.points, 1),
            present_percent=round(usual - onset.points, 1),
            reference_percent=round(usual, 1),
            since=since,
            revolutions=sum(x.revolutions for x in down),
            sure=self._sure(onset.beyond),
            pattern="fade" if onset.age >= _FADE_S else "drop",
        )
        self.evidence = 1.0
        return self.alert

    def _sure(self, beyond: float) -> float:
        """How probable it is that an alert is borne out, by how far it stands out beyond the bar."""
        return round(min(1 / (1 + math.exp(-self._odds - _ODDS_BEYOND * beyond)), _SUREST), 2)

    def _judge_return(self, second: Second) -> Clear | None:
        ratio, slot = self._onsets.returned(self._points)
        if self._held >= _LEAST_HOLD_S and self._same < _SAME_WAIT and ratio > _SETTLED:
            self._onsets.accept(slot, -self._points)
            return self._clear(second.t, "back")
        return None

    def _clear(self, t: float, reason: Literal["back", "rest", "meter"]) -> Clear:
        assert self.alert is not None
        side = self.alert.side
        self.alert = None
        self._together.count = 0
        self.evidence = 0.0
        self._held = 0
        return Clear(t, "dropoff", side, reason)

    def usual(self, power_w: float) -> Usual | None:
        """The rider's own left share at a power as believed now, today's level included."""
        base = self._baseline
        if not base.rides and len(self._sampler) < _USUAL_WINDOW_S:
            return None
        relative = power_w / base.reference_w
        root = root_of(relative)
        left = base.usual(power_w) - self._onsets.level() / root
        error = self._onsets.level_error() / root
        spread = math.hypot(noises.spread(base.noise, _USUAL_WINDOW_S) / root, error)
        return Usual(left, error, left - 2 * spread, left + 2 * spread, base.rides)

    def sample(self) -> RideSample:
        """What this ride teaches so far."""
        return self._sampler.sample()

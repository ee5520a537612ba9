"""The drop-off alert: the weak leg's share falls below the rider's own usual by more than noise explains.

Seconds of pedalling are compared with the baseline at their power, four together; the change detector weighs whether
a step began some seconds ago. An alert speaks within an interval, once, and holds until a step back explains the last
seconds, or the interval is over; in a set of short bursts, the set. In the next one it speaks again once the seconds of
that say that the leg is still down. `TRANSITIONS` are its phases and what leads from one to another.
"""

import math
from collections.abc import Sequence
from typing import Literal

from legbal.meters.limits import Remark
from legbal.ride.alerts import KINDS, SIGNS, AlertKind
from legbal.ride.change_detector import Onset
from legbal.ride.drill import SETTLES_S
from legbal.ride.events import Alert, Clear, ClearReason, Event, MeterChange
from legbal.ride.fall import Fall
from legbal.ride.inputs import Setup, Side
from legbal.ride.moment import FreshStart, Moment
from legbal.ride.revolution import Bin, one_leg
from legbal.ride.usual import BAR, COAST_W, UsualBalance
from legbal.ride.watch import Watch

# idle: no interval runs; watching: nothing stands out; suspecting: a step stands out, not yet for long enough;
# alerting: the alert holds; rechecking: its interval has ended it, and whether the leg is still down shows in the next;
# frozen: the balance stands still, which is the meter and no leg; distrusting: the meter has gone wrong.
Phase = Literal["idle", "watching", "suspecting", "alerting", "rechecking", "frozen", "distrusting"]
TRANSITIONS: dict[tuple[Phase, Phase], str] = {
    ("idle", "watching"): "an interval runs",
    ("watching", "idle"): "the interval is over",
    ("watching", "suspecting"): "a step of the share stands out beyond the bar",
    ("suspecting", "watching"): "it stands out no more, or began at a stop: then the meter may have changed",
    ("suspecting", "idle"): "the interval is over",
    ("watching", "alerting"): "a step stands out far beyond the bar: alert",
    ("suspecting", "alerting"): "it has stood out for 8 s: alert",
    ("alerting", "watching"): "a step back explains the last seconds: the leg is back; or too many were told",
    ("alerting", "rechecking"): "the interval is over, and the alert; between bursts, after 45 s of rest",
    ("rechecking", "alerting"): "in the next interval the leg is clearly still down: alert",
    ("rechecking", "watching"): "there it is clearly back, or neither is clear within a minute",
    ("rechecking", "idle"): "five minutes of rest",
    ("idle", "frozen"): "one and the same share for 40 revolutions (for 20 at 50 %)",
    ("watching", "frozen"): "the same",
    ("suspecting", "frozen"): "the same",
    ("alerting", "frozen"): "the same; the alert is over",
    ("rechecking", "frozen"): "the same",
    ("frozen", "idle"): "the share moves",
    ("idle", "distrusting"): "the share is where legs are not: the meter has gone wrong",
    ("watching", "distrusting"): "the same",
    ("suspecting", "distrusting"): "the same",
    ("alerting", "distrusting"): "the same; the alert is over",
    ("rechecking", "distrusting"): "the same",
    ("frozen", "distrusting"): "the same",
    ("distrusting", "idle"): "the meter is back, or its balance is read in another way",
}

# Odds that an alert is no chance (logarithms): at this bar, for each standard deviation beyond the bar, and
# for each by which the bar is higher. Of simulated riders who drop off once an hour of effort, as often by 2, 3
# as 5 points; `tests.benchmarks.operating_curve` holds what is said to what comes true. On real rides it is as often.
_ODDS, _ODDS_AT, _ODDS_BEYOND, _ODDS_BAR = 0.5, 3.9, 1.7, 1.8
_SUREST = 0.99
# The leg that is usually stronger rarely is the one that drops; on real rides, two watched told no more often than one.
_STRONG_SIDE = 0.2
_LEAST_POINTS = 2.25
_LEAST_BELOW_DAY = 2.0  # a leg that was above the day's level and is as usual again has not dropped off
# So many seconds running must the evidence last, unless it passes the bar by so much.
_HOLD_S, _AT_ONCE = 8, 0.4
# The leg is back when a step back is so much likelier than none (log likelihood ratio), and never sooner after the
# alert than this; in the next interval it is still down, or back, when that is so much likelier than the other.
_SETTLED, _LEAST_HOLD_S = 4.2, 10
_REST_S = 300.0  # of rest, and the next interval starts from nothing
# Work and rest that are both shorter belong to a set, 30/15 s or 40/20 s: an alert is not told anew in each.
_BURST_S = 45.0
_RECHECK_S = 60  # of work in the next interval: what is not clear by then is today's level
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
_NONE: Sequence[Event] = ()


class DropOff(AlertKind):
    """Tells alert, clear and suspicion of the meter from the balance against the usual one.

    With the weak leg unknown both are watched, the one that is inferred from the baseline more closely.

    Attributes:
        phase: where it stands.
        usual: with what it compares.
        evidence: how near an alert is, 0…1.
        watch: whether a leg is worth watching.
    """

    rank = 1
    within_intervals = against_usual = True

    def __init__(self, setup: Setup, usual: UsualBalance) -> None:
        self.phase: Phase = "idle"
        self.usual = usual
        self._stop_s = _REZEROED_S if setup.profile.rezeroes else _STOP_S
        self._odds = _ODDS + _ODDS_BAR * (BAR[setup.sensitivity] - _ODDS_AT)
        sides: tuple[Side, ...] = ("left", "right") if setup.weak_leg == "unknown" else (setup.weak_leg,)
        # By how many standard deviations more than usual the step of each must stand out.
        self._more = {x: 0.0 if usual.weak_leg in (x, "unknown") else _STRONG_SIDE for x in sides}
        self._fall = Fall(sides[0])  # that of the alert
        self.watch = Watch()
        # Where the interval before this one ended, None in rest; when this was told, and where the latest had ended.
        self._interval: float | None = None
        self._turned = (0.0, 0.0)
        self._suspected_s = 0  # for how long the evidence has lasted
        self._held_from_s = 0  # seconds of work at which the alert, or the work after a rest, began
        self._again: list[Bin] = []  # in which the leg is checked again
        self._same, self._same_from = 0, (-1.0, 0.0)  # one and the same share so often; which, and since when
        self._alone = False  # whether one leg pedals alone
        self._moved = False  # whether the share was ever another one
        self._stopped: float | None = None  # since when nobody pedals
        self._stop = (-math.inf, -math.inf)  # the last one: from, to

    def _turn(self, phase: Phase, evidence: float = 0.0, suspected_s: int = 0) -> None:
        assert phase == self.phase or (self.phase, phase) in TRANSITIONS
        self.phase, self.evidence, self._suspected_s = phase, evidence, suspected_s
        if phase not in ("watching", "suspecting"):
            self.watch.side = None

    def feed(self, now: Moment) -> Sequence[Event]:
        """What one input settles; nothing nearly always."""
        t = now.t
        if now.alone is not self._alone:
            self._alone = now.alone
            if now.alone:  # what a meter mixed just before says nothing of either leg
                self.usual.take_back(t - SETTLES_S)
                self.usual.detector.drop()
        if now.power_w < COAST_W:
            if self._stopped is None:
                self._stopped = t
        elif self._stopped is not None:
            if t - self._stopped >= self._stop_s:
                self._stop = (self._stopped, t)
            self._stopped = None
        if now.wrong_since is not None:
            return self._distrust(now, now.wrong_since)
        revolution, events = now.revolution, _NONE
        if revolution is not None and now.measured and (left := revolution.left_percent) is not None:
            if left == self._same_from[0]:
                events = self._stands_still(t, left)
            else:
                self._moved = self._same > 0
                self._same, self._same_from = 1, (left, t)
                if self.phase == "frozen":
                    self._turn("idle")
        if self._interval != (interval := now.ended if now.in_interval else None) or now.pauses:
            events = [*self._boundary(now, interval), *events]
        if self.phase == "distrusting" or now.fresh_start is not None:
            events = [*events, *self._trust_again(t, now.fresh_start)]
        second = now.second
        if second is None or events or self.phase == "frozen":
            return events
        return self._weigh(second, now.in_interval)

    def _stands_still(self, t: float, left: float) -> Sequence[Event]:
        """A share that stays the same over many revolutions is no measurement: one half has fallen silent."""
        self._same += 1
        most = _SAME_AT_HALF if left == 50.0 else _SAME
        if self._same != most or one_leg(left):
            return ()
        self.usual.take_back(self._same_from[1])
        self.usual.detector.drop()
        cleared = (self._clear(t, "meter", "frozen"),) if self.phase == "alerting" else ()
        self.usual.drop_points = None
        self._turn("frozen")
        if not self._moved:
            return cleared  # it never measured: that is told in time (`ConstantBalance`)
        stands = Remark("balance.stands_still", {"percent": left})
        return (*cleared, MeterChange(t, "may_have_changed", stands))

    def _distrust(self, now: Moment, since: float) -> Sequence[Event]:
        """While the meter is wrong nothing is told of the legs and nothing learnt; only where work is, is followed."""
        if self.phase == "distrusting":
            return self._boundary(now, now.ended if now.in_interval else None)
        cleared = (self._clear(now.t, "meter", "distrusting"),) if self.phase == "alerting" else ()
        self.usual.take_back(since)
        self.usual.detector.drop()
        self.usual.drop_points = None
        self._turn("distrusting")
        self._same = 0
        return cleared

    def _trust_again(self, t: float, start: FreshStart | None) -> Sequence[Event]:
        """The meter is right from now on, or was wrong until lately: this ride's level is the one that it shows now."""
        usual = self.usual
        cleared = (self._clear(t, "meter", "watching"),) if self.phase == "alerting" else ()
        usual.take_back(math.inf)
        usual.drop_points = None
        usual.detector.drop()
        if start is not None:
            usual.taught.keep(since=start.teaches_from_s)
            usual.detector.restart(-start.level)
        self._turn("idle")
        return cleared

    def give_way(self) -> None:
        """Today's level counts as usual from now on."""
        usual = self.usual
        usual.detector.shift(usual.drop_points or 0.0)
        usual.drop_points = None
        usual.take_back(math.inf)
        self._turn("watching")

    def _boundary(self, now: Moment, interval: float | None) -> Sequence[Event]:
        """Work or rest was told to begin, or one interval to follow another."""
        was, self._interval = self._interval, interval
        lasted = now.t - self._turned[0]
        self._turned = (now.t, now.ended if now.ended >= 0 else now.t)
        goes_on = was is None or (interval is None and lasted < _BURST_S)  # a set of short bursts
        if self.phase != "alerting" or (goes_on and not now.pauses):
            return ()
        return (self._end(now.t, rested=interval is None),)

    def _end(self, t: float, *, rested: bool) -> Clear:
        """The alert ends with its interval. Usual stays what it was, until the next one shows what the leg does."""
        self._again, self._held_from_s = [], self.usual.worked_s
        if rested:  # else what the leg did until now counts, too
            self.usual.detector.drop()
        self._turn("rechecking")
        return Clear(t, "dropoff", self._fall.side, "rest", self._turned[1])

    def _weigh(self, second: Bin, in_interval: bool) -> Sequence[Event]:
        usual, phase = self.usual, self.phase
        working = usual.is_working(second, in_interval)
        if not in_interval:
            if phase == "alerting":
                self._held_from_s = usual.worked_s
                if second.t - self._turned[0] > _BURST_S:
                    return (self._end(second.t, rested=True),)
            elif phase == "rechecking":
                if usual.worked_t is not None and second.t - usual.worked_t > _REST_S:
                    usual.drop_points = None
                    usual.take_back(math.inf)
                    self._turn("idle")
            elif phase != "idle":
                self._turn("idle")
        elif phase == "idle":
            self._turn("watching")
        elif phase == "rechecking":
            self._again.append(second)
        elif phase == "alerting":
            self._fall.feed(second)
        count = usual.feed(second, in_interval, working)
        if not count or not in_interval:
            return ()
        if phase == "rechecking":
            return self._recheck(second)
        return self._judge_return(second) if phase == "alerting" else self._judge(second, count)

    def _judge(self, second: Bin, count: int) -> Sequence[Event]:
        """Whether some onset stands out, for long enough; `count` seconds have just been weighed."""
        best: Onset | None = None
        leg, beyond, evidence = self._fall.side, 0.0, 0.0
        for side, more in self._more.items():
            onset, near = self.usual.detector.likeliest(SIGNS[side], _LEAST_POINTS)
            evidence = max(evidence, min(near, _ALMOST))
            if onset is not None and (best is None or onset.beyond - more > beyond):
                best, leg, beyond = onset, side, onset.beyond - more
        suspected_s = self._suspected_s + count if beyond > 0 else 0
        lasts = suspected_s >= _HOLD_S or (beyond >= _AT_ONCE and not self.usual.may_begin_a_drill(second))
        lasts = lasts and best is not None and self.usual.below_day(best, SIGNS[leg]) >= _LEAST_BELOW_DAY
        if best is None or not lasts or self._same >= _SAME_WAIT:
            is_step = best is not None and self._same < _SAME_WAIT
            self.watch.feed(second.t, leg if is_step else None, beyond)
            self._turn("suspecting" if beyond > 0 else "watching", evidence, suspected_s)
            return ()
        down = list(self.usual.work)[-best.age :]
        if not self._stop[0] - _BEFORE_STOP_S <= down[0].t <= self._stop[1] + _AFTER_STOP_S:
            return (self._alert(second, best, leg, down),)
        # The step began where a stop ended: spiders re-zero themselves then. It is today's level from now on.
        points = SIGNS[leg] * best.points
        self.usual.detector.accept(best.slot, points)
        self.usual.detector.shift(points)
        self._turn("watching")
        stepped = Remark("balance.stepped", {"side": leg, "points": best.points})
        return (MeterChange(second.t, "may_have_changed", stepped),)

    def _alert(self, second: Bin, onset: Onset, side: Side, down: Sequence[Bin]) -> Alert:
        usual, sign, points = self.usual, SIGNS[side], self.usual.believed(onset)
        usual.detector.accept(onset.slot, sign * points)
        usual.drop_points = sign * max(points, _LEAST_POINTS)
        usual.take_back(down[0].t)
        self._fall = Fall(side, "fade" if onset.age >= _FADE_S else "drop")
        return self._tell(second, onset.points, down, self._odds + _ODDS_BEYOND * onset.beyond)

    def _tell(self, second: Bin, points: float, down: Sequence[Bin], odds: float) -> Alert:
        """An alert, with the logarithm of the odds that it is borne out."""
        left = self.usual.left_percent(second.power_w)
        reference = left if self._fall.side == "left" else 100 - left
        self._fall.begin(SIGNS[self._fall.side] * points, down)
        self._held_from_s = self.usual.worked_s
        self._turn("alerting", evidence=1.0)
        return Alert(
            t=second.t,
            kind="dropoff",
            side=self._fall.side,
            points=round(points, 1),
            present_percent=round(reference - points, 1),
            reference_percent=round(reference, 1),
            since=down[0].t,
            revolutions=sum(x.revolutions for x in down),
            sure=round(min(1 / (1 + math.exp(-odds)), _SUREST), 2),
            pattern=self._fall.pattern,
        )

    def _judge_return(self, second: Bin) -> Sequence[Event]:
        usual = self.usual
        points, held_s = usual.drop_points or 0.0, usual.worked_s - self._held_from_s
        ratio, slot = usual.detector.returned(points)
        if held_s < _LEAST_HOLD_S or self._same >= _SAME_WAIT or ratio <= _SETTLED:
            return ()
        usual.detector.accept(slot, -points)
        return (self._clear(second.t, "back", "watching"),)

    def _recheck(self, second: Bin) -> Sequence[Event]:
        """Whether the leg that was down as its interval ended still is; some seconds have just been weighed."""
        usual, before = self.usual, self.usual.drop_points or 0.0
        worked_s = usual.worked_s - self._held_from_s
        odds, left_points, slot = usual.detector.remains(before)
        points = SIGNS[self._fall.side] * left_points
        if odds >= _SETTLED and points >= _LEAST_POINTS and worked_s >= _HOLD_S and self._same < _SAME_WAIT:
            return (self._tell(second, points, self._again, odds),)
        if odds <= -_SETTLED or worked_s >= _RECHECK_S:
            usual.detector.accept(slot, -before)
            usual.drop_points = None
            self._turn("watching")
        else:
            self._turn("rechecking", min(max(odds / _SETTLED, 0.0), _ALMOST))
        return ()

    def _clear(self, t: float, reason: ClearReason, phase: Phase) -> Clear:
        self.usual.drop_points = None
        self.usual.take_back(math.inf)
        self._turn(phase)
        return Clear(t, "dropoff", self._fall.side, reason, self._fall.back_s if reason == "back" else None)


KINDS["dropoff"] = DropOff

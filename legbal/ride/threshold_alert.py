"""The threshold alert: the weak leg's share stays below a target that the rider set.

A rule, not a judgement: the drop-off alert (`legbal.ride.dropoff_alert`) stands beside it and weighs noise.
"""

from collections.abc import Sequence

from legbal.ride.alerts import KINDS, SIGNS, AlertKind
from legbal.ride.drill import BEGINS_POINTS
from legbal.ride.events import Alert, Clear, ClearReason
from legbal.ride.inputs import Setup, Side
from legbal.ride.moment import Moment
from legbal.ride.recent_revolutions import Window
from legbal.ride.usual import UsualBalance

# A window speaks once this part of it is pedalled time: a few turns after a stop say nothing.
_FULL = 0.6
_FAR_DWELL_S = 12.0  # within which it shows whether a window far below is the beginning of a drill


class Threshold(AlertKind):
    """Watches a live window against the target; speaks after the dwell, with hysteresis.

    With the weak leg unknown either side may be told.
    """

    rank = 2

    def __init__(self, setup: Setup, _: UsualBalance) -> None:
        self._rule = setup.threshold
        self.within_intervals = self._rule.when == "intervals"
        self._sides: tuple[Side, ...] = (
            ("left", "right") if setup.weak_leg == "unknown" else (setup.weak_leg,)
        )
        self._low: tuple[Side, float] | None = None  # the leg that is too low, and since when
        self._alert: Alert | None = None
        self.forget()

    @classmethod
    def watches(cls, setup: Setup) -> bool:
        """Whether there is a target."""
        return setup.threshold.target_percent is not None

    def forget(self) -> None:
        """The shares so far do not hold: the window begins anew."""
        self._window = Window(self._rule.window_s)

    def feed(self, now: Moment) -> Sequence[Alert | Clear]:
        """What the window says after one input; while one leg pedals alone it begins anew, for it begins mixed."""
        rule, window, t, turn = self._rule, self._window, now.t, now.revolution
        target = rule.target_percent
        assert target is not None
        if now.wrong_since is not None:
            self.forget()
            return self._end(t, "meter")
        share = None if turn is None else turn.left_percent
        if now.alone or now.pauses:
            self.forget()
            return self._end(t, "rest" if now.pauses else "gap")
        if turn is not None and share is not None:
            window.add(turn.t, turn.duration_s, turn.work_j, share)
        if self.within_intervals and not now.in_interval:
            return self._end(t, "rest", now.ended)
        left = window.left_percent(t)
        if left is None:
            return self._end(t, "gap")
        if turn is not None and share is None:  # it may be the first of a drill
            return ()
        low: Side = "left" if left < target else "right"
        if (
            (self._alert is None and (abs(left - target) <= rule.margin_points or low not in self._sides))
            or now.power_w < rule.least_power_w
            or window.time < 1000 * _FULL * window.seconds
            or self._is_slow(now)
        ):
            self._low = None
            return ()
        if self._alert is not None:
            assert self._alert.side is not None  # the leg that was too low
            back = SIGNS[self._alert.side] * (target - left) <= rule.clear_points
            return self._end(t, "back") if back else ()
        since = t if self._low is None or self._low[0] != low else self._low[1]
        self._low = low, since
        below = abs(left - target)
        if t - since < (rule.dwell_s if below < BEGINS_POINTS else max(rule.dwell_s, _FAR_DWELL_S)):
            return ()
        reference = target if low == "left" else 100 - target
        self._alert = Alert(
            t, "threshold", low, below, reference - below, reference, since, revolutions=len(window)
        )
        return (self._alert,)

    def _is_slow(self, now: Moment) -> bool:
        """Whether the cranks turn too slowly for the rule: asked last, as it takes longest to say."""
        cadence_rpm = now.source.cadence_rpm
        return cadence_rpm is not None and cadence_rpm < self._rule.least_cadence_rpm

    def _end(self, t: float, reason: ClearReason, at: float | None = None) -> Sequence[Clear]:
        self._low = None
        alert, self._alert = self._alert, None
        return () if alert is None else (Clear(t, "threshold", alert.side, reason, at),)


KINDS["threshold"] = Threshold

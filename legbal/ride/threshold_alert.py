"""The threshold alert: the weak leg's share stays below a target that the rider set.

A rule, not a judgement: the drop-off alert (`legbal.ride.dropoff_alert`) stands beside it and weighs noise.
"""

from __future__ import annotations

import math
from typing import Literal

from legbal.ride.events import Alert, Clear
from legbal.ride.inputs import Side, ThresholdRule, WeakLeg
from legbal.ride.ring import Window

# A window speaks once this part of it is pedalled time: a few turns after a stop say nothing.
_FULL = 0.6
# Beyond these shares the rider pedals with one leg: a drill, not a weakness.
ONE_LEG_PERCENT = 5.0
_DRILL_TURNS = 3  # fewer may be a slip, or a stray value


class Threshold:
    """Watches a live window against the target; speaks after the dwell, with hysteresis.

    With the weak leg unknown either side may be told. `alert` is the one that holds, or None.
    """

    def __init__(self, rule: ThresholdRule, weak_leg: WeakLeg) -> None:
        self._rule = rule
        self._sides: tuple[Side, ...] = ("left", "right") if weak_leg == "unknown" else (weak_leg,)
        self._since: dict[Side, float] = {}
        self._turns = 0  # in a row with one leg
        self._quiet_until = -math.inf  # a drill is still in the window
        self.alert: Alert | None = None

    def feed(
        self,
        t: float,
        window: Window,
        power_w: float | None,
        cadence_rpm: float | None,
        in_interval: bool,
        now_percent: float | None = None,
    ) -> Alert | Clear | None:
        """What the window says at ride second `t`; called once a new revolution or a second of silence.

        Args:
            t: ride seconds.
            window: the running sums over `rule.window_s`.
            power_w: present power in watts.
            cadence_rpm: present cadence.
            in_interval: whether work is going on.
            now_percent: the left share of the turn that just ended, if one did. A drill with one leg shows there
                long before it fills the window, and is in that long after it is over.
        """
        if self._rule.target_percent is None:
            return None
        if self._rule.when == "intervals" and not in_interval:
            return self._end(t, "rest")
        window.advance(t)
        left = window.left_percent()
        if left is None:
            return self._end(t, "gap")
        if now_percent is not None:
            self._turns = self._turns + 1 if one_leg(now_percent) else 0
        if self._turns >= _DRILL_TURNS:
            self._quiet_until = t + self._rule.window_s
        if (
            (power_w or 0.0) < self._rule.least_power_w
            or (cadence_rpm is not None and cadence_rpm < self._rule.least_cadence_rpm)
            or window.time < 1000 * _FULL * window.seconds
            or t <= self._quiet_until
        ):
            self._since.clear()
            return None
        return self._judge(t, left, window.count)

    def _judge(self, t: float, left: float, revolutions: int) -> Alert | Clear | None:
        target = self._rule.target_percent
        assert target is not None
        if self.alert is not None:
            below = _below(self.alert.side, left, target)
            return self._end(t, "back") if below <= self._rule.clear_points else None
        for side in self._sides:
            below = _below(side, left, target)
            if below <= self._rule.margin_points:
                self._since.pop(side, None)
                continue
            since = self._since.setdefault(side, t)
            if t - since >= self._rule.dwell_s:
                reference = target if side == "left" else 100 - target
                self.alert = Alert(
                    t, "threshold", side, below, reference - below, reference, since, revolutions
                )
                return self.alert
        return None

    def _end(self, t: float, reason: Literal["back", "rest", "gap"]) -> Clear | None:
        self._since.clear()
        alert, self.alert = self.alert, None
        return None if alert is None else Clear(t, "threshold", alert.side, reason)


def one_leg(left_percent: float | None) -> Side | None:
    """The leg that pedals alone at such a left share, if one does."""
    if left_percent is None or ONE_LEG_PERCENT < left_percent < 100 - ONE_LEG_PERCENT:
        return None
    return "left" if left_percent > 50 else "right"


def _below(side: Side, left: float, target: float) -> float:
    """How many points that leg's share is below its target."""
    return target - left if side == "left" else left - target

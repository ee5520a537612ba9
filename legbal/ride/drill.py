"""One leg alone: which revolutions are of both legs, which are a drill with one, and which are neither.

Here alone it is decided what goes into a mean of both legs. A drill is a run of revolutions of one and the same leg,
under power; a head unit's placeholders and a spider's wild values at hardly any power come one by one, or change sides.
"""

import msgspec

from legbal.meters.balance_octet import ONE_LEG_PERCENT, OTHER_LEG_PERCENT
from legbal.meters.limits import Remark, applicable
from legbal.meters.profile import Side
from legbal.ride.revolution import Revolution, one_leg
from legbal.ride.share import Number, Seconds, Watts

# Less is no drill: so much pedalling, of so many revolutions, at so much power. Head units fill in 0 or 100 % at 40 W
# and less, for as long as that lasts.
_LEAST_S, _LEAST_REVOLUTIONS, _LEAST_W = 10.0, 4, 45.0
_SHOWN_AFTER_S = 5.0  # sooner than it is known to be one, as the rider knows
LEAST_RUN = 3  # revolutions of one leg that are more than a slip or a stray value
# What goes on so near to 0 or 100 % goes on with one leg: the resting one is dragged along.
_GOES_ON_PERCENT = 10.0
# What was of one leg is over with the third revolution of both; those before it are mixed, as meters average over
# seconds. With one that averages over many it goes on while the share still comes back by so many points a revolution.
_OVER_AFTER, _OVER_AFTER_S = 3, 3.0
SETTLES_S, SETTLES_POINTS = 12.0, 1.0
BEGINS_POINTS = 10.0  # a share so far off may be the beginning of a drill, on a meter that smooths
_PAUSE_S = 10.0  # a longer one parts two drills
_STOPPED_S = 3.0  # without a revolution


class Drill(msgspec.Struct, frozen=True, gc=False):
    """A stretch that was pedalled with one leg alone, from `start_s` until `end_s`, ride seconds (None while it runs).

    `seconds` of it were pedalled, by `revolutions`; `power_w` is work over that time.
    """

    side: Side
    start_s: Seconds
    end_s: Seconds | None
    seconds: Seconds
    revolutions: Number
    power_w: Watts


class _Run(msgspec.Struct):
    """Revolutions of one leg in a row; `between` are those that may be the first of both again."""

    side: Side
    start_s: float
    end_s: float = 0.0
    seconds: float = 0.0
    work_j: float = 0.0
    revolutions: int = 0
    is_drill: bool = False
    between: list[Revolution] = []

    def add(self, revolution: Revolution) -> None:
        for x in (*self.between, revolution):
            self.seconds += x.duration_s
            self.work_j += x.work_j
            self.revolutions += 1
        self.between.clear()
        self.end_s = revolution.t
        self.is_drill |= (
            self.seconds >= _LEAST_S and self.revolutions >= _LEAST_REVOLUTIONS and self.is_under_power
        )

    @property
    def is_under_power(self) -> bool:
        return self.work_j >= _LEAST_W * self.seconds

    def settles(self) -> bool:
        """Whether the latest revolution between is still mixed."""
        seconds = sum(x.duration_s for x in self.between)
        if len(self.between) < _OVER_AFTER:
            return seconds < _OVER_AFTER_S
        before, now = (x.left_percent or 0.0 for x in self.between[-2:])
        comes_back = before - now if self.side == "left" else now - before
        return seconds <= SETTLES_S and comes_back > SETTLES_POINTS

    def drill(self, *, is_over: bool) -> Drill:
        return Drill(
            self.side,
            self.start_s,
            self.end_s if is_over else None,
            self.seconds,
            self.revolutions,
            self.work_j / self.seconds,
        )


class OneLegDetector:
    """Takes in the revolutions of a ride, in order, and gives back those of one leg without a share.

    Attributes:
        running: whether one leg has pedalled alone for longer than a slip, a drill or not.
        left_out_s: pedalled with 0 or 100 % that was no drill.
        begins: the leg that begins to pedal alone, as the latest revolution shows; those just before are mixed.
        latest: when a share of one leg was last told, and which; it is in no mean.
    """

    def __init__(self) -> None:
        self._over: list[Drill] = []
        self._run: _Run | None = None
        self.running = False
        self.left_out_s = 0.0
        self.begins: Side | None = None
        self.latest: tuple[float, float | None] = (0.0, None)

    def feed(self, revolution: Revolution) -> Revolution:
        """The revolution as it counts: with its share where both legs pedalled, else for its power alone."""
        left, run = revolution.left_percent, self._run
        if run is None and left is not None and ONE_LEG_PERCENT < left < OTHER_LEG_PERCENT:  # the hot path
            return revolution
        self.begins = None
        if left is None:
            return revolution
        if run is not None and revolution.t - revolution.duration_s - run.end_s > _PAUSE_S:
            self.close()
            run = None
        leg = one_leg(left)
        if run is not None and (leg is None or leg == run.side):
            of_run = left if run.side == "right" else 100 - left
            if of_run <= _GOES_ON_PERCENT:
                run.add(revolution)
                self.running = run.revolutions >= LEAST_RUN
                if run.revolutions == LEAST_RUN and run.is_under_power:
                    self.begins = run.side
                return self._alone(revolution)
            if run.revolutions >= LEAST_RUN and run.is_under_power:
                run.between.append(revolution)
                if run.settles():
                    return self._alone(revolution)
        self.close()
        if leg is None:
            return revolution
        self._run = _Run(leg, max(0.0, revolution.t - revolution.duration_s))
        self._run.add(revolution)
        return self._alone(revolution)

    def _alone(self, revolution: Revolution) -> Revolution:
        self.latest = revolution.t, revolution.left_percent
        return msgspec.structs.replace(revolution, left_percent=None)

    def close(self) -> None:
        """What has run until now is over."""
        run, self._run, self.begins, self.running = self._run, None, None, False
        if run is None:
            return
        if run.is_drill:
            self._over.append(run.drill(is_over=True))
        else:
            self.left_out_s += run.seconds

    def side(self, t: float) -> Side | None:
        """The leg that pedals alone at ride second `t`, under power and for more than a moment."""
        run = self._run
        if run is None or t - run.end_s > _STOPPED_S:
            return None
        return run.side if run.is_drill or (run.seconds >= _SHOWN_AFTER_S and run.is_under_power) else None

    def limits(self, no_drill_s: Seconds = 0.0) -> tuple[Remark, ...]:
        """How long 0 and 100 % were told that are no drill, where it shows in whole seconds.

        Args:
            no_drill_s: what of `drills` is none.
        """
        seconds = self.left_out_s + no_drill_s
        return applicable((seconds >= 0.5, Remark("balance.left_out", {"seconds": seconds})))

    @property
    def drills(self) -> tuple[Drill, ...]:
        """All so far; the last one may still run."""
        run = self._run
        return (
            (*self._over, run.drill(is_over=False)) if run is not None and run.is_drill else tuple(self._over)
        )

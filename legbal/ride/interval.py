"""Work and rest from power alone, told online: evidence adds up on either side of a level between the two.

While resting, seconds above the boundary level add up, and seconds below wear the sum down to nothing; when
the sum suffices, work began where it last left nothing. While working, the same downwards. This is Page's
cumulative sum (E. S. Page, "Continuous inspection schemes", Biometrika 41, 1954) with the evidence of one
second limited, so that a spike or a lost packet decides nothing, and a coast decides late.
"""

from collections.abc import Sequence
from typing import Literal

from legbal.ride.events import By, IntervalEnd, IntervalStart
from legbal.ride.ftp import BLOCK_S, FtpEstimate
from legbal.ride.inputs import PlannedStep, Setup
from legbal.ride.interval_thresholds import IntervalThresholds

Boundary = IntervalStart | IntervalEnd

# rest: no interval runs; work: one that ends by itself; manual: one that the rider began and is to end; split: lap has
# just ended work, and if power stays up the next one begins there.
Phase = Literal["rest", "work", "manual", "split"]
TRANSITIONS: dict[tuple[Phase, Phase], str] = {
    ("rest", "work"): "power stays above the level between rest and work, or the plan says so",
    ("rest", "manual"): "lap",
    (
        "work",
        "rest",
    ): "power stays below the level or rises so much that it was the way to work; silence; a pause; the plan",
    ("work", "split"): "lap",
    ("manual", "rest"): "three minutes of rest after work; silence; a pause; the plan",
    ("manual", "split"): "lap",
    ("split", "work"): "power stays up, or rises again later; the plan",
    ("split", "manual"): "lap",
}

_SHORTEST_S = 7.0  # work or rest that did not last so long is none
_HOVER_S = 5.0  # a sum that stayed slight for longer began where it stopped to be
_LONGEST_STEP_S = 2.0  # a longer wait for a notification says nothing about the time between
_UNHEARD_S = 5.0  # without a notification, and nobody can say that work goes on
_SILENCE_S = 60.0  # so long without a notification, and the work is over
_FORGOTTEN_S = 180.0  # rest after which a manual interval is over although lap was not pressed again
_LEAST_PEDALLED_S = 3.0  # in a block, to learn a level from it

# Evidence, in seconds times the fraction of FTP: what suffices, and what is slight; then what one second may add.
_ENOUGH, _SLIGHT = 1.8, 0.3
_MOST_UP, _MOST_DOWN, _MOST_COAST = 0.7, 0.3, 0.12  # a short coast belongs to the work around it
_COAST = 0.10  # of FTP: below this nobody pushes
_SPIKE = 3.0  # of FTP: more does not count in a level


class Intervals:
    """Tells work intervals from power, manual laps or a plan.

    - **Power** rules unless told otherwise. A boundary is told some seconds late and dated back to where it
      was. Over-unders are one interval, 30/30s are many. What was taken for work and then proves to be a
      warm-up (power rises by a third) ends where the real interval begins.
    - **Lap** while resting starts an interval at once, which runs until the next lap, whatever the power; if
      the rider worked and forgot that lap, it ends where three minutes of rest began. Lap during work ends
      the interval at once; if power stays up, the next one begins at that same moment, is told some seconds
      later and ends by power or lap.
    - **A plan** overrides power until its last step has ended: its times are seconds of the ride without its
      pauses. Laps start, end or split (at once, since the plan says that it is work); the plan's next
      boundary then holds again.

    Without a plan, a minute of silence ends an interval where power was last seen, as does `close` always.

    Attributes:
        phase: where it stands (`TRANSITIONS`).
        at_work: whether an interval runs, by the phase.
        number: of the present or last interval, from 1; 0 before the first.
        started: where the present or last interval began, ride seconds.
        by: who drew the last boundary.
        estimate: of FTP, and the one in use.

    Args:
        ftp_w: functional threshold power in watts; None: estimated from the ride, as it is when the ride
            proves the stated one too low.
        plan: work steps in ride seconds, in order, not overlapping.
        earlier_ftp_w: what earlier rides speak for: in use where none is stated, else held against the stated one.
        is_recorded: `ftp_w` is what a head unit had, and not what the rider said here.
    """

    def __init__(
        self,
        ftp_w: float | None,
        plan: tuple[PlannedStep, ...] = (),
        *,
        earlier_ftp_w: float | None = None,
        is_recorded: bool = False,
    ) -> None:
        self.phase: Phase = "rest"
        self.at_work = False
        self.number = 0
        self.started = 0.0
        self.by: By = "power"
        # Its boundaries, the next one last: when, and whether work begins.
        self._plan = [x for step in reversed(plan) for x in ((step.end, False), (step.start, True))]
        self._worked = False  # in an interval that the rider began
        self._split_at: float | None = None
        self._t = self._block_from = 0.0
        self._sum = self._rise = 0.0
        self._from = self._slight_until = self._rise_from = 0.0
        self._pedalled_ws = self._pedalled_s = 0.0
        self._block_ends = BLOCK_S
        self.estimate = FtpEstimate(ftp_w, earlier_ftp_w, is_recorded=is_recorded)
        self._levels = IntervalThresholds(self.estimate)

    @classmethod
    def of(cls, setup: Setup) -> "Intervals":
        """Those of a ride with this setup."""
        return cls(
            setup.stated_ftp_w,
            setup.plan,
            earlier_ftp_w=setup.earlier_ftp_w,
            is_recorded=setup.ftp_w is None,
        )

    def feed(self, t: float, power_w: float) -> Sequence[Boundary]:
        """Take in one notification's power; times must not fall. Gives the boundaries that it settles."""
        was = self._t
        step = t - was
        if step > _LONGEST_STEP_S:
            return self._after_wait(t, power_w, step)
        if step <= 0.0:
            return ()
        self._t = t
        levels = self._levels
        ftp_w = levels.ftp_w
        if power_w > _COAST * ftp_w:
            self._pedalled_s += step
            most_w = _SPIKE * ftp_w
            self._pedalled_ws += (power_w if power_w < most_w else most_w) * step
        if t >= self._block_ends:
            self._end_block(t)
            ftp_w = levels.ftp_w
        if self._plan:
            return self._by_plan(t)
        if not self.at_work:
            evidence, most = power_w - levels.up_w, _MOST_UP * ftp_w
        elif (
            (power_w > levels.rise_w or self._rise > 0.0)
            and self.phase != "manual"  # a sprint within it ends no interval that the rider is to end
            and self._risen(t, was, power_w)
        ):
            at = self._rise_from
            return self._end(t, at, "power", was_work=False), self._start(t, at, "power")
        elif power_w > _COAST * ftp_w:
            evidence, most = levels.down_w - power_w, _MOST_DOWN * ftp_w
        else:
            evidence = most = _MOST_COAST * ftp_w
        before = self._sum
        evidence = before + (evidence if evidence < most else most) * step
        if evidence <= 0.0:
            self._sum = 0.0
            return ()
        if before == 0.0:
            self._from = self._slight_until = was
        self._sum = evidence
        if evidence < _SLIGHT * ftp_w:
            self._slight_until = t
            return ()
        if evidence < _ENOUGH * ftp_w or t - self._from < _SHORTEST_S:
            return ()
        return self._settle(t)

    def lap(self, t: float) -> Sequence[Boundary]:
        """The rider pressed lap."""
        passed = self.tick(t)
        if not self.at_work:
            return (*passed, self._start(t, t, "lap", "manual"))
        if self._plan:
            return (*passed, self._end(t, t, "lap"), self._start(t, t, "lap", "manual"))
        return (*passed, self._end(t, t, "lap", "split"))

    def tick(self, t: float) -> Sequence[Boundary]:
        """Time passed without a notification."""
        if self._plan:
            return self._by_plan(t)
        if self.at_work and t - self._t >= _SILENCE_S:
            return (self._end(t, self._find_end(), self.by),)
        return ()

    def close(self, t: float) -> Sequence[Boundary]:
        """The ride is over: an open interval ends where power was last seen."""
        passed = self.tick(t)
        return (*passed, self._end(t, self._find_end(), self.by)) if self.at_work else passed

    def pause(self, t: float) -> Sequence[Boundary]:
        """The ride is paused: an open interval ends, and what has gathered for one is put aside."""
        bounds = self.close(t)
        self._sum = self._rise = 0.0
        return bounds

    def resume(self, t: float, paused_s: float) -> Sequence[Boundary]:
        """The ride goes on after a pause: the rest of a plan moves by its length."""
        self._end_block(self._t)
        self.estimate.pause()
        self._t = self._block_from = t
        self._plan = [(at + paused_s, work) for at, work in self._plan]
        is_within_step = self._plan and not self._plan[-1][1]
        return (self._start(t, t, "plan"),) if is_within_step else ()

    def may_be_over(self, t: float) -> bool:
        """Whether an end that is told from now on may lie before ride second `t`, or nobody has pedalled of late."""
        if t - self._t > _LONGEST_STEP_S:
            return True
        return self._sum > 0.0 and (self.phase != "manual" or self._worked)

    def is_likely_over(self, t: float) -> bool:
        """Whether half of what tells an end has come together, or nobody has been heard of for some seconds."""
        if t - self._t > _UNHEARD_S:
            return True
        return self._sum >= _ENOUGH / 2 * self._levels.ftp_w and (self.phase != "manual" or self._worked)

    def _after_wait(self, t: float, power_w: float, wait: float) -> Sequence[Boundary]:
        """A notification after a wait: silence may have ended work; the time between counts as one second."""
        passed = self.tick(t)
        self._end_block(self._t)
        self.estimate.stop(int(wait / BLOCK_S))
        self._t = self._block_from = t if passed else t - 1.0
        if wait >= _SILENCE_S:
            self._sum = self._rise = 0.0
        return (*passed, *self.feed(t, power_w))

    def _find_end(self) -> float:
        """Where work ended when no more is heard: where power began to fail, or was last seen."""
        end = self._from if self._sum > 0.0 and self.phase != "manual" and not self._plan else self._t
        return max(self.started, end)

    def _settle(self, t: float) -> Sequence[Boundary]:
        """The evidence suffices: a boundary, unless the rider began this interval and is to end it."""
        at = self._slight_until if self._slight_until - self._from > _HOVER_S else self._from
        if not self.at_work:
            if self.phase == "split" and self._from == self._split_at:
                return (self._start(t, self._from, "lap"),)
            return (self._start(t, at, "power"),)
        if self.phase == "manual" and not (self._worked and t - self._from >= _FORGOTTEN_S):
            self._sum = _ENOUGH * self._levels.ftp_w
            return ()
        return (self._end(t, at, "power"),)

    def _risen(self, t: float, was: float, power_w: float) -> bool:
        if self._rise == 0.0:
            self._rise_from = was
        levels = self._levels
        self._rise = max(0.0, self._rise + min(power_w - levels.rise_w, _MOST_UP * levels.ftp_w) * (t - was))
        return self._rise > _ENOUGH * levels.ftp_w and t - self._rise_from >= _SHORTEST_S

    def _by_plan(self, t: float) -> Sequence[Boundary]:
        """The plan's boundaries that have passed; after its last one power rules."""
        passed: list[Boundary] = []
        while self._plan and self._plan[-1][0] <= t:
            at, work = self._plan.pop()
            if self.at_work:
                passed.append(self._end(t, max(at, self.started), "plan"))
            if work:
                passed.append(self._start(t, at, "plan"))
        return passed

    def _start(self, t: float, at: float, by: By, phase: Phase = "work") -> IntervalStart:
        self.started, self.by = at, by
        self.number += 1
        self._turn(t, phase)
        return IntervalStart(t=t, at=at, number=self.number, by=by)

    def _end(
        self, t: float, at: float, by: By, phase: Phase = "rest", *, was_work: bool = True
    ) -> IntervalEnd:
        self.by = by
        self._turn(t, phase, was_work=was_work)
        return IntervalEnd(t=t, at=at, number=self.number, by=by)

    def _turn(self, t: float, phase: Phase, *, was_work: bool = True) -> None:
        assert (self.phase, phase) in TRANSITIONS
        self._end_block(t)
        self.phase = phase
        self.at_work = phase in ("work", "manual")
        self._levels.turn(was_work=was_work)
        self._t = t
        self._sum = self._rise = 0.0
        self._split_at = t if phase == "split" else None
        self._worked = False

    def _end_block(self, t: float) -> None:
        """Every ten seconds, and at each boundary: learn from the power since the last time."""
        seconds, pedalled_s = t - self._block_from, self._pedalled_s
        pedalled_w = self._pedalled_ws / pedalled_s if pedalled_s >= _LEAST_PEDALLED_S else None
        self._worked |= pedalled_w is not None and pedalled_w > self._levels.down_w
        if seconds >= BLOCK_S / 2:
            self.estimate.block(self._pedalled_ws / seconds, pedalled_w)
        self._levels.block(
            pedalled_w,
            in_work=self.at_work,
            quiet=self._sum < _ENOUGH * self._levels.ftp_w / 2,
        )
        self._pedalled_ws = self._pedalled_s = 0.0
        self._block_from, self._block_ends = t, t + BLOCK_S

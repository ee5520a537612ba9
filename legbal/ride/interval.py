"""Work and rest from power alone, told online: a sum of evidence on each side of a level between the two.

While resting, seconds above the boundary level add up (and seconds below wear the sum down to nothing); when the
sum is settled, work began where it last left nothing. While working, the same downwards. This is Page's cumulative
sum (E. S. Page, "Continuous inspection schemes", Biometrika 41, 1954) with the evidence of one second limited, so
that a spike or a dropped packet decides nothing and a coast decides late.

The boundary level starts as a fraction of FTP and moves to the middle between this ride's own rest and work, which
makes it right with a wrong FTP.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from typing import Literal

from legbal.ride.events import IntervalEnd, IntervalStart
from legbal.ride.ftp import BLOCK_S, FtpEstimate
from legbal.ride.inputs import PlannedStep

By = Literal["power", "lap", "plan"]
Boundary = IntervalStart | IntervalEnd

# Levels as fractions of FTP.
_FIRST = 0.73  # the boundary before this ride has shown its own levels
_EASY_RANGE = (0.40, 0.65)  # what a ride's own easy pedalling and work may count as when the middle is taken
_WORK_RANGE = (0.80, 1.05)
_WORKS = 3  # the weakest of so many intervals stands for the work to come
_LEAST_PEDALLED_S = 3.0
_HIGHEST = 0.78
_SURE_WORK = 0.85  # above this it is work, however slowly power got there
_COAST = 0.10  # below this nobody pushes
_SPIKE = 3.0  # above this it is no minute's power

# Evidence, in seconds times the fraction of FTP.
_SETTLED = 1.5
_MOST_UP = 0.7
_MOST_DOWN = 0.3
_MOST_COAST = 0.12  # a coast of a few seconds belongs to the work around it

_CONTRAST = 1.08  # work stands out from the easy pedalling before it by at least this factor
_EASY_BLOCKS = 6.0  # memory of the easy level just before
_LONGEST_STEP_S = 2.0  # a longer wait for a notification says nothing about the time between
_SILENCE_S = 60.0  # so long without a notification, and the work is over
_FORGOTTEN_S = 180.0  # rest after which a manual interval is over although lap was not pressed again


class Intervals:
    """Tells work intervals from power, manual laps or a plan.

    - **Power** rules unless told otherwise. A boundary is told some seconds late and dated back to where it was.
    - **Lap** while resting starts an interval at once, which runs until the next lap, whatever the power; if the
      rider forgets that lap, it ends where a rest of three minutes began. Lap during work ends the interval at
      once; if the power stays up, the next interval begins at that same moment (told some seconds later).
    - **A plan** overrides power until its last step has ended: its times are seconds of the ride, not shifted by
      pauses. Lap still starts, ends or splits (at once, since a plan says that it is work); the plan's next
      boundary then holds again.

    Silence of a minute, or `close`, ends an interval where power was last seen.

    Args:
        ftp_w: functional threshold power in watts; None: estimated from the ride, as it is when the ride proves
            the stated one too low.
        plan: work steps in ride seconds, in order, not overlapping.
    """

    __slots__ = (
        "_block_end",
        "_block_pedalled_s",
        "_block_s",
        "_block_ws",
        "_coast_w",
        "_down_w",
        "_easy_blocks",
        "_easy_w",
        "_estimate",
        "_from",
        "_last_t",
        "_levels",
        "_most_coast_w",
        "_most_down_w",
        "_most_up_w",
        "_plan",
        "_planned",
        "_settled",
        "_spike_w",
        "_split_at",
        "_sum",
        "_t",
        "_up_w",
        "_works",
        "by",
        "in_work",
        "number",
        "started",
    )

    def __init__(
        self,
        ftp_w: float | None,
        plan: tuple[PlannedStep, ...] = (),
        *,
        earlier_ftp_w: float | None = None,
    ) -> None:
        self.in_work = False
        self.number = 0
        self.started: float | None = None
        self.by: By = "power"
        self._plan = [(at, work) for step in plan for at, work in ((step.start, True), (step.end, False))]
        self._planned = 0
        self._split_at: float | None = None
        self._t = self._last_t = self._from = 0.0
        self._sum = 0.0
        self._block_end = BLOCK_S
        self._block_ws = self._block_s = self._block_pedalled_s = 0.0
        self._easy_w = self._easy_blocks = 0.0
        self._levels: list[float] = []
        self._works: list[float] = []
        self._estimate = FtpEstimate(ftp_w, earlier_ftp_w)
        self._set_levels()

    @property
    def ftp_w(self) -> float:
        """The FTP in use, watts."""
        return self._estimate.ftp_w

    @property
    def ftp_estimated(self) -> bool:
        """Whether `ftp_w` comes from the rides and not from the rider."""
        return self._estimate.estimated

    def feed(self, t: float, power_w: float) -> Sequence[Boundary]:
        """Take in one notification's power; times must not fall. Gives the boundaries that it settles."""
        step = t - self._t
        self._t = t
        if step > _LONGEST_STEP_S:
            return self._after_wait(t, power_w, step)
        if step <= 0:
            return ()
        self._last_t = t
        if power_w > self._coast_w:
            self._block_pedalled_s += step
            self._block_ws += (power_w if power_w < self._spike_w else self._spike_w) * step
        self._block_s += step
        if t >= self._block_end:
            self._end_block(t)
        if self._plan:
            return self._by_plan(t)
        if self.in_work:
            evidence = self._down_w - power_w
            if power_w <= self._coast_w:
                evidence = self._most_coast_w
            elif evidence > self._most_down_w:
                evidence = self._most_down_w
        else:
            evidence = power_w - self._up_w
            if evidence > self._most_up_w:
                evidence = self._most_up_w
        evidence = self._sum + evidence * step
        if evidence <= 0.0:
            self._sum = 0.0
            self._from = t
            return ()
        self._sum = evidence
        return self._settle(t) if evidence >= self._settled else ()

    def lap(self, t: float) -> Sequence[Boundary]:
        """The rider pressed lap."""
        if not self.in_work:
            return (self._start(t, t, "lap"),)
        ended = self._end(t, t, "lap")
        if self._plan:
            return ended, self._start(t, t, "lap")
        self._split_at = t
        return (ended,)

    def tick(self, t: float) -> Sequence[Boundary]:
        """Time passed without a notification."""
        if self._plan:
            return self._by_plan(t)
        if self.in_work and t - self._last_t >= _SILENCE_S:
            return (self._end(t, self._ebbed(), self.by),)
        return ()

    def close(self, t: float) -> Sequence[Boundary]:
        """The ride is over: an open interval ends where power was last seen."""
        return (self._end(t, self._ebbed(), self.by),) if self.in_work else ()

    def _after_wait(self, t: float, power_w: float, wait: float) -> Sequence[Boundary]:
        """A notification after a wait: silence may have ended the work; the time between counts for little."""
        told = self.tick(t)
        self._t = t - 1.0
        if wait > BLOCK_S:
            self._block_end = t
        return (*told, *self.feed(t, power_w))

    def _ebbed(self) -> float:
        """Where work ended when no more is heard: where power began to fail, or was last seen."""
        start = self.started or 0.0
        return max(start, self._from if self.by == "power" and self._sum > 0.0 else self._last_t)

    def _settle(self, t: float) -> Sequence[Boundary]:
        """The evidence suffices: a boundary, unless the rider drew the last one and may draw this one too."""
        if not self.in_work:
            return (self._start(t, self._from, "lap" if self._from == self._split_at else "power"),)
        if self.by == "lap" and self._split_at is None and t - self._from < _FORGOTTEN_S:
            self._sum = self._settled
            return ()
        return (self._end(t, self._from, "power"),)

    def _by_plan(self, t: float) -> Sequence[Boundary]:
        """The plan's boundaries that have passed; after its last one power rules."""
        told: list[Boundary] = []
        while self._planned < len(self._plan) and self._plan[self._planned][0] <= t:
            at, work = self._plan[self._planned]
            self._planned += 1
            if self.in_work:
                told.append(self._end(t, max(at, self.started or at), "plan"))
            if work:
                told.append(self._start(t, at, "plan"))
        if self._planned == len(self._plan):
            self._plan = []
        return told

    def _start(self, t: float, at: float, by: By) -> IntervalStart:
        if by != "lap" or at == t:
            self._split_at = None
        self.in_work, self.started, self.by = True, at, by
        self.number += 1
        self._turn(t)
        return IntervalStart(t=t, at=at, number=self.number, by=by)

    def _end(self, t: float, at: float, by: By) -> IntervalEnd:
        if self._levels:
            self._works.append(self._levels[len(self._levels) // 2])
            del self._works[:-_WORKS]
        self.in_work, self.started, self.by = False, None, by
        self._split_at = None
        self._easy_w = self._easy_blocks = 0.0
        self._turn(t)
        return IntervalEnd(t=t, at=at, number=self.number, by=by)

    def _turn(self, t: float) -> None:
        """Begin to look for the other boundary."""
        self._sum, self._from = 0.0, t
        self._levels = []
        self._end_block(t)

    def _end_block(self, t: float) -> None:
        """Every ten seconds, and at each boundary: learn the levels."""
        seconds, pedalled = self._block_s, self._block_pedalled_s
        level = self._block_ws / pedalled if pedalled >= _LEAST_PEDALLED_S else None
        easy = None
        if level is not None:
            if self.in_work:
                insort(self._levels, level)
            elif self._sum < self._settled / 2:
                easy = level
                self._easy_blocks = min(self._easy_blocks + 1.0, _EASY_BLOCKS)
                self._easy_w += (level - self._easy_w) / self._easy_blocks
        if seconds >= BLOCK_S / 2:
            self._estimate.block(self._block_ws / seconds, easy)
        self._block_ws = self._block_s = self._block_pedalled_s = 0.0
        self._block_end = t + BLOCK_S
        self._set_levels()

    def _set_levels(self) -> None:
        """Put the boundary levels where this ride's own rest and work, and the FTP, say."""
        ftp = self._estimate.belief_w
        easy, low = self._estimate.easy_w, _FIRST * ftp
        first = self._levels[len(self._levels) // 2] if self._levels else None
        work = min(self._works, default=first)
        up = down = low
        if easy is not None:
            rest = min(max(easy, _EASY_RANGE[0] * ftp), _EASY_RANGE[1] * ftp)
            if self._works:
                up = self._middle(rest, min(self._works), ftp)
            if work is not None:
                down = self._middle(rest, work if first is None else min(work, first), ftp)
        self._up_w = min(max(up, _CONTRAST * self._easy_w), max(up, _SURE_WORK * ftp))
        self._down_w = min(down, up)
        self._settled = _SETTLED * ftp
        self._coast_w, self._spike_w = _COAST * ftp, _SPIKE * ftp
        self._most_up_w, self._most_down_w = _MOST_UP * ftp, _MOST_DOWN * ftp
        self._most_coast_w = _MOST_COAST * ftp

    @staticmethod
    def _middle(rest_w: float, work_w: float, ftp_w: float) -> float:
        low, high = _WORK_RANGE
        work_w = min(max(work_w, low * ftp_w), high * ftp_w)
        return min((rest_w + work_w) / 2, _HIGHEST * ftp_w)

"""What both legs did so far: over the live windows, the intervals, the power bands and the whole ride."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from legbal.ride.balance import Bands, Tally
from legbal.ride.events import IntervalEnd, IntervalStart
from legbal.ride.revolution import Revolution
from legbal.ride.ring import Ring, Row
from legbal.ride.share import EMPTY, BandShare, Share
from legbal.ride.view import Floats, Interval, Trace

TRACE_S = 480.0
_TRACE_STEP_S = 2.0
_TRACE_OVER_S = 10.0  # a tendency, not a jumping number
_FTP_MOVES = 0.03
_FRESH = 32  # revolutions that are added up together


UsualPercent = Callable[[float], float | None]
"""The usual left share at a power in watts; None where none is known."""


class _Interval(msgspec.Struct):
    """A work interval and the tally of its revolutions; `ended` is what it was, once it is over."""

    start: IntervalStart
    tally: Tally
    ended: Interval | None = None


class RideStatistics:
    """Adds up revolutions that carry a left share; says the shares over every stretch the rider asks about.

    Args:
        bands: edges of the power bands, fractions of FTP.
        step: in which the meter sends the share, percent.
    """

    def __init__(self, bands: Sequence[float], step: float = 0.0) -> None:
        self._step = step
        self._ring = Ring()
        self._fresh: list[Row] = []
        self._ride = Tally(self._step)
        self._fractions = tuple(bands)
        self._bands: Bands | None = None
        self.ftp_w = self._banded_w = 0.0  # as last told, and as the bands have it
        self._intervals: list[_Interval] = []

    def add(self, revolution: Revolution) -> None:
        """Adds one seen revolution; without a left share it counts for power alone."""
        r = revolution
        left = r.left_percent
        self._fresh.append((r.t, r.duration_s, r.work_j, r.power_w, math.nan if left is None else left))
        if len(self._fresh) >= _FRESH:
            self._add_up()

    def _add_up(self) -> None:
        """Adds the freshly told revolutions to all sums: together, for that costs a third of adding each."""
        if not self._fresh:
            return
        fresh, self._fresh = self._fresh, []  # first of all, so that none is ever added twice
        self._ring.extend(fresh)
        self._ride.add_rows(fresh)
        if self._bands is not None:
            self._bands.add_rows(fresh)
        if self._intervals and self._intervals[-1].ended is None:
            self._intervals[-1].tally.add_rows(fresh)

    @property
    def ring(self) -> Ring:
        """The latest revolutions."""
        self._add_up()
        return self._ring

    @property
    def ride(self) -> Tally:
        """The whole ride."""
        self._add_up()
        return self._ride

    def use_ftp(self, ftp_w: float) -> None:
        """Sorts into the bands of this FTP from now on, and what the ring still holds with it.

        An estimate that moves a little moves no edges.
        """
        self.ftp_w = ftp_w
        if abs(ftp_w - self._banded_w) <= _FTP_MOVES * self._banded_w:
            return
        self._banded_w = ftp_w
        rows = self.ring.rows()
        self._bands = Bands(self._fractions, ftp_w, self._step)
        self._bands.add_rows(rows)

    def interval(self, event: IntervalStart | IntervalEnd, usual: UsualPercent) -> None:
        """Opens or closes an interval at its back-dated boundary, moving revolutions to the right side of it.

        What was usual when it ended stays beside it: today's usual may move on.
        """
        self._add_up()
        if isinstance(event, IntervalStart):
            self._intervals.append(_Interval(event, Tally(self._step).add_rows(self.ring.since(event.at))))
            return
        if not self._intervals or self._intervals[-1].ended is not None:
            return
        last = self._intervals[-1]
        if self.ring.reaches_back_to(last.start.at):
            rows = self.ring.since(last.start.at)
            last.tally = Tally(self._step).add_rows(rows[rows[:, 0] <= event.at])
        last.ended = _view(last, event.at, usual)

    def last(self, seconds: float, t: float) -> Share:
        """The share over the last `seconds` before ride second `t`."""
        rows = self.ring.since(t - seconds)
        return Tally(self._step).add_rows(rows).share() if len(rows) else EMPTY

    def bands(self) -> tuple[BandShare, ...]:
        """The power bands; empty while no FTP is known."""
        self._add_up()
        return () if self._bands is None else self._bands.shares()

    def interval_views(self, usual: UsualPercent) -> tuple[Interval, ...]:
        """Every interval so far; one that runs beside what is usual now."""
        self._add_up()
        return tuple(x.ended or _view(x, None, usual) for x in self._intervals)

    def trace(self, t: float) -> Trace:
        """The last eight minutes in steps of two seconds, each over the ten seconds before it."""
        ends = (
            np.arange(np.floor((t - TRACE_S) / _TRACE_STEP_S) + 1, np.floor(t / _TRACE_STEP_S) + 1)
            * _TRACE_STEP_S
        )
        ends = ends[ends > 0]
        rows = self.ring.since(t - TRACE_S - _TRACE_OVER_S)
        rows = rows[~np.isnan(rows[:, 4])]
        work = _running(rows[:, 2])
        left = _running(rows[:, 2] * rows[:, 4])
        time = _running(rows[:, 1])
        b = np.searchsorted(rows[:, 0], ends, "right")
        a = np.searchsorted(rows[:, 0], ends - _TRACE_OVER_S, "right")
        some = work[b] - work[a]
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(some > 0, (left[b] - left[a]) / some, np.nan)
            power = np.where(some > 0, some / (time[b] - time[a]), 0.0)
        return Trace(ends, share, power)


def _running(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])


def _view(interval: _Interval, end: float | None, usual: UsualPercent) -> Interval:
    share = interval.tally.share()
    slope = interval.tally.slope_per_minute()
    return Interval(
        number=interval.start.number,
        start_s=interval.start.at,
        end_s=end,
        share=share,
        usual_percent=None if share.power_w is None else usual(share.power_w),
        slope_per_minute=None if slope is None else slope[0],
        slope_error=None if slope is None else slope[1],
        by=interval.start.by,
    )

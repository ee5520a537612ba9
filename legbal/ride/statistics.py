"""What both legs did so far: over the live windows, the intervals, the power bands and the whole ride."""

import math
from collections.abc import Callable, Sequence
from itertools import chain, pairwise

from legbal.ride.balance import Bands, Row, Tally
from legbal.ride.drill import LEAST_RUN, SETTLES_POINTS, SETTLES_S, OneLegDetector
from legbal.ride.events import IntervalEnd, IntervalStart
from legbal.ride.recent_revolutions import Ring
from legbal.ride.revolution import Revolution
from legbal.ride.share import BandShare, Share
from legbal.ride.work_interval import Interval

# The usual left share at a power in watts; None where none is known.
UsualPercent = Callable[[float], float | None]

# As a meter averages over some seconds, so many revolutions before one leg pedals alone are of both legs and of one,
# within so many seconds; and those before in which the share was moving there. That shows with the third of one leg:
# until then the latest wait.
_MIXED, _MIXED_S = 3, 4.0
_WAITING = 20
_TOGETHER = 128  # revolutions that are added up at once


class RideStatistics:
    """Adds up revolutions that carry a left share; says the shares over every stretch the rider asks about.

    Args:
        bands: edges of the power bands, fractions of FTP.
        step: in which the meter sends the share, percent.

    Attributes:
        ftp_w: of which the bands are fractions, as last told.
        one_leg: says which of them are of both legs, and keeps what one leg did alone.
        mixed: ride seconds of the revolutions whose shares were left out after all.
    """

    def __init__(self, bands: Sequence[float], step: float = 0.0) -> None:
        self._fractions, self._step = bands, step
        self._fresh: list[Row] = []
        self._waiting: list[Row] = []  # in the ring, and in no sum yet
        self.one_leg = OneLegDetector()
        self.mixed = set[float]()
        self._ring = Ring()
        self._ride = Tally(step)
        self._bands: Bands | None = None
        self.ftp_w = self._banded_w = 0.0
        self._running: tuple[IntervalStart, Tally] | None = None
        self._ended: list[Interval] = []

    def add(self, revolution: Revolution) -> Revolution:
        """Adds one seen revolution; gives it as it counts: without a left share it is in no mean of any."""
        fresh, one_leg = self._fresh, self.one_leg
        revolution = one_leg.feed(revolution)
        left = math.nan if revolution.left_percent is None else revolution.left_percent
        fresh.append((revolution.t, revolution.duration_s, revolution.work_j, revolution.power_w, left))
        if one_leg.begins:
            self._leave_out_mixed()
        elif len(fresh) >= _TOGETHER:
            self._add_up()
        return revolution

    def _add_up(self) -> None:
        """Adds the freshly told revolutions to all sums: together, for that costs a third of adding each."""
        if not self._fresh:
            return
        fresh, self._fresh = self._fresh, []  # first of all, so that none is ever added twice
        self._ring.extend(fresh)
        rows = [*self._waiting, *fresh]
        rows, self._waiting = rows[:-_WAITING], rows[-_WAITING:]
        self._ride.add_rows(rows)
        if self._bands is not None:
            self._bands.add_rows(rows)
        if self._running is not None:
            start, tally = self._running
            tally.add_rows(rows if rows and rows[0][0] > start.at else [x for x in rows if x[0] > start.at])

    def _leave_out_mixed(self) -> None:
        """One leg has begun to pedal alone: the revolutions just before it lose their share."""
        self._add_up()
        begin, toward = self._waiting[-LEAST_RUN][0], 1.0 if self.one_leg.begins == "left" else -1.0
        of_both = [row for row in self._waiting if row[4] == row[4]]
        mixed = set[float]()
        for before, row in reversed(list(pairwise([(-math.inf,) * 5, *of_both]))):
            moves = toward * (row[4] - before[4]) > SETTLES_POINTS and row[0] > begin - SETTLES_S
            if not moves and (len(mixed) >= _MIXED or row[0] <= begin - _MIXED_S):
                break
            mixed.add(row[0])
        self._waiting = [(*row[:4], math.nan) if row[0] in mixed else row for row in self._waiting]
        self._ring.leave_out(mixed)
        self.mixed |= mixed
        last = self._ended[-1] if self._ended else None
        if last is None or last.end_s is None or last.end_s < min(mixed, default=math.inf):
            return
        if self._ring.reaches_back_to(last.start_s):  # it was ended at once, by lap
            start, usual = IntervalStart(last.start_s, last.start_s, last.number, last.by), last.usual_percent
            self._ended[-1] = _interval(start, self._tally(start.at, last.end_s), last.end_s, lambda _: usual)

    def since(self, t: float) -> list[Row]:
        """The revolutions told later than `t`, the earliest first; asked for every second of a ride that is read."""
        told: list[Row] = []
        for row in chain(reversed(self._fresh), reversed(self._waiting)):
            if row[0] <= t:
                return told[::-1]
            told.append(row)
        return list(map(tuple, self.ring.since(t).tolist()))

    @property
    def ring(self) -> Ring:
        """The latest revolutions."""
        self._add_up()
        return self._ring

    @property
    def ride(self) -> Tally:
        """The whole ride."""
        self._add_up()
        return self._ride.with_rows(self._waiting)

    def use_ftp(self, ftp_w: float) -> None:
        """Sorts into the bands of this FTP from now on, and what the ring still holds with it.

        An estimate that moves a little moves no edges.
        """
        self.ftp_w = ftp_w
        if abs(ftp_w - self._banded_w) > 0.03 * self._banded_w:  # 3 % or less is a little
            self._banded_w = ftp_w
            rows = self.ring.rows()
            rows = rows[: len(rows) - len(self._waiting)]
            self._bands = Bands(self._fractions, ftp_w, self._step).add_rows(rows)

    def _tally(self, since: float, until: float = math.inf) -> Tally:
        rows = self.ring.since(since)
        return Tally(self._step).add_rows(rows[rows[:, 0] <= until])

    def interval(self, event: IntervalStart | IntervalEnd, usual: UsualPercent) -> None:
        """Opens or closes an interval at its back-dated boundary, moving revolutions to the right side of it.

        What was usual when it ended stays beside it: today's usual may move on.
        """
        if isinstance(event, IntervalStart):
            rows = self.ring.since(event.at)
            waiting = sum(row[0] > event.at for row in self._waiting)
            self._running = event, Tally(self._step).add_rows(rows[: len(rows) - waiting])
        elif self._running is not None:
            start, tally = self._running
            if self.ring.reaches_back_to(start.at):
                tally = self._tally(start.at, event.at)
            else:
                tally = tally.with_rows(self._waiting)
            self._ended.append(_interval(start, tally, event.at, usual))
            self._running = None

    def last(self, seconds: float, t: float) -> Share:
        """The share over the last `seconds` before ride second `t`."""
        return self._tally(t - seconds).share()

    def bands(self) -> tuple[BandShare, ...]:
        """The power bands; empty while no FTP is known."""
        self._add_up()
        return () if self._bands is None else self._bands.with_rows(self._waiting).shares()

    def interval_views(self, usual: UsualPercent) -> tuple[Interval, ...]:
        """Every interval so far; one that runs beside what is usual now."""
        self._add_up()
        if self._running is None:
            return tuple(self._ended)
        start, tally = self._running
        tally = tally.with_rows(row for row in self._waiting if row[0] > start.at)
        return (*self._ended, _interval(start, tally, None, usual))


def _interval(start: IntervalStart, tally: Tally, end: float | None, usual: UsualPercent) -> Interval:
    share = tally.share()
    slope, error = tally.slope_per_minute() or (None, None)
    return Interval(
        number=start.number,
        start_s=start.at,
        end_s=end,
        share=share,
        usual_percent=None if share.power_w is None else usual(share.power_w),
        slope_per_minute=slope,
        slope_error=error,
        by=start.by,
    )

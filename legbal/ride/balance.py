"""Work-weighted left shares with an honest standard error: over windows, intervals, power bands and the ride.

share = Σ work × left / Σ work over pedalling. Revolutions resemble their neighbours, and a leg wanders slowly, so
scatter / √N promises too much (a 60-s mean of real balance scatters half as much again as that). The error is
therefore taken from means of batches, which grow as the ride does, corrected for what likeness remains between
neighbouring batches.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from copy import copy
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from legbal.ride.share import Z_95, BandShare, Share, band_name
from legbal.ride.view import Floats

# Fewer revolutions tell nothing about their own scatter.
LEAST_REVOLUTIONS = 8
MOST_BATCHES = 32
# Lag-1 likeness of neighbouring batches that real balance shows (seconds: median .31 of 25 rides; means of
# minutes still wander together), and how many batches that prior knowledge is worth.
_USUAL_LIKENESS = 0.3
_LIKENESS_WEIGHT = 12.0
# A wander too slow to be seen within a short stretch: points, and the seconds over which it averages out.
_WANDER, _WANDER_S = 0.4, 200.0

COLUMNS = ("t", "duration_s", "work_j", "power_w", "left_percent")

# A revolution as in `COLUMNS`; no left share is NaN.
Row = tuple[float, float, float, float, float]

_Batch = tuple[float, float, float, float, int]  # Σ work, work × left, work × time, seconds; revolutions


class Batches(NamedTuple):
    """So many (`number`) full batches of `size` revolutions each, and how their means scatter around the mean of all.

    `work_j` is their Σ wᵢ; `square` is Σ wᵢ² (mᵢ − m)², and `lagged` the same of neighbours: Σ wᵢ (mᵢ − m) wⱼ (mⱼ − m).
    """

    number: int
    size: int
    work_j: float
    square: float
    lagged: float

    def error(self, seconds: float, step: float) -> float:
        """The standard error of the mean, points.

        se² = B/(B−1) · Σ wᵢ² (mᵢ − m)² / W², times (1+r)/(1−r) with r their lag-1 correlation, drawn towards the
        usual one by `_LIKENESS_WEIGHT` batches' worth; plus the slow wander that a short stretch cannot show, and what
        rounding hides of shares that hardly scatter.

        Args:
            seconds: of pedalling, with what no batch holds yet.
            step: in which shares come, percent; 0: not rounded.
        """
        n = self.number
        lag = self.lagged / self.square if self.square else 0.0
        drawn = (n * lag + _LIKENESS_WEIGHT * _USUAL_LIKENESS) / (n + _LIKENESS_WEIGHT)
        likeness = min(max(drawn, 0.0), 0.8)
        scatter = n / (n - 1) * self.square / self.work_j**2 * (1 + likeness) / (1 - likeness)
        single = n * self.square / self.work_j**2 * self.size  # the variance of single shares
        return math.sqrt(scatter + _WANDER**2 / (1 + seconds / _WANDER_S) + _hidden(single, step))


def _hidden(variance: float, step: float) -> float:
    """What rounding to whole steps adds to the variance of a mean of shares with a variance, points².

    Scatter of a step or more carries a mean across the steps: averages gain back what one value loses. A share that
    stands still does not, and may be anywhere within its step q: q²/12. With a normal scatter s that falls as
    exp(−4π²s²/q²), the square of the first harmonic of rounding's mean error.
    """
    if not step:
        return 0.0
    rounding = step**2 / 12
    return rounding * math.exp(-4 * math.pi**2 * max(0.0, variance - rounding) / step**2)


class Tally:
    """A growing work-weighted mean of the left share in constant memory, with its standard error.

    Batches start as single revolutions; when `MOST_BATCHES` are full, neighbours merge and batches double. All that
    is said is summed from them when it is asked for: adding must be cheap.

    Args:
        step: in which shares come, percent; 0: not rounded.
    """

    def __init__(self, step: float = 0.0) -> None:
        self._step = step
        self._batches: list[_Batch] = []
        self._size = 1
        self._open: _Batch = (0.0, 0.0, 0.0, 0.0, 0)
        self._bare_j = self._bare_s = 0.0  # pedalled without a left share of both legs

    def add_rows(self, rows: Iterable[Row] | Floats) -> "Tally":
        """Adds revolutions, rows as in `COLUMNS`; returns itself.

        One without a left share counts for the power of a tally that has no other.
        """
        work, left, time, seconds, count = self._open  # read and written once: this is the hot path
        for t, duration_s, work_j, _, left_percent in rows.tolist() if isinstance(rows, np.ndarray) else rows:
            if left_percent != left_percent:  # NaN
                self._bare_j += work_j
                self._bare_s += duration_s
                continue
            work += work_j
            left += work_j * left_percent
            time += work_j * t
            seconds += duration_s
            count += 1
            if count >= self._size:
                self._batches.append((work, left, time, seconds, count))
                work = left = time = seconds = 0.0
                count = 0
                if len(self._batches) == MOST_BATCHES:
                    self._merge()
        self._open = work, left, time, seconds, count
        return self

    def with_rows(self, rows: Iterable[Row]) -> "Tally":
        """Another one, with these revolutions too."""
        other = Tally(self._step)
        other._batches, other._size, other._open = list(self._batches), self._size, self._open
        other._bare_j, other._bare_s = self._bare_j, self._bare_s
        return other.add_rows(rows)

    def _merge(self) -> None:
        pairs = zip(self._batches[::2], self._batches[1::2], strict=True)
        self._batches = [(a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]) for a, b in pairs]
        self._size *= 2

    def _total(self) -> _Batch:
        work, left, time, seconds, count = zip(*self._batches, self._open, strict=True)
        return math.fsum(work), math.fsum(left), math.fsum(time), math.fsum(seconds), sum(count)

    def standard_error(self, slope: float = 0.0, middle: float = 0.0) -> float | None:
        """Of the mean, points; None with fewer than `LEAST_REVOLUTIONS`.

        Args:
            slope: of a line around which they scatter, points a second.
            middle: the time at which that line meets the mean.
        """
        work, left, _, seconds, count = self._total()
        if count < LEAST_REVOLUTIONS:
            return None
        start = left / work - slope * middle
        off = [batch[1] - batch[0] * start - slope * batch[2] for batch in self._batches]
        square, lagged = math.fsum(x * x for x in off), math.fsum(a * b for a, b in pairwise(off))
        return Batches(len(off), self._size, work - self._open[0], square, lagged).error(seconds, self._step)

    def share(self) -> Share:
        """What the tally says now: all of it rests on the revolutions with a left share, power and seconds too."""
        work, left, _, seconds, count = self._total()
        if work:
            return Share(left / work, self.standard_error(), seconds, count, work / seconds)
        pedalled_s = seconds + self._bare_s
        return Share(power_w=self._bare_j / pedalled_s) if pedalled_s else Share()

    def slope_per_minute(self) -> tuple[float, float] | None:
        """(slope, its standard error) of the left share on time, points a minute; None with too few, or off any line.

        A line through the batches' means has slope error se/sd(time), with se that of what scatters around it. It fits
        where the half of the work in the middle lies no further off the line than noise explains.
        """
        if sum(batch[4] for batch in self._batches) < LEAST_REVOLUTIONS:
            return None
        work = math.fsum(batch[0] for batch in self._batches)
        middle = math.fsum(batch[2] for batch in self._batches) / work
        spread = math.fsum(b[2] * b[2] / b[0] for b in self._batches) / work - middle * middle
        if spread <= 1.0:
            return None
        slope = math.fsum(b[1] * (b[2] / b[0] - middle) for b in self._batches) / work / spread
        error = self.standard_error(slope, middle)
        if error is None or self._bends(slope, middle, spread, error):
            return None
        return 60 * slope, 60 * error / math.sqrt(spread)

    def _bends(self, slope: float, middle: float, spread: float, error: float) -> bool:
        """Whether the share bends away from a line: its mean in the middle half differs from that of the outer two.

        Two halves of which each has the error √2 · `error` differ by twice that.
        """
        halves = [[0.0, 0.0], [0.0, 0.0]]
        for work, left, at, *_ in self._batches:
            half = halves[
                abs(at / work - middle) < math.sqrt(0.75 * spread)
            ]  # uniform: half lies within √3/2 sd
            half[0] += work
            half[1] += left - slope * (at - middle * work)
        (outer, of_outer), (inner, of_inner) = halves
        return bool(outer and inner) and abs(of_inner / inner - of_outer / outer) > 2 * Z_95 * error


class Bands:
    """One tally per power band; the edges are fractions of FTP."""

    def __init__(self, fractions: Sequence[float], ftp_w: float, step: float = 0.0) -> None:
        self.fractions = tuple(fractions)
        self._edges_w = [round(f * ftp_w, 6) for f in fractions]  # 0.55 × 200 is 110
        self.tallies = [Tally(step) for _ in range(len(self.fractions) + 1)]

    def add_rows(self, rows: Iterable[Row] | Floats) -> "Bands":
        """Adds revolutions, rows as in `COLUMNS`, each to the band of its own power; returns itself."""
        sorted_in: dict[int, list[Row]] = {}
        for row in rows.tolist() if isinstance(rows, np.ndarray) else rows:
            sorted_in.setdefault(bisect_right(self._edges_w, row[3]), []).append(row)
        for i, some in sorted_in.items():
            self.tallies[i].add_rows(some)
        return self

    def with_rows(self, rows: Iterable[Row]) -> "Bands":
        """Others, with these revolutions too."""
        other = copy(self)
        other.tallies = [tally.with_rows(()) for tally in self.tallies]
        return other.add_rows(rows)

    def shares(self) -> tuple[BandShare, ...]:
        """Every band, lowest first, those without a revolution too."""
        return tuple(
            BandShare(band_name(low, high), low, high, tally.share())
            for low, high, tally in zip(
                (0.0, *self.fractions), (*self.fractions, None), self.tallies, strict=True
            )
        )

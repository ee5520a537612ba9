"""Work-weighted left shares with an honest standard error: over windows, intervals, power bands and the ride.

share = Σ work × left / Σ work over pedalling. Revolutions resemble their neighbours, and a leg wanders slowly, so
scatter / √N promises too much (a 60-s mean of real balance scatters half as much again as that). The error is
therefore taken from means of batches, which grow as the ride does, corrected for what likeness remains between
neighbouring batches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from legbal.ride.view import BandShare, Floats, Share

# Fewer revolutions tell nothing about their own scatter.
LEAST_REVOLUTIONS = 8
_MOST_BATCHES = 32
# Lag-1 likeness of neighbouring batches that real balance shows (seconds: median .31 of 25 rides; means of
# minutes still wander together), and how many batches that prior knowledge is worth.
_USUAL_LIKENESS = 0.3
_LIKENESS_WEIGHT = 12.0
# A wander too slow to be seen within a short stretch: points, and the seconds over which it averages out.
_WANDER, _WANDER_S = 0.4, 200.0


class Tally:
    """A growing work-weighted mean of the left share in constant memory, with its standard error.

    Batches start as single revolutions; when `_MOST_BATCHES` are full, neighbours merge and batches double.
    """

    __slots__ = (
        "_batches", "_open_left", "_open_n", "_open_time", "_open_work", "_size", "count", "left_work", "pedalled_j",
        "pedalled_s", "seconds", "time_left", "time_square", "time_work", "work",
    )  # fmt: skip

    def __init__(self) -> None:
        self.pedalled_j = self.pedalled_s = 0.0  # with a left share or without
        self.work = self.left_work = self.seconds = 0.0
        self.time_work = self.time_square = self.time_left = 0.0
        self.count = 0
        self._batches: list[tuple[float, float, float]] = []  # Σ work, work × left, work × time
        self._size = 1
        self._open_work = self._open_left = self._open_time = 0.0
        self._open_n = 0

    def add(self, t: float, duration_s: float, work_j: float, left_percent: float | None) -> None:
        """Adds one revolution told at ride second `t`; without a left share it counts for power alone."""
        self.pedalled_j += work_j
        self.pedalled_s += duration_s
        if left_percent is None:
            return
        left_work = work_j * left_percent
        self.work += work_j
        self.left_work += left_work
        self.seconds += duration_s
        self.count += 1
        self.time_work += work_j * t
        self.time_square += work_j * t * t
        self.time_left += left_work * t
        self._open_work += work_j
        self._open_left += left_work
        self._open_time += work_j * t
        self._open_n += 1
        if self._open_n >= self._size:
            self._close_batch()

    def add_rows(self, rows: Floats) -> Tally:
        """Adds rows of a `Ring`, shape (n, 5); returns itself."""
        for t, duration_s, work_j, _, left_percent in rows.tolist():
            self.add(t, duration_s, work_j, None if math.isnan(left_percent) else left_percent)
        return self

    def _close_batch(self) -> None:
        self._batches.append((self._open_work, self._open_left, self._open_time))
        self._open_work = self._open_left = self._open_time = 0.0
        self._open_n = 0
        if len(self._batches) == _MOST_BATCHES:
            pairs = zip(self._batches[::2], self._batches[1::2], strict=True)
            self._batches = [(a[0] + b[0], a[1] + b[1], a[2] + b[2]) for a, b in pairs]
            self._size *= 2

    @property
    def left_percent(self) -> float | None:
        """The work-weighted mean of the left share, None without work."""
        return self.left_work / self.work if self.work > 0 else None

    def standard_error(self) -> float | None:
        """Of the mean, points; None with fewer than `LEAST_REVOLUTIONS`.

        Batch means: se² = B/(B−1) · Σ wᵢ² (mᵢ − m)² / W², times (1+r)/(1−r) with r their lag-1 correlation,
        drawn towards the usual one by `_LIKENESS_WEIGHT` batches' worth; plus the slow wander that a short stretch
        cannot show.
        """
        return self._error_around(0.0, 0.0)

    def _error_around(self, slope: float, middle: float) -> float | None:
        """The standard error left around a line through the mean at time `middle`."""
        if self.count < LEAST_REVOLUTIONS:
            return None
        mean = self.left_work / self.work - slope * middle
        off = [left - work * mean - slope * time for work, left, time in self._batches]
        n = len(off)
        square = math.fsum(x * x for x in off)
        if square == 0.0:
            return 0.0
        lag = math.fsum(a * b for a, b in pairwise(off)) / square
        likeness = (n * lag + _LIKENESS_WEIGHT * _USUAL_LIKENESS) / (n + _LIKENESS_WEIGHT)
        likeness = min(max(likeness, 0.0), 0.8)
        whole = self.work - self._open_work
        scatter = n / (n - 1) * square / whole**2 * (1 + likeness) / (1 - likeness)
        return math.sqrt(scatter + _WANDER**2 / (1 + self.seconds / _WANDER_S))

    def share(self) -> Share:
        """What the tally says now."""
        if not self.pedalled_s:
            return Share()
        power, left = self.pedalled_j / self.pedalled_s, self.left_percent
        if left is None:
            return Share(power_w=power)
        return Share(
            left_percent=left,
            standard_error=self.standard_error(),
            left_w=power * left / 100,
            right_w=power * (100 - left) / 100,
            power_w=power,
            revolutions=self.count,
            seconds=self.seconds,
        )

    def slope_per_minute(self) -> tuple[float, float] | None:
        """(slope, its standard error) of the left share on time, points a minute; None with too few.

        A straight line has slope error se/sd(time), with se that of what scatters around the line.
        """
        if self.count < LEAST_REVOLUTIONS:
            return None
        middle = self.time_work / self.work
        spread = self.time_square / self.work - middle * middle
        if spread <= 1.0:
            return None
        slope = (self.time_left - self.left_work * middle) / self.work / spread
        error = self._error_around(slope, middle)
        return None if error is None else (60 * slope, 60 * error / math.sqrt(spread))


class Bands:
    """One tally per power band; the edges are fractions of FTP."""

    __slots__ = ("_edges_w", "fractions", "tallies")

    def __init__(self, fractions: Sequence[float], ftp_w: float) -> None:
        self.fractions = tuple(fractions)
        self._edges_w = [round(f * ftp_w, 6) for f in fractions]  # 0.55 × 200 is 110
        self.tallies = [Tally() for _ in range(len(self.fractions) + 1)]

    def add(
        self, t: float, duration_s: float, work_j: float, power_w: float, left_percent: float | None
    ) -> None:
        """Adds one revolution to the band of its own power."""
        i = 0
        for edge in self._edges_w:
            if power_w < edge:
                break
            i += 1
        self.tallies[i].add(t, duration_s, work_j, left_percent)

    def add_rows(self, rows: Floats) -> None:
        """Adds rows of a `Ring`, shape (n, 5)."""
        for t, duration_s, work_j, power_w, left_percent in rows.tolist():
            self.add(t, duration_s, work_j, power_w, None if math.isnan(left_percent) else left_percent)

    def shares(self) -> tuple[BandShare, ...]:
        """Every band, lowest first, those without a revolution too."""
        low = (0.0, *self.fractions)
        high = (*self.fractions, None)
        return tuple(
            BandShare(band_name(a, b), a, b, tally.share())
            for a, b, tally in zip(low, high, self.tallies, strict=True)
        )


def band_name(low_ftp: float, high_ftp: float | None) -> str:
    """A band as the rider reads it: "<55 %", "55–75 %", ">120 %"."""
    if high_ftp is None:
        return f">{low_ftp * 100:.0f} %"
    return f"<{high_ftp * 100:.0f} %" if low_ftp == 0 else f"{low_ftp * 100:.0f}–{high_ftp * 100:.0f} %"

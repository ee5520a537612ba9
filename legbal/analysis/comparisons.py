"""Comparisons within one ride, and how sure they are: its last interval against its first, band with band.

Whatever is compared within a ride is a sum of its revolutions' shares, each with a weight that may be negative. Such a
sum's variance follows from the noise's (`legbal.ride.noise`), memory included: what wanders slowly cancels
between stretches that lie close together, and does not between those that lie far apart. Errors of the single shares
cannot tell which.

A share may depend on power by points, and rides begin easily: a plain line over time would call that fatigue. So the
drift is a line with the bands kept apart.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from legbal.analysis.summary import BandDifference, FirstLast, IntervalSummary
from legbal.ride.balance import COLUMNS
from legbal.ride.baseline import MEMORIES_S
from legbal.ride.noise import fit_noise
from legbal.ride.share import BandShare, Estimate
from legbal.ride.view import Floats

Flags = npt.NDArray[np.bool_]

_T, _, _WORK, _POWER, _LEFT = range(len(COLUMNS))
_GAP_S = 3.0  # a longer one parts two stretches
_LEAST_EFFORT, _MOST_EFFORT = 0.3, 1.6  # of the reference power: as where the noise is used live
# What is left around a line through one ride hides what wanders over half an hour, so a typical rider counts for more
# than live. Errors over a ride and between its intervals and bands are then of the right size in simulated rides.
_PRIOR_S = 2000.0
_EQUAL = 0.05  # of the mean power: over so little a share hardly depends on power
_LEAST_INTERVAL_S = 60.0
# The start of an interval is off by so many points (standard deviation over intervals), which wears off with so many
# seconds (docs/noise.md); that is no tiredness.
_SETTLING, _SETTLING_S = 1.5, 20.0
_LEAST_BAND_S = 120.0  # of pedalling in a band
# A healthy ride drifts so far from its start to its end, points (standard deviation; docs/noise.md). Bands that
# were ridden at different times differ by that too.
_DRIFT = 1.6


class RideRevolutions:
    """A ride's revolutions with the left share of both legs' work, the seconds in which they fell, and their noise.

    Args:
        rows: revolutions, shape (m, 5), columns as of a `Ring`.
        bands: the power bands' edges, fractions of FTP.
        ftp_w: None where it is not known: then all is one band.
        dropoffs: from when to when drop-offs lasted, ride seconds; neither noise nor drift is learnt from these.

    Attributes:
        t, work_j, power_w, left_percent: of each revolution, shape (n,); `seconds`: those in which any fell.
        band: which band each was in, from 0.
        outside_dropoffs: which of them fell into no drop-off, shape (n,).
        stretches: of seconds, how far each lies from the line, points at the reference power; `noise`: of these.
    """

    def __init__(
        self,
        rows: Floats,
        bands: Sequence[float],
        ftp_w: float | None,
        dropoffs: Iterable[tuple[float, float]] = (),
    ) -> None:
        rows = rows[~np.isnan(rows[:, _LEFT]) & (rows[:, _WORK] > 0)]
        self.t, self.work_j, self.left_percent = rows[:, _T], rows[:, _WORK], rows[:, _LEFT]
        power = self.power_w = rows[:, _POWER]
        edges = [] if ftp_w is None else [round(edge * ftp_w, 6) for edge in bands]
        self.band = np.searchsorted(np.array(edges, float), power, "right")
        reference_w = ftp_w or (float(np.average(power, weights=self.work_j)) if len(rows) else 1.0)
        self._root = np.sqrt(np.clip(power / reference_w, _LEAST_EFFORT, _MOST_EFFORT))
        self.seconds, self._place = np.unique(np.ceil(self.t), return_inverse=True)
        self.outside_dropoffs: Flags = np.ones(len(self.t), np.bool_)
        for start, end in dropoffs:
            self.outside_dropoffs &= ~self.within(start, end)
        away, _, _ = self.line(self.work_j, self.t)
        # The noise is fitted to how far the seconds outside drop-offs lie from the line, weighted by work and scaled to
        # the reference power; a gap ends a stretch.
        work = self._gathered(np.where(self.outside_dropoffs, self.work_j, 0.0))
        some = work > 0
        scaled = np.where(self.outside_dropoffs, self.work_j * self._root * away, 0.0)
        mean = self._gathered(scaled)[some] / work[some]
        gaps = np.flatnonzero(np.diff(self.seconds[some]) > _GAP_S)
        self.stretches = np.split(mean, gaps + 1)
        self.noise = fit_noise(self.stretches, _PRIOR_S)

    def line(self, work: Floats, x: Floats) -> tuple[Floats, Floats, float]:
        """The share as a level for each power band and one slope for all, by weighted least squares.

        Args:
            work: by which each revolution counts, shape (n,).
            x: over what the line is drawn, seconds of whatever clock, shape (n,).

        Returns:
            how far each revolution lies from it, points, shape (n,); the weights of its slope; its slope.
        """
        middle = float(work @ x / work.sum()) if work.any() else 0.0
        bands = np.flatnonzero(np.bincount(self.band, weights=work) if len(work) else [])
        design = np.column_stack([*(self.band == band for band in bands), x - middle]).astype(float)
        weighted = design * work[:, None]
        inverse = np.linalg.pinv(weighted.T @ design)
        levels_and_slope = inverse @ (weighted.T @ self.left_percent)
        away = self.left_percent - design @ levels_and_slope
        return away, weighted @ inverse[-1], float(levels_and_slope[-1])

    def within(self, start: float, end: float) -> Flags:
        """Which revolutions were told after ride second `start`, until `end`."""
        return (self.t > start) & (self.t <= end)

    def mean_of(self, which: Flags) -> Floats:
        """The weights, shape (n,), by which the shares of some revolutions make their work-weighted mean."""
        work = np.where(which, self.work_j, 0.0)
        return work / float(work.sum())

    def _gathered(self, values: Floats) -> Floats:
        """Sums of revolutions' values by second, shape (seconds,)."""
        return np.bincount(self._place, values, len(self.seconds)).astype(np.float64)

    def error(self, weights: Floats) -> float:
        """The standard error of Σ weights × left share over revolutions, points.

        The white part adds up as Σ d², a part with memory τ as ΣΣ d d′ exp(−|t − t′|/τ), with d a second's weight at
        the reference power.
        """
        d = self._gathered(weights / self._root)
        used = np.flatnonzero(d)
        d, t = d[used], self.seconds[used]
        # Σ d′ exp(−(t − t′)/τ) over a second and all before it, for each τ: first of one second, then of 2, 4, 8 …
        remembered = np.tile(d, (len(MEMORIES_S), 1))
        decay = np.exp(-np.diff(t, prepend=t[:1]) / np.array(MEMORIES_S)[:, None])
        reach = 1
        while reach < len(d):
            remembered[:, reach:] += decay[:, reach:] * remembered[:, :-reach]
            decay[:, reach:] *= decay[:, :-reach]
            reach *= 2
        square = d @ d
        variance = self.noise.white * square + np.array(self.noise.slow) @ (2 * remembered @ d - square)
        return math.sqrt(variance)


def first_last(revolutions: RideRevolutions, intervals: Sequence[IntervalSummary]) -> FirstLast | None:
    """The last interval against the first: of all pairs of comparable power the one that lies furthest apart.

    Comparable: means within 5 % of each other, both of a minute and more. None where there is no such pair.
    """
    usable = [
        (x, x.share.power_w, x.share.left_percent)
        for x in intervals
        if x.share.standard_error is not None
        and x.share.left_percent is not None
        and x.share.power_w
        and x.end_s - x.start_s >= _LEAST_INTERVAL_S
        and revolutions.within(x.start_s, x.end_s).any()
    ]
    pairs = [(a, b) for a, b in combinations(usable, 2) if abs(a[1] - b[1]) <= _EQUAL * (a[1] + b[1]) / 2]
    if not pairs:
        return None
    (first, _, first_left), (last, _, last_left) = max(
        pairs, key=lambda pair: pair[1][0].start_s - pair[0][0].start_s
    )
    weights = [revolutions.mean_of(revolutions.within(x.start_s, x.end_s)) for x in (first, last)]
    return FirstLast(
        first=first.number,
        last=last.number,
        difference=Estimate(
            last_left - first_left,
            math.hypot(revolutions.error(weights[1] - weights[0]), _settling(first), _settling(last)),
        ),
    )


def _settling(interval: IntervalSummary) -> float:
    """What an unsettled start adds to the error of an interval's mean, points."""
    seconds = interval.end_s - interval.start_s
    return _SETTLING * _SETTLING_S / seconds * (1 - math.exp(-seconds / _SETTLING_S))


def band_differences(revolutions: RideRevolutions, bands: Sequence[BandShare]) -> tuple[BandDifference, ...]:
    """Each band with two minutes of pedalling against the one below it, and at last the highest against the lowest."""
    usable = [
        (band.name, band.share.left_percent, revolutions.mean_of(revolutions.band == place))
        for place, band in enumerate(bands)
        if band.share.seconds >= _LEAST_BAND_S
        and band.share.standard_error is not None
        and band.share.left_percent is not None
        and (revolutions.band == place).any()
    ]
    pairs = list(pairwise(usable))
    if len(usable) > 2:
        pairs.append((usable[0], usable[-1]))
    differences = []
    for (low, low_left, low_weights), (high, high_left, high_weights) in pairs:
        weights = high_weights - low_weights
        # how much later in the ride the one was ridden
        apart = float(weights @ revolutions.t) / (revolutions.t[-1] - revolutions.t[0])
        differences.append(
            BandDifference(
                band=high,
                against=low,
                difference=Estimate(
                    high_left - low_left, math.hypot(revolutions.error(weights), _DRIFT * apart)
                ),
            )
        )
    return tuple(differences)

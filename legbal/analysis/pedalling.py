"""A ride's revolutions with the noise of their shares, and the error of whatever is a weighted sum of them.

Such a sum's variance follows from the noise's (`legbal.ride.baseline_fit`), memory included: what wanders slowly
cancels between stretches that lie close together, and does not between those that lie far apart. Errors of the single
shares cannot tell which.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from legbal.ride.balance import COLUMNS
from legbal.ride.baseline_fit import fit_noise
from legbal.ride.inputs import MEMORIES_S, Noise
from legbal.ride.revolution import ONE_LEG_PERCENT
from legbal.ride.view import Floats

Flags = npt.NDArray[np.bool_]

_T, _, _WORK, _POWER, _LEFT = range(len(COLUMNS))
_GAP_S = 3.0  # a longer one parts two stretches
_LEAST, _MOST = 0.3, 1.6  # of the reference power: as where the noise is used live
# What is left around a line through one ride hides what wanders over half an hour, so a typical rider counts for more
# than live. Errors over a ride and between its intervals and bands are then of the right size in simulated rides.
_PRIOR_S = 2000.0


class Pedalling:
    """A ride's revolutions with the left share of both legs' work, the seconds in which they fell, and their noise.

    Args:
        rows: revolutions, shape (m, 5), columns as of a `Ring`.
        bands: the power bands' edges, fractions of FTP.
        ftp_w: None where it is not known: then all is one band.
        dropoffs: from when to when drop-offs lasted, ride seconds; the noise is not learnt from these.

    Attributes:
        t, work_j, left_percent: of each revolution, shape (n,); `seconds`: those in which any fell.
        band: which band each was in, from 0.
        two_legged: false for drills with one leg, and for placeholders at 0 or 100 %.
        slope: of the line through the shares, points a second; `slope_weights`: by which they make it, shape (n,).
        noise: around that line.
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
        power = rows[:, _POWER]
        edges = [] if ftp_w is None else [round(edge * ftp_w, 6) for edge in bands]
        self.band = np.searchsorted(np.array(edges, float), power, "right")
        self.two_legged: Flags = np.abs(self.left_percent - 50) < 50 - ONE_LEG_PERCENT
        reference_w = ftp_w or (float(np.average(power, weights=self.work_j)) if len(rows) else 1.0)
        self._root = np.sqrt(np.clip(power / reference_w, _LEAST, _MOST))
        self.seconds, self._place = np.unique(np.ceil(self.t), return_inverse=True)
        learnt = self.two_legged.copy()
        for start, end in dropoffs:
            learnt &= ~self.within(start, end)
        away, self.slope_weights, self.slope = self._line()
        self.noise = self._noise(away, learnt)

    def _line(self) -> tuple[Floats, Floats, float]:
        """The share as a level for each power band and one slope for all, by weighted least squares.

        Returns:
            how far each revolution lies from it, points, shape (n,); the weights of its slope; its slope.
        """
        work = np.where(self.two_legged, self.work_j, 0.0)
        middle = float(work @ self.t / work.sum()) if work.any() else 0.0
        bands = np.flatnonzero(np.bincount(self.band, weights=work) if len(work) else [])
        design = np.column_stack([*(self.band == band for band in bands), self.t - middle]).astype(float)
        weighted = design * work[:, None]
        inverse = np.linalg.pinv(weighted.T @ design)
        levels_and_slope = inverse @ (weighted.T @ self.left_percent)
        away = self.left_percent - design @ levels_and_slope
        return away, weighted @ inverse[-1], float(levels_and_slope[-1])

    def _noise(self, away: Floats, learnt: Flags) -> Noise:
        work = self._gathered(np.where(learnt, self.work_j, 0.0))
        some = work > 0
        mean = self._gathered(np.where(learnt, self.work_j * self._root * away, 0.0))[some] / work[some]
        gaps = np.flatnonzero(np.diff(self.seconds[some]) > _GAP_S)
        return fit_noise(np.split(mean, gaps + 1), _PRIOR_S)

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
        square = float(d @ d)
        variance = self.noise.white * square
        steps = np.diff(t, prepend=t[:1])
        for memory, slow in zip(MEMORIES_S, self.noise.slow, strict=True):
            before = both = 0.0
            for weight, decay in zip(d.tolist(), np.exp(-steps / memory).tolist(), strict=True):
                before *= decay
                both += weight * before
                before += weight
            variance += slow * (square + 2 * both)
        return math.sqrt(variance)

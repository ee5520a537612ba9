"""How sure a difference within one ride is: the rider's noise, memory included, carried through a weighted sum.

Whatever is compared within a ride (band with band, first interval with last, late with early) is a sum of its
seconds, each with a weight that may be negative. Such a sum's variance follows from that of the rider's noise
(`legbal.ride.baseline_fit`): what wanders slowly cancels between stretches that lie close together, and does not
between those that lie far apart. Errors of the single shares cannot tell which.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from legbal.ride.balance import COLUMNS
from legbal.ride.baseline import MEMORIES_S, Noise
from legbal.ride.baseline_fit import fit_noise
from legbal.ride.revolution import ONE_LEG_PERCENT
from legbal.ride.view import Floats

Flags = npt.NDArray[np.bool_]

_T, _DURATION, _WORK, _POWER, _LEFT = range(len(COLUMNS))
_GAP_S = 3.0  # a longer one parts two stretches
_LEAST, _MOST = 0.3, 1.6  # of the reference power: as where the noise is used live
# What is left around a line through one ride hides what wanders over half an hour, so a typical rider counts for more
# than live. Errors over a ride and between its intervals and bands are then of the right size in simulated rides.
_PRIOR_S = 2000.0


class Pedalling:
    """A ride's revolutions with the left share of both legs' work, and the seconds in which they fell.

    Args:
        rows: revolutions, shape (m, 5), columns as of a `Ring`.
        bands: the power bands' edges, fractions of FTP.
        ftp_w: None where it is not known: then all is one band.

    Attributes:
        t, duration_s, work_j, left_percent: of each revolution, shape (n,).
        band: which band each was in, from 0.
        two_legged: false for drills with one leg, and for placeholders at 0 or 100 %.
    """

    def __init__(self, rows: Floats, bands: Sequence[float], ftp_w: float | None) -> None:
        rows = rows[~np.isnan(rows[:, _LEFT]) & (rows[:, _WORK] > 0)]
        self.t, self.duration_s = rows[:, _T], rows[:, _DURATION]
        self.work_j, self.left_percent = rows[:, _WORK], rows[:, _LEFT]
        power = rows[:, _POWER]
        edges = [] if ftp_w is None else [round(edge * ftp_w, 6) for edge in bands]
        self.band = np.searchsorted(np.array(edges, float), power, "right")
        self.two_legged: Flags = np.abs(self.left_percent - 50) < 50 - ONE_LEG_PERCENT
        self.reference_w = ftp_w or (float(np.average(power, weights=self.work_j)) if len(rows) else 1.0)
        self.root = np.sqrt(np.clip(power / self.reference_w, _LEAST, _MOST))
        whole = np.ceil(self.t)
        self.seconds, self._place = np.unique(whole, return_inverse=True)

    def within(self, start: float, end: float) -> Flags:
        """Which revolutions were told after ride second `start`, until `end`."""
        return (self.t > start) & (self.t <= end)

    def mean_of(self, which: Flags) -> Floats:
        """The weights, shape (n,), by which the shares of some revolutions make their work-weighted mean."""
        work = np.where(which, self.work_j, 0.0)
        share: Floats = work / work.sum()
        return share

    def gathered(self, values: Floats) -> Floats:
        """Sums of revolutions' values by second, shape (seconds,)."""
        sums: Floats = np.bincount(self._place, values, len(self.seconds)).astype(np.float64)
        return sums


class NoiseModel:
    """The noise of one ride.

    Args:
        pedalling: all of it.
        away: how far each revolution's share lies from what explains it, points, shape (n,).
        healthy: the revolutions to learn the noise from, shape (n,).
    """

    def __init__(self, pedalling: Pedalling, away: Floats, healthy: Flags) -> None:
        self._pedalling = p = pedalling
        learnt = healthy & p.two_legged
        work = p.gathered(np.where(learnt, p.work_j, 0.0))
        some = work > 0
        mean = p.gathered(np.where(learnt, p.work_j * p.root * away, 0.0))[some] / work[some]
        t = p.seconds[some]
        self.noise: Noise = fit_noise(np.split(mean, np.flatnonzero(np.diff(t) > _GAP_S) + 1), _PRIOR_S)

    def error(self, weights: Floats) -> float:
        """The standard error of Σ weights × left share over revolutions, points.

        The white part adds up as Σ d², a part with memory τ as ΣΣ d d′ exp(−|t − t′|/τ), with d a second's weight at
        the reference power.
        """
        d = self._pedalling.gathered(weights / self._pedalling.root)
        t = self._pedalling.seconds
        used = np.flatnonzero(d)
        d, t = d[used], t[used]
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

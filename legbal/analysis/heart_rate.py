"""Heart rate over a ride and its intervals, of the seconds in which a strap told one."""

import math

import numpy as np

from legbal.analysis.summary import HeartRateSummary
from legbal.ride.view import Floats


class HeartRateSeries:
    """The heart rate of a ride.

    Args:
        bpm: beats a minute as each second from 0 on ended, shape (n,), NaN where none was told.
    """

    def __init__(self, bpm: Floats) -> None:
        self._seconds = np.flatnonzero(np.isfinite(bpm))
        self._bpm = bpm[self._seconds]

    def over(self, start_s: float = -math.inf, end_s: float = math.inf) -> HeartRateSummary | None:
        """That from `start_s` to `end_s`, ride seconds; None where none was told. Without bounds the whole ride's."""
        within = self._bpm[(self._seconds > start_s) & (self._seconds <= end_s)]
        return HeartRateSummary(float(within.mean()), int(within.max())) if len(within) else None

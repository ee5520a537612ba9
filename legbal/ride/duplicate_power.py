"""Whether two devices that were taken for left and right each send the power of both legs already.

Then they tell the same watts twice, and adding them up would give a power that nobody rides.
"""

from __future__ import annotations

import math
from collections import deque

# Legs differ from one revolution to the next by 2 points at the least; two meters that weigh the same do not.
_REVOLUTIONS = 120
_SAME_SD_POINTS = 1.0
_EVEN_POINTS = 1.0  # off 50 %, on average
_SPAN_W = 25.0  # of power meanwhile: at steady power two steady legs may look alike
# Power is held for these minutes; more than so much of FTP is hardly ever ridden, twice the usual easily.
_HELD = ((2, 1.75), (10, 1.25))
_MINUTE_S = 60.0
_ALIKE_POINTS = 8.0
_STRONG_FTP_W = 400.0  # where none is known


class DuplicatePower:
    """Looks at every revolution of the two together.

    Args:
        ftp_w: the rider's functional threshold power, watts; None: a very strong rider's is taken.
    """

    __slots__ = (
        "_count",
        "_ftp_w",
        "_high_w",
        "_left_j",
        "_low_w",
        "_minutes",
        "_s",
        "_sum",
        "_sum2",
        "_work",
    )

    def __init__(self, ftp_w: float | None) -> None:
        self._ftp_w = ftp_w or _STRONG_FTP_W
        self._minutes: deque[float] = deque(maxlen=_HELD[-1][0])
        self._work = self._left_j = self._s = 0.0
        self._begin()

    def _begin(self) -> None:
        self._count = 0
        self._sum = self._sum2 = 0.0
        self._low_w, self._high_w = math.inf, 0.0

    def feed(self, left_percent: float, work_j: float, seconds: float) -> bool:
        """Whether the two turn out to tell the same power, after one more revolution."""
        power, off = work_j / seconds, left_percent - 50
        self._count += 1
        self._sum += off
        self._sum2 += off * off
        self._low_w, self._high_w = min(self._low_w, power), max(self._high_w, power)
        self._work += work_j
        self._left_j += work_j * left_percent / 100
        self._s += seconds
        return self._steady() or self._beyond()

    def _steady(self) -> bool:
        if self._count < _REVOLUTIONS:
            return False
        mean = self._sum / self._count
        spread = math.sqrt(max(0.0, self._sum2 / self._count - mean * mean))
        varied = self._high_w - self._low_w >= _SPAN_W
        self._begin()
        return varied and abs(mean) <= _EVEN_POINTS and spread < _SAME_SD_POINTS

    def _beyond(self) -> bool:
        if self._s < _MINUTE_S:
            return False
        alike = abs(100 * self._left_j / self._work - 50) <= _ALIKE_POINTS
        self._minutes.append(self._work / self._s if alike else 0.0)
        self._work = self._left_j = self._s = 0.0
        return any(
            len(self._minutes) >= count and sum(list(self._minutes)[-count:]) / count > times * self._ftp_w
            for count, times in _HELD
        )

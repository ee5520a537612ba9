"""Two devices that each send the power of both legs already, though they were taken for left and right."""

from collections import deque

import numpy as np

# Legs differ from one revolution to the next by 2 points at the least; two meters that weigh the same do not.
_TURNS = 120
_SAME_SD_POINTS = 1.0
_EVEN_POINTS = 1.0  # off 50 %, on average
_SPAN_W = 25.0  # of power meanwhile: at steady power two steady legs may look alike
# Power is held for these minutes; more than so much of FTP is hardly ever ridden, twice the usual easily.
_HELD = ((2, 1.75), (10, 1.25))
_MINUTE_S = 60.0
_ALIKE_POINTS = 8.0
_STRONG_FTP_W = 400.0  # where none is known


class DuplicatePower:
    """Whether two devices that were taken for left and right each send the power of both legs already.

    Then they tell the same watts twice, and adding them up gives a power that nobody rides.

    Args:
        ftp_w: the rider's functional threshold power, watts; None: a very strong rider's is taken.
    """

    def __init__(self, ftp_w: float | None) -> None:
        self._ftp_w = ftp_w or _STRONG_FTP_W
        self._turns: list[tuple[float, float]] = []  # left share, power
        self._minutes: deque[float] = deque(maxlen=_HELD[-1][0])
        self._work = self._left_j = self._s = 0.0

    def feed(self, left_percent: float, work_j: float, seconds: float) -> bool:
        """Whether the two turn out to tell the same power, after one more revolution of both."""
        self._turns.append((left_percent, work_j / seconds))
        self._work += work_j
        self._left_j += work_j * left_percent / 100
        self._s += seconds
        return self._steady() or self._beyond()

    def _steady(self) -> bool:
        """Whether the legs differ less from turn to turn than legs can, while power moves."""
        if len(self._turns) < _TURNS:
            return False
        shares, powers = np.array(self._turns).T
        self._turns.clear()
        even = abs(shares.mean() - 50) <= _EVEN_POINTS and shares.std() < _SAME_SD_POINTS
        return bool(even and np.ptp(powers) >= _SPAN_W)

    def _beyond(self) -> bool:
        """Whether more power is held than the rider can, with legs nearly alike."""
        if self._s < _MINUTE_S:
            return False
        alike = abs(100 * self._left_j / self._work - 50) <= _ALIKE_POINTS
        self._minutes.append(self._work / self._s if alike else 0.0)
        self._work = self._left_j = self._s = 0.0
        latest = list(self._minutes)
        return any(
            len(latest) >= count and sum(latest[-count:]) / count > times * self._ftp_w
            for count, times in _HELD
        )

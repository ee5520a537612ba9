"""History in fixed memory: the last revolutions as numpy columns, and exact running sums over live windows."""

from __future__ import annotations

from collections import deque

import numpy as np

from legbal.ride.revolution import Revolution
from legbal.ride.view import Floats

COLUMNS = ("t", "duration_s", "work_j", "power_w", "left_percent")

# Sums are kept in whole milliseconds, millijoules and thousandths of a percent: adding and taking away again is
# then exact, however long the ride.
_MILLI = 1000


class Ring:
    """The last `capacity` revolutions, oldest first when read; memory is taken once, at the start.

    A write goes to two places, so that the newest n rows always lie side by side and reading them copies nothing.
    """

    __slots__ = ("_capacity", "_rows", "count")

    def __init__(self, capacity: int = 8192) -> None:
        self._capacity = capacity
        self._rows = np.full((2 * capacity, len(COLUMNS)), np.nan)
        self.count = 0

    def append(self, revolution: Revolution) -> None:
        """Adds one revolution; the oldest goes when the ring is full. No left share is kept as NaN."""
        left = revolution.left_percent
        row = (
            revolution.t,
            revolution.duration_s,
            revolution.work_j,
            revolution.power_w,
            np.nan if left is None else left,
        )
        i = self.count % self._capacity
        self._rows[i] = row
        self._rows[i + self._capacity] = row
        self.count += 1

    def rows(self) -> Floats:
        """All rows held, shape (n, 5), columns as in COLUMNS, in order of time: a view, not a copy."""
        if self.count <= self._capacity:
            return self._rows[: self.count]
        start = self.count % self._capacity
        return self._rows[start : start + self._capacity]

    def since(self, t: float) -> Floats:
        """The rows told later than `t`, shape (n, 5): a view, valid until the next append."""
        rows = self.rows()
        return rows[int(np.searchsorted(rows[:, 0], t, "right")) :]

    def reaches_back_to(self, t: float) -> bool:
        """Whether nothing later than `t` has been overwritten."""
        return self.count <= self._capacity or bool(self.rows()[0, 0] <= t)


class Window:
    """Running sums over the last `seconds`, exact integers.

    Attributes:
        work: Σ work, mJ. left_work: Σ work × left share, mJ × 1/1000 %. time: Σ duration, ms. count: revolutions.
    """

    __slots__ = ("_kept", "count", "left_work", "seconds", "time", "work")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._kept: deque[tuple[float, int, int, int]] = deque()
        self.work = self.left_work = self.time = self.count = 0

    def add(self, t: float, work: int, left_work: int, time: int) -> None:
        """Adds one revolution (sums in the units above); call `advance` first."""
        self._kept.append((t, work, left_work, time))
        self.work += work
        self.left_work += left_work
        self.time += time
        self.count += 1

    def advance(self, t: float) -> None:
        """Lets go of what was told `seconds` before `t` or earlier."""
        kept, horizon = self._kept, t - self.seconds
        while kept and kept[0][0] <= horizon:
            _, work, left_work, time = kept.popleft()
            self.work -= work
            self.left_work -= left_work
            self.time -= time
            self.count -= 1

    def left_percent(self) -> float | None:
        """The work-weighted left share in percent, None without work."""
        return self.left_work / self.work / _MILLI if self.work else None


def in_milli(work_j: float, duration_s: float, left_percent: float) -> tuple[int, int, int]:
    """(mJ, mJ × 1/1000 %, ms) of a revolution, as `Window.add` takes them."""
    work = round(work_j * _MILLI)
    return work, work * round(left_percent * _MILLI), round(duration_s * _MILLI)

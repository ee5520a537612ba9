"""History in fixed memory: the last revolutions as numpy columns, and exact running sums over a live window."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from legbal.ride.view import Floats

COLUMNS = ("t", "duration_s", "work_j", "power_w", "left_percent")

# Sums are kept in whole milliseconds, millijoules and thousandths of a percent: adding and taking away again is
# then exact, however long the ride.
_MILLI = 1000

Row = tuple[float, float, float, float, float]
"""A revolution as in `COLUMNS`; no left share is NaN."""


class Ring:
    """The last `capacity` revolutions, oldest first when read; memory is taken once, at the start.

    Rows are written to two places, so that the newest n always lie side by side and reading them copies nothing.
    """

    __slots__ = ("_capacity", "_rows", "_written")

    def __init__(self, capacity: int = 8192) -> None:
        self._capacity = capacity
        self._rows = np.full((2 * capacity, len(COLUMNS)), np.nan)
        self._written = 0

    def extend(self, rows: Sequence[Row]) -> None:
        """Adds revolutions, `capacity` at the most; the oldest go when the ring is full."""
        capacity, new = self._capacity, np.array(rows)
        start = self._written % capacity
        first = min(len(new), capacity - start)
        for at in (start, start + capacity):
            self._rows[at : at + first] = new[:first]
        if first < len(new):
            for at in (0, capacity):
                self._rows[at : at + len(new) - first] = new[first:]
        self._written += len(new)

    def rows(self) -> Floats:
        """All rows held, shape (n, 5), columns as in COLUMNS, in order of time: a view, valid until more are added."""
        if self._written <= self._capacity:
            return self._rows[: self._written]
        start = self._written % self._capacity
        return self._rows[start : start + self._capacity]

    def since(self, t: float) -> Floats:
        """The rows told later than `t`, shape (n, 5): a view, valid until more are added."""
        rows = self.rows()
        return rows[int(np.searchsorted(rows[:, 0], t, "right")) :]

    def reaches_back_to(self, t: float) -> bool:
        """Whether nothing later than `t` has been overwritten."""
        rows = self.rows()
        return self._written <= self._capacity or bool(rows[0, 0] <= t)


class Window:
    """Exact running sums over the last `seconds`.

    Attributes:
        count: revolutions. work: Σ work, mJ. left_work: Σ work × left share, mJ × 1/1000 %. time: Σ duration, ms.
    """

    __slots__ = ("_kept", "count", "left_work", "seconds", "time", "work")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._kept: deque[tuple[float, int, int, int]] = deque()
        self.work = self.left_work = self.time = self.count = 0

    def add(self, t: float, duration_s: float, work_j: float, left_percent: float) -> None:
        """Adds one revolution told at ride second `t`."""
        work, time = round(work_j * _MILLI), round(duration_s * _MILLI)
        left_work = work * round(left_percent * _MILLI)
        self._kept.append((t, work, left_work, time))
        self.work += work
        self.left_work += left_work
        self.time += time
        self.count += 1

    def left_percent(self, t: float) -> float | None:
        """The work-weighted left share of the `seconds` before ride second `t`, percent; None without work.

        What was told earlier is let go of.
        """
        kept, horizon = self._kept, t - self.seconds
        while kept and kept[0][0] <= horizon:
            _, work, left_work, time = kept.popleft()
            self.work -= work
            self.left_work -= left_work
            self.time -= time
            self.count -= 1
        return self.left_work / self.work / _MILLI if self.work else None

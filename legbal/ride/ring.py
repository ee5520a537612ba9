"""History in fixed memory: the last revolutions as numpy columns, and exact running sums over live windows."""

from __future__ import annotations

import numpy as np

from legbal.ride.revolution import Revolution
from legbal.ride.view import Floats

COLUMNS = ("t", "duration_s", "work_j", "power_w", "left_percent")

# Sums are kept in whole milliseconds, millijoules and thousandths of a percent: adding and taking away again is
# then exact, however long the ride.
_MILLI = 1000
_FRESH = 64  # rows that go to numpy together
_TRIM = 4096  # rows held before those that no window needs are let go


class Ring:
    """The last `capacity` revolutions, oldest first when read; memory is taken once, at the start.

    Rows gather in a short list before they go to numpy together, which costs a tenth of writing each. They are written
    to two places, so that the newest n always lie side by side and reading them copies nothing.
    """

    __slots__ = ("_capacity", "_fresh", "_rows", "_written")

    def __init__(self, capacity: int = 8192) -> None:
        self._capacity = capacity
        self._rows = np.full((2 * capacity, len(COLUMNS)), np.nan)
        self._written = 0
        self._fresh: list[tuple[float, float, float, float, float | None]] = []

    def append(self, revolution: Revolution) -> None:
        """Adds one revolution; the oldest goes when the ring is full. No left share is kept as NaN."""
        r = revolution
        self._fresh.append((r.t, r.duration_s, r.work_j, r.power_w, r.left_percent))
        if len(self._fresh) == min(_FRESH, self._capacity):
            self._write()

    def _write(self) -> None:
        rows = np.array(self._fresh, float)
        at = (self._written + np.arange(len(rows))) % self._capacity
        self._rows[at] = self._rows[at + self._capacity] = rows
        self._written += len(rows)
        self._fresh.clear()

    def rows(self) -> Floats:
        """All rows held, shape (n, 5), columns as in COLUMNS, in order of time: a view, valid until the next append."""
        if self._fresh:
            self._write()
        if self._written <= self._capacity:
            return self._rows[: self._written]
        start = self._written % self._capacity
        return self._rows[start : start + self._capacity]

    def since(self, t: float) -> Floats:
        """The rows told later than `t`, shape (n, 5): a view, valid until the next append."""
        rows = self.rows()
        return rows[int(np.searchsorted(rows[:, 0], t, "right")) :]

    def reaches_back_to(self, t: float) -> bool:
        """Whether nothing later than `t` has been overwritten."""
        rows = self.rows()
        return self._written <= self._capacity or bool(rows[0, 0] <= t)


class Sums:
    """Sums since the ride's start, of which every live window is a difference: one addition serves them all.

    Units: work in mJ, left work in mJ × 1/1000 %, time in ms.
    """

    __slots__ = ("_first", "_rows", "_totals", "windows")

    def __init__(self, *seconds: float) -> None:
        self._totals = (0, 0, 0, 0)  # count, work, left work, time
        self._rows: list[tuple[float, tuple[int, int, int, int]]] = []  # t, and the totals before it
        self._first = 0  # number of rows let go so far
        self.windows = tuple(Window(self, length) for length in seconds)

    def add(self, t: float, work: int, left_work: int, time: int) -> None:
        """Adds one revolution told at ride second `t`."""
        totals = self._totals
        self._rows.append((t, totals))
        self._totals = (totals[0] + 1, totals[1] + work, totals[2] + left_work, totals[3] + time)
        if len(self._rows) >= _TRIM:
            for window in self.windows:
                window.advance(t)
            needed = min(window.head for window in self.windows)
            del self._rows[: needed - self._first]
            self._first = needed

    def after(self, head: int, horizon: float) -> tuple[int, tuple[int, int, int, int]]:
        """The first row from number `head` on that was told after `horizon`, and the sums from it to now."""
        rows, i = self._rows, head - self._first
        while i < len(rows) and rows[i][0] <= horizon:
            i += 1
        now = self._totals
        then = rows[i][1] if i < len(rows) else now
        return i + self._first, (now[0] - then[0], now[1] - then[1], now[2] - then[2], now[3] - then[3])


class Window:
    """Exact sums over the last `seconds`, as of the last `advance`.

    Attributes:
        count: revolutions. work: Σ work, mJ. left_work: Σ work × left share, mJ × 1/1000 %. time: Σ duration, ms.
    """

    __slots__ = ("_sums", "count", "head", "left_work", "seconds", "time", "work")

    def __init__(self, sums: Sums, seconds: float) -> None:
        self._sums = sums
        self.seconds = seconds
        self.head = 0
        self.count = self.work = self.left_work = self.time = 0

    def advance(self, t: float) -> None:
        """Brings the sums up to ride second `t`: what was told `seconds` before it or earlier is let go."""
        self.head, sums = self._sums.after(self.head, t - self.seconds)
        self.count, self.work, self.left_work, self.time = sums

    def left_percent(self) -> float | None:
        """The work-weighted left share in percent, None without work."""
        return self.left_work / self.work / _MILLI if self.work else None


def in_milli(work_j: float, duration_s: float, left_percent: float) -> tuple[int, int, int]:
    """(mJ, mJ × 1/1000 %, ms) of a revolution, as `Sums.add` takes them."""
    work = round(work_j * _MILLI)
    return work, work * round(left_percent * _MILLI), round(duration_s * _MILLI)

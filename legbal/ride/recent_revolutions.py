"""The latest revolutions: those of hours in fixed memory with the trace over them, and exact sums over seconds."""

from collections import deque
from collections.abc import Collection, Sequence
from itertools import chain

import numpy as np

from legbal.ride.balance import COLUMNS, Row
from legbal.ride.view import TRACE_S, Floats, Trace

_TRACE_STEP_S = 2.0
_TRACE_OVER_S = 10.0  # a tendency, not a jumping number
_MILLI = 1000.0
# Added and taken away again it leaves the nearest whole number, as round() does for ten times as long: beside it a
# float has no room for a fraction.
_WHOLE = 1.5 * 2.0**52
_LATEST = 32  # of which some may still lose their share


class Ring:
    """History in fixed memory: the last `capacity` revolutions, oldest first, columns as in `COLUMNS`.

    There is room for twice as many, so that they always lie side by side and reading them copies nothing.
    """

    def __init__(self, capacity: int = 8192) -> None:
        self._capacity = capacity
        self._rows = np.empty((2 * capacity, len(COLUMNS)))
        self._end = 0

    def extend(self, rows: Sequence[Row]) -> None:
        """Adds revolutions, `capacity` at the most; the oldest go when the ring is full."""
        if self._end + len(rows) > len(self._rows):
            latest = self.rows()
            self._rows[: len(latest)] = latest
            self._end = len(latest)
        numbers = np.fromiter(chain.from_iterable(rows), np.float64, len(rows) * len(COLUMNS))
        self._rows[self._end : self._end + len(rows)] = numbers.reshape(
            -1, len(COLUMNS)
        )  # faster than as they are
        self._end += len(rows)

    def leave_out(self, ts: Collection[float]) -> None:
        """Takes the left share from the latest revolutions that were told at these ride seconds."""
        latest = self._rows[max(0, self._end - _LATEST) : self._end]
        latest[np.isin(latest[:, 0], list(ts)), 4] = np.nan

    def rows(self) -> Floats:
        """All rows held, shape (n, 5), in order of time: a view, valid until more are added."""
        return self._rows[max(0, self._end - self._capacity) : self._end]

    def since(self, t: float) -> Floats:
        """The rows told later than `t`, shape (n, 5): a view, valid until more are added."""
        rows = self.rows()
        return rows[int(np.searchsorted(rows[:, 0], t, "right")) :]

    def reaches_back_to(self, t: float) -> bool:
        """Whether nothing later than `t` has been overwritten."""
        return self._end <= self._capacity or bool(self.rows()[0, 0] <= t)

    def trace(self, t: float) -> Trace:
        """The last eight minutes in steps of two seconds, each over the ten seconds before it."""
        first, last = np.floor((t - TRACE_S) / _TRACE_STEP_S) + 1, np.floor(t / _TRACE_STEP_S) + 1
        ends = np.arange(max(first, 1), last) * _TRACE_STEP_S
        rows = self.since(t - TRACE_S - _TRACE_OVER_S)
        rows = rows[~np.isnan(rows[:, 4])]
        columns = np.column_stack([rows[:, 2], rows[:, 2] * rows[:, 4], rows[:, 1]])
        sums = np.concatenate([np.zeros((1, 3)), np.cumsum(columns, axis=0)])
        before, until = np.searchsorted(rows[:, 0], [ends - _TRACE_OVER_S, ends], "right")
        work, left, time = (sums[until] - sums[before]).T
        with np.errstate(invalid="ignore", divide="ignore"):
            return Trace(ends, np.where(work > 0, left / work, np.nan), np.where(work > 0, work / time, 0.0))


class Window:
    """Exact running sums over the last `seconds`.

    They are kept in whole milliseconds, millijoules and thousandths of a percent: adding and taking away again is then
    exact, however long the ride, for as floats they stay far below 2⁵³.

    Attributes:
        work: Σ work, mJ. left_work: Σ work × left share, mJ × 1/1000 %. time: Σ duration, ms.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._turns: deque[tuple[float, float, float, float]] = deque()  # t, work, left work, time
        self.work = self.left_work = self.time = 0.0

    def __len__(self) -> int:
        """The revolutions told within the `seconds`."""
        return len(self._turns)

    def add(self, t: float, duration_s: float, work_j: float, left_percent: float) -> None:
        """Adds one revolution told at ride second `t`."""
        work = work_j * _MILLI + _WHOLE - _WHOLE
        time = duration_s * _MILLI + _WHOLE - _WHOLE
        left_work = work * (left_percent * _MILLI + _WHOLE - _WHOLE)
        self._turns.append((t, work, left_work, time))
        self.work += work
        self.left_work += left_work
        self.time += time

    def left_percent(self, t: float) -> float | None:
        """The work-weighted left share of the `seconds` before ride second `t`, percent; None without work.

        What was told earlier is let go of.
        """
        turns, horizon = self._turns, t - self.seconds
        while turns and turns[0][0] <= horizon:
            _, work, left_work, time = turns.popleft()
            self.work -= work
            self.left_work -= left_work
            self.time -= time
        return self.left_work / self.work / _MILLI if self.work else None

"""A plot of left shares over time on a grid of cells: its scales, its axis, and lines of braille dots."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from legbal.present.numbers import number
from legbal.ride.view import Floats
from legbal.tui.render.text_grid import TextGrid

Ints = npt.NDArray[np.int64]
Cells = dict[tuple[int, int], int]  # (column, row) → which of its dots are set

AXIS = 5  # columns of the axis, left of the plot
BRAILLE = (2, 4)  # dots in a cell: columns, rows
CELLS = (1, 1)  # no finer than a character

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # [row in cell][column in cell]


class Plot:
    """Times and left shares to the cells of a grid, and to the dots in them; held within the plot.

    Args:
        grid: what is drawn on; the plot takes its width, less the axis.
        top: the grid's row at which it begins.
        rows: how many it takes.
        times: at its left and right end.
        shares: left percent at its foot and at its top.
        dots: in a cell, columns and rows.
    """

    def __init__(
        self,
        grid: TextGrid,
        top: int,
        rows: int,
        times: tuple[float, float],
        shares: tuple[float, float],
        dots: tuple[int, int] = BRAILLE,
    ) -> None:
        self.grid, self.top, self.rows = grid, top, rows
        self.foot = top + rows  # the grid's row below the plot
        self.columns = grid.width - AXIS - 1
        self.start, self.end = times
        self.low, self.high = shares
        self._dots = dots

    def dot_x(self, t: Floats) -> Ints:
        """Columns of dots for times."""
        last = self._dots[0] * self.columns - 1
        part = (t - self.start) / (self.end - self.start)
        return np.clip(np.rint(part * last), 0, last).astype(np.int64)

    def dot_y(self, left_percent: Floats) -> Ints:
        """Rows of dots, from the top, for left shares."""
        last = self._dots[1] * self.rows - 1
        part = (self.high - left_percent) / (self.high - self.low)
        return np.clip(np.rint(part * last), 0, last).astype(np.int64)

    def column(self, t: float) -> int:
        """The grid's column for a time."""
        return AXIS + int(self.dot_x(np.array([t]))[0]) // self._dots[0]

    def row(self, left_percent: float) -> int:
        """The grid's row for a left share."""
        return self.top + int(self.dot_y(np.array([left_percent]))[0]) // self._dots[1]

    def level(self, left_percent: float, char: str, style: str) -> None:
        """A line across, where the share is in sight."""
        if self.low <= left_percent <= self.high:
            self.grid.write(AXIS, self.row(left_percent), char * self.columns, style)

    def upright(self, x: int, char: str, style: str) -> None:
        """A line from top to foot, at a column of the grid."""
        for y in range(self.top, self.foot):
            self.grid.write(x, y, char, style)

    def sign(self, t: float, y: int, char: str, style: str) -> None:
        """A sign in row `y` of the grid, where its time is in sight."""
        if self.start <= t <= self.end:
            self.grid.write(self.column(t), y, char, style)

    def braille(self, cells: Cells, style: str = "") -> None:
        """A line of dots; without a style in that of the leg that does more."""
        middle = self.row(50.0) - self.top
        for (x, y), dots in cells.items():
            of_leg = "strong" if y == middle else "left" if y < middle else "right"
            self.grid.write(AXIS + x, self.top + y, chr(0x2800 + dots), style or of_leg)

    def axis(self, shares: Iterable[float]) -> None:
        """The axis, with these shares written beside it."""
        self.upright(AXIS - 1, "│", "quiet")
        for share in shares:
            self.grid.write_to(AXIS - 1, self.row(share), number(share), "quiet")
            self.grid.write(AXIS - 1, self.row(share), "┤", "quiet")


def widened(seen: tuple[float, float] | None, least: tuple[float, float], step: float) -> tuple[float, float]:
    """A range of left shares that holds what was seen, in whole steps; never less than `least`."""
    low, high = least
    if seen is not None:
        low = min(low, float(step * np.floor(seen[0] / step)))
        high = max(high, float(step * np.ceil(seen[1] / step)))
    return max(0.0, low), min(100.0, high)


def polyline(x: Ints, y: Ints, joined: Iterable[bool]) -> Cells:
    """The cells of a line through dots.

    Args:
        x: columns of dots, shape (n,).
        y: rows of dots from the top, shape (n,).
        joined: whether each dot is joined with the one before it; n values, the first is not looked at.
    """
    cells: Cells = {}
    before: tuple[int, int] | None = None
    for to_x, to_y, join in zip(x.tolist(), y.tolist(), joined, strict=True):
        from_x, from_y = before if join and before is not None else (to_x, to_y)
        before = to_x, to_y
        steps = max(abs(to_x - from_x), abs(to_y - from_y), 1)
        for step in range(steps + 1):
            dot_x = from_x + round((to_x - from_x) * step / steps)
            dot_y = from_y + round((to_y - from_y) * step / steps)
            cell = dot_x // 2, dot_y // 4
            cells[cell] = cells.get(cell, 0) | _DOTS[dot_y % 4][dot_x % 2]
    return cells

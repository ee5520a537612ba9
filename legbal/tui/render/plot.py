"""A plot of left shares over time on a grid of cells: its scales, its axis, its lines in braille."""

import math
from collections.abc import Iterable
from itertools import pairwise

from legbal.present.numbers import number
from legbal.tui.render.text_grid import TextGrid

AXIS = 5  # columns of the axis, left of the plot
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # [row in cell][column in cell]


class Plot:
    """Times and left shares to the cells of a grid, and to the dots in them; held within the plot.

    Args:
        grid: what is drawn on; the plot takes its width, less the axis.
        top: the grid's row at which it begins.
        rows: how many it takes.
        times: at its left and right end.
        shares: left percent at its foot and at its top.
        dots: in a cell, columns and rows; those of braille if not otherwise.
    """

    def __init__(
        self,
        grid: TextGrid,
        top: int,
        rows: int,
        times: tuple[float, float],
        shares: tuple[float, float],
        dots: tuple[int, int] = (2, 4),
    ) -> None:
        self.grid, self.top, self.rows = grid, top, rows
        self.foot = top + rows  # the grid's row below the plot
        self.columns = grid.width - AXIS - 1
        self.start, self.end = times
        self.low, self.high = shares
        self._dots = dots

    def dot_x(self, t: float) -> int:
        """The column of dots for a time."""
        last = self._dots[0] * self.columns - 1
        return min(max(0, round((t - self.start) / (self.end - self.start) * last)), last)

    def dot_y(self, left_percent: float) -> int:
        """The row of dots, from the top, for a left share."""
        last = self._dots[1] * self.rows - 1
        return min(max(0, round((self.high - left_percent) / (self.high - self.low) * last)), last)

    def column(self, t: float) -> int:
        """The grid's column for a time."""
        return AXIS + self.dot_x(t) // self._dots[0]

    def row(self, left_percent: float) -> int:
        """The grid's row for a left share."""
        return self.top + self.dot_y(left_percent) // self._dots[1]

    def level(self, left_percent: float, char: str, style: str) -> None:
        """A line across, where the share is in sight."""
        if self.low <= left_percent <= self.high:
            self.grid.write(AXIS, self.row(left_percent), char * self.columns, style)

    def upright(self, x: int, char: str, style: str) -> None:
        """A line from top to foot, at a column of the grid."""
        for y in range(self.top, self.foot):
            self.grid.write(x, y, char, style)

    def line(self, points: Iterable[tuple[float, float]], gap_s: float, style: str = "") -> None:
        """A line of dots through shares, broken where none is known for longer than a gap.

        Args:
            points: times in order, with the left percent at each of them; NaN: not known.
            gap_s: the longest time over which two of them are joined, seconds.
            style: of all of it; without one that of the leg that does more.
        """
        there = [(t, share) for t, share in points if share == share]
        dots = [
            (self.dot_x(t), self.dot_y(share), t - before <= gap_s * (1 + 1e-9))  # but for rounding
            for (before, _), (t, share) in pairwise([(-math.inf, 0.0), *there])
        ]
        cells: dict[tuple[int, int], int] = {}  # (column, row) → which of its dots are set
        before = (0, 0)
        for to_x, to_y, join in dots:
            from_x, from_y = before if join else (to_x, to_y)
            before = to_x, to_y
            steps = max(abs(to_x - from_x), abs(to_y - from_y), 1)
            for step in range(steps + 1):
                dot_x = from_x + round((to_x - from_x) * step / steps)
                dot_y = from_y + round((to_y - from_y) * step / steps)
                cell = dot_x // 2, dot_y // 4
                cells[cell] = cells.get(cell, 0) | _DOTS[dot_y % 4][dot_x % 2]
        middle = self.row(50.0) - self.top
        for (column, row), cell_dots in cells.items():
            of_leg = "strong" if row == middle else "left" if row < middle else "right"
            self.grid.write(AXIS + column, self.top + row, chr(0x2800 + cell_dots), style or of_leg)

    def axis(self, shares: Iterable[float]) -> None:
        """The axis, with these shares written beside it."""
        self.upright(AXIS - 1, "│", "quiet")
        for share in shares:
            self.grid.write_to(AXIS - 1, self.row(share), number(share), "quiet")
            self.grid.write(AXIS - 1, self.row(share), "┤", "quiet")


def share_range(
    shares: Iterable[float], wild_percent: float, least: tuple[float, float], step: float
) -> tuple[float, float]:
    """The range of an axis that holds nearly all of some left shares: a few wild ones do not flatten the rest.

    Args:
        shares: in percent; NaN: not known.
        wild_percent: how many in a hundred at most lie beyond it at either end; of a few none does.
        least: it is never less than this.
        step: it begins and ends at whole ones of these, points.
    """
    rising = sorted(share for share in shares if share == share)
    if not rising:
        return least
    wild = int((len(rising) - 1) * (wild_percent / 100))
    low, high = math.floor(rising[wild] / step) * step, math.ceil(rising[-1 - wild] / step) * step
    return max(0.0, min(least[0], low)), min(100.0, max(least[1], high))

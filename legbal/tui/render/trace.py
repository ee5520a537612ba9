"""Left shares over time on a grid of cells: the scales, the axis and the lines of a plot; and the trace of a live ride.

That is the last eight minutes in braille, with intervals, usual range, target, alerts, notes.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from legbal.present.numbers import number
from legbal.present.sentences import say
from legbal.present.text import clean, width_of
from legbal.ride.view import TRACE_S, Floats, RideView
from legbal.tui.render.status import Frame
from legbal.tui.render.text_grid import TextGrid, on_grid

Ints = npt.NDArray[np.int64]

AXIS = 5  # columns of the axis, left of the plot
CELLS = (1, 1)  # dots in a cell, no finer than a character

_ROUNDING = 1 + 1e-9  # within which two times are as far apart as a gap
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # [row in cell][column in cell]

_LEAST, _STEP = (45.0, 55.0), 5.0  # the range of the axis, and by what it grows, points


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

    def line(self, t: Floats, left_percent: Floats, gap_s: float, style: str = "") -> None:
        """A line of dots through shares, broken where none is known for longer than a gap.

        Args:
            t: times, shape (n,).
            left_percent: at each of them, shape (n,); NaN: not known.
            gap_s: the longest time over which two of them are joined, seconds.
            style: of all of it; without one that of the leg that does more.
        """
        finite = np.isfinite(left_percent)
        t, left_percent = t[finite], left_percent[finite]
        joined = np.diff(t, prepend=-np.inf) <= gap_s * _ROUNDING
        dots = zip(self.dot_x(t).tolist(), self.dot_y(left_percent).tolist(), joined.tolist(), strict=True)
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
    shares: Floats, wild_percent: float, least: tuple[float, float], step: float
) -> tuple[float, float]:
    """The range of an axis that holds nearly all of some left shares: a few wild ones do not flatten the rest.

    Args:
        shares: in percent, shape (n,), all finite.
        wild_percent: how many in a hundred at most lie beyond it at either end; of a few none does.
        least: it is never less than this.
        step: it begins and ends at whole ones of these, points.
    """
    if not shares.size:
        return least
    low = np.floor(np.percentile(shares, wild_percent, method="lower") / step) * step
    high = np.ceil(np.percentile(shares, 100 - wild_percent, method="higher") / step) * step
    return max(0.0, min(least[0], float(low))), min(100.0, max(least[1], float(high)))


@on_grid
def draw(grid: TextGrid, frame: Frame) -> None:
    """The trace with a row of time below it; the newest is at the right, the lowest at the bottom."""
    view = frame.steady
    rows = grid.height - 1
    if rows < 2 or grid.width < 20:
        return
    start = view.t - TRACE_S
    inside = (view.trace.t > start) & (view.trace.t <= view.t)
    t, left = view.trace.t[inside], view.trace.left_percent[inside]
    shares = share_range(left[np.isfinite(left)], 5.0, _LEAST, _STEP)
    plot = Plot(grid, 0, rows, (start, view.t), shares)
    if view.usual is not None and view.usual.low <= plot.high and view.usual.high >= plot.low:
        for y in range(plot.row(view.usual.high), plot.row(view.usual.low) + 1):
            grid.write(AXIS, y, "░" * plot.columns, "usual")
    plot.level(50.0, "┈", "quiet")
    if view.target_percent is not None:
        plot.level(view.target_percent, "╌", "target")
    _intervals(plot, view)
    bin_s = float(np.median(np.diff(t))) if t.size > 1 else 0.0
    plot.line(t, left, 1.5 * bin_s)
    _marks(plot, rows - 1, "✎", "strong", ((t, clean(text, 20)) for t, text in view.notes))
    _marks(plot, 1, "▼", "alert", ((x.t, say("chart.alert", side=x.side, at=x.t)) for x in view.told))
    plot.axis((plot.high, 50.0, plot.low))
    _foot(plot, view)


def _intervals(plot: Plot, view: RideView) -> None:
    for interval in view.intervals:
        for t, edge in ((interval.start_s, "▏"), (interval.end_s, "▕")):
            if t is not None and t >= plot.start:
                plot.upright(plot.column(t), edge, "plain")
        if (interval.end_s or plot.end) > plot.start:
            x = plot.column(max(interval.start_s, plot.start)) + 1
            text = say("interval.number", number=interval.number)
            plot.grid.write(x if x + len(text) <= plot.grid.width else x - 1 - len(text), 0, text, "quiet")


def _marks(plot: Plot, y: int, sign: str, style: str, marks: Iterable[tuple[float, str]]) -> None:
    """Signs at their moments, each with its text where there is room for it; the newest first."""
    grid = plot.grid
    free_to = plot.grid.width
    shown = [(plot.column(t), text) for t, text in marks if t >= plot.start]
    for x, text in reversed(shown):
        wide = width_of(text) + 1
        if x + 1 + wide <= free_to:
            grid.write(x + 1, y, f" {text}", "plain")
        elif free_to == grid.width and all(x - before > wide for before, _ in shown[:-1]):
            grid.write_to(x, y, f"{text} ", "plain")
        grid.write(x, y, sign, style)
        free_to = x


def _foot(plot: Plot, view: RideView) -> None:
    x = plot.grid.write(AXIS, plot.foot, say("chart.left_share"), "quiet")
    legend = (
        ("" if view.usual is None else say("chart.usual_now"), "usual"),
        ("" if view.target_percent is None else "╌ target", "target"),
    )
    x = plot.grid.write_runs(x, plot.foot, legend, 2)
    for minutes in (6, 4, 2):
        at = plot.column(view.t - 60 * minutes)
        if at > x + 2:
            plot.grid.write(at, plot.foot, say("chart.minutes_ago", minutes=minutes), "quiet")
    plot.grid.write_to(plot.grid.width - 1, plot.foot, "now", "quiet")

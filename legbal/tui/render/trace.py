"""The left share of the last eight minutes in braille, with intervals, usual range, target, alerts, notes."""

from __future__ import annotations

import numpy as np

from legbal.present.grid import Line
from legbal.present.numbers import clock
from legbal.present.text import clean, width_of
from legbal.ride.view import Floats, RideView
from legbal.tui.frame import Frame
from legbal.tui.render import braille
from legbal.tui.render.braille import Ints
from legbal.tui.render.text_grid import TextGrid

SPAN_S = 480.0
_LEFT = 5  # columns of the axis
_STEP = 5.0  # the range of the axis grows by this, points


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The trace with a row of time below it; the newest is at the right, the lowest at the bottom."""
    view = frame.steady
    grid = TextGrid(width, height)
    rows = height - 1
    if rows < 2 or width < 20:
        return grid.lines()
    chart = _Chart(view, width, rows)
    _usual(grid, chart, view)
    _level(grid, chart, 50.0, "┈", "quiet")
    if view.target_percent is not None:
        _level(grid, chart, view.target_percent, "╌", "target")
    _intervals(grid, chart, view)
    _braille(grid, chart, view)
    _moments(grid, chart, view)
    _axes(grid, chart, view)
    return grid.lines()


class _Chart:
    """Ride seconds and left shares to dots (two a column, four a row)."""

    def __init__(self, view: RideView, width: int, rows: int) -> None:
        self.rows, self.columns = rows, width - _LEFT - 1
        self.end = view.t
        self.start = view.t - SPAN_S
        self.low, self.high = _range(view, self.start)

    def dot_x(self, t: Floats) -> Ints:
        """Columns of dots for ride seconds."""
        scaled = (t - self.start) / SPAN_S * (2 * self.columns - 1)
        return np.rint(scaled).astype(np.int64)

    def dot_y(self, left_percent: Floats) -> Ints:
        """Rows of dots, from the top, for left shares; held within the chart."""
        scaled = (self.high - left_percent) / (self.high - self.low) * (4 * self.rows - 1)
        return np.clip(np.rint(scaled), 0, 4 * self.rows - 1).astype(np.int64)

    def column(self, t: float) -> int:
        """The column of the grid for a ride second."""
        return _LEFT + int(self.dot_x(np.array([t]))[0]) // 2

    def row(self, left_percent: float) -> int:
        """The row of the grid for a left share."""
        return int(self.dot_y(np.array([left_percent]))[0]) // 4


def _range(view: RideView, start: float) -> tuple[float, float]:
    """45 to 55, widened in steps of five until nearly all of the trace is inside."""
    seen = view.trace.left_percent[(view.trace.t >= start) & np.isfinite(view.trace.left_percent)]
    low, high = 45.0, 55.0
    if seen.size:
        at = np.sort(seen)
        spare = min(-(-seen.size // 20), seen.size - 1)  # a few wild bins do not flatten the rest
        low = min(low, _STEP * np.floor(at[spare] / _STEP))
        high = max(high, _STEP * np.ceil(at[-1 - spare] / _STEP))
    return max(0.0, float(low)), min(100.0, float(high))


def _usual(grid: TextGrid, chart: _Chart, view: RideView) -> None:
    if view.usual is None or view.usual.low > chart.high or view.usual.high < chart.low:
        return
    for y in range(chart.row(view.usual.high), chart.row(view.usual.low) + 1):
        grid.write(_LEFT, y, "░" * chart.columns, "usual")


def _level(grid: TextGrid, chart: _Chart, left_percent: float, char: str, style: str) -> None:
    if chart.low <= left_percent <= chart.high:
        grid.write(_LEFT, chart.row(left_percent), char * chart.columns, style)


def _intervals(grid: TextGrid, chart: _Chart, view: RideView) -> None:
    for interval in view.intervals:
        for t, edge in ((interval.start_s, "▏"), (interval.end_s, "▕")):
            if t is not None and t >= chart.start:
                for y in range(chart.rows):
                    grid.write(chart.column(t), y, edge, "plain")
        if (interval.end_s or chart.end) > chart.start:
            x = chart.column(max(interval.start_s, chart.start)) + 1
            text = f"interval {interval.number}"
            if x + len(text) <= grid.width:
                grid.write(x, 0, text, "quiet")
            else:
                grid.write_to(x - 1, 0, text, "quiet")


def _braille(grid: TextGrid, chart: _Chart, view: RideView) -> None:
    trace = view.trace
    seen = (trace.t > chart.start) & (trace.t <= chart.end)
    t, left = trace.t[seen], trace.left_percent[seen]
    if not t.size:
        return
    known = np.flatnonzero(np.isfinite(left))
    bin_s = float(np.median(np.diff(t))) if t.size > 1 else 0.0
    joined = np.diff(t[known], prepend=-np.inf) <= 1.5 * bin_s
    middle = int(chart.dot_y(np.array([50.0]))[0]) // 4
    line = braille.polyline(chart.dot_x(t[known]), chart.dot_y(left[known]), joined.tolist())
    for (x, y), dots in line.items():
        style = "strong" if y == middle else "left" if y < middle else "right"
        grid.write(_LEFT + x, y, braille.char(dots), style)


def _moments(grid: TextGrid, chart: _Chart, view: RideView) -> None:
    notes = [(chart.column(t), clean(text, 20)) for t, text in view.notes if t >= chart.start]
    _marks(grid, chart.rows - 1, "✎", "strong", notes)
    told = [
        (chart.column(alert.t), f"{alert.side}, told {clock(alert.t)}")
        for alert in view.told
        if alert.t >= chart.start
    ]
    _marks(grid, 1, "▼", "alert", told)


def _marks(grid: TextGrid, y: int, sign: str, style: str, marks: list[tuple[int, str]]) -> None:
    """Signs at their moments, each with its text where there is room for it; the newest first."""
    free_to = grid.width
    for x, text in reversed(marks):
        wide = width_of(text) + 1
        if x + 1 + wide <= free_to:
            grid.write(x + 1, y, f" {text}", "plain")
        elif free_to == grid.width and all(x - before > wide for before, _ in marks[:-1]):
            grid.write_to(x, y, f"{text} ", "plain")
        grid.write(x, y, sign, style)
        free_to = x


def _axes(grid: TextGrid, chart: _Chart, view: RideView) -> None:
    for y in range(chart.rows):
        grid.write(_LEFT - 1, y, "│", "quiet")
    for value, y in ((chart.high, 0), (50.0, chart.row(50.0)), (chart.low, chart.rows - 1)):
        grid.write_to(_LEFT - 1, y, f"{value:.0f}", "quiet")
        grid.write(_LEFT - 1, y, "┤", "quiet")
    x = grid.write(_LEFT, chart.rows, "left share, %", "quiet")
    if view.usual is not None:
        x = grid.write(x + 2, chart.rows, "░ usual now", "usual")
    if view.target_percent is not None:
        x = grid.write(x + 2, chart.rows, "╌ target", "target")
    for minutes in (6, 4, 2):
        at = chart.column(view.t - 60 * minutes)
        if at > x + 2:
            grid.write(at, chart.rows, f"{minutes} min ago", "quiet")
    grid.write_to(grid.width - 1, chart.rows, "now", "quiet")

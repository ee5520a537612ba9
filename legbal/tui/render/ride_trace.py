"""A whole ride, or a part of it: left share with its usual, intervals, alerts and notes, power below, a cursor."""

from __future__ import annotations

import numpy as np

from legbal.present.grid import Line
from legbal.present.numbers import DASH, clock, number, signed
from legbal.present.text import clean, width_of
from legbal.ride.view import Floats
from legbal.tui.render import braille
from legbal.tui.render.braille import Ints
from legbal.tui.render.text_grid import TextGrid
from legbal.tui.render.viewport import Viewport, alerts, interval_at

AXIS = 5  # columns of the axis, left of the chart
_STEP = 2.0  # the range of the axis grows by this, points
_BLOCKS = " ▁▂▃▄▅▆▇█"
_TICKS_S = (10, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400)
_TICK_COLUMNS = 12  # from one time on the axis to the next, at least
_EDGES_FROM = 6  # columns of an interval, from which its edges are drawn


def draw(viewport: Viewport, width: int, height: int) -> list[Line]:
    """Intervals above, the shares, the power and the time below them, and last what holds at the cursor."""
    grid = TextGrid(width, height)
    if width < 30 or height < 5:
        return grid.lines()
    chart = _Chart(viewport, width, height)
    _intervals(grid, chart)
    _level(grid, chart)
    _usual(grid, chart)
    _cursor(grid, chart)
    _shares(grid, chart)
    _marks(grid, chart)
    _power(grid, chart)
    _axes(grid, chart)
    _readout(grid, viewport, width, height - 1)
    return grid.lines()


class _Chart:
    """Ride seconds and left shares to dots (two a column, four a row); row 0 is the intervals'."""

    def __init__(self, viewport: Viewport, width: int, height: int) -> None:
        self.viewport, self.page, self.trace = viewport, viewport.page, viewport.page.reading.trace
        self.columns = width - AXIS - 1
        self.power_rows = 3 if height >= 18 else 2 if height >= 12 else 1 if height >= 8 else 0
        self.first, self.rows = 1, height - 3 - self.power_rows
        self.start, self.end = viewport.start, viewport.end
        self.low, self.high = _range(self.trace.left_percent, self.trace.left_standard_error)

    @property
    def power_row(self) -> int:
        """The first of the power's rows, below the shares."""
        return self.first + self.rows

    @property
    def time_row(self) -> int:
        """Of the axis."""
        return self.power_row + self.power_rows

    def dot_x(self, t: Floats) -> Ints:
        """Columns of dots for ride seconds."""
        part = (t - self.start) / (self.end - self.start)
        return np.clip(np.floor(part * 2 * self.columns), 0, 2 * self.columns - 1).astype(np.int64)

    def column(self, t: float) -> int:
        """The column of the grid for a ride second."""
        return AXIS + int(self.dot_x(np.array([t]))[0]) // 2

    def dot_y(self, left_percent: Floats) -> Ints:
        """Rows of dots, from the top of the shares; held within the chart."""
        scaled = (self.high - left_percent) / (self.high - self.low) * (4 * self.rows - 1)
        return np.clip(np.rint(scaled), 0, 4 * self.rows - 1).astype(np.int64)

    def row(self, left_percent: float) -> int:
        """The row of the grid for a left share."""
        return self.first + int(self.dot_y(np.array([left_percent]))[0]) // 4

    def binned(self, values: Floats, per_column: int) -> Floats:
        """The mean of what is known in each of the chart's columns, shape (columns × per_column,); NaN: nothing."""
        t = self.trace.t
        inside = (t >= self.start) & (t <= self.end) & np.isfinite(values)
        x = self.dot_x(t[inside]) * per_column // 2
        count = np.bincount(x, minlength=self.columns * per_column)
        total = np.bincount(x, values[inside], minlength=self.columns * per_column)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def line(self, values: Floats) -> braille.Cells:
        """The cells of a line through what is known of a column of the trace."""
        binned = self.binned(values, 2)
        x = np.flatnonzero(np.isfinite(binned))
        a_second = 2 * self.columns / (self.end - self.start)  # dots
        joined = np.diff(x, prepend=-1_000_000) <= 1 + 1.5 * a_second
        return braille.polyline(x, self.dot_y(binned[x]), joined.tolist())

    def shown(self, start: float, end: float) -> bool:
        """Whether any of a stretch is in sight."""
        return end > self.start and start < self.end


def _range(left: Floats, error: Floats) -> tuple[float, float]:
    """48 to 52, widened in steps of two until nearly all of the ride is inside: the same at every zoom.

    What few turns of the crank stand behind, as after a stop, widens nothing.
    """
    known = np.isfinite(left) & np.isfinite(error)
    seen = left[known]
    if seen.size:
        seen = seen[error[known] <= 2 * np.median(error[known])]
    low, high = 48.0, 52.0
    if seen.size:
        inner = np.percentile(seen, (1.0, 99.0))  # a few wild moments do not flatten the rest
        low = min(low, float(_STEP * np.floor(inner[0] / _STEP)))
        high = max(high, float(_STEP * np.ceil(inner[1] / _STEP)))
    return max(0.0, low), min(100.0, high)


def _intervals(grid: TextGrid, chart: _Chart) -> None:
    at_cursor = interval_at(chart.viewport)
    for interval in chart.page.reading.summary.intervals:
        if not chart.shown(interval.start_s, interval.end_s):
            continue
        first, last = chart.column(interval.start_s), chart.column(interval.end_s)
        style = "strong" if interval.number == at_cursor else "quiet"
        inner = "─" * (last - first - 1)
        grid.write(first, 0, f"├{inner}┤" if last > first else "│", style)
        name = f" {interval.number} "
        if last - first >= len(name) + 1:
            grid.write(first + (last - first + 1 - len(name)) // 2, 0, name, style)
        if last - first >= _EDGES_FROM:
            for y in range(chart.first, chart.power_row):
                if interval.start_s >= chart.start:
                    grid.write(first, y, "▏", "quiet")
                if interval.end_s <= chart.end:
                    grid.write(last, y, "▕", "quiet")


def _level(grid: TextGrid, chart: _Chart) -> None:
    grid.write(AXIS, chart.row(50.0), "┈" * chart.columns, "quiet")


def _usual(grid: TextGrid, chart: _Chart) -> None:
    usual = chart.trace.usual_percent
    inside = np.where((usual >= chart.low) & (usual <= chart.high), usual, np.nan)
    for (column, row), dots in chart.line(inside).items():
        grid.write(AXIS + column, chart.first + row, braille.char(dots), "usual")


def _cursor(grid: TextGrid, chart: _Chart) -> None:
    x = chart.column(chart.viewport.at)
    for y in range(chart.first, chart.power_row):
        grid.write(x, y, "│", "strong")


def _shares(grid: TextGrid, chart: _Chart) -> None:
    trace = chart.trace
    line = chart.line(np.where(np.isfinite(trace.left_standard_error), trace.left_percent, np.nan))
    if not line:
        text = "no balance in this part of the ride"
        grid.centre(chart.first + chart.rows // 2, text if chart.columns > len(text) else "", "quiet")
    middle = int(chart.dot_y(np.array([50.0]))[0]) // 4
    for (column, row), dots in line.items():
        style = "strong" if row == middle else "left" if row < middle else "right"
        grid.write(AXIS + column, chart.first + row, braille.char(dots), style)


def _marks(grid: TextGrid, chart: _Chart) -> None:
    for t, _ in chart.page.notes:
        if chart.start <= t <= chart.end:
            grid.write(chart.column(t), chart.power_row - 1, "✎", "strong")
    for alert in alerts(chart.page):
        if chart.start <= alert.t <= chart.end:
            grid.write(chart.column(alert.t), chart.first, "▼", "alert")


def _power(grid: TextGrid, chart: _Chart) -> None:
    """Blocks as high as the mean power, full at what the ride seldom goes beyond."""
    power = chart.trace.power_w
    known = power[np.isfinite(power)]
    if not chart.power_rows or not known.size:
        return
    full = max(100.0, float(np.percentile(known, 99)))
    for x, watts in enumerate(chart.binned(power, 1).tolist()):
        if watts != watts:
            continue
        eighths = round(max(0.0, min(1.0, watts / full)) * 8 * chart.power_rows)
        for i in range(chart.power_rows):
            block = _BLOCKS[max(0, min(8, eighths - 8 * i))]
            grid.write(AXIS + x, chart.power_row + chart.power_rows - 1 - i, block, "usual")
    if chart.power_rows > 1:
        grid.write_to(AXIS - 1, chart.power_row, f"{full:.0f}", "quiet")
        grid.write_to(AXIS - 1, chart.time_row - 1, "W", "quiet")


def _axes(grid: TextGrid, chart: _Chart) -> None:
    for y in range(chart.first, chart.power_row):
        grid.write(AXIS - 1, y, "│", "quiet")
    taken: list[int] = []
    low, high = round(chart.low), round(chart.high)
    for value in (50, low, high, *range(low, high, 2)):
        y = chart.row(float(value))
        if chart.low <= value <= chart.high and all(abs(y - other) > 1 for other in taken):
            taken.append(y)
            grid.write_to(AXIS - 1, y, f"{value}", "quiet")
            grid.write(AXIS - 1, y, "┤", "quiet")
    grid.write(0, 0, "left", "quiet")
    span = chart.end - chart.start
    least = span * _TICK_COLUMNS / chart.columns
    step = next((step for step in _TICKS_S if step >= least), _TICKS_S[-1])
    cursor = chart.column(chart.viewport.at)
    for t in range(int(-(-chart.start // step)) * step, int(chart.end) + 1, step):
        x, text = chart.column(t), f"╵{clock(t)}"
        if x < cursor < x + len(text):
            text = "╵"  # the time would have the cursor in it
        if x + len(text) < grid.width:
            grid.write(x, chart.time_row, text, "quiet")
    grid.write(cursor, chart.time_row, "▲", "strong")


def _readout(grid: TextGrid, viewport: Viewport, width: int, y: int) -> None:
    """What holds at the cursor, as far as there is room."""
    x = grid.write(0, y, "▲ ", "strong")
    for text, style in _said_at(viewport):
        columns = width_of(text) + (3 if x > 2 else 0)
        if x + columns > width:
            continue
        x = grid.write(x + (3 if x > 2 else 0), y, text, style)


def _said_at(viewport: Viewport) -> list[tuple[str, str]]:
    trace, at, page = viewport.page.reading.trace, viewport.at, viewport.page
    if not trace.t.size:
        return [(clock(at), "strong")]
    i = min(int(np.searchsorted(trace.t, at)), trace.t.size - 1)
    left, error, usual, watts, rpm = (
        None if value != value else value
        for value in (
            float(column[i])
            for column in (
                trace.left_percent,
                trace.left_standard_error,
                trace.usual_percent,
                trace.power_w,
                trace.cadence_rpm,
            )
        )
    )
    shown = DASH if left is None or error is None else f"{left:.1f} ± {error:.1f}"
    said = [(clock(at), "strong"), (f"left {shown}", "strong")]
    if usual is not None and left is not None:
        said.append((f"usual {usual:.1f} ({signed(left - usual)})", "plain"))
    near = (viewport.end - viewport.start) / 100  # seconds, about the width of a column
    for alert in alerts(page):
        if abs(alert.t - at) <= near:
            said.append((f"▼ {alert.side} {alert.points:.1f} below", "strong"))
    said += [(f"✎ {clean(text, 60)}", "strong") for t, text in page.notes if abs(t - at) <= near]
    said += [(f"{number(watts)} W", "plain"), (f"{number(rpm)} rpm", "plain")]
    if (running := interval_at(viewport)) is not None:
        said.append((f"interval {running}", "plain"))
    return said

"""A whole ride, or a part of it: left share with its usual, intervals, alerts and notes, power below, a cursor."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.analysis.summary import IntervalSummary
from legbal.app.ride_values import AnalysedRide
from legbal.present.numbers import clock, number, share_error, watts
from legbal.present.sentences import alert_extent, say
from legbal.present.text import clean
from legbal.ride.events import Alert
from legbal.ride.pauses import pauses_among
from legbal.ride.share import Share
from legbal.ride.view import Floats
from legbal.tui.render.plot import AXIS, Plot, share_range
from legbal.tui.render.text_grid import TextGrid, on_grid
from legbal.tui.render.trace import mark_alerts, mark_pauses, marks

SHORTEST_S = 60.0  # of the ride, across the chart
_LEAST, _STEP = (48.0, 52.0), 2.0  # the range of the axis, and by what it grows, points
_GAP_S = 1.5  # the trace has a row a second
_BLOCKS = " ▁▂▃▄▅▆▇█"
_POWER_FROM = (8, 12, 18)  # rows of the screen, from which on the power has one more
_TICKS_S = (10, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400)
_TICK_COLUMNS = 12  # from one time on the axis to the next, at least
_EDGES_FROM = 6  # columns of an interval, from which its edges are drawn


class Viewport(msgspec.Struct, frozen=True, eq=False):
    """What of a ride is shown: from `start` to `end`, the cursor `at`; ride seconds."""

    page: AnalysedRide
    start: float
    end: float
    at: float

    @property
    def length(self) -> float:
        """What the whole ride takes of the chart, seconds: its length, or `SHORTEST_S` where it has less."""
        return max(SHORTEST_S, self.last)

    @property
    def last(self) -> float:
        """The ride's last second: the cursor goes no further."""
        t = self.page.analysis.trace.t
        return float(t[-1]) if t.size else 0.0

    def move(self, at: float) -> Viewport:
        """Moves the cursor to another moment of the ride, ride seconds, and that moment into sight."""
        at = max(0.0, min(at, self.last))
        span = self.end - self.start
        start = self.start if self.start <= at <= self.end else at - span / 2
        return self._from(start, span, at)

    def zoom(self, factor: float) -> Viewport:
        """Shows so many times as much of the ride, about the cursor."""
        old = self.end - self.start
        span = max(SHORTEST_S, min(old * factor, self.length))
        return self._from(self.at - (self.at - self.start) * span / old, span, self.at)

    def pan(self, part: float) -> Viewport:
        """Moves on by a part of what is shown, the cursor with it."""
        span = self.end - self.start
        return self._from(self.start + part * span, span, min(self.at + part * span, self.last))

    def _from(self, start: float, span: float, at: float) -> Viewport:
        start = max(0.0, min(start, self.length - span))
        end = start + span
        return Viewport(self.page, start, end, max(start, min(at, end)))  # rounding may put it an ulp outside


def whole_ride(page: AnalysedRide) -> Viewport:
    """All of the ride, the cursor where a leg first fell, or else in the middle of its longest interval."""
    ride_alerts, intervals = _alerts(page), page.analysis.summary.intervals
    whole = Viewport(page, 0.0, 0.0, 0.0)
    at = whole.last / 2
    if ride_alerts:
        at = ride_alerts[0].t
    elif intervals:
        longest = max(intervals, key=lambda x: x.end_s - x.start_s)
        at = (longest.start_s + longest.end_s) / 2
    return Viewport(page, 0.0, whole.length, min(at, whole.last))


def _alerts(page: AnalysedRide) -> list[Alert]:
    return [event for event in page.analysis.events if isinstance(event, Alert)]


def interval_at(viewport: Viewport) -> IntervalSummary | None:
    """The interval at the cursor; None between them."""
    intervals = viewport.page.analysis.summary.intervals
    return next((x for x in intervals if x.start_s <= viewport.at <= x.end_s), None)


def moments(page: AnalysedRide) -> list[float]:
    """Where there is something to look at: beginnings of intervals, alerts, notes; in order."""
    intervals = page.analysis.summary.intervals
    return sorted(
        {*(x.start_s for x in intervals), *(x.t for x in _alerts(page)), *(t for t, _ in page.notes)}
    )


@on_grid
def draw(grid: TextGrid, viewport: Viewport) -> None:
    """Intervals above, the shares, the power and the time below them, and last what holds at the cursor."""
    if grid.width < 30 or grid.height < 5:
        return
    chart = _Chart(viewport, grid)
    _shares(chart, cursor=True)
    signs = [(t, chart.foot - 1, "✎", "strong") for t, _ in viewport.page.notes]
    signs += [(alert.t, chart.top, "▼", "alert") for alert in _alerts(viewport.page)]
    for t, y, sign, style in signs:
        if chart.start <= t <= chart.end:
            grid.write(chart.column(t), y, sign, style)
    _power(chart)
    _axes(chart, chart.column(viewport.at))
    x = grid.write(0, grid.height - 1, "▲ " + clock(viewport.at), "strong")
    grid.write_runs(x, grid.height - 1, _readout(viewport), 3, grid.width)


@on_grid
def draw_still(grid: TextGrid, viewport: Viewport) -> None:
    """The same without a cursor: alerts and notes say themselves what they are, where there is room."""
    if grid.width < 30 or grid.height < 5:
        return
    chart = _Chart(viewport, grid, foot_rows=1)
    _shares(chart, cursor=False)
    marks(chart, chart.foot - 1, "✎", "strong", ((t, clean(text, 20)) for t, text in viewport.page.notes))
    mark_alerts(chart, _alerts(viewport.page))
    _power(chart)
    _axes(chart, None)


def _shares(chart: _Chart, *, cursor: bool) -> None:
    """Intervals, usual, and the shares, over the cursor where there is one."""
    _intervals(chart)
    chart.level(50.0, "┈", "quiet")
    usual = chart.trace.usual_percent
    chart.draw_line(np.where((usual >= chart.low) & (usual <= chart.high), usual, np.nan), "usual")
    if cursor:
        chart.upright(chart.column(chart.viewport.at), "│", "strong")
    finite = np.isfinite(chart.trace.left_standard_error)
    drawn = chart.draw_line(np.where(finite, chart.trace.left_percent, np.nan))
    mark_pauses(chart, pauses_among(chart.page.analysis.events))
    text = "" if drawn else say("chart.no_balance")
    chart.grid.centre(chart.top + chart.rows // 2, text if chart.columns > len(text) else "", "quiet")


class _Chart(Plot):
    """The shares of a part of a ride, in bins of time a dot wide; row 0 is the intervals', below is the power."""

    def __init__(self, viewport: Viewport, grid: TextGrid, foot_rows: int = 2) -> None:
        self.viewport, self.page, self.trace = viewport, viewport.page, viewport.page.analysis.trace
        self.power_rows = sum(grid.height >= least for least in _POWER_FROM)
        left, error = self.trace.left_percent, self.trace.left_standard_error
        finite = np.isfinite(left) & np.isfinite(error)
        # what few turns of the crank stand behind, as after a stop, does not count
        sure = finite & (error <= (2 * np.median(error[finite]) if finite.any() else 0.0))
        shares = share_range(left[sure], 1.0, _LEAST, _STEP)  # of the whole ride: the same at every zoom
        super().__init__(
            grid, 1, grid.height - 1 - foot_rows - self.power_rows, (viewport.start, viewport.end), shares
        )
        self.time_row = self.foot + self.power_rows  # of the axis, below the power

    def dot_x(self, t: float) -> int:
        """The column of dots for a ride second: each stands for a bin of them."""
        return int(self._bins(np.array([t]))[0])

    def _bins(self, t: Floats) -> npt.NDArray[np.int64]:
        part = (t - self.start) / (self.end - self.start)
        return np.clip(np.floor(part * 2 * self.columns), 0, 2 * self.columns - 1).astype(np.int64)

    def binned(self, values: Floats, per_column: int) -> Floats:
        """The mean of what is known in each of the chart's columns, shape (columns × per_column,); NaN: nothing."""
        t = self.trace.t
        inside = (t >= self.start) & (t <= self.end) & np.isfinite(values)
        x = self._bins(t[inside]) * per_column // 2
        count = np.bincount(x, minlength=self.columns * per_column)
        total = np.bincount(x, values[inside], minlength=self.columns * per_column)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def draw_line(self, values: Floats, style: str = "") -> bool:
        """A line through what is known of a column of the trace; False where nothing is."""
        binned = self.binned(values, 2)
        dot_s = (self.end - self.start) / binned.size
        t = self.start + dot_s * np.arange(0.5, binned.size, dtype=np.float64)
        self.line(zip(t.tolist(), binned.tolist(), strict=True), dot_s + _GAP_S, style)
        return bool(np.isfinite(binned).any())


def _intervals(chart: _Chart) -> None:
    at_cursor = interval_at(chart.viewport)
    for interval in chart.page.analysis.summary.intervals:
        if interval.end_s <= chart.start or interval.start_s >= chart.end:
            continue
        first, last = chart.column(interval.start_s), chart.column(interval.end_s)
        style = "strong" if interval is at_cursor else "quiet"
        chart.grid.write(first, 0, f"├{'─' * (last - first - 1)}┤" if last > first else "│", style)
        name = f" {interval.number} "
        if last - first >= len(name) + 1:
            chart.grid.write(first + (last - first + 1 - len(name)) // 2, 0, name, style)
        for t, x, edge in ((interval.start_s, first, "▏"), (interval.end_s, last, "▕")):
            if last - first >= _EDGES_FROM and chart.start <= t <= chart.end:
                chart.upright(x, edge, "quiet")


def _power(chart: _Chart) -> None:
    """Blocks as high as the mean power, full at what the ride seldom goes beyond."""
    power = chart.trace.power_w
    finite = power[np.isfinite(power)]
    if not chart.power_rows or not finite.size:
        return
    full = max(100.0, float(np.percentile(finite, 99)))
    means = chart.binned(power, 1)
    for x in np.flatnonzero(np.isfinite(means)).tolist():
        eighths = round(max(0.0, min(1.0, float(means[x]) / full)) * 8 * chart.power_rows)
        for i in range(chart.power_rows):
            chart.grid.write(
                AXIS + x, chart.time_row - 1 - i, _BLOCKS[max(0, min(8, eighths - 8 * i))], "usual"
            )
    if chart.power_rows > 1:
        chart.grid.write_to(AXIS - 1, chart.foot, number(full), "quiet")
        chart.grid.write_to(AXIS - 1, chart.time_row - 1, "W", "quiet")


def _axes(chart: _Chart, cursor: int | None) -> None:
    grid = chart.grid
    shares: dict[int, float] = {}  # row → what is written beside it
    low, high = round(chart.low), round(chart.high)
    for value in (50, low, high, *range(low, high, 2)):
        y = chart.row(float(value))
        if chart.low <= value <= chart.high and all(abs(y - other) > 1 for other in shares):
            shares[y] = float(value)
    chart.axis(shares.values())
    grid.write(0, 0, "left", "quiet")
    least = (chart.end - chart.start) * _TICK_COLUMNS / chart.columns
    step = next((step for step in _TICKS_S if step >= least), _TICKS_S[-1])
    for t in range(int(-(-chart.start // step)) * step, int(chart.end) + 1, step):
        x, text = chart.column(t), f"╵{clock(t)}"
        if cursor is not None and x < cursor < x + len(text):
            text = "╵"  # the time would have the cursor in it
        if x + len(text) < grid.width:
            grid.write(x, chart.time_row, text, "quiet")
    if cursor is not None:
        grid.write(cursor, chart.time_row, "▲", "strong")


def _readout(viewport: Viewport) -> list[tuple[str, str]]:
    trace, at, page = viewport.page.analysis.trace, viewport.at, viewport.page
    if not trace.t.size:
        return []
    i = min(int(np.searchsorted(trace.t, at)), trace.t.size - 1)
    left, error, usual = (
        float(column[i]) for column in (trace.left_percent, trace.left_standard_error, trace.usual_percent)
    )
    parts = [(say("page.left", share=share_error(Share(left, error, revolutions=None))), "strong")]
    if np.isfinite(left + usual):
        parts.append((say("page.usual", percent=number(usual, 1), above=left - usual), "plain"))
    near = (viewport.end - viewport.start) / 100  # seconds, about the width of a column
    parts += [
        (f"▼ {f'{x.side} ' if x.side else ''}{clean(alert_extent(x), 60)}", "strong")
        for x in _alerts(page)
        if abs(x.t - at) <= near
    ]
    parts += [(f"✎ {clean(text, 60)}", "strong") for t, text in page.notes if abs(t - at) <= near]
    parts += [(watts(trace.power_w[i]), "plain"), (number(trace.cadence_rpm[i], unit=" rpm"), "plain")]
    running = interval_at(viewport)
    return [*parts, ("" if running is None else say("interval.number", number=running.number), "plain")]

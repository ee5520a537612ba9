"""The left share of the last eight minutes in braille, with intervals, usual range, target, alerts, notes."""

from __future__ import annotations

import numpy as np

from legbal.present.grid import Line
from legbal.present.numbers import clock
from legbal.present.text import clean, width_of
from legbal.ride.view import RideView
from legbal.tui.render.plot import AXIS, Plot, polyline, widened
from legbal.tui.render.status import Frame
from legbal.tui.render.text_grid import TextGrid

SPAN_S = 480.0
_LEAST, _STEP = (45.0, 55.0), 5.0  # the range of the axis, and by what it grows, points


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The trace with a row of time below it; the newest is at the right, the lowest at the bottom."""
    view = frame.steady
    grid = TextGrid(width, height)
    rows = height - 1
    if rows < 2 or width < 20:
        return grid.lines()
    start = view.t - SPAN_S
    plot = Plot(grid, 0, rows, (start, view.t), widened(_seen(view, start), _LEAST, _STEP))
    if view.usual is not None and view.usual.low <= plot.high and view.usual.high >= plot.low:
        for y in range(plot.row(view.usual.high), plot.row(view.usual.low) + 1):
            grid.write(AXIS, y, "░" * plot.columns, "usual")
    plot.level(50.0, "┈", "quiet")
    if view.target_percent is not None:
        plot.level(view.target_percent, "╌", "target")
    _intervals(plot, view)
    _shares(plot, view)
    notes = [(plot.column(t), clean(text, 20)) for t, text in view.notes if t >= start]
    _marks(plot, rows - 1, "✎", "strong", notes)
    told = [(plot.column(x.t), f"{x.side} alert {clock(x.t)}") for x in view.told if x.t >= start]
    _marks(plot, 1, "▼", "alert", told)
    plot.axis((plot.high, 50.0, plot.low))
    _foot(plot, view)
    return grid.lines()


def _seen(view: RideView, start: float) -> tuple[float, float] | None:
    """Between which shares nearly all of the trace lies: a few wild bins do not flatten the rest."""
    seen = np.sort(view.trace.left_percent[(view.trace.t >= start) & np.isfinite(view.trace.left_percent)])
    if not seen.size:
        return None
    spare = min(-(-seen.size // 20), seen.size - 1)
    return float(seen[spare]), float(seen[-1 - spare])


def _intervals(plot: Plot, view: RideView) -> None:
    grid = plot.grid
    for interval in view.intervals:
        for t, edge in ((interval.start_s, "▏"), (interval.end_s, "▕")):
            if t is not None and t >= plot.start:
                plot.upright(plot.column(t), edge, "plain")
        if (interval.end_s or plot.end) > plot.start:
            x = plot.column(max(interval.start_s, plot.start)) + 1
            text = f"interval {interval.number}"
            if x + len(text) <= grid.width:
                grid.write(x, 0, text, "quiet")
            else:
                grid.write_to(x - 1, 0, text, "quiet")


def _shares(plot: Plot, view: RideView) -> None:
    trace = view.trace
    seen = (trace.t > plot.start) & (trace.t <= plot.end)
    t, left = trace.t[seen], trace.left_percent[seen]
    known = np.flatnonzero(np.isfinite(left))
    bin_s = float(np.median(np.diff(t))) if t.size > 1 else 0.0
    joined = np.diff(t[known], prepend=-np.inf) <= 1.5 * bin_s
    plot.braille(polyline(plot.dot_x(t[known]), plot.dot_y(left[known]), joined.tolist()))


def _marks(plot: Plot, y: int, sign: str, style: str, marks: list[tuple[int, str]]) -> None:
    """Signs at their moments, each with its text where there is room for it; the newest first."""
    grid = plot.grid
    free_to = grid.width
    for x, text in reversed(marks):
        wide = width_of(text) + 1
        if x + 1 + wide <= free_to:
            grid.write(x + 1, y, f" {text}", "plain")
        elif free_to == grid.width and all(x - before > wide for before, _ in marks[:-1]):
            grid.write_to(x, y, f"{text} ", "plain")
        grid.write(x, y, sign, style)
        free_to = x


def _foot(plot: Plot, view: RideView) -> None:
    """What is drawn, and how long ago."""
    grid = plot.grid
    x = grid.write(AXIS, plot.foot, "left share, %", "quiet")
    if view.usual is not None:
        x = grid.write(x + 2, plot.foot, "░ usual now", "usual")
    if view.target_percent is not None:
        x = grid.write(x + 2, plot.foot, "╌ target", "target")
    for minutes in (6, 4, 2):
        at = plot.column(view.t - 60 * minutes)
        if at > x + 2:
            grid.write(at, plot.foot, f"{minutes} min ago", "quiet")
    grid.write_to(grid.width - 1, plot.foot, "now", "quiet")

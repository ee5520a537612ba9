"""The trace of a live ride: its last eight minutes in braille, with intervals, usual range, target, alerts, notes."""

from collections.abc import Iterable
from itertools import pairwise

from legbal.median import median
from legbal.present.sentences import alert_name, say
from legbal.present.text import clean, width_of
from legbal.ride.events import Alert
from legbal.ride.share import Period
from legbal.ride.view import TRACE_S, RideView
from legbal.tui.render.plot import AXIS, Plot, share_range
from legbal.tui.render.status import Frame
from legbal.tui.render.text_grid import TextGrid, on_grid

_LEAST, _STEP = (45.0, 55.0), 5.0  # the range of the axis, and by what it grows, points


@on_grid
def draw(grid: TextGrid, frame: Frame) -> None:
    """The trace with a row of time below it; the newest is at the right, the lowest at the bottom."""
    view = frame.steady
    rows = grid.height - 1
    if rows < 2 or grid.width < 20:
        return
    start = view.t - TRACE_S
    times = zip(view.trace.t.tolist(), view.trace.left_percent.tolist(), strict=True)
    points = [(t, left) for t, left in times if start < t <= view.t]
    shares = share_range((left for _, left in points), 5.0, _LEAST, _STEP)
    plot = Plot(grid, 0, rows, (start, view.t), shares)
    if view.usual is not None and view.usual.low <= plot.high and view.usual.high >= plot.low:
        for y in range(plot.row(view.usual.high), plot.row(view.usual.low) + 1):
            grid.write(AXIS, y, "░" * plot.columns, "usual")
    plot.level(50.0, "┈", "quiet")
    if view.target_percent is not None:
        plot.level(view.target_percent, "╌", "target")
    _intervals(plot, view)
    bins = [now - before for (before, _), (now, _) in pairwise(points)]
    plot.line(points, 1.5 * median(bins) if bins else 0.0)
    marks(plot, rows - 1, "✎", "strong", ((t, clean(text, 20)) for t, text in view.notes))
    mark_alerts(plot, view.told)
    mark_pauses(plot, view.pauses)
    plot.axis((plot.high, 50.0, plot.low))
    _foot(plot, view)


def mark_alerts(plot: Plot, alerts: Iterable[Alert]) -> None:
    """Each alert; where there is room with which leg was how far below when that was told."""
    marks(plot, 1, "▼", "alert", ((x.t, _mark_text(x)) for x in alerts))


def mark_pauses(plot: Plot, pauses: Iterable[Period]) -> None:
    """Each pause that is wide enough for it says what the gap in the line is."""
    text = say("glance.paused")
    for pause in pauses:
        end = plot.end if pause.until_s is None else pause.until_s
        if pause.since_s < plot.end and end > plot.start:
            first, last = plot.column(pause.since_s), plot.column(end)
            if last - first > len(text):
                x = (first + last + 1 - len(text)) // 2
                plot.grid.write(x, plot.top + plot.rows // 2, text, "quiet")


def _mark_text(alert: Alert) -> str:
    about = alert.side or clean(alert_name(alert.kind), 20)
    return say("chart.alert", about=about, depth=-alert.points, at=alert.t)


def _intervals(plot: Plot, view: RideView) -> None:
    """Edges and names, the newest first: a name that would run into the next is its number alone, or nothing."""
    free_to = plot.grid.width
    for interval in reversed(view.intervals):
        for t, edge in ((interval.start_s, "▏"), (interval.end_s, "▕")):
            if t is not None and t >= plot.start:
                plot.upright(plot.column(t), edge, "plain")
        if (interval.end_s or plot.end) > plot.start:
            x = plot.column(max(interval.start_s, plot.start)) + 1
            name, number = say("interval.number", number=interval.number), str(interval.number)
            if x + len(name) > free_to == plot.grid.width:  # it has just begun
                x -= len(name) + 1
            elif x + len(name) > free_to:
                name = number if x + len(number) <= free_to else ""
            plot.grid.write(x, 0, name, "quiet")
            free_to = x - 1


def marks(plot: Plot, y: int, sign: str, style: str, marks: Iterable[tuple[float, str]]) -> None:
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

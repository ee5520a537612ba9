"""The ride afterwards: its balance, how sure that is, where it fell, and its intervals and bands."""

from __future__ import annotations

from collections.abc import Iterable

from legbal.present import tables
from legbal.present.events import alert_sentence
from legbal.present.grid import Line
from legbal.present.meter import NAME_COLUMNS, QUALITY, has_balance, how_sure, is_firm
from legbal.present.numbers import DASH, clock, number
from legbal.present.text import clean
from legbal.ride.view import RideView
from legbal.tui.render import glyphs
from legbal.tui.render.status import NOTE_COLUMNS, Frame, both_shares
from legbal.tui.render.text_grid import Document, TextGrid

_MARGIN = 3
_HEAD_ROWS = 10
_COLUMNS = 400  # of a foreign sentence


def draw(problem: str, frame: Frame, width: int, _height: int) -> list[Line]:
    """The whole summary, as many rows as it takes; `problem` is what went wrong while the ride was closed."""
    view, status = frame.now, frame.status
    balance = has_balance(view.balance)
    document = Document(width, _MARGIN)
    document.section("something went wrong", [problem])
    if status.kept and not status.recording and not status.finished:
        document.section("recording", [status.recording_text])
    document.section("how sure is that", how_sure(view.ride, view.balance, view.reference, view.limits))
    document.section("where it fell", _where_it_fell(view))
    document.table(tables.intervals(view.intervals, view.t, balance=balance), head="intervals")
    document.table(tables.bands(view.bands, balance=balance), head="power bands")
    document.section("noted", notes(view.notes))
    document.gap()
    return _head(view, width) + document.lines()


def _head(view: RideView, width: int) -> list[Line]:
    """The ride's two shares, big, with what they are worth."""
    grid = TextGrid(width, _HEAD_ROWS)
    grid.write(_MARGIN, 1, "Ride finished", "strong")
    meter = clean(view.meter_name, NAME_COLUMNS)
    grid.write(_MARGIN + 15, 1, " · ".join(filter(None, (meter, QUALITY[view.balance]))), "quiet")
    left = view.ride.left_percent if is_firm(view.ride, view.balance) else None
    figures = both_shares(left)
    x = glyphs.write(grid, _MARGIN, 3, figures[0], "left", 2)
    grid.write(_MARGIN, 8, "LEFT %", "left-strong")
    between, after = (6, 4) if width >= 90 else (4, 3)  # the words beside them are whole at 80 columns
    x = max(x, _MARGIN + 6) + between
    glyphs.write(grid, x, 3, figures[1], "right", 2)
    grid.write(x, 8, "RIGHT %", "right-strong")
    x = max(x + glyphs.columns(figures[1], 2), x + 8) + after
    sure = "too little to say" if left is None else f"± {number(view.ride.standard_error, 1)} points"
    facts = (sure, f"{clock(view.t)} of ride", f"{number(view.ride.power_w)} W pedalling")
    for row, text in enumerate(facts):
        grid.write(x, 3 + 2 * row, text, "strong" if row == 0 else "plain")
    return grid.lines()


def _where_it_fell(view: RideView) -> list[str]:
    said = []
    for alert in view.told:
        within = next((i for i in view.intervals if i.start_s <= alert.t <= (i.end_s or view.t)), None)
        place = f", in interval {within.number}" if within else ""
        said.append(f"▼ {clock(alert.t)} {clean(alert_sentence(alert), _COLUMNS)}{place}")
    for interval in view.intervals:
        slope = tables.slope(interval, view.t)
        if has_balance(view.balance) and slope not in (DASH, "level"):
            said.append(f"interval {interval.number}: left share {slope} points a minute")
    return said or ["No drop-off."]


def notes(of: Iterable[tuple[float, str]]) -> list[str]:
    """The rider's notes with their ride seconds."""
    return [f"✎ {clock(t)}  {clean(text, NOTE_COLUMNS)}" for t, text in of]

"""The ride afterwards: its balance, how sure that is, where it fell, and its intervals and bands."""

from __future__ import annotations

from collections.abc import Iterable

from legbal.app.companion import Status
from legbal.present.grid import Line
from legbal.present.numbers import DASH, LEAST_REVOLUTIONS, clock, number
from legbal.present.text import clean, wrapped
from legbal.ride.view import RideView
from legbal.tui.frame import Frame
from legbal.tui.render import glyphs
from legbal.tui.render.status import (
    BALANCE,
    NAME_COLUMNS,
    NOTE_COLUMNS,
    course,
    has_balance,
    how_sure,
    share_text,
)
from legbal.tui.render.tables import BANDS, INTERVALS, Row, band_rows, interval_rows, write_table
from legbal.tui.render.text_grid import TextGrid

_INTERVAL_COLUMNS = (10, 8, 8, 14, 10, 26)
_BAND_COLUMNS = (16, 9, 14)
_MARGIN = 3


def draw(problem: str, frame: Frame, width: int, height: int) -> list[Line]:
    """The whole summary, as many rows as it takes; `problem` is what went wrong while the ride was closed."""
    del height
    view, status = frame.now, frame.status
    texts = [
        (head, [row for said in body for row in wrapped(said, width - 2 * _MARGIN)])
        for head, body in _paragraphs(view, status, problem)
    ]
    intervals, bands, notes = interval_rows(view), band_rows(view), _notes(view, width)
    written = sum(len(rows) + 2 for _, rows in texts)
    tables = sum(len(rows) + 2 for rows in (intervals, bands, notes) if rows)
    grid = TextGrid(width, 10 + written + tables + 1)
    y = _head(grid, view)
    for head, rows in texts:
        grid.write(_MARGIN, y, head, "quiet")
        for row in rows:
            y += 1
            grid.write(_MARGIN, y, row, "plain")
        y += 2
    if intervals:
        y = 1 + write_table(grid, _MARGIN, y, INTERVALS, intervals, _INTERVAL_COLUMNS)
    if bands:
        y = 1 + write_table(grid, _MARGIN, y, BANDS, bands, _BAND_COLUMNS)
    if notes:
        write_table(grid, _MARGIN, y, ("noted", ""), notes, (10, width - _MARGIN - 10))
    return grid.lines()


def _head(grid: TextGrid, view: RideView) -> int:
    """The ride's two shares, big, with what they are worth; returns the next free row."""
    grid.write(_MARGIN, 1, "Ride finished", "strong")
    meter = clean(view.meter_name, NAME_COLUMNS)
    grid.write(_MARGIN + 15, 1, " · ".join(part for part in (meter, BALANCE[view.balance]) if part), "quiet")
    left = _ride_share(view)
    right = None if left is None else 100 - left
    figures = [DASH if share is None else f"{share:.1f}" for share in (left, right)]
    x = glyphs.write(grid, _MARGIN, 3, figures[0], "left", 2)
    grid.write(_MARGIN, 8, "LEFT %", "left-strong")
    between, after = (6, 4) if grid.width >= 90 else (4, 3)  # the words beside them are whole at 80 columns
    x = max(x, _MARGIN + 6) + between
    glyphs.write(grid, x, 3, figures[1], "right", 2)
    grid.write(x, 8, "RIGHT %", "right-strong")
    x = max(x + glyphs.columns(figures[1], 2), x + 8) + after
    error = view.ride.standard_error
    sure = f"± {error:.1f} points" if left is not None and error is not None else "too little to say"
    for row, text in enumerate(
        (sure, f"{clock(view.t)} of ride", f"{number(view.ride.power_w)} W pedalling")
    ):
        grid.write(x, 3 + 2 * row, text, "strong" if row == 0 else "plain")
    return 10


def _ride_share(view: RideView) -> float | None:
    return view.ride.left_percent if has_balance(view.balance) and share_text(view.ride) != DASH else None


def _paragraphs(view: RideView, status: Status, problem: str) -> Iterable[tuple[str, list[str]]]:
    if problem:
        yield "something went wrong", [problem]
    if status.kept and not status.recording and not status.finished:
        yield "recording", [status.recording_text]
    yield "how sure is that", _how_sure(view)
    yield "where it fell", _where_it_fell(view)


def _how_sure(view: RideView) -> list[str]:
    said = []
    left, error = _ride_share(view), view.ride.standard_error
    if not has_balance(view.balance):
        said.append("This meter gave no balance: there is nothing to be sure of.")
    elif left is None or error is None:
        said.append(
            f"With fewer than {LEAST_REVOLUTIONS} revolutions that carry a balance nothing can be said."
        )
    else:
        said.append(how_sure(left, error, view.ride.revolutions))
    if view.balance == "estimated":
        said.append("The meter estimates the balance: compare it with itself only.")
    if view.balance == "unknown":
        said.append("Nobody has told legbal what this meter's balance is worth.")
    if view.reference == "unknown" and has_balance(view.balance):
        said.append("Which leg the number means is not known; it was read as left.")
    return said + [clean(limit, 400) for limit in view.limits]


def _where_it_fell(view: RideView) -> list[str]:
    said = []
    for alert in view.told:
        against = "usual" if alert.kind == "dropoff" else "target"
        within = next((i for i in view.intervals if i.start_s <= alert.t <= (i.end_s or view.t)), None)
        place = f", in interval {within.number}" if within else ""
        said.append(f"▼ {clock(alert.t)} {alert.side} {alert.points:.1f} points below {against}{place}")
    for interval in view.intervals:
        words = course(interval)
        if words not in ("", "level"):
            said.append(f"interval {interval.number}: {words}")
    return said or ["Nowhere that the noise would not explain."]


def _notes(view: RideView, width: int) -> list[Row]:
    most = min(NOTE_COLUMNS, width - _MARGIN - 12)
    return [(clock(t), clean(text, most)) for t, text in view.notes]

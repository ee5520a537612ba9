"""A ride's page: what it was in a few big figures, then its tables and sentences."""

from __future__ import annotations

import msgspec

from legbal.analysis.summary import RideSummary, Summary
from legbal.app.ride_values import AnalysedRide
from legbal.library.derived import ListItem
from legbal.library.rides import LONGEST_NOTE
from legbal.present import findings, tables
from legbal.present.events import alert_sentence
from legbal.present.grid import Line
from legbal.present.meter import NAME_COLUMNS, QUALITY, has_balance, how_sure, is_firm
from legbal.present.numbers import clock, count, number, weekday
from legbal.present.text import clean, cut, width_of
from legbal.tui.render import glyphs
from legbal.tui.render.ride_trace import alerts
from legbal.tui.render.rides import state
from legbal.tui.render.status import both_shares
from legbal.tui.render.summary import notes
from legbal.tui.render.text_grid import Document, TextGrid

_BIG_FROM = 5  # rows of the head, from which its shares are set big
_LONGEST = 400  # columns of a foreign sentence
_FEW = 15  # intervals, which stand above all else; more stand below what is said in sentences


class RideContent(msgspec.Struct, frozen=True, eq=False):
    """What is known of a ride by now: its line in the list, its summary, and all of it once it is read."""

    entry: ListItem
    summary: Summary | None = None
    page: AnalysedRide | None = None
    interval: int | None = None  # at the cursor


def head(content: RideContent, width: int, height: int) -> list[Line]:
    """Title, date and meter; below them the two shares, how sure they are, watts, time."""
    grid = TextGrid(width, height)
    kept = content.entry.ride
    meters = " + ".join(clean(meter, NAME_COLUMNS) for meter in kept.meters)
    worth = state(content.entry) or (
        QUALITY[content.entry.share.balance] if content.entry.share.balance else ""
    )
    day = weekday(kept.started)
    room = width - min(width_of(clean(kept.title, _LONGEST)), width // 3) - 4
    choices = [" · ".join(filter(None, parts)) for parts in ((day, meters, worth), (day, worth), (day,))]
    told = next((choice for choice in choices if width_of(choice) <= room), day[:15])
    title = clean(kept.title, max(8, width - width_of(told) - 4)) or "ride"
    grid.write(1, 0, title, "strong")
    grid.write_to(width - 1, 0, told, "quiet")
    if content.summary is not None and height > 1:
        _shares(grid, content.summary.ride, 2 if height >= _BIG_FROM else 1)
    return grid.lines()


def _shares(grid: TextGrid, ride: RideSummary, y: int) -> None:
    left = ride.share.left_percent if is_firm(ride.share, ride.balance) else None
    figures = both_shares(left)
    watts = [f"{number(w)} W" if w is not None else "" for w in (ride.share.left_w, ride.share.right_w)]
    sure = "no share to show" if left is None else f"± {number(ride.share.standard_error, 1)} points"
    facts = [
        sure,
        f"{number(ride.share.power_w)} W pedalling",
        clock(ride.duration_s),
        count(ride.share.revolutions or 0, "turn"),
    ]
    if grid.height < _BIG_FROM:
        x = grid.write(1, y, f"◀ {figures[0]} % left", "left-strong")
        x = grid.write(x + 3, y, f"right {figures[1]} % ▶", "right-strong")
        for fact in facts:
            if x + 3 + width_of(fact) < grid.width:
                x = grid.write(x + 3, y, fact, "strong" if fact == sure else "plain")
        return
    x = 1
    for side, figure, w in zip(("left", "right"), figures, watts, strict=True):
        glyphs.write(grid, x, y, figure, side, 1)
        x += glyphs.columns(figure, 1) + 2
        grid.write(x, y + 1, side.upper(), f"{side}-strong")
        grid.write(x, y + 2, w, "plain")
        x += max(width_of(w), 5) + 5
    for row, pair in enumerate((facts[:1], facts[1:2], facts[2:])):
        grid.write(x, y + row, cut("   ".join(pair), grid.width - x), "strong" if row == 0 else "plain")


def body(content: RideContent, width: int, _height: int) -> list[Line]:
    """All that is to be said of the ride, as many rows as it takes."""
    document = Document(width)
    summary, page = content.summary, content.page
    if summary is None:
        document.text("This ride is being read for the first time …", "quiet")
        return document.lines()
    ride, balance = summary.ride, has_balance(summary.ride.balance)
    note = clean(content.entry.ride.note, 2 * LONGEST_NOTE)  # a letter takes up to two columns: whole
    document.section("note", [note])
    intervals = tables.intervals(summary.intervals, balance=balance)
    numbers = [x.number for x in summary.intervals]
    chosen = numbers.index(content.interval) if content.interval in numbers else None
    few = len(numbers) <= _FEW
    if few:
        document.table(intervals, head="intervals", chosen=chosen)
    document.table(tables.bands(summary.bands, balance=balance), head="power bands")
    if balance:
        document.section("compared", _comparisons(summary))
        _drop_offs(document, summary, page)
    if not few:
        document.table(intervals, head="intervals", chosen=chosen)
    if ride.dynamics is not None:
        document.table(tables.dynamics(ride.dynamics), head="how the legs turned the crank")
    sure = how_sure(ride.share, ride.balance, ride.reference, summary.limits)
    document.section("how sure is that", [*sure, findings.of_smallest(summary) or ""])
    document.section("noted", notes(page.notes if page is not None else ()))
    return document.lines()


def _comparisons(summary: Summary) -> list[str]:
    said = findings.of_contrasts(summary.contrasts)
    if summary.drift is not None:
        said.append(findings.of_drift(summary.drift))
    if summary.first_last is not None:
        said.append(findings.of_first_last(summary.first_last))
    return said


def _drop_offs(document: Document, summary: Summary, page: AnalysedRide | None) -> None:
    document.head("where it fell")
    for drop in summary.dropoffs:
        when, covered = findings.of_dropoff(drop)
        document.text(f"▼ {clock(drop.told_s)}  {when}.", "strong")
        document.text(covered, indent=2)
    document.table(tables.dropoffs(summary.dropoffs))
    told = alerts(page) if page is not None else []
    for alert in told:
        if alert.kind != "dropoff":
            document.text(f"▼ {clock(alert.t)}  {clean(alert_sentence(alert), _LONGEST)}")
    if page is not None and not told and not summary.dropoffs:
        document.text("No drop-off.")

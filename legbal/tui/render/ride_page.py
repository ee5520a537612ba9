"""A ride's page: what it was in a few big figures, then its tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from legbal.analysis.summary import (
    BandSummary,
    DropOffSummary,
    IntervalSummary,
    RideSummary,
    Summary,
)
from legbal.app.rides import Entry, Page
from legbal.library.rides import LONGEST_NOTE
from legbal.present import findings
from legbal.present.grid import Line
from legbal.present.numbers import DASH, clock, number, share_error, signed
from legbal.present.text import clean, cut, width_of
from legbal.ride.events import Alert
from legbal.tui.render import glyphs
from legbal.tui.render.document import Column, Document
from legbal.tui.render.ride_dynamics import dynamics
from legbal.tui.render.rides import state
from legbal.tui.render.status import BALANCE, NAME_COLUMNS, NOTE_COLUMNS, course, has_balance, how_sure
from legbal.tui.render.text_grid import TextGrid

_BIG_FROM = 5  # rows of the head, from which its shares are set big
_LONGEST = 400  # columns of a foreign sentence
_NAME_COLUMNS = 16  # of a power band
_FEW = 15  # intervals, which stand above all else; more stand below what is said in sentences


class RideContent(msgspec.Struct, frozen=True, eq=False):
    """What is known of a ride by now: its line in the list, its summary, and all of it once it is read."""

    entry: Entry
    summary: Summary | None = None
    page: Page | None = None
    interval: int | None = None  # at the cursor


def head(content: RideContent, width: int, height: int) -> list[Line]:
    """Title, date and meter; below them the two shares, how sure they are, watts, time."""
    grid = TextGrid(width, height)
    kept = content.entry.ride
    meters = " + ".join(clean(meter, NAME_COLUMNS) for meter in kept.meters)
    worth = state(content.entry) or (BALANCE[content.entry.balance] if content.entry.balance else "")
    day = f"{kept.started:%a %d %b %Y  %H:%M}"
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
    known = has_balance(ride.balance) and share_error(ride.left_percent, ride.left_standard_error) != DASH
    left = ride.left_percent if known else None
    figures = [DASH if x is None else f"{x:.1f}" for x in (left, None if left is None else 100 - left)]
    watts = [f"{number(w)} W" if w is not None else "" for w in (ride.left_w, ride.right_w)]
    sure = f"± {ride.left_standard_error:.1f} points" if known else "no share to show"
    facts = [sure, f"{number(ride.power_w)} W pedalling", clock(ride.duration_s), f"{ride.revolutions} turns"]
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


def body(content: RideContent, width: int, height: int) -> list[Line]:
    """All that is to be said of the ride, as many rows as it takes."""
    del height
    document = Document(width)
    summary = content.summary
    if summary is None:
        document.text("This ride is being read for the first time …", "quiet")
        return document.lines()
    known = has_balance(summary.ride.balance)
    kept = clean(content.entry.ride.note, 2 * LONGEST_NOTE)  # a letter takes up to two columns: whole
    if kept:
        document.head("note")
        document.text(kept)
    few = len(summary.intervals) <= _FEW
    if few:
        _intervals(document, summary.intervals, known, content.interval)
    bands = [band for band in summary.bands if band.seconds or band.power_w]
    if bands:
        document.head("power bands")
        _bands(document, bands, known)
    if known:
        _comparisons(document, summary)
        _fallen(document, summary, content.page)
    if not few:
        _intervals(document, summary.intervals, known, content.interval)
    if summary.ride.dynamics is not None:
        document.head("how the legs turned the crank")
        dynamics(document, summary.ride.dynamics)
    _how_sure(document, summary)
    if content.page is not None and content.page.notes:
        document.head("noted")
        for t, text in content.page.notes:
            document.text(f"✎ {clock(t)}  {clean(text, NOTE_COLUMNS)}")
    return document.lines()


def _intervals(document: Document, intervals: Sequence[IntervalSummary], known: bool, at: int | None) -> None:
    if not intervals:
        return
    document.head("intervals")
    shares = [share_error(x.left_percent, x.left_standard_error) if known else "" for x in intervals]
    firm = [shown not in (DASH, "") for shown in shares]
    document.table(
        [
            Column("", [str(x.number) for x in intervals], style="strong"),
            Column("from", [clock(x.start_s) for x in intervals], spare=4),
            Column("time", [clock(x.end_s - x.start_s) for x in intervals]),
            Column("watts", [number(x.power_w) for x in intervals]),
            Column("left W", [_watts(x.left_w, known) for x in intervals], style="left", spare=5),
            Column("right W", [_watts(x.right_w, known) for x in intervals], style="right", spare=5),
            Column("left %", shares, style="strong"),
            Column(
                "vs usual",
                [
                    signed(x.left_percent - x.usual_percent)
                    if ok and x.left_percent is not None and x.usual_percent is not None
                    else (DASH if known else "")
                    for x, ok in zip(intervals, firm, strict=True)
                ],
                spare=2,
            ),
            Column(
                "within it",
                [course(x) if ok else "" for x, ok in zip(intervals, firm, strict=True)],
                False,
                spare=3,
            ),
        ],
        chosen=next((i for i, x in enumerate(intervals) if x.number == at), None),
    )


def _bands(document: Document, bands: Sequence[BandSummary], known: bool) -> None:
    document.table(
        [
            Column("of FTP", [clean(x.name, _NAME_COLUMNS) for x in bands], False, "strong"),
            Column("time", [clock(x.seconds) if known else "" for x in bands]),
            Column("watts", [number(x.power_w) for x in bands], spare=2),
            Column("left W", [_watts(x.left_w, known) for x in bands], style="left", spare=3),
            Column("right W", [_watts(x.right_w, known) for x in bands], style="right", spare=3),
            Column(
                "left %",
                [share_error(x.left_percent, x.left_standard_error) if known else "" for x in bands],
                style="strong",
            ),
        ]
    )


def _watts(watts: float | None, known: bool) -> str:
    return number(watts) if known and watts is not None else ""


def _comparisons(document: Document, summary: Summary) -> None:
    said = findings.of_contrasts(summary.contrasts)
    if summary.drift is not None:
        said.append(findings.of_drift(summary.drift))
    if summary.first_last is not None:
        said.append(findings.of_first_last(summary.first_last))
    if said:
        document.head("compared")
        for text in said:
            document.text(text)


def _fallen(document: Document, summary: Summary, page: Page | None) -> None:
    document.head("where it fell")
    for drop in summary.dropoffs:
        _dropoff(document, drop)
    events = page.reading.events if page is not None else ()
    for alert in events:
        if isinstance(alert, Alert) and alert.kind == "threshold":
            document.text(
                f"▼ {clock(alert.t)}  {alert.side} leg {alert.points:.1f} points below its target "
                f"of {alert.reference_percent:.1f} %"
            )
    if page is not None and not any(isinstance(event, Alert) for event in events) and not summary.dropoffs:
        document.text("Nowhere that the noise would not explain.")


def _dropoff(document: Document, drop: DropOffSummary) -> None:
    when, covered = findings.of_dropoff(drop)
    document.text(f"▼ {clock(drop.told_s)}  {when}.", "strong")
    document.text(covered, indent=2)
    around = [("before", drop.before), ("during", drop.during), ("after", drop.after)]
    there = [(name, x) for name, x in around if x.power_w is not None]
    if there:
        document.table(
            [
                Column("", [name for name, _ in there], False, "quiet"),
                Column(
                    "left %",
                    [share_error(x.left_percent, x.left_standard_error) for _, x in there],
                    style="strong",
                ),
                Column("watts", [number(x.power_w) for _, x in there]),
                Column("left W", [_watts(x.left_w, True) for _, x in there], style="left", spare=2),
                Column("right W", [_watts(x.right_w, True) for _, x in there], style="right", spare=2),
                Column("rpm", [number(x.cadence_rpm) for _, x in there], spare=1),
            ],
            indent=2,
        )


def _how_sure(document: Document, summary: Summary) -> None:
    ride = summary.ride
    document.head("how sure is that")
    left, error = ride.left_percent, ride.left_standard_error
    if not has_balance(ride.balance):
        document.text("This meter gave no balance: there is nothing to be sure of.")
    elif left is None or error is None:
        document.text("Too few revolutions carry a balance for anything to be said.")
    else:
        document.text(how_sure(left, error, ride.revolutions))
    if ride.balance == "estimated":
        document.text("The meter estimates the balance: compare it with itself only.")
    if ride.reference == "unknown" and has_balance(ride.balance):
        document.text("Which leg the number means is not known; it was read as left.")
    if ride.reference == "assumed_left" and has_balance(ride.balance):
        document.text("The number is read as the left leg's, as you said.")
    if (smallest := findings.of_smallest(summary)) is not None:
        document.text(smallest)
    for limit in summary.limits:
        document.text(clean(limit, _LONGEST))

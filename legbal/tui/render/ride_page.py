"""A ride's page, and the screen after a ride: what it was in a few big figures, then all that is said of it."""

from itertools import chain

import msgspec

from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.summary import Summary, summarise
from legbal.app.ride_values import AnalysedRide
from legbal.app.rides import ListItem
from legbal.present.balance_remarks import quality_word
from legbal.present.document import Line, Paragraph, section
from legbal.present.headline import answer_blocks, pedalling, power
from legbal.present.live import both_shares
from legbal.present.meter import NAME_COLUMNS, has_balance
from legbal.present.numbers import (
    leg_watts,
    meter_names,
    plus_minus,
    reliable_share,
    watts,
    weekday,
)
from legbal.present.ride import sections, tables_below
from legbal.present.sentences import say
from legbal.present.text import SENTENCE_COLUMNS, clean, width_of
from legbal.tui.render import glyphs, ride_trace, trace
from legbal.tui.render.rides import state
from legbal.tui.render.status import Frame
from legbal.tui.render.text_grid import TextGrid, document, on_grid

_BIG_FROM = 5  # rows of the head, from which its shares are set big
_MARGIN = 3  # after a ride
_TRACE_ROWS, _FEW_TRACE_ROWS, _WIDE = 13, 8, 100  # fewer where the screen is not so many columns wide


class RideContent(msgspec.Struct, frozen=True, eq=False):
    """What is known of a ride by now: its line in the list, its summary, and all of it once it is read."""

    entry: ListItem
    summary: Summary | None = None
    page: AnalysedRide | None = None
    interval: int | None = None  # at the cursor


class FinishedRide(msgspec.Struct, frozen=True, eq=False):
    """A ride that has just ended.

    Attributes:
        frame: its last snapshot.
        problem: what went wrong while it was closed.
        summary: its own, once it is read from the library: it knows the rides before.
        page: all of it, once it is read.
        everything: whether all that is known of it is shown.
    """

    frame: Frame
    problem: str = ""
    summary: Summary | None = None
    page: AnalysedRide | None = None
    everything: bool = False


@on_grid
def head(grid: TextGrid, content: RideContent) -> None:
    """Title, date and meter; below them the two shares, how sure they are, watts, time."""
    ride = content.entry.ride
    meter = meter_names(clean(name, NAME_COLUMNS) for name in ride.meters)
    quality = content.entry.balance and quality_word(content.entry.balance)
    worth = ", ".join(filter(None, (state(msgspec.structs.replace(content.entry, balance=None)), quality)))
    day = weekday(ride.started)
    room = grid.width - min(width_of(clean(ride.title, SENTENCE_COLUMNS)), grid.width // 3) - 4
    choices = [" · ".join(filter(None, parts)) for parts in ((day, meter, worth), (day, worth), (day,))]
    facts = next((choice for choice in choices if width_of(choice) <= room), day[:15])
    grid.write(1, 0, clean(ride.title, max(8, grid.width - width_of(facts) - 4)) or "ride", "strong")
    grid.write_to(grid.width - 1, 0, facts, "quiet")
    if content.summary is not None and grid.height > 1:
        _shares(grid, 1, 2 if grid.height >= _BIG_FROM else 1, content.summary)


def body(content: RideContent, width: int, _height: int) -> list[Line]:
    """All that is to be said of the ride, as many rows as it takes."""
    summary, page = content.summary, content.page
    if summary is None:
        return document([Paragraph(say("page.reading"), "quiet")], width)
    events, notes = ((), ()) if page is None else (page.analysis.events, page.notes)
    by_heading = sections(summary, events, notes, content.interval)
    return document(chain(answer_blocks(summary, content.entry.ride.note), *by_heading.values()), width)


def finished(ended: FinishedRide, width: int, _height: int) -> list[Line]:
    """A ride that has just ended, as many rows as it takes: the answer, its trace, intervals; on demand the rest."""
    view, status = ended.frame.now, ended.frame.status
    summary = ended.summary or summarise(view, CyclingDynamics())
    grid = TextGrid(width, 2)
    about = filter(None, (clean(view.meter_name, NAME_COLUMNS), quality_word(view.balance)))
    x = grid.write(_MARGIN, 1, say("page.finished"), "strong")
    grid.write(x + 3, 1, " · ".join(about), "quiet")
    unrecorded = status.recordable and not status.recording and not status.finished
    problems = chain(
        section(say("page.problem"), [Paragraph(ended.problem)]),
        section("Recording", [Paragraph(status.recording_text if unrecorded else "")]),
    )
    sentence, *others = answer_blocks(summary)
    below = tables_below(summary, view.told, view.notes, "" if ended.everything else "page.more")
    return [
        *grid.lines(),
        *document(chain(problems, (Paragraph(""), sentence)), width, _MARGIN),
        *_trace_of(ended, width),
        *document(chain(others, below), width, _MARGIN),
    ]


def _trace_of(ended: FinishedRide, width: int) -> list[Line]:
    """The whole ride's trace, until it is read that of the last minutes; nothing without a balance."""
    if not has_balance(ended.frame.now.balance):
        return []
    rows = _TRACE_ROWS if width >= _WIDE else _FEW_TRACE_ROWS
    page, inner = ended.page, width - 2
    lines = (
        trace.draw(ended.frame, inner, rows)
        if page is None
        else ride_trace.draw_still(ride_trace.whole_ride(page), inner, rows)
    )
    grid = TextGrid(width, rows + 2)
    grid.put(1, 1, lines)
    return grid.lines()


def _shares(grid: TextGrid, x: int, y: int, summary: Summary) -> None:
    """Both shares, how sure they are, watts, time: in one row where there are few, else three rows high."""
    ride, share = summary.ride, summary.ride.share
    shown = reliable_share(share) if has_balance(ride.balance) else None
    sure = say("share.none") if shown is None else say("share.error", error=plus_minus(shown[1]))
    facts = [
        say("page.pedalling", power=power(summary)),
        say("page.length", duration_s=ride.duration_s),
        # only those that carry a balance are counted
        *([pedalling(summary)] if share.revolutions else []),
    ]
    figures = both_shares(shown and shown[0])
    if grid.height < _BIG_FROM:
        x = grid.write(x, y, say("share.left", percent=figures["left"]), "left-strong")
        x = grid.write(x + 3, y, say("share.right", percent=figures["right"]), "right-strong")
        grid.write_runs(x, y, [(sure, "strong"), *((fact, "plain") for fact in facts)], 3, grid.width - 1)
        return
    for (side, figure), leg_w in zip(figures.items(), leg_watts(share), strict=True):
        end = glyphs.write(grid, x, y, figure, side, 1)
        one = "" if leg_w is None else watts(leg_w)
        grid.write(end + 2, y + 1, side.upper(), f"{side}-strong")
        grid.write(end + 2, y + 2, one, "plain")
        x = end + 7 + max(width_of(one), 5)
    for row, texts in enumerate(([sure], facts[:1], facts[1:])):
        style = "plain" if row else "strong"
        grid.write_runs(x - 3, y + row, [(text, style) for text in texts], 3, grid.width)

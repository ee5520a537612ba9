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
from legbal.present.meter import NAME_COLUMNS, has_balance
from legbal.present.numbers import (
    leg_watts,
    meter_names,
    plus_minus,
    reliable_share,
    watts,
    weekday,
)
from legbal.present.ride import sections
from legbal.present.sentences import say
from legbal.present.text import SENTENCE_COLUMNS, clean, width_of
from legbal.tui.render import glyphs
from legbal.tui.render.rides import state
from legbal.tui.render.status import Frame, both_shares
from legbal.tui.render.text_grid import TextGrid, document, on_grid

_BIG_FROM = 5  # rows of the head, from which its shares are set big
_MARGIN, _HEAD_ROWS = 3, 10  # after a ride
_WHOLE = 80  # columns from which on all facts have room beside the shares


class RideContent(msgspec.Struct, frozen=True, eq=False):
    """What is known of a ride by now: its line in the list, its summary, and all of it once it is read."""

    entry: ListItem
    summary: Summary | None = None
    page: AnalysedRide | None = None
    interval: int | None = None  # at the cursor


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
        _shares(grid, 1, 2 if grid.height >= _BIG_FROM else 1, content.summary, scale=1)


def body(content: RideContent, width: int, _height: int) -> list[Line]:
    """All that is to be said of the ride, as many rows as it takes."""
    summary, page = content.summary, content.page
    if summary is None:
        return document([Paragraph(say("page.reading"), "quiet")], width)
    events, notes = ((), ()) if page is None else (page.analysis.events, page.notes)
    by_heading = sections(summary, events, notes, content.interval)
    return document(chain(answer_blocks(summary, content.entry.ride.note), *by_heading.values()), width)


def finished(
    problem: str, frame: Frame, width: int, _height: int, summary: Summary | None = None
) -> list[Line]:
    """A ride that has just ended, as many rows as it takes.

    Args:
        problem: what went wrong while it was closed.
        frame: its last snapshot.
        width: columns.
        summary: its own, once it is read from the library: it knows the rides before.
    """
    view, status = frame.now, frame.status
    summary = summary or summarise(view, CyclingDynamics())
    grid = TextGrid(width, _HEAD_ROWS)
    grid.write(_MARGIN, 1, say("page.finished"), "strong")
    about = filter(None, (clean(view.meter_name, NAME_COLUMNS), quality_word(view.balance)))
    grid.write(_MARGIN + 15, 1, " · ".join(about), "quiet")
    _shares(grid, _MARGIN, 3, summary, scale=2)
    unrecorded = status.recordable and not status.recording and not status.finished
    return grid.lines() + document(
        chain(
            section(say("page.problem"), [Paragraph(problem)]),
            section("Recording", [Paragraph(status.recording_text if unrecorded else "")]),
            answer_blocks(summary, in_full=width < _WHOLE),
            *sections(summary, view.told, view.notes).values(),
        ),
        width,
        _MARGIN,
    )


def _shares(grid: TextGrid, x: int, y: int, summary: Summary, scale: int) -> None:
    """Both shares, how sure they are, watts, time: in one row where there are few, else big at `scale`."""
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
        end = glyphs.write(grid, x, y, figure, side, scale)
        if scale > 1:
            label = f"{side.upper()}   {'%' if leg_w is None else watts(leg_w)}"
            grid.write(x, y + glyphs.rows(scale), label, f"{side}-strong")
            x = max(end, x + 8) + (5 if grid.width >= 90 else 3)  # the facts are whole at `_WHOLE` columns
        else:
            one = "" if leg_w is None else watts(leg_w)
            grid.write(end + 2, y + 1, side.upper(), f"{side}-strong")
            grid.write(end + 2, y + 2, one, "plain")
            x = end + 7 + max(width_of(one), 5)
    # where the shares are three rows high, time and revolutions stand in one
    rows = [[sure], facts[:1], facts[1:]] if scale == 1 else [[text] for text in (sure, *facts)]
    for row, texts in enumerate(rows):
        style = "plain" if row else "strong"
        grid.write_runs(x - 3, y + row, [(text, style) for text in texts], 3, grid.width)

"""What stands in place of the shares, over the full width: an alert, its end, the search for a meter."""

from __future__ import annotations

from legbal.ride.inputs import Side
from legbal.ride.view import AlertView, RideView
from legbal.tui.render import glyphs
from legbal.tui.render.figures import clean, cut, span
from legbal.tui.render.paper import Line, Paper, cells_of, wrapped
from legbal.tui.render.words import NAME_COLUMNS, alert_sentence

_LARGEST = 12  # half rows to a dot
_MOST_ROWS = 5  # of why the meter is not there


def alert(view: RideView, held: AlertView, width: int, height: int) -> list[Line]:
    """Which leg must work, with an arrow towards it; how far below what, and for how long."""
    leg = f"{held.side.upper()} LEG"
    arrow = f"◀ {leg}" if held.side == "left" else f"{leg} ▶"
    sure = "" if held.sure is None else f"   {min(99, round(100 * held.sure))} % sure"
    points, below = f"{held.points:.1f}", "USUAL" if held.kind == "dropoff" else "TARGET"
    figures = (f"{points} BELOW {below}", points)
    return _banner(held.side, leg, f"{arrow}   {alert_sentence(view, held)}", sure, figures, width, height)


def back(side: Side, width: int, height: int) -> list[Line]:
    """The leg of the last alert is back."""
    return _banner(side, f"{side.upper()} IS BACK", f"{side} is back", "", (), width, height, f"{side}-back")


def searching(view: RideView, width: int, height: int) -> list[Line]:
    """What is being looked for, for how long, and what to do."""
    paper = Paper(width, height)
    link = next(iter(view.links), None)
    big = "CONNECTING" if link is not None and link.state == "connecting" else "NO METER YET"
    name = clean((link.meter if link else "") or view.meter_name, NAME_COLUMNS) or "a power meter"
    since = span(view.t - (link.since if link else 0.0))
    doing = "Connecting to" if big == "CONNECTING" else "Looking for"
    rows = [f"{doing} {name} for {since}.", "Turn the crank: a meter that stands still is asleep."]
    if link is not None and link.text:
        rows += wrapped(clean(link.text, 400), width - 4)[:_MOST_ROWS]
    scale = _scale(big, width, height, 1 + len(rows))
    top = max(0, (height - glyphs.rows(scale) - 1 - len(rows)) // 2)
    glyphs.write(paper, (width - glyphs.columns(big, scale)) // 2, top, big, "plain", scale)
    for row, text in enumerate(rows):
        paper.centre(top + glyphs.rows(scale) + 1 + row, cut(text, width), "strong" if row == 1 else "plain")
    return paper.lines()


def _banner(
    side: Side,
    big: str,
    words: str,
    aside: str,
    figures: tuple[str, ...],
    width: int,
    height: int,
    ink: str = "alert",
) -> list[Line]:
    """Big words with an arrow outwards, at the side of the leg; below them a figure and the whole sentence.

    Of `figures` the first that fits beside the sentence is set big, `aside` is added where it fits.
    """
    paper = Paper(width, height, ink)
    text = f"◀ {big}" if side == "left" else f"{big} ▶"
    below = glyphs.rows(1) if figures else 1
    scale = _scale(text, width, height, below)
    gap = 1 if glyphs.rows(scale) + below < height else 0
    top = max(0, (height - glyphs.rows(scale) - below - gap) // 2)
    wide = glyphs.columns(text, scale)
    margin = max(0, min(3, (width - wide) // 2))
    glyphs.write(paper, margin if side == "left" else width - margin - wide, top, text, ink, scale)

    first = min(height - 1, top + glyphs.rows(scale) + gap)
    row = min(height - 1, first + below - 1)
    margin = 3 if width >= 60 else 1
    space = width - 2 * margin
    fits = [figure for figure in figures if glyphs.columns(figure, 1) + 3 + cells_of(words) <= space]
    figure = fits[0] if fits and row - first == below - 1 else ""
    columns = glyphs.columns(figure, 1) + 3 if figure else 0
    sentence = words + aside if columns + cells_of(words + aside) <= space else cut(words, space)
    if side == "left":
        glyphs.write(paper, margin, first, figure, ink, 1)
        paper.write(margin + columns, row, sentence, ink)
    else:
        glyphs.write(paper, width - margin - columns + 3, first, figure, ink, 1)
        paper.write_to(width - margin - columns, row, sentence, ink)
    return paper.lines()


def _scale(text: str, width: int, height: int, rows_below: int) -> int:
    fitting = (
        scale
        for scale in range(_LARGEST, 1, -1)
        if glyphs.columns(text, scale) <= width and glyphs.rows(scale) + rows_below <= height
    )
    return next(fitting, 1)

"""What stands in place of the shares, over the full width: an alert, its end, the search for a meter."""

from __future__ import annotations

from legbal.ride.inputs import Side
from legbal.ride.view import AlertView, RideView
from legbal.tui.render import glyphs
from legbal.tui.render.figures import clean, cut, span
from legbal.tui.render.paper import Line, Paper, cells_of, wrapped
from legbal.tui.render.words import NAME_COLUMNS, alert_sentence, waiting
from legbal.tui.scene import Scene

_LARGEST = 12  # half rows to a dot
_MOST_ROWS = 5  # of why the meter is not there


def instead(scene: Scene, width: int, height: int) -> list[Line] | None:
    """What stands in place of the shares now; None where they stand themselves."""
    if scene.now.alert is not None:
        return _alert(scene.now, scene.now.alert, width, height)
    if scene.now.recovered is not None:
        return _back(scene.now.recovered, width, height)
    if waiting(scene.now):
        looking = _not_ridden if scene.status.following else _searching
        return looking(scene.now, width, height)
    return None


def _alert(view: RideView, held: AlertView, width: int, height: int) -> list[Line]:
    """Which leg must work, with an arrow towards it; how far below what, and for how long."""
    leg = f"{held.side.upper()} LEG"
    arrow = f"◀ {leg}" if held.side == "left" else f"{leg} ▶"
    sure = "" if held.sure is None else f"   {min(99, round(100 * held.sure))} % sure"
    points, below = f"{held.points:.1f}", "USUAL" if held.kind == "dropoff" else "TARGET"
    figures = (f"{points} BELOW {below}", points)
    return _banner(held.side, leg, f"{arrow}   {alert_sentence(view, held)}", sure, figures, width, height)


def _back(side: Side, width: int, height: int) -> list[Line]:
    """The leg of the last alert is back."""
    return _banner(side, f"{side.upper()} IS BACK", f"{side} is back", "", (), width, height, f"{side}-back")


def _searching(view: RideView, width: int, height: int) -> list[Line]:
    """What is being looked for, for how long, and what to do."""
    big, rows = _search(view)
    return _told(
        big, [rows[0], "Turn the crank: a meter that stands still is asleep.", *rows[1:]], 1, width, height
    )


def _not_ridden(view: RideView, width: int, height: int) -> list[Line]:
    """The same for whoever follows: no ride is heard yet, or the rider's meter is not there yet."""
    if view.links:
        return _told(*_search(view), 0, width, height)
    rows = ["The ride appears here by itself, once it is published:", "legbal ride --mqtt URL"]
    return _told("NO RIDE YET", rows, 1, width, height)


def _search(view: RideView) -> tuple[str, list[str]]:
    """In big letters how far the search is; in sentences for what, for how long, and why it takes so long."""
    link = next(iter(view.links), None)
    connecting = link is not None and link.state == "connecting"
    name = clean((link.meter if link else "") or view.meter_name, NAME_COLUMNS) or "a power meter"
    since = span(view.t - (link.since if link else 0.0))
    said = f"{'Connecting to' if connecting else 'Looking for'} {name} for {since}."
    why = "" if link is None else clean(link.text, 400)
    return "CONNECTING" if connecting else "NO METER YET", [said, why] if why else [said]


def _told(big: str, sentences: list[str], strong: int, width: int, height: int) -> list[Line]:
    """Big letters with sentences below them, of which one stands out."""
    paper = Paper(width, height)
    rows = [
        (row, "strong" if at == strong else "plain")
        for at, sentence in enumerate(sentences)
        for row in wrapped(sentence, width - 4)[:_MOST_ROWS]
    ]
    scale = _scale(big, width, height, 1 + len(rows))
    top = max(0, (height - glyphs.rows(scale) - 1 - len(rows)) // 2)
    glyphs.write(paper, (width - glyphs.columns(big, scale)) // 2, top, big, "plain", scale)
    for at, (row, ink) in enumerate(rows, start=top + glyphs.rows(scale) + 1):
        paper.centre(at, cut(row, width), ink)
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

"""What matters more than the shares and stands in their place: an alert, its end, or the search for a meter."""

from legbal.present import numbers
from legbal.present.grid import Line
from legbal.present.meter import NAME_COLUMNS, searching
from legbal.present.sentences import alert_below, alert_extent
from legbal.present.text import SENTENCE_COLUMNS, clean, cut, width_of, wrapped
from legbal.ride.events import Alert
from legbal.ride.inputs import Side
from legbal.ride.view import RideView
from legbal.tui.render import glyphs
from legbal.tui.render.status import Frame, waiting
from legbal.tui.render.text_grid import TextGrid

_LARGEST = 12  # half rows to a dot
_MOST_ROWS = 5  # of why the meter is not there


def instead(frame: Frame, width: int, height: int) -> list[Line] | None:
    """What stands in place of the shares now; None where they stand themselves."""
    if frame.now.alert is not None:
        return _alert(frame.now, frame.now.alert, width, height)
    if (side := frame.now.recovered) is not None:
        return _banner(
            side, f"{side.upper()} IS BACK", f"{side} is back", "", (), width, height, f"{side}-back"
        )
    if waiting(frame.now):
        return _searching(frame.now, bool(frame.status.following), width, height)
    return None


def _alert(view: RideView, held: Alert, width: int, height: int) -> list[Line]:
    leg = f"{held.side.upper()} LEG"
    arrow = f"◀ {leg}" if held.side == "left" else f"{leg} ▶"
    sure = "" if held.sure is None else f"   {min(99, round(100 * held.sure))} % sure"
    points, below = numbers.number(held.points, 1), clean(alert_below(held.kind), NAME_COLUMNS).upper()
    sentence = (
        f"{arrow}   {clean(alert_extent(held), SENTENCE_COLUMNS)} for {numbers.duration(view.t - held.since)}"
    )
    return _banner(held.side, leg, sentence, sure, (f"{points} BELOW {below}", points), width, height)


def _searching(view: RideView, following: bool, width: int, height: int) -> list[Line]:
    words, sentences = searching(view, following)
    big = words.upper()
    grid = TextGrid(width, height)
    rows = [
        (row, "strong" if stands_out else "plain")
        for sentence, stands_out in sentences
        for row in wrapped(sentence, width - 4)[:_MOST_ROWS]
    ]
    scale = glyphs.fitting_scale(big, width, height - 1 - len(rows), _LARGEST)
    top = max(0, (height - glyphs.rows(scale) - 1 - len(rows)) // 2)
    glyphs.write(grid, (width - glyphs.columns(big, scale)) // 2, top, big, "plain", scale)
    for at, (row, style) in enumerate(rows, start=top + glyphs.rows(scale) + 1):
        grid.centre(at, cut(row, width), style)
    return grid.lines()


def _banner(
    side: Side,
    big: str,
    words: str,
    aside: str,
    figures: tuple[str, ...],
    width: int,
    height: int,
    style: str = "alert",
) -> list[Line]:
    """Big words with an arrow outwards, at the side of the leg; below them a figure and the whole sentence.

    Of `figures` the first that fits beside the sentence is set big, `aside` is added where it fits.
    """
    grid = TextGrid(width, height, style)
    text = f"◀ {big}" if side == "left" else f"{big} ▶"
    below = glyphs.rows(1) if figures else 1
    scale = glyphs.fitting_scale(text, width, height - below, _LARGEST)
    gap = 1 if glyphs.rows(scale) + below < height else 0
    top = max(0, (height - glyphs.rows(scale) - below - gap) // 2)
    margin = max(0, min(3, (width - glyphs.columns(text, scale)) // 2))
    glyphs.write_at_side(grid, side, margin, top, text, style, scale)

    first = min(height - 1, top + glyphs.rows(scale) + gap)
    row = min(height - 1, first + below - 1)
    margin = 3 if width >= 60 else 1
    space = width - 2 * margin
    fits = (x for x in figures if glyphs.columns(x, 1) + 3 + width_of(words) <= space)
    figure = next(fits, "") if row - first == below - 1 else ""
    columns = glyphs.columns(figure, 1) + 3 if figure else 0
    sentence = words + aside if columns + width_of(words + aside) <= space else cut(words, space)
    glyphs.write_at_side(grid, side, margin, first, figure, style, 1)
    grid.write_at_side(side, margin + columns, row, sentence, style)
    return grid.lines()

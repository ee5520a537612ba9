"""The centre of the first glance: which leg does how much, or the one thing that matters more: a banner.

Also by itself in large type: nothing but the balance, to be read from across the room.
"""

from collections.abc import Mapping

from legbal.present import numbers
from legbal.present.balance_remarks import quality_word
from legbal.present.document import Line
from legbal.present.meter import NAME_COLUMNS, has_balance, searching
from legbal.present.sentences import alert_below, alert_extent, alert_name, say
from legbal.present.text import SENTENCE_COLUMNS, clean, cut, width_of, wrapped
from legbal.ride.events import Alert
from legbal.ride.inputs import Side
from legbal.ride.view import RideView
from legbal.tui.render import glyphs
from legbal.tui.render.status import Frame, both_shares, left_10s, waiting
from legbal.tui.render.text_grid import TextGrid, on_grid

_WIDEST = "88.8"
_MIDDLE = 16  # columns that power and cadence need at least
# half rows to a dot: beside the numbers, alone, in the words of a banner
_LARGEST, _LARGEST_TYPE, _LARGEST_BANNER = 5, 40, 12
_MOST_ROWS = 5  # of why the meter is not there
_ARROW: dict[Side | None, str] = {
    "left": "◀ {}",
    "right": "{} ▶",
    None: "{}",
}  # outwards, at the side of the leg


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The two big shares with their watts and, between them, power and cadence.

    They give way to an alert, to "left is back" after one, and to what is being looked for before the meter
    is there. The shares are those of the last 10 s to half a point; a dash where too little stands behind.
    """
    return _instead(frame, width, height) or _shares(frame.steady, width, height)


@on_grid
def _shares(grid: TextGrid, view: RideView) -> None:
    margin = 3 if grid.width >= 60 else 1
    room = (grid.width - _MIDDLE - 2 * (margin + 1)) // 2
    scale = glyphs.fitting_scale(_WIDEST, room, grid.height - 1, _LARGEST)
    left = left_10s(view)
    figures = both_shares(left)
    watts = {"left": view.last_10s.left_w, "right": view.last_10s.right_w}
    for side, figure in figures.items():
        glyphs.write_at_side(grid, side, margin, 0, figure, side, scale)
        name = f"{side.upper()} ?" if view.reference == "unknown" else side.upper()
        _label(grid, side, name, None if left is None else watts[side], glyphs.rows(scale), margin)
    inner = margin + max(glyphs.columns(figures["left"], scale), glyphs.columns(_WIDEST, scale)) + 1
    _middle(grid, view, inner, grid.width - inner)


def _label(grid: TextGrid, side: Side, name: str, watts: float | None, y: int, margin: int) -> None:
    figure, unit = ("", "") if watts is None else (numbers.number(watts), "W")
    if grid.height - y < glyphs.rows(1) + 1 or grid.width < 110:
        grid.write_at_side(side, margin, y, f"{name}   {figure} {unit}".rstrip(), f"{side}-strong")
        return
    margin += 2 if unit and side == "right" else 0
    x = glyphs.write_at_side(grid, side, margin, y + 1, f"{name}  {figure}".strip(), side, 1)
    grid.write(x + 1, y + 3, unit, side)


def _middle(grid: TextGrid, view: RideView, start: int, end: int) -> None:
    space = end - start
    big = 2 if space >= glyphs.columns("888", 2) + 8 and grid.height >= 10 else 1
    y = 0
    for value, unit, scale in ((view.power_w, "W", big), (view.cadence_rpm, "rpm", 1)):
        text = numbers.number(value)
        wide = glyphs.columns(text, scale)
        if y + glyphs.rows(scale) > grid.height - 1 or wide + 1 + len(unit) > space:
            continue
        x = start + (space - wide) // 2
        glyphs.write(grid, x, y, text, "plain", scale)
        grid.write(x + wide + 1, y + glyphs.rows(scale) - 1, unit, "quiet")
        y += glyphs.rows(scale) + (1 if grid.height >= 10 else 0)
    is_plain = view.balance == "measured" and view.one_leg is None
    word = _what(view) if view.pedalling or not is_plain else say("ride.not_pedalling")
    if len(word) <= space:
        style = "quiet" if is_plain else "strong"
        grid.write(start + (space - len(word)) // 2, grid.height - 1, word, style)


def _what(view: RideView) -> str:
    """What the shares are worth; in a drill, which leg pedals alone."""
    return quality_word(view.balance) if view.one_leg is None else say("drill.alone", side=view.one_leg)


def draw_large(frame: Frame, width: int, height: int) -> list[Line]:
    """The two shares of the last 10 s in large type; below them what they are worth, as a number is never shown bare.

    They give way to an alert, its end and the search for a meter, as on the full screen.
    """
    return _instead(frame, width, height) or _large(frame.steady, width, height)


@on_grid
def _large(grid: TextGrid, view: RideView) -> None:
    figures = both_shares(left_10s(view))
    beside = glyphs.fitting_scale(_WIDEST, grid.width // 2 - 2, grid.height - 3, _LARGEST_TYPE)
    stacked = glyphs.fitting_scale(_WIDEST, grid.width - 2, (grid.height - 1) // 2, _LARGEST_TYPE)
    if stacked > 1.2 * beside:
        _one_above_the_other(grid, figures, stacked)
    else:
        _side_by_side(grid, figures, beside)
    grid.centre(grid.height - 1, _worth(view, grid.width), "quiet")


def _side_by_side(grid: TextGrid, figures: Mapping[Side, str], scale: int) -> None:
    top = max(0, (grid.height - 3 - glyphs.rows(scale)) // 2)
    for side, figure in figures.items():
        wide = glyphs.columns(figure, scale)
        centre = grid.width // 4 if side == "left" else grid.width - grid.width // 4
        x = max(0, min(grid.width - wide, centre - wide // 2))
        glyphs.write(grid, x, top, figure, side, scale)
        grid.write(centre - len(side) // 2, top + glyphs.rows(scale) + 1, side.upper(), f"{side}-strong")


def _one_above_the_other(grid: TextGrid, figures: Mapping[Side, str], scale: int) -> None:
    room = grid.height - 1
    gap = max(0, (room - 2 * glyphs.rows(scale)) // 3)
    for side, figure in figures.items():
        wide = glyphs.columns(figure, scale)
        y = gap if side == "left" else room - gap - glyphs.rows(scale)
        glyphs.write_at_side(grid, side, 1, y, figure, side, scale)
        words = ((word, size) for word in (side.upper(), side[0].upper()) for size in range(scale - 1, 0, -1))
        fits = (x for x in words if glyphs.columns(*x) <= grid.width - wide - 5)
        text, size = next(fits, ("", 1))
        below = y + glyphs.rows(scale) - glyphs.rows(size)
        glyphs.write_at_side(grid, side, wide + 4, below, text, side, size)


def _worth(view: RideView, width: int) -> str:
    """What the balance is, how sure, and what is usual; as much as there is room for."""
    measured = has_balance(view.balance)
    quality = _what(view)
    parts = [
        say("share.read_as_left", balance=quality) if view.reference == "unknown" and measured else quality,
        say("share.last_10s" if view.pedalling else "ride.not_pedalling"),
    ]
    if measured:
        parts.append(say("share.last_30s", share=numbers.share_error(view.last_30s)))
        if view.usual is not None:
            parts.append(say("share.usual", share=numbers.share_error(view.usual.share)))
    while len(parts) > 1 and width_of(" · ".join(parts)) > width - 2:
        parts.pop()
    return " · ".join(parts)


def _instead(frame: Frame, width: int, height: int) -> list[Line] | None:
    if frame.now.alert is not None:
        return _alert(frame.now, frame.now.alert, width, height)
    if (side := frame.now.recovered) is not None:
        words = say("banner.back", side=side)
        return _banner(side, _ARROW[side].format(words.upper()), words, "", (), width, height, f"{side}-back")
    if waiting(frame.now):
        return _searching(frame, width, height)
    return None


def _alert(view: RideView, held: Alert, width: int, height: int) -> list[Line]:
    about = say("banner.leg", side=held.side) if held.side else clean(alert_name(held.kind), NAME_COLUMNS)
    big = _ARROW[held.side].format(about.upper())
    sure = "" if held.sure is None else f"   {say('banner.sure', percent=min(99, round(100 * held.sure)))}"
    points = numbers.number(held.points, 1)
    below = say("banner.below", points=points, level=clean(alert_below(held.kind), NAME_COLUMNS)).upper()
    extent = clean(alert_extent(held), SENTENCE_COLUMNS)
    sentence = f"{big}   {say('banner.held', extent=extent, held=view.t - held.since)}"
    return _banner(held.side, big, sentence, sure, (below, points), width, height)


@on_grid
def _searching(grid: TextGrid, frame: Frame) -> None:
    words, sentences = searching(frame.now, bool(frame.status.following))
    big = words.upper()
    rows = [
        (row, "strong" if stands_out else "plain")
        for sentence, stands_out in sentences
        for row in wrapped(sentence, grid.width - 4)[:_MOST_ROWS]
    ]
    scale = glyphs.fitting_scale(big, grid.width, grid.height - 1 - len(rows), _LARGEST_BANNER)
    top = max(0, (grid.height - glyphs.rows(scale) - 1 - len(rows)) // 2)
    glyphs.write(grid, (grid.width - glyphs.columns(big, scale)) // 2, top, big, "plain", scale)
    for at, (row, style) in enumerate(rows, start=top + glyphs.rows(scale) + 1):
        grid.centre(at, cut(row, grid.width), style)


def _banner(
    side: Side | None,
    big: str,
    words: str,
    aside: str,
    figures: tuple[str, ...],
    width: int,
    height: int,
    style: str = "alert",
) -> list[Line]:
    """Big words at the side of the leg, with an arrow outwards; below them a figure and the whole sentence.

    Of `figures` the first that fits beside the sentence is set big, `aside` is added where it fits.
    """
    grid = TextGrid(width, height, style)
    below = glyphs.rows(1) if figures else 1
    scale = glyphs.fitting_scale(big, width, height - below, _LARGEST_BANNER)
    gap = 1 if glyphs.rows(scale) + below < height else 0
    top = max(0, (height - glyphs.rows(scale) - below - gap) // 2)
    margin = max(0, min(3, (width - glyphs.columns(big, scale)) // 2))
    glyphs.write_at_side(grid, side, margin, top, big, style, scale)

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

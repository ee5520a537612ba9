"""Nothing but the balance, in the largest figures that the screen holds: to be read from across the room."""

from __future__ import annotations

from legbal.ride.inputs import Side
from legbal.ride.view import RideView
from legbal.tui.frame import Frame
from legbal.tui.render import banner, glyphs
from legbal.tui.render.format import LEAST_10S, halves, percent, tenths
from legbal.tui.render.status import BALANCE, has_balance
from legbal.tui.render.text_grid import Line, TextGrid, cells_of

_WIDEST = "88.8"
_LARGEST = 40
_LABELS: tuple[tuple[Side, str, str], ...] = (("left", "LEFT", "L"), ("right", "RIGHT", "R"))


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The two shares of the last 10 s; below them what they are worth, as a number is never shown bare.

    They give way to an alert, its end and the search for a meter, as on the full screen.
    """
    instead = banner.instead(frame, width, height)
    if instead is not None:
        return instead
    view = frame.steady
    grid = TextGrid(width, height)
    left = halves(view.last_10s, LEAST_10S) if has_balance(view) else None
    figures = [percent(left), percent(None if left is None else 100 - left)]
    beside, stacked = _scale(width, height - 3, 2, 1), _scale(width, height - 1, 1, 2)
    if stacked > 1.2 * beside:
        _one_above_the_other(grid, figures, stacked)
    else:
        _side_by_side(grid, figures, beside)
    grid.centre(height - 1, _worth(view, width), "quiet")
    return grid.lines()


def _side_by_side(grid: TextGrid, figures: list[str], scale: int) -> None:
    top = max(0, (grid.height - 3 - glyphs.rows(scale)) // 2)
    for (side, word, _), figure in zip(_LABELS, figures, strict=True):
        wide = glyphs.columns(figure, scale)
        centre = grid.width // 4 if side == "left" else grid.width - grid.width // 4
        x = max(0, min(grid.width - wide, centre - wide // 2))
        glyphs.write(grid, x, top, figure, side, scale)
        grid.write(centre - len(word) // 2, top + glyphs.rows(scale) + 1, word, f"{side}-strong")


def _one_above_the_other(grid: TextGrid, figures: list[str], scale: int) -> None:
    """The left share above at the left, the right one below at the right, each with its leg beside it."""
    room = grid.height - 1
    gap = max(0, (room - 2 * glyphs.rows(scale)) // 3)
    for (side, word, letter), figure in zip(_LABELS, figures, strict=True):
        wide = glyphs.columns(figure, scale)
        y = gap if side == "left" else room - gap - glyphs.rows(scale)
        x = 1 if side == "left" else grid.width - wide - 1
        glyphs.write(grid, x, y, figure, side, scale)
        space = grid.width - wide - 5
        sizes = ((text, size) for text in (word, letter) for size in range(scale - 1, 0, -1))
        fits = next(((text, size) for text, size in sizes if glyphs.columns(text, size) <= space), None)
        if fits is not None:
            text, size = fits
            at = wide + 4 if side == "left" else grid.width - wide - 4 - glyphs.columns(text, size)
            glyphs.write(grid, at, y + glyphs.rows(scale) - glyphs.rows(size), text, side, size)


def _scale(width: int, height: int, across: int, down: int) -> int:
    """The largest size at which so many figures stand beside and above each other."""
    fitting = (
        scale
        for scale in range(_LARGEST, 1, -1)
        if across * (glyphs.columns(_WIDEST, scale) + 2) <= width and down * glyphs.rows(scale) <= height
    )
    return next(fitting, 1)


def _worth(view: RideView, width: int) -> str:
    """What the balance is, how sure, and what is usual; as much as there is room for."""
    worth = BALANCE[view.balance]
    if view.reference == "unknown" and has_balance(view):
        worth += ", read as left"
    parts = [worth, "not pedalling" if not view.pedalling else "the last 10 s"]
    if has_balance(view):
        parts.append(f"left over 30 s {tenths(view.last_30s)}")
        if view.usual is not None:
            parts.append(f"usual {view.usual.left_percent:.1f} ± {view.usual.uncertainty:.1f}")
    while len(parts) > 1 and cells_of(" · ".join(parts)) > width - 2:
        parts.pop()
    return " · ".join(parts)

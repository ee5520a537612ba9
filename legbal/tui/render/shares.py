"""The centre of the first glance: which leg does how much, or the one thing that matters more."""

from __future__ import annotations

from legbal.ride.view import RideView
from legbal.tui.frame import Frame
from legbal.tui.render import banner, glyphs
from legbal.tui.render.format import LEAST_10S, halves, percent, whole
from legbal.tui.render.status import BALANCE, has_balance
from legbal.tui.render.text_grid import Line, TextGrid

_MARGIN = 3
_WIDEST = "88.8"
_MIDDLE = 16  # columns that power and cadence need at least


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The two big shares with their watts and, between them, power and cadence.

    They give way to an alert, to "left is back" after one, and to what is being looked for before the meter
    is there. The shares are those of the last 10 s to half a point; a dash where too little stands behind.
    """
    instead = banner.instead(frame, width, height)
    return _shares(frame.steady, width, height) if instead is None else instead


def _shares(view: RideView, width: int, height: int) -> list[Line]:
    grid = TextGrid(width, height)
    scale = _scale(width, height)
    left = halves(view.last_10s, LEAST_10S) if has_balance(view) else None
    margin = _MARGIN if width >= 60 else 1
    for side, share, watts in (
        ("left", left, view.last_10s.left_w),
        ("right", None if left is None else 100 - left, view.last_10s.right_w),
    ):
        text = percent(share)
        wide = glyphs.columns(text, scale)
        x = margin if side == "left" else width - margin - wide
        glyphs.write(grid, x, 0, text, side, scale)
        known = share is not None
        _label(grid, side, watts if known else None, glyphs.rows(scale), margin, view.reference == "unknown")
    inner = margin + max(glyphs.columns(percent(left), scale), glyphs.columns(_WIDEST, scale)) + 1
    _middle(grid, view, inner, width - inner)
    return grid.lines()


def _scale(width: int, height: int) -> int:
    """The largest size at which both shares, power between them and a line of words below fit."""
    margins = 2 * (_MARGIN + 1) if width >= 60 else 4
    fitting = (
        scale
        for scale in range(5, 1, -1)
        if 2 * glyphs.columns(_WIDEST, scale) + _MIDDLE + margins <= width and glyphs.rows(scale) < height
    )
    return next(fitting, 1)


def _label(grid: TextGrid, side: str, watts: float | None, y: int, margin: int, unsure: bool) -> None:
    name = side.upper() + (" ?" if unsure else "")
    figure = "" if watts is None else whole(watts)
    big = grid.height - y >= glyphs.rows(1) + 1 and grid.width >= 110
    if not big:
        text = f"{name}   {figure} W" if figure else name
        if side == "left":
            grid.write(margin, y, text, f"{side}-strong")
        else:
            grid.write_to(grid.width - margin, y, text, f"{side}-strong")
        return
    y += 1
    text = f"{name}  {figure}".strip()
    x = margin
    if side == "right":
        x = grid.width - margin - glyphs.columns(text, 1) - (2 if figure else 0)
    x = glyphs.write(grid, x, y, text, side, 1)
    if figure:
        grid.write(x + 1, y + 2, "W", side)


def _middle(grid: TextGrid, view: RideView, start: int, end: int) -> None:
    """Power and cadence, quieter than the shares; below them what the balance is worth."""
    space = end - start
    big = 2 if space >= glyphs.columns("888", 2) + 8 and grid.height >= 10 else 1
    y = 0
    for value, unit, scale in ((view.power_w, "W", big), (view.cadence_rpm, "rpm", 1)):
        text = whole(value)
        wide = glyphs.columns(text, scale)
        if y + glyphs.rows(scale) > grid.height - 1 or wide + 1 + len(unit) > space:
            continue
        x = start + (space - wide) // 2
        glyphs.write(grid, x, y, text, "plain", scale)
        grid.write(x + wide + 1, y + glyphs.rows(scale) - 1, unit, "quiet")
        y += glyphs.rows(scale) + (1 if grid.height >= 10 else 0)
    word = BALANCE[view.balance] if view.pedalling or view.balance != "measured" else "not pedalling"
    if len(word) <= space:
        style = "quiet" if view.balance == "measured" else "strong"
        grid.write(start + (space - len(word)) // 2, grid.height - 1, word, style)

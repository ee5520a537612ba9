"""The line above the keys: what was just done, what went wrong, how far a longer job has come."""

from __future__ import annotations

from typing import NamedTuple

from legbal.tui.render.format import cut
from legbal.tui.render.text_grid import Line, TextGrid, wrapped

_MOST_ROWS = 3
_BAR = 20  # columns


class Notice(NamedTuple):
    """A sentence; an urgent one is set apart; with `part` (0 to 1) a bar stands beside it."""

    text: str = ""
    urgent: bool = False
    part: float | None = None


def draw(notice: Notice, width: int, height: int) -> list[Line]:
    """One row, or up to three where a sentence without a bar needs them."""
    del height
    style = "urgent" if notice.urgent else "plain"
    if notice.part is not None:
        grid = TextGrid(width, 1, style)
        bar = _BAR if width >= 60 else 0
        grid.write(1, 0, cut(notice.text, width - bar - 4), style)
        full = round(max(0.0, min(1.0, notice.part)) * bar)
        grid.write(width - bar - 1, 0, "█" * full, "strong")
        grid.write(width - bar - 1 + full, 0, "░" * (bar - full), "quiet")
        return grid.lines()
    rows = wrapped(notice.text, width - 2)[:_MOST_ROWS]
    grid = TextGrid(width, len(rows), style)
    for y, row in enumerate(rows):
        grid.write(1, y, cut(row, width - 2), style)
    return grid.lines()

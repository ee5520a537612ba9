"""The line above the keys: what was just done, what went wrong, how far a longer job has come."""

from __future__ import annotations

from typing import NamedTuple

from legbal.tui.render.figures import cut
from legbal.tui.render.paper import Line, Paper, wrapped

_MOST_ROWS = 3
_BAR = 20  # columns


class Saying(NamedTuple):
    """A sentence; an urgent one is set apart; with `part` (0 to 1) a bar stands beside it."""

    text: str = ""
    urgent: bool = False
    part: float | None = None


def draw(saying: Saying, width: int, height: int) -> list[Line]:
    """One row, or up to three where a sentence without a bar needs them."""
    del height
    ink = "urgent" if saying.urgent else "plain"
    if saying.part is not None:
        paper = Paper(width, 1, ink)
        bar = _BAR if width >= 60 else 0
        paper.write(1, 0, cut(saying.text, width - bar - 4), ink)
        full = round(max(0.0, min(1.0, saying.part)) * bar)
        paper.write(width - bar - 1, 0, "█" * full, "strong")
        paper.write(width - bar - 1 + full, 0, "░" * (bar - full), "quiet")
        return paper.lines()
    rows = wrapped(saying.text, width - 2)[:_MOST_ROWS]
    paper = Paper(width, len(rows), ink)
    for y, row in enumerate(rows):
        paper.write(1, y, cut(row, width - 2), ink)
    return paper.lines()

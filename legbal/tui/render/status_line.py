"""The line under the header on which every state is said in words."""

from __future__ import annotations

from legbal.tui.frame import Frame
from legbal.tui.render.format import clean
from legbal.tui.render.status import states
from legbal.tui.render.text_grid import Line, TextGrid, cells_of, wrapped

MOST_ROWS = 3


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The states in the order of their weight: the first wrapped in full, further ones beside it if they fit.

    Gives one row, or up to three where an urgent sentence needs them; `height` is not used.
    """
    del height
    said = states(frame)
    rows = wrapped(clean(said[0].text, 400), width - 2)[:MOST_ROWS] if said else [""]
    urgent = bool(said) and said[0].urgent
    grid = TextGrid(width, len(rows), "urgent" if urgent else "plain")
    x = 0
    for y, row in enumerate(rows):
        x = grid.write(1, y, row, "urgent" if urgent else "plain")
    for further in said[1:]:
        text = f"  ·  {clean(further.text, 400)}"
        if len(rows) > 1 or x + cells_of(text) > width - 1:
            break
        x = grid.write(x, 0, text, "urgent" if urgent else "quiet")
    return grid.lines()

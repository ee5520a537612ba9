"""The line under the header on which every state is said in words."""

from __future__ import annotations

from legbal.tui.render.figures import clean
from legbal.tui.render.paper import Line, Paper, cells_of, wrapped
from legbal.tui.render.words import states
from legbal.tui.scene import Scene

MOST_ROWS = 3


def draw(scene: Scene, width: int, height: int) -> list[Line]:
    """The states in the order of their weight: the first wrapped in full, further ones beside it if they fit.

    Gives one row, or up to three where an urgent sentence needs them; `height` is not used.
    """
    del height
    said = states(scene)
    rows = wrapped(clean(said[0].text, 400), width - 2)[:MOST_ROWS] if said else [""]
    urgent = bool(said) and said[0].urgent
    paper = Paper(width, len(rows), "urgent" if urgent else "plain")
    x = 0
    for y, row in enumerate(rows):
        x = paper.write(1, y, row, "urgent" if urgent else "plain")
    for further in said[1:]:
        text = f"  ·  {clean(further.text, 400)}"
        if len(rows) > 1 or x + cells_of(text) > width - 1:
            break
        x = paper.write(x, 0, text, "urgent" if urgent else "quiet")
    return paper.lines()

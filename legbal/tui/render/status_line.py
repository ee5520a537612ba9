"""The line on which every state is said in words: under the header of the live screen, above the keys elsewhere."""

from __future__ import annotations

from legbal.present.grid import Line
from legbal.present.text import clean, cut, width_of, wrapped
from legbal.tui.frame import Frame
from legbal.tui.render.status import Notice, states
from legbal.tui.render.text_grid import TextGrid

_MOST_ROWS = 3
_BAR = 20  # columns
_COLUMNS = 400  # of a sentence


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The states in the order of their weight: the first wrapped in full, further ones beside it if they fit.

    Gives one row, or up to three where an urgent sentence needs them; `height` is not used.
    """
    del height
    notices = states(frame) or [Notice()]
    grid, end = _wrapped(notices[0], width)
    for further in notices[1:]:
        text = f"  ·  {clean(further.text, _COLUMNS)}"
        if grid.height > 1 or end + width_of(text) > width - 1:
            break
        end = grid.write(end, 0, text, "urgent" if further.urgent else "quiet")
    return grid.lines()


def draw_notice(notice: Notice, width: int, height: int) -> list[Line]:
    """One sentence: in one row with its bar, or without one in up to three."""
    del height
    if notice.part is None:
        return _wrapped(notice, width)[0].lines()
    style = "urgent" if notice.urgent else "plain"
    grid = TextGrid(width, 1, style)
    bar = _BAR if width >= 60 else 0
    grid.write(1, 0, cut(notice.text, width - bar - 4), style)
    full = round(max(0.0, min(1.0, notice.part)) * bar)
    grid.write(width - bar - 1, 0, "█" * full, "strong")
    grid.write(width - bar - 1 + full, 0, "░" * (bar - full), "quiet")
    return grid.lines()


def _wrapped(notice: Notice, width: int) -> tuple[TextGrid, int]:
    """A sentence in as many rows as it needs, at most three, and the column after its last."""
    rows = wrapped(clean(notice.text, _COLUMNS), width - 2)[:_MOST_ROWS]
    style = "urgent" if notice.urgent else "plain"
    grid = TextGrid(width, len(rows), style)
    end = 0
    for y, row in enumerate(rows):
        end = grid.write(1, y, cut(row, width - 2), style)
    return grid, end if notice.text else 0

"""The ride's intervals, and its power bands beside them."""

from __future__ import annotations

from legbal.present import tables
from legbal.present.grid import Line, table_lines
from legbal.present.meter import has_balance
from legbal.present.text import width_of
from legbal.tui.frame import Frame
from legbal.tui.render.text_grid import TextGrid

_OF_A_LEG = ("left W", "right W")  # columns that find no room beside a ride
_GAP = 3
_SIDE_BY_SIDE = 112  # columns


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """Both tables side by side; where that is too wide, one below the other. Of many intervals the newest."""
    view, balance = frame.steady, has_balance(frame.steady.balance)
    grid = TextGrid(width, height)
    bands = table_lines(tables.bands(view.bands, balance=balance).without("watts", *_OF_A_LEG), gap=_GAP)
    side_by_side = width >= _SIDE_BY_SIDE
    room = height - 1 if side_by_side else max(1, height - len(bands) - 2)
    shown = tables.intervals(view.intervals[-room:], view.t, balance=balance).without("from", *_OF_A_LEG)
    intervals = table_lines(shown, gap=_GAP)
    if side_by_side:
        grid.put(3, 0, intervals)
        wide = sum(width_of(run.text) for run in bands[0]) if bands else 0
        grid.put(width - wide - 3, 0, bands)
    else:
        y = grid.put(1, 0, intervals)
        grid.put(1, y + 1 if y else 0, bands)
    return grid.lines()

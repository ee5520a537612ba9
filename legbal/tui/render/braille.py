"""Lines of braille dots: two dots a column, four a row."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Cells = dict[tuple[int, int], int]  # (column, row) → which of its dots are set

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # [row in cell][column in cell]


def polyline(x: Ints, y: Ints, joined: Iterable[bool]) -> Cells:
    """The cells of a line through dots.

    Args:
        x: columns of dots, shape (n,).
        y: rows of dots from the top, shape (n,).
        joined: whether each dot is joined with the one before it; n values, the first is not looked at.
    """
    cells: Cells = {}
    before: tuple[int, int] | None = None
    for to_x, to_y, join in zip(x.tolist(), y.tolist(), joined, strict=True):
        start = before if join and before is not None else (to_x, to_y)
        for dot_x, dot_y in _segment(start, (to_x, to_y)):
            cell = (dot_x // 2, dot_y // 4)
            cells[cell] = cells.get(cell, 0) | _DOTS[dot_y % 4][dot_x % 2]
        before = (to_x, to_y)
    return cells


def char(dots: int) -> str:
    """The character with these dots."""
    return chr(0x2800 + dots)


def _segment(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """The dots of a straight line, both ends with it."""
    (x0, y0), (x1, y1) = start, end
    steps = max(abs(x1 - x0), abs(y1 - y0), 1)
    return [
        (x0 + round((x1 - x0) * step / steps), y0 + round((y1 - y0) * step / steps))
        for step in range(steps + 1)
    ]

"""A page of text and tables, written from the top to the bottom, as long as it takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from legbal.present.grid import Line
from legbal.present.text import width_of, wrapped
from legbal.tui.render.text_grid import TextGrid

MARGIN = 2
_KEPT = "\N{NO-BREAK SPACE}"
_TOGETHER = re.compile(
    r" (?=±|%)|(?<=±) |(?<=\d) (?=(?:s|W|points?|rides?)\b)"
)  # a number, its error, its unit
_GAP = 3
_NARROW_GAP = 2


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        head: above it.
        cells: one a row.
        at_right: numbers end in line.
        style: of its cells.
        spare: where there is no room for all columns, those of the highest number go first; 0 stays.
    """

    head: str
    cells: Sequence[str]
    at_right: bool = True
    style: str = "plain"
    spare: int = 0


class Document:
    """Text of `width` columns that grows by a row with each that is written."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._rows: list[list[tuple[int, str, str]]] = []  # of each row what stands where, in which style

    @property
    def height(self) -> int:
        """How many rows are written."""
        return len(self._rows)

    def gap(self) -> None:
        """An empty row, if something is written above it."""
        if self._rows and self._rows[-1]:
            self._rows.append([])

    def head(self, text: str) -> None:
        """A section's name, after a gap."""
        self.gap()
        self._rows.append([(MARGIN, text, "quiet")])

    def text(self, text: str, style: str = "plain", indent: int = 0) -> None:
        """A sentence or more, in as many rows as it takes."""
        kept = _TOGETHER.sub(_KEPT, text)
        for row in wrapped(kept, max(10, self.width - 2 * MARGIN - indent)):
            self._rows.append([(MARGIN + indent, row.replace(_KEPT, " "), style)])

    def table(self, columns: Sequence[Column], *, chosen: int | None = None, indent: int = 0) -> None:
        """A head and its rows; a column without anything in its cells is left out.

        Args:
            columns: all with as many cells.
            chosen: the row that is set apart.
            indent: by which it stands further to the right than text.
        """
        shown = [(column, _width(column)) for column in columns if any(column.cells)]
        room = self.width - 2 * MARGIN - indent
        gap = _GAP if room >= 90 else _NARROW_GAP
        while sum(width + gap for _, width in shown) - gap > room:
            worst = max(column.spare for column, _ in shown)
            if not worst:
                break
            shown = [(column, width) for column, width in shown if column.spare != worst]
        rows = len(shown[0][0].cells) if shown else -1
        for y in range(-1, rows):
            x, row = MARGIN + indent, list[tuple[int, str, str]]()
            if y >= 0 and y == chosen:
                row.append((max(0, x - 2), "▸", "strong"))
            for column, width in shown:
                text = column.head if y < 0 else column.cells[y]
                style = "quiet" if y < 0 else column.style
                row.append((x + (width - width_of(text) if column.at_right else 0), text, style))
                x += width + gap
            self._rows.append(row)

    def lines(self) -> list[Line]:
        """What was written."""
        grid = TextGrid(self.width, len(self._rows))
        for y, row in enumerate(self._rows):
            for x, text, style in row:
                grid.write(x, y, text, style)
        return grid.lines()


def _width(column: Column) -> int:
    return max(map(width_of, (column.head, *column.cells)))

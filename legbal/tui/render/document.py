"""A page of text and tables, written from the top to the bottom, as long as it takes."""

from __future__ import annotations

from legbal.present.grid import Line, Run, table_lines
from legbal.present.table import Table
from legbal.present.text import wrapped
from legbal.tui.render.text_grid import TextGrid

_GAP, _NARROW_GAP = 3, 2  # columns between two of a table
_WIDE = 90  # columns, from which a table has the wider gap


class Document:
    """Text of `width` columns that grows by a row with each that is written.

    Args:
        width: columns.
        margin: blank columns at either side, at least two: marks of rows stand there.
    """

    def __init__(self, width: int, margin: int = 2) -> None:
        self.width, self.margin = width, margin
        self._lines: list[Line] = []

    def gap(self) -> None:
        """An empty row, if something is written above it."""
        if self._lines and self._lines[-1]:
            self._lines.append([])

    def head(self, text: str) -> None:
        """A section's name, after a gap."""
        self.gap()
        self._lines.append([Run(" " * self.margin + text, "quiet")])

    def text(self, text: str, style: str = "plain", indent: int = 0) -> None:
        """A sentence or more, in as many rows as it takes."""
        blank = " " * (self.margin + indent)
        for row in wrapped(text, max(10, self.width - 2 * self.margin - indent)):
            self._lines.append([Run(blank, "plain"), Run(row, style)])

    def table(self, table: Table, *, head: str = "", chosen: int | None = None) -> None:
        """A table with its section's name, or nothing where it has no rows.

        Args:
            table: columns without anything in their cells are left out.
            head: above it.
            chosen: the row that is set apart.
        """
        if not table.rows:
            return
        if head:
            self.head(head)
        room = self.width - self.margin
        gap = _GAP if room - self.margin >= _WIDE else _NARROW_GAP
        self._lines += table_lines(table, room, gap=gap, indent=self.margin, chosen=chosen)

    def lines(self) -> list[Line]:
        """What was written."""
        grid = TextGrid(self.width, len(self._lines))
        grid.put(0, 0, self._lines)
        return grid.lines()

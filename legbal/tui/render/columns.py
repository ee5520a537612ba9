"""The columns of a long list, of which only the rows in sight are drawn: one of them takes the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from legbal.present.grid import MARK, Line, Run
from legbal.present.text import clean, cut, width_of
from legbal.tui.render.text_grid import TextGrid

Row = TypeVar("Row")
_LEAST_REST = 10  # columns


class ListColumn(NamedTuple, Generic[Row]):
    """One column.

    Attributes:
        heading: above it.
        width: columns; 0: what the others leave.
        cell: the runs of a row in so many columns.
        at_right: numbers end in line.
    """

    heading: str
    width: int
    cell: Callable[[Row, int], Line]
    at_right: bool = False


class ColumnLayout(NamedTuple, Generic[Row]):
    """Columns in a screen's width: from `margin` on, with `gap` between two of them."""

    columns: Sequence[ListColumn[Row]]
    margin: int
    gap: int
    most_rest: int = 1000  # columns that the one without a width takes at most

    def headings(self, width: int) -> list[Line]:
        """One row with the columns' names."""
        grid = TextGrid(width, 1)
        for column, x, columns in self._places(width):
            self._write(grid, x, 0, columns, column, [Run(cut(column.heading, columns), "quiet")])
        return grid.lines()

    def rows(self, rows: Sequence[Row], cursor: int, width: int, *, at_cursor: str = "") -> list[Line]:
        """One row of the screen for each of `rows`, the one under the cursor marked, in `at_cursor` alone."""
        grid = TextGrid(width, len(rows))
        places = self._places(width)
        for y, row in enumerate(rows):
            style = at_cursor if y == cursor else ""
            if y == cursor:
                grid.write(0, y, " " * width, style or "plain")
                grid.write(0, y, MARK, style or "strong")
            for column, x, columns in places:
                runs = column.cell(row, columns)
                self._write(
                    grid, x, y, columns, column, [Run(r.text, style) for r in runs] if style else runs
                )
        return grid.lines()

    def _write(
        self, grid: TextGrid, x: int, y: int, columns: int, column: ListColumn[Row], runs: Line
    ) -> None:
        if column.at_right:
            x += columns - sum(width_of(run.text) for run in runs)
        for run in runs:
            x = grid.write(x, y, run.text, run.style)

    def _places(self, width: int) -> list[tuple[ListColumn[Row], int, int]]:
        """Each column with its place and width."""
        fixed = sum(column.width for column in self.columns) + self.gap * (len(self.columns) - 1)
        rest = max(_LEAST_REST, min(self.most_rest, width - self.margin - 1 - fixed))
        places, x = [], self.margin
        for column in self.columns:
            places.append((column, x, column.width or rest))
            x += (column.width or rest) + self.gap
        return places


def text_cell(text: str, columns: int, style: str = "plain") -> Line:
    """A cell of one text, which may be foreign."""
    return [Run(clean(text, columns), style)]

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
        cell: what a row has here: one text, which may be foreign and is cut, or runs that fit.
        at_right: numbers end in line.
        least: columns of the screen, from which on it is shown.
        below: columns of the screen, from which on it is shown no more.
    """

    heading: str
    width: int
    cell: Callable[[Row], Run | Line]
    at_right: bool = False
    least: int = 0
    below: int = 10_000


class ColumnLayout(NamedTuple, Generic[Row]):
    """Columns in a screen's width: from `margin` on, with `gap` between two of them.

    Attributes:
        most_rest: columns that the one without a width takes at most.
        at_cursor: the style of the row under the cursor; empty: its cells keep theirs.
        is_quiet: whether a row is grey.
    """

    columns: Sequence[ListColumn[Row]]
    margin: int
    gap: int
    most_rest: int = 1000
    at_cursor: str = ""
    is_quiet: Callable[[Row], bool] = lambda _: False

    def headings(self, _: object, width: int, _height: int) -> list[Line]:
        """One row with the columns' names."""
        grid = TextGrid(width, 1)
        for column, x, columns in self._places(width):
            heading = Run(cut(column.heading, columns), "quiet")
            grid.write(x + columns - width_of(heading.text) if column.at_right else x, 0, *heading)
        return grid.lines()

    def rows(self, rows: Sequence[Row], cursor: int, width: int) -> list[Line]:
        """One row of the screen for each of `rows`, the one under the cursor marked."""
        grid = TextGrid(width, len(rows))
        for y, row in enumerate(rows):
            style = "quiet" if self.is_quiet(row) else ""
            if y == cursor:
                style = self.at_cursor or style
                grid.write(0, y, " " * width, style or "plain")
                grid.write(0, y, MARK, style or "strong")
            for column, x, columns in self._places(width):
                cell = column.cell(row)
                runs = [Run(clean(cell.text, columns), cell.style)] if isinstance(cell, Run) else cell
                if column.at_right:
                    x += columns - sum(width_of(run.text) for run in runs)
                for run in runs:
                    x = grid.write(x, y, run.text, style or run.style)
        return grid.lines()

    def _places(self, width: int) -> list[tuple[ListColumn[Row], int, int]]:
        """Each column that is shown, with its place and width."""
        shown = [column for column in self.columns if column.least <= width < column.below]
        fixed = sum(column.width for column in shown) + self.gap * (len(shown) - 1)
        rest = max(_LEAST_REST, min(self.most_rest, width - self.margin - 1 - fixed))
        places, x = [], self.margin
        for column in shown:
            places.append((column, x, column.width or rest))
            x += (column.width or rest) + self.gap
        return places

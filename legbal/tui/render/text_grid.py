"""Grids of character cells, pages of text, long lists in columns: lines of runs that name their style, not colour."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from itertools import accumulate, groupby
from math import inf
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

from legbal.present.document import MARK, Block, Line, TextRun, document_lines
from legbal.present.text import clean, cut, width_of
from legbal.ride.inputs import Side

Row = TypeVar("Row")
Value = TypeVar("Value")
STYLES = (  # each a class of the style sheet, `style--NAME`
    "plain",  # what is read second
    "strong",  # what is read first
    "quiet",  # labels, axes
    "left",
    "right",
    "left-strong",
    "right-strong",
    "usual",  # the rider's usual range
    "target",
    "alert",  # red, and nothing else is
    "urgent",  # inverse: must be read
    "left-back",
    "right-back",
)
_LEAST_REST = 10  # columns, of the one that takes what the others leave


class TextGrid:
    """A grid of `width` × `height` cells, blank at first. What falls outside is cut off."""

    def __init__(self, width: int, height: int, style: str = "plain") -> None:
        self.width, self.height = width, height
        self._chars = [[" "] * width for _ in range(height)]
        self._styles = [[style] * width for _ in range(height)]

    def write(self, x: int, y: int, text: str, style: str = "plain") -> int:
        """Write `text` from cell (x, y) to the right; returns the column after it. Wide characters take 2."""
        if not 0 <= y < self.height:
            return x + width_of(text)
        chars, styles = self._chars[y], self._styles[y]
        for char in text:
            cells = 1 if char < "\u0300" else width_of(char)
            if cells == 0 and 0 < x <= self.width:
                chars[x - 1] += char
            elif cells and x >= 0 and x + cells <= self.width:
                chars[x], styles[x] = char, style
                if cells == 2:
                    chars[x + 1], styles[x + 1] = "", style
            x += cells
        return x

    def write_runs(
        self, x: int, y: int, runs: Iterable[tuple[str, str]], gap: int = 0, end: float = inf
    ) -> int:
        """Write texts in their styles from cell (x, y) to the right; returns the column after the last.

        Each stands after `gap` blank columns; empty ones, and those that do not fit before column `end`, are left out.
        """
        for text, style in runs:
            if text and x + gap + width_of(text) <= end:
                x = self.write(x + gap, y, text, style)
        return x

    def write_to(self, right: int, y: int, text: str, style: str = "plain") -> int:
        """Write `text` so that it ends before column `right`; returns its first column."""
        x = right - width_of(text)
        self.write(x, y, text, style)
        return x

    def write_at_side(self, side: Side | None, margin: int, y: int, text: str, style: str = "plain") -> None:
        """Write `text` at the right, or else at the left, with `margin` blank columns outside it."""
        x = margin if side != "right" else self.width - margin - width_of(text)
        self.write(x, y, text, style)

    def centre(self, y: int, text: str, style: str = "plain") -> None:
        """Write `text` in the middle of row `y`."""
        self.write(max(0, (self.width - width_of(text)) // 2), y, text, style)

    def put(self, x: int, y: int, lines: list[Line]) -> int:
        """Put drawn lines with their upper left at cell (x, y); returns the row after them."""
        for row, line in enumerate(lines, start=y):
            self.write_runs(x, row, line)
        return y + len(lines)

    def blank(self, x: int, y: int, columns: int) -> bool:
        """Whether nothing has been written in so many cells of row `y`; False where they are not all inside."""
        return x >= 0 and 0 <= y < self.height and self._chars[y][x : x + columns] == [" "] * columns

    def lines(self) -> list[Line]:
        """The rows from top to bottom, each as runs of one style that fill the width."""
        return [_runs(chars, styles) for chars, styles in zip(self._chars, self._styles, strict=True)]


def on_grid(draw: Callable[[TextGrid, Value], None]) -> Callable[[Value, int, int], list[Line]]:
    """A drawing of a value on a grid as a function of (value, columns, rows) that gives the grid's lines."""

    @wraps(draw)
    def lines(value: Value, width: int, height: int) -> list[Line]:
        grid = TextGrid(width, height)
        draw(grid, value)
        return grid.lines()

    return lines


def document(blocks: Iterable[Block], width: int, margin: int = 2) -> list[Line]:
    """The blocks as rows that fill the width, `margin` columns of it blank at either side."""
    lines = document_lines(blocks, width, margin=margin)
    grid = TextGrid(width, len(lines))
    grid.put(0, 0, lines)
    return grid.lines()


def _runs(chars: list[str], styles: list[str]) -> Line:
    cells = groupby(zip(chars, styles, strict=True), key=itemgetter(1))
    return [TextRun("".join(char for char, _ in run), style) for style, run in cells]


class ListColumn(NamedTuple, Generic[Row]):
    """One column.

    Attributes:
        heading: above it.
        width: columns; 0: what the others leave.
        cell: what a row has here: a text, which may be foreign and is cut, plain or as a run; or runs that fit.
        at_right: numbers end in line.
        least: columns of the screen, from which on it is shown.
        below: columns of the screen, from which on it is shown no more.
    """

    heading: str
    width: int
    cell: Callable[[Row], str | TextRun | Line]
    at_right: bool = False
    least: int = 0
    below: int = 10_000


class ColumnLayout(NamedTuple, Generic[Row]):
    """Columns in a screen's width, each with `gap` blanks before it.

    Attributes:
        most_rest: columns that the one without a width takes at most.
        at_cursor: the style of the row under the cursor; empty: its cells keep theirs.
        is_quiet: whether a row is grey.
    """

    columns: Sequence[ListColumn[Row]]
    gap: int
    most_rest: int = 1000
    at_cursor: str = ""
    is_quiet: Callable[[Row], bool] = lambda _: False

    def headings(self, _: object, width: int, _height: int) -> list[Line]:
        """One row with the columns' names."""
        grid = TextGrid(width, 1)
        for column, x, columns in self._places(width):
            heading = TextRun(cut(column.heading, columns), "quiet")
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
                if isinstance(cell, str):
                    cell = TextRun(cell, "plain")
                runs = [TextRun(clean(cell.text, columns), cell.style)] if isinstance(cell, TextRun) else cell
                if column.at_right:
                    x += columns - sum(width_of(run.text) for run in runs)
                grid.write_runs(x, y, ((run.text, style or run.style) for run in runs))
        return grid.lines()

    def _places(self, width: int) -> list[tuple[ListColumn[Row], int, int]]:
        """Each column that is shown, with its place and width."""
        shown = [column for column in self.columns if column.least <= width < column.below]
        fixed = sum(column.width for column in shown) + self.gap * (len(shown) - 1)
        rest = max(_LEAST_REST, min(self.most_rest, width - self.gap - 1 - fixed))
        widths = [column.width or rest for column in shown]
        starts = accumulate((columns + self.gap for columns in widths), initial=self.gap)
        return list(zip(shown, starts, widths, strict=False))

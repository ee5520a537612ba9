"""Grids of character cells and pages of text: lines of runs that name their style, not their colour."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import msgspec

from legbal.present.document import Block, Table
from legbal.present.grid import Line, Run, document_lines, table_lines
from legbal.present.text import width_of, wrapped
from legbal.ride.inputs import Side

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
_GAP, _NARROW_GAP = 3, 2  # columns between two of a table
_WIDE = 90  # columns, from which a table has the wider gap


class TextGrid:
    """A grid of `width` × `height` cells, blank at first. What falls outside is cut off."""

    def __init__(self, width: int, height: int, style: str = "plain") -> None:
        self.width, self.height = width, height
        self._chars = [[" "] * width for _ in range(height)]
        self._styles = [[style] * width for _ in range(height)]

    def write(self, x: int, y: int, text: str, style: str = "plain") -> int:
        """Write `text` from cell (x, y) to the right; returns the column after it. Wide characters take 2."""
        inside = 0 <= y < self.height
        chars, styles = (self._chars[y], self._styles[y]) if inside else ([], [])
        for char in text:
            cells = 1 if char < "\u0300" else width_of(char)
            if inside and x >= 0 and x + cells <= self.width:
                if cells == 0:
                    if x > 0:
                        chars[x - 1] += char
                    continue
                chars[x], styles[x] = char, style
                if cells == 2:
                    chars[x + 1], styles[x + 1] = "", style
            x += cells
        return x

    def write_to(self, right: int, y: int, text: str, style: str = "plain") -> int:
        """Write `text` so that it ends before column `right`; returns its first column."""
        x = right - width_of(text)
        self.write(x, y, text, style)
        return x

    def write_at_side(self, side: Side, margin: int, y: int, text: str, style: str = "plain") -> None:
        """Write `text` at the left or the right, with `margin` blank columns outside it."""
        x = margin if side == "left" else self.width - margin - width_of(text)
        self.write(x, y, text, style)

    def centre(self, y: int, text: str, style: str = "plain") -> None:
        """Write `text` in the middle of row `y`."""
        self.write(max(0, (self.width - width_of(text)) // 2), y, text, style)

    def put(self, x: int, y: int, lines: list[Line]) -> int:
        """Put drawn lines with their upper left at cell (x, y); returns the row after them."""
        for row, line in enumerate(lines, start=y):
            at = x
            for run in line:
                at = self.write(at, row, run.text, run.style)
        return y + len(lines)

    def blank(self, x: int, y: int) -> bool:
        """Whether nothing has been written at cell (x, y); False outside the grid."""
        return 0 <= y < self.height and 0 <= x < self.width and self._chars[y][x] == " "

    def lines(self) -> list[Line]:
        """The rows from top to bottom, each as runs of one style that fill the width."""
        return [_runs(chars, styles) for chars, styles in zip(self._chars, self._styles, strict=True)]


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

    def section(self, name: str, sentences: Iterable[str]) -> None:
        """A section of sentences with its name; nothing where there are none."""
        said = list(filter(None, sentences))
        if said:
            self.head(name)
        for sentence in said:
            self.text(sentence)

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
        table = msgspec.structs.replace(table, chosen=chosen)
        self._lines += table_lines(table, room, gap=gap, indent=self.margin)

    def lines(self) -> list[Line]:
        """What was written."""
        grid = TextGrid(self.width, len(self._lines))
        grid.put(0, 0, self._lines)
        return grid.lines()


def document(blocks: Iterable[Block], width: int, margin: int = 2) -> list[Line]:
    """The blocks as rows that fill the width, `margin` columns of it blank at either side."""
    lines = document_lines(blocks, width, margin=margin)
    grid = TextGrid(width, len(lines))
    grid.put(0, 0, lines)
    return grid.lines()


def plain(lines: list[Line]) -> str:
    """The text of drawn lines without style, trailing blanks cut: what a reader of the screen reads."""
    return "\n".join("".join(run.text for run in line).rstrip() for line in lines)


def _runs(chars: list[str], styles: list[str]) -> Line:
    edges = [x for x in range(1, len(styles)) if styles[x] != styles[x - 1]]
    spans = pairwise([0, *edges, len(styles)])
    return [Run("".join(chars[start:end]), styles[start]) for start, end in spans if start < end]

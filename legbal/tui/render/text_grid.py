"""Grids of character cells and pages of text: lines of runs that name their style, not their colour."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from legbal.present.document import Block
from legbal.present.grid import Line, Run, document_lines
from legbal.present.text import width_of
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

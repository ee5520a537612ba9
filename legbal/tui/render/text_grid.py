"""A grid of character cells to draw on; it gives lines of runs that name their style, not their colour."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import get_character_cell_size


class Run(NamedTuple):
    """Some text in one style. A style is a name that the style sheet turns into a style (`style--NAME`)."""

    text: str
    style: str


Line = list[Run]

STYLES = (
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
            cells = 1 if char < "\u0300" else get_character_cell_size(char)
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
        x = right - cells_of(text)
        self.write(x, y, text, style)
        return x

    def centre(self, y: int, text: str, style: str = "plain") -> None:
        """Write `text` in the middle of row `y`."""
        self.write(max(0, (self.width - cells_of(text)) // 2), y, text, style)

    def blank(self, x: int, y: int) -> bool:
        """Whether nothing has been written at cell (x, y); False outside the grid."""
        return 0 <= y < self.height and 0 <= x < self.width and self._chars[y][x] == " "

    def lines(self) -> list[Line]:
        """The rows from top to bottom, each as runs of one style that fill the width."""
        return [_runs(chars, styles) for chars, styles in zip(self._chars, self._styles, strict=True)]


def cells_of(text: str) -> int:
    """How many columns `text` takes."""
    return sum(1 if char < "\u0300" else get_character_cell_size(char) for char in text)


def wrapped(text: str, width: int) -> list[str]:
    """The text as rows of at most `width` columns, broken between words; a longer word stands alone."""
    rows = [""]
    for word in text.split(" "):
        joined = f"{rows[-1]} {word}" if rows[-1] else word
        if rows[-1] and cells_of(joined) > width:
            rows.append(word)
        else:
            rows[-1] = joined
    return rows


def plain(lines: list[Line]) -> str:
    """The text of drawn lines without style, trailing blanks cut: what a reader of the screen reads."""
    return "\n".join("".join(run.text for run in line).rstrip() for line in lines)


def _runs(chars: list[str], styles: list[str]) -> Line:
    runs: Line = []
    start = 0
    for x in range(1, len(styles) + 1):
        if x == len(styles) or styles[x] != styles[start]:
            runs.append(Run("".join(chars[start:x]), styles[start]))
            start = x
    return runs

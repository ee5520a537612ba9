"""Tables on a terminal, and what of a text from outside can be shown there."""

from __future__ import annotations

import unicodedata

Row = tuple[str, ...]


def printable(text: str) -> str:
    """A text as it can be shown on a terminal: whatever is not a visible character is escaped."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )


def table(rows: list[Row], numbers: tuple[str, ...]) -> list[str]:
    """The rows, headings first, as lines with columns as wide as their cells; `numbers` end in line."""
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        padded = []
        for name, cell, width in zip(rows[0], row, widths, strict=True):
            space = " " * (width - width_of(cell))
            padded.append(space + cell if name in numbers else cell + space)
        lines.append("  ".join(padded).rstrip())
    return lines


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes: East Asian letters two, combining marks none."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )

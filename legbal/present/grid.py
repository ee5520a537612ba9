"""Prints a table as character cells: rows of runs, each in one style, for a screen to colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from legbal.present.document import Table
from legbal.present.text import cut, width_of, wrapped

MARK = "▸"  # before the chosen row


class Run(NamedTuple):
    """Some text in one style; a style is a name (`table.Tone`) that the screen's theme gives its colours."""

    text: str
    style: str


Line = list[Run]


def table_lines(
    table: Table, width: int | None = None, *, gap: int = 2, indent: int = 0, chosen: int | None = None
) -> list[Line]:
    """The headings and the rows; nothing where there are no rows.

    Args:
        table: what is printed; columns without anything in them are left out.
        width: columns of the screen; None: as many as it takes.
        gap: blank columns between two columns.
        indent: blank columns before the first, of which the mark takes two.
        chosen: the row that is marked.
    """
    if not table.rows:
        return []
    shown, widths = table.without_empty().fitted(None if width is None else width - indent, gap)
    headings = [(column.heading, "quiet") for column in shown.columns]
    lines = _row(shown, widths, headings, gap, indent, "")
    for number in range(len(shown.rows)):
        cells = [(shown.text(number, i), shown.tone(number, i)) for i in range(len(widths))]
        lines += _row(shown, widths, cells, gap, indent, MARK if number == chosen else "")
    return lines


def _row(
    table: Table, widths: list[int], cells: Sequence[tuple[str, str]], gap: int, indent: int, mark: str
) -> list[Line]:
    """One row; as many lines as its wrapped cells need."""
    parts = []
    for column, width, (text, _) in zip(table.columns, widths, cells, strict=True):
        fits = column.overflow == "keep" or width_of(text) <= width
        parts.append(
            [text] if fits else wrapped(text, width) if column.overflow == "wrap" else [cut(text, width)]
        )
    lines = []
    for y in range(max(map(len, parts), default=0)):
        begin = f"{mark} " if mark and y == 0 else ""
        line = [Run(f"{begin:>{indent}}" if indent else "", "strong")]
        for x, (column, width, part) in enumerate(zip(table.columns, widths, parts, strict=True)):
            line.append(Run(" " * gap if x else "", "plain"))
            text = part[y] if y < len(part) else ""
            space = " " * (width - width_of(text))
            line.append(Run(space + text if column.align == "right" else text + space, cells[x][1]))
        lines.append([run for run in line if run.text])
    return lines

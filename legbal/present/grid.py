"""Prints documents and tables as character cells: rows of runs, each in one style, for a screen to colour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from legbal.present.document import Block, Heading, Paragraph, Table
from legbal.present.text import clean, cut, width_of, wrapped

MARK = "▸"  # before the chosen row
_GAP, _NARROW_GAP = 3, 2  # columns between two of a table
_WIDE = 90  # columns, from which a table has the wider gap
_LEAST = 10  # columns of a paragraph


class Run(NamedTuple):
    """Some text in one style; a style is a name (`table.Tone`) that the screen's theme gives its colours."""

    text: str
    style: str


Line = list[Run]


def harmless(text: str) -> str:
    """Any text as one row can hold it: without control characters."""
    return text if text.isprintable() else clean(text, len(text))


def document_lines(
    blocks: Iterable[Block],
    width: int,
    *,
    margin: int = 2,
    hang: int = 0,
    shown: Callable[[str], str] = harmless,
) -> list[Line]:
    """The blocks one below the other, an empty row before each heading, and before each table without one.

    Args:
        blocks: what is printed; tables without rows are left out.
        width: columns of the screen.
        margin: blank columns at either side, where the marks of rows stand.
        hang: columns by which the further rows of a paragraph are set in.
        shown: how a text is shown; it may come from outside.
    """
    lines: list[Line] = []
    below_heading = True
    for block in blocks:
        rows = _block_lines(block, width, margin, hang, shown)
        if rows and not isinstance(block, Paragraph) and not below_heading:
            lines.append([])
        lines += rows
        below_heading = not lines or isinstance(block, Heading)
    return lines


def _block_lines(block: Block, width: int, margin: int, hang: int, shown: Callable[[str], str]) -> list[Line]:
    if isinstance(block, Table):
        gap = _GAP if width - 2 * margin >= _WIDE else _NARROW_GAP
        return table_lines(block.with_texts(shown), width - margin, gap=gap, indent=margin)
    tone, indent = ("quiet", 0) if isinstance(block, Heading) else (block.tone, block.indent)
    rows = wrapped(shown(block.text), max(_LEAST, width - 2 * margin - indent), " " * hang)
    return [[Run(" " * (margin + indent), tone), Run(row, tone)] for row in rows]


def table_lines(table: Table, width: int | None = None, *, gap: int = 2, indent: int = 0) -> list[Line]:
    """The headings and the rows; nothing where there are no rows.

    Args:
        table: what is printed; columns without anything in them are left out.
        width: columns of the screen; None: as many as it takes.
        gap: blank columns between two columns.
        indent: blank columns before the first, of which the mark takes two.
    """
    if not table.rows:
        return []
    shown, widths = table.without_empty().fitted(None if width is None else width - indent, gap)
    headings = [(column.heading, "quiet") for column in shown.columns]
    lines = _row(shown, widths, headings, gap, indent, "")
    for number in range(len(shown.rows)):
        cells = [(shown.text(number, i), shown.tone(number, i)) for i in range(len(widths))]
        lines += _row(shown, widths, cells, gap, indent, MARK if number == table.chosen else "")
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

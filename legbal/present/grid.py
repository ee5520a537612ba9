"""Prints documents and tables in columns: as rows of runs, each in one style, for a screen to colour; or as text."""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from typing import NamedTuple

from legbal.present.document import Block, Column, Heading, Paragraph, Table
from legbal.present.text import clean, cut, printable, width_of, wrapped

MARK = "▸"  # before the chosen row
_GAP, _NARROW_GAP = 3, 2  # columns between two of a table
_WIDE = 90  # columns, from which a table has the wider gap
_HANG = 2  # columns by which the further rows of a paragraph are set in as text
_LEAST = 10  # columns of a paragraph
_LEAST_CUT = 6  # columns below which nothing is cut


class TextRun(NamedTuple):
    """Some text in one style; a style is a name (`table.Tone`) that the screen's theme gives its colours."""

    text: str
    style: str


Line = list[TextRun]
_Filled = tuple[Column, list[TextRun]]  # a column with its heading and its cells


def document_text(blocks: Iterable[Block], width: int = 80) -> list[str]:
    """The blocks as plain text, for a terminal or a file, at most `width` columns wide; as `document_lines`.

    >>> from legbal.present.document import Heading, Paragraph
    >>> document_text([Heading("Bands"), Paragraph("No change that shows."), Heading("Notes")], 12)
    ['Bands', 'No change', '  that', '  shows.', '', 'Notes']
    """
    return _text(document_lines(blocks, width, margin=0, hang=_HANG, shown=printable))


def table_text(table: Table, width: int | None = None) -> list[str]:
    """The table as plain text; as `table_lines`.

    >>> from legbal.present.document import Column, Table
    >>> rides = Table((Column("ride", "left"), Column("left %")), (("a", "48.3 ± 0.3"), ("b", "—")))
    >>> print("\\n".join(table_text(rides)))
    ride      left %
    a     48.3 ± 0.3
    b              —
    """
    return _text(table_lines(table, width))


def _text(lines: Iterable[Line]) -> list[str]:
    return ["".join(run.text for run in line).rstrip() for line in lines]


def strip_controls(text: str) -> str:
    """Any text as one row can hold it: without control characters, and whole.

    >>> strip_controls("足が重い\\n明日は休む")
    '足が重い 明日は休む'
    """
    return text if text.isprintable() else clean(text, 2 * len(text))  # a letter takes up to two columns


def document_lines(
    blocks: Iterable[Block],
    width: int,
    *,
    margin: int = 2,
    hang: int = 0,
    shown: Callable[[str], str] = strip_controls,
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
        return table_lines(block, width - margin, gap=gap, indent=margin, shown=shown)
    tone, indent = ("quiet", 0) if isinstance(block, Heading) else (block.tone, block.indent)
    rows = wrapped(shown(block.text), max(_LEAST, width - 2 * margin - indent), " " * hang)
    return [[TextRun(" " * (margin + indent), tone), TextRun(row, tone)] for row in rows]


def table_lines(
    table: Table,
    width: int | None = None,
    *,
    gap: int = 2,
    indent: int = 0,
    shown: Callable[[str], str] = str,
) -> list[Line]:
    """The headings and the rows; nothing where there are no rows.

    Args:
        table: what is printed; columns without anything in them are left out.
        width: columns of the screen; None: as many as it takes.
        gap: blank columns between two columns.
        indent: blank columns before the first, of which the mark takes two.
        shown: how the text of a cell is shown.
    """
    columns = [
        (
            column,
            [TextRun(column.heading, "quiet"), *(TextRun(shown(cell.text), cell.tone) for cell in cells)],
        )
        for column, cells in table.filled()
    ]
    columns, widths = _fitted(columns, math.inf if width is None else width - indent, gap)
    shapes = [(column, room) for (column, _), room in zip(columns, widths, strict=True)]
    lines = []
    for number, row in enumerate(zip(*(runs for _, runs in columns), strict=True), start=-1):
        mark = f"{MARK} " if number == table.chosen else ""
        lines += _row(shapes, row, gap, f"{mark:>{indent}}" if indent else "")
    return lines


def _fitted(columns: list[_Filled], room: float, gap: int) -> tuple[list[_Filled], list[int]]:
    """The columns that have room, `gap` between two of them, and how wide each is."""
    while True:
        widths = [max(width_of(run.text) for run in runs) for _, runs in columns]
        over = sum(widths) + gap * (len(widths) - 1) - room
        worst = max((column.drop for column, _ in columns), default=0)
        if over <= 0 or not worst:
            break
        columns = [x for x in columns if x[0].drop != worst]
    shrinking = [i for i, (column, _) in enumerate(columns) if column.overflow != "keep"]
    while over > 0 and any(widths[i] > _LEAST_CUT for i in shrinking):
        widths[max(shrinking, key=widths.__getitem__)] -= 1
        over -= 1
    return columns, widths


def _row(shapes: Sequence[tuple[Column, int]], row: Sequence[TextRun], gap: int, begin: str) -> list[Line]:
    """One row; as many lines as its wrapped cells need."""
    parts = [
        wrapped(run.text, width)
        if column.overflow == "wrap" and width_of(run.text) > width
        else [cut(run.text, width)]
        for (column, width), run in zip(shapes, row, strict=True)
    ]
    lines: list[Line] = []
    for texts in zip_longest(*parts, fillvalue=""):
        line = [TextRun(" " * len(begin) if lines else begin, "strong")]
        for (column, width), run, text in zip(shapes, row, texts, strict=True):
            space = " " * (width - width_of(text))
            aligned = space + text if column.align == "right" else text + space
            line += [TextRun(aligned, run.style), TextRun(" " * gap, "plain")]
        lines.append([run for run in line[:-1] if run.text])
    return lines

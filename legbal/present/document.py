"""A document without a surface: blocks, which are headings, paragraphs and tables; and how they are printed in columns.

`document_text` (terminal) and `document_lines` (screen, as rows of runs, each in one style) do that here,
`html.document` does it for a page.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from typing import Literal, NamedTuple

import msgspec

from legbal.present.text import clean, cut, printable, width_of, wrapped

Tone = Literal[
    "plain",  # read second
    "strong",  # read first
    "quiet",  # labels
    "left",  # of the left leg
    "right",
    "left-strong",
    "right-strong",
    "alert",
    "urgent",
]
MARK = "▸"  # before the chosen row
_GAP, _NARROW_GAP = 3, 2  # columns between two of a table
_WIDE = 90  # columns, from which a table has the wider gap
_HANG = 2  # columns by which the further rows of a paragraph are set in as text
_LEAST = 10  # columns of a paragraph
_LEAST_CUT = 6  # columns below which nothing is cut


class ForeignText(str):
    """Text from outside as a heading or a cell of its own: on a page its direction of writing stays its own.

    Every printer makes all text harmless; what comes from outside can stand in a sentence too.
    """

    __slots__ = ()


class Heading(msgspec.Struct, frozen=True):
    """Above what follows it, until the next one."""

    text: str


class Paragraph(msgspec.Struct, frozen=True):
    """A sentence or more; `indent` columns further in where there are columns."""

    text: str
    tone: Tone = "plain"
    indent: int = 0


class Column(msgspec.Struct, frozen=True):
    """A column.

    Attributes:
        heading: above it.
        align: numbers stand at the right, words at the left.
        tone: of its cells.
        drop: where there is no room for all columns, those of the highest number go first; 0 stays.
        overflow: what becomes of a cell that is too wide even then: it stays as it is, is cut, or wrapped.
    """

    heading: str
    align: Literal["left", "right"] = "right"
    tone: Tone = "plain"
    drop: int = 0
    overflow: Literal["keep", "cut", "wrap"] = "keep"


class Table(msgspec.Struct, frozen=True):
    """Columns and rows; every row has a cell for each column.

    `chosen` is the row at the cursor, which a screen marks.

    >>> table = Table((Column("ride", "left"), Column("note")), (("a", ""), ("b", "")))
    >>> [(column.heading, cells) for column, cells in table.filled()]
    [('ride', ('a', 'b'))]
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    chosen: int | None = None

    def without(self, *headings: str) -> "Table":
        """The table but for some columns."""
        places = [i for i, column in enumerate(self.columns) if column.heading not in headings]
        return msgspec.structs.replace(
            self,
            columns=[self.columns[i] for i in places],
            rows=[[row[i] for i in places] for row in self.rows],
        )

    def filled(self) -> list[tuple[Column, tuple[str, ...]]]:
        """The columns in which a cell says something, each with its cells from top to bottom."""
        if not self.rows:
            return []
        columns = zip(self.columns, zip(*self.rows, strict=True), strict=True)
        return [(column, cells) for column, cells in columns if any(cells)]


Block = Heading | Paragraph | Table


def section(heading: str, blocks: Iterable[Block]) -> list[Block]:
    """A heading with the blocks below it that say something; nothing where none does.

    >>> section("noted", [Paragraph("")]), section("noted", [Paragraph(""), Paragraph("rain")])
    ([], [Heading(text='noted'), Paragraph(text='rain', tone='plain', indent=0)])
    """
    printed = [block for block in blocks if (block.rows if isinstance(block, Table) else block.text)]
    return [Heading(heading), *printed] if printed else []


class TextRun(NamedTuple):
    """Some text in one style: a `Tone`, or one that only the screen has, whose theme gives both their colours."""

    text: str
    style: str


Line = list[TextRun]
_Filled = tuple[Column, list[TextRun]]  # a column with its heading and its cells


def document_text(blocks: Iterable[Block], width: int = 80) -> list[str]:
    """The blocks as plain text, for a terminal or a file, at most `width` columns wide; as `document_lines`.

    >>> document_text([Heading("Bands"), Paragraph("No change that shows."), Heading("Notes")], 12)
    ['Bands', 'No change', '  that', '  shows.', '', 'Notes']
    """
    return _text(document_lines(blocks, width, margin=0, hang=_HANG, shown=printable))


def table_text(table: Table, width: int | None = None) -> list[str]:
    """The table as plain text, with foreign text escaped; as `table_lines`.

    >>> rides = Table((Column("ride", "left"), Column("left %")), (("a", "48.3 ± 0.3"), ("b", "—")))
    >>> print("\\n".join(table_text(rides)))
    ride      left %
    a     48.3 ± 0.3
    b              —
    """
    return _text(table_lines(table, width, shown=printable))


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
            [TextRun(column.heading, "quiet"), *(TextRun(shown(cell), column.tone) for cell in cells)],
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

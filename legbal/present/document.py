"""A document without a surface: blocks, which are headings, paragraphs and tables.

Printed by `grid.document_text` (terminal), `grid.document_lines` (screen) and `html.document` (page).
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

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


class Cell(msgspec.Struct, frozen=True):
    """A cell with a tone of its own; one without is a string."""

    text: str
    tone: Tone = "plain"


class Column(msgspec.Struct, frozen=True):
    """A column.

    Attributes:
        heading: above it.
        align: numbers stand at the right, words at the left.
        tone: of its cells that have none of their own.
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

    >>> table = Table((Column("ride", "left"), Column("note")), (("a", ""), (Cell("b", "quiet"), "")))
    >>> [(column.heading, cells) for column, cells in table.filled()]
    [('ride', [Cell(text='a', tone='plain'), Cell(text='b', tone='quiet')])]
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str | Cell]]
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

    def filled(self) -> list[tuple[Column, list[Cell]]]:
        """The columns in which a cell says something, each with its cells from top to bottom."""
        columns = []
        for i, column in enumerate(self.columns):
            cells = [Cell(x, column.tone) if isinstance(x, str) else x for x in (row[i] for row in self.rows)]
            if any(cell.text for cell in cells):
                columns.append((column, cells))
        return columns


Block = Heading | Paragraph | Table


def section(heading: str, blocks: Iterable[Block]) -> list[Block]:
    """A heading with the blocks below it that say something; nothing where none does.

    >>> section("noted", [Paragraph("")]), section("noted", [Paragraph(""), Paragraph("rain")])
    ([], [Heading(text='noted'), Paragraph(text='rain', tone='plain', indent=0)])
    """
    printed = [block for block in blocks if (block.rows if isinstance(block, Table) else block.text)]
    return [Heading(heading), *printed] if printed else []

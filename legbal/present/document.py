"""A document without a surface: blocks, which are headings, paragraphs and tables.

Printed by `plain.document_lines` (terminal), `grid.document_lines` (screen) and `html.document` (page).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from legbal.present.text import width_of

Align = Literal["left", "right"]
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

_LEAST_CUT = 6  # columns below which nothing is cut


class Foreign(str):
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
    align: Align = "right"
    tone: Tone = "plain"
    drop: int = 0
    overflow: Literal["keep", "cut", "wrap"] = "keep"


class Table(msgspec.Struct, frozen=True):
    """Columns and rows; every row has a cell for each column.

    `chosen` is the row at the cursor, which a screen marks.

    >>> table = Table((Column("ride", "left"), Column("left %")), (("a", "48.3 ± 0.3"), ("b", Cell("—", "quiet"))))
    >>> table.text(1, 1), table.tone(1, 1), table.tone(0, 1)
    ('—', 'quiet', 'plain')
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str | Cell]]
    caption: str = ""
    chosen: int | None = None

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        cell = self.rows[row][column]
        return cell if isinstance(cell, str) else cell.text

    def tone(self, row: int, column: int) -> Tone:
        """How a cell is set."""
        cell = self.rows[row][column]
        return self.columns[column].tone if isinstance(cell, str) else cell.tone

    def without(self, *headings: str) -> Table:
        """The table but for some columns."""
        return self._only([i for i, column in enumerate(self.columns) if column.heading not in headings])

    def _only(self, columns: Sequence[int]) -> Table:
        rows = [[row[i] for i in columns] for row in self.rows]
        return msgspec.structs.replace(self, columns=[self.columns[i] for i in columns], rows=rows)

    def with_texts(self, change: Callable[[str], str]) -> Table:
        """The table with the text of each cell changed so."""
        rows = [
            [
                change(x) if isinstance(x, str) else msgspec.structs.replace(x, text=change(x.text))
                for x in row
            ]
            for row in self.rows
        ]
        return msgspec.structs.replace(self, rows=rows)

    def without_empty(self) -> Table:
        """The table without columns in which no cell says anything."""
        rows = range(len(self.rows))
        return self._only([i for i in range(len(self.columns)) if any(self.text(row, i) for row in rows)])

    def fitted(self, width: int | None, gap: int) -> tuple[Table, list[int]]:
        """The columns that have room in `width`, `gap` between two of them, and how wide each is.

        None: all the room they want.
        """
        shown, widths = self, self._widths()
        if width is None:
            return shown, widths
        while sum(widths) + gap * (len(widths) - 1) > width:
            worst = max((column.drop for column in shown.columns), default=0)
            if not worst:
                break
            shown = shown._only([i for i, column in enumerate(shown.columns) if column.drop != worst])
            widths = shown._widths()
        shrinking = [i for i, column in enumerate(shown.columns) if column.overflow != "keep"]
        for _ in range(sum(widths)):
            if sum(widths) + gap * (len(widths) - 1) <= width or not shrinking:
                break
            widest = max(shrinking, key=lambda i: widths[i])
            if widths[widest] <= _LEAST_CUT:
                break
            widths[widest] -= 1
        return shown, widths

    def _widths(self) -> list[int]:
        rows = range(len(self.rows))
        return [
            max([width_of(column.heading), *(width_of(self.text(row, i)) for row in rows)])
            for i, column in enumerate(self.columns)
        ]


Block = Heading | Paragraph | Table


def section(heading: str, blocks: Iterable[Block]) -> list[Block]:
    """A heading with the blocks below it that say something; nothing where none does.

    >>> section("noted", [Paragraph("")]), section("noted", [Paragraph(""), Paragraph("rain")])
    ([], [Heading(text='noted'), Paragraph(text='rain', tone='plain', indent=0)])
    """
    said = [block for block in blocks if (block.rows if isinstance(block, Table) else block.text)]
    return [Heading(heading), *said] if said else []

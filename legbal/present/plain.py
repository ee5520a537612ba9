"""Prints documents and tables as plain text, for a terminal, a file or another program."""

from __future__ import annotations

from collections.abc import Iterable

from legbal.present import grid
from legbal.present.document import Block, Table
from legbal.present.text import printable

_HANG = 2


def document_lines(blocks: Iterable[Block], width: int = 80) -> list[str]:
    """The blocks one below the other, an empty line before headings and tables, at most `width` columns wide.

    >>> from legbal.present.document import Heading, Paragraph
    >>> document_lines([Heading("Bands"), Paragraph("No change that shows."), Heading("Notes")], 12)
    ['Bands', 'No change', '  that', '  shows.', '', 'Notes']
    """
    return _texts(grid.document_lines(blocks, width, margin=0, hang=_HANG, shown=printable))


def table_lines(table: Table, width: int | None = None, *, gap: int = 2, indent: int = 0) -> list[str]:
    """The headings and the rows, without blanks at their ends; nothing where there are no rows.

    Args:
        table: what is printed; columns without anything in them are left out.
        width: of the terminal; where it is too small, columns are dropped, cut or wrapped as they allow.
        gap: blanks between two columns.
        indent: blanks before the first.

    >>> from legbal.present.document import Column, Table
    >>> rides = Table((Column("ride", "left"), Column("left %")), (("a", "48.3 ± 0.3"), ("b", "—")))
    >>> print("\\n".join(table_lines(rides)))
    ride      left %
    a     48.3 ± 0.3
    b              —
    """
    return _texts(grid.table_lines(table, width, gap=gap, indent=indent))


def _texts(lines: Iterable[grid.Line]) -> list[str]:
    return ["".join(run.text for run in line).rstrip() for line in lines]

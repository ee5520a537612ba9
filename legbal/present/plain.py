"""Prints a table as plain text, for a terminal, a file or another program."""

from __future__ import annotations

from legbal.present import grid
from legbal.present.document import Table


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
    lines = grid.table_lines(table, width, gap=gap, indent=indent)
    return ["".join(run.text for run in line).rstrip() for line in lines]

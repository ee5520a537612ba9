"""The few forms of Markdown that the generated pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

BEGIN = "<!-- From the code: python -m tests.reference -->"


def table(rows: Iterable[Sequence[str]]) -> str:
    """A table; the first row is its head."""
    head, *body = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *body))


def page(title: str, *parts: str) -> str:
    """A whole page."""
    return "\n\n".join([BEGIN, f"# {title}", *parts]) + "\n"


def code(text: str) -> str:
    """Words of a program within a sentence or a cell."""
    return f"`{text}`"

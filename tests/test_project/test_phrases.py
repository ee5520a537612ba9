"""Riders read plain English: phrases that were replaced once do not come back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.test_project.weight import PROGRAM

# Of each phrase that was replaced, a part that nothing better contains.
REPLACED = (
    *(
        "left, told",
        "told after",
        "told from",
        "is told",
        "are told",
        "can be told",
        "cannot be told",
        "has told",
    ),
    *(
        "names the left leg",
        "names the right leg",
        "as the left leg's: ",
        "say so if it is right",
        "left (seen)",
    ),
    *("nowhere that", "would not explain", "too few rides", "until it is watched", "yes, measured"),
    *("no: one side", "what this meter's balance is worth", "the octets", "passed over: it tells"),
    *("books each", "booked there", "to be mended", "all the same", "goes on looking", "it goes by itself"),
    *(
        "to let go",
        "is there already as",
        "to overwrite it",
        "after show none",
        "reaches twice as far",
        "has shown.",
    ),
    *("reckons with", "left is right:", "on the wrong sides", "how sure is that", "enter takes it"),
    *("when it is so", "within it"),
)


def _strings(source: str) -> Iterator[str]:
    """String constants that are no docstrings."""
    tree = ast.parse(source)
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            yield node.value


def test_what_was_said_better_is_not_said_as_before() -> None:
    found = [
        f"{file.relative_to(PROGRAM)}: {phrase}"
        for file in sorted(PROGRAM.rglob("*.py"))
        for text in _strings(file.read_text(encoding="utf-8"))
        for phrase in REPLACED
        if phrase in text.lower()
    ]
    assert found == []
    assert list(_strings('"""Left is right:"""\nHINT = "or say to " "overwrite it."')) == [
        "or say to overwrite it."
    ]

"""Riders read plain English: phrases that were replaced once do not come back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.test_project.weight import PROGRAM

REPLACED = (
    "to overwrite it",
    "to let go",
    "when it is so",
    "reckons with",
    "what the octets",
    "told from",
    "cannot be told",
    "after show none",
    "left is right:",
    "as the left leg's: ",
    "books each",
    "booked there",
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

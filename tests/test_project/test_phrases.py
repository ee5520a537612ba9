"""Riders read plain English: phrases that were replaced once do not come back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.test_project.checkout import CHECKOUT
from tests.test_project.weight import PROGRAM

# Of each phrase that was replaced, a part that nothing better contains; first what only longer prose may say.
IN_PROSE = (
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
    *("the octets", "too few rides", "within it"),
)
REPLACED = (
    *IN_PROSE,
    *(
        "names the left leg",
        "names the right leg",
        "as the left leg's: ",
        "say so if it is right",
        "left (seen)",
    ),
    *("nowhere that", "would not explain", "until it is watched", "yes, measured", "only if unlocked"),
    *("no: one side", "what this meter's balance is worth", "passed over: it tells"),
    *("called *constant*", "a constant balance", "*an estimate*", "*none*: the meter", "constant, absent)"),
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
    *("when it is so", "fell into and how long"),
)

# All but the changelog, which says how it was before.
PAGES = [
    page
    for page in (CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md")))
    if page.name != "changelog.md"
]


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


def test_nor_do_pages_say_it() -> None:
    found = [
        f"{page.relative_to(CHECKOUT)}: {phrase}"
        for page in PAGES
        for phrase in REPLACED
        if phrase not in IN_PROSE and phrase in page.read_text(encoding="utf-8").lower()
    ]
    assert found == []

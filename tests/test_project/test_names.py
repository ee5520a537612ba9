"""Identifiers are the field's and the trade's terms: of participles and riddles there are none, or fewer each time."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_project.weight import BESIDE, PROGRAM, sizes

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

AVOIDED = frozenset(
    _WORD.findall("asked began elsewhere found heard kept known ridden said seen shelf told twice wanted why")
)

# How many definitions of such names a room still holds, lowered with each that goes; a room that is not here: none.
CEILINGS = {
    "outlets": 2,
    "ride": 2,
}

# Names that stay, by room, with the reason.
EXCEPTIONS = {
    ("analysis", "told_s"): "a field of the JSON of a review",
    ("library", "KnownMeter"): "as in known hosts: a meter that the rider was connected to before",
}


def test_a_name_is_seen_wherever_it_is_defined() -> None:
    source = """
import told_before as told
class FoundMeter:
    kept: int = 0
    def _seen(self, known, *, wanted=1):
        self._said, MOST_TOLD = known, (why := 1)
        for heard_at in told: pass
        with known as asked: pass
        match wanted:
            case [ridden, *found]: pass
try: pass
except OSError as twice: pass
background = resaid = foundation = told.kept
"""
    assert {name for name, _ in _avoided(ast.parse(source))} == {
        *("told", "FoundMeter", "kept", "_seen", "known", "wanted", "_said", "MOST_TOLD", "why"),
        *("heard_at", "asked", "ridden", "found", "twice"),
    }


@pytest.mark.parametrize("room", sizes())
def test_names_are_terms(room: str) -> None:
    avoided = [
        f"{file.relative_to(PROGRAM)}:{line}: {name}"
        for file in _modules(room)
        for name, line in _avoided(ast.parse(file.read_text(encoding="utf-8")))
        if (room, name) not in EXCEPTIONS
    ]
    assert len(avoided) <= CEILINGS.get(room, 0), "\n".join([str(len(avoided)), *avoided])


@pytest.mark.parametrize(("room", "name"), EXCEPTIONS)
def test_an_exception_is_in_use(room: str, name: str) -> None:
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in _modules(room))
    assert any(name == other for tree in trees for other, _ in _avoided(tree))


def _modules(room: str) -> list[Path]:
    return sorted(PROGRAM.glob("*.py") if room == BESIDE else (PROGRAM / room).rglob("*.py"))


def _avoided(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Each definition of a name with an avoided word among its words, and the line it stands on."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
                | ast.arg(arg=name)
                | ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.alias(asname=str(name))
                | ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                if not AVOIDED.isdisjoint(word.lower() for word in _WORD.findall(name)):
                    yield name, node.lineno
            case _:
                pass

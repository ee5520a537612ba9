"""Identifiers are the field's and the trade's terms, without participles and riddles; no two classes share one."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.test_project.weight import BESIDE, PROGRAM, budget

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

AVOIDED = frozenset(
    _WORD.findall(
        "asked began ebbed elsewhere explained found heard kept known learnt panned reckoned ridden said seen shelf "
        "thinned tidied told twice wanted why worded zoomed"
    )
)

# Names that stay, by room, with the reason.
EXCEPTIONS = {
    ("analysis", "told_s"): "a field of the JSON of a review",
    ("library", "KnownMeter"): "as in known hosts: a meter that the rider was connected to before",
    ("outlets", "told"): "a field of the messages over MQTT",
    ("ride", "not_seen"): "a field of the messages over MQTT",
    ("ride", "told"): "a field of the messages over MQTT",
}

_PARTICIPLE = re.compile(r"[A-Z][a-z]+(ed|wn)")
# Their classes are called as those whose form over MQTT they are: one thing, so that one word names it.
_WIRE_FORMS = PROGRAM / "outlets/mqtt/schema.py"


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


@pytest.mark.parametrize("room", budget().rooms)
def test_names_are_terms(room: str) -> None:
    avoided = [
        f"{file.relative_to(PROGRAM)}:{line}: {name}"
        for file in _modules(room)
        for name, line in _avoided_in(file)
        if (room, name) not in EXCEPTIONS
    ]
    assert not avoided, "\n".join([str(len(avoided)), *avoided])


@pytest.mark.parametrize(("room", "name"), EXCEPTIONS)
def test_an_exception_is_in_use(room: str, name: str) -> None:
    assert any(name == other for file in _modules(room) for other, _ in _avoided_in(file))


def test_no_two_public_classes_share_a_name() -> None:
    names = Counter(
        name for file in PROGRAM.rglob("*.py") if file != _WIRE_FORMS for name in _public_classes(file)
    )
    assert [name for name, classes in names.items() if classes > 1] == []


def test_a_wire_form_is_called_as_what_is_sent_or_as_nothing_else() -> None:
    fold = {name for file in _modules("ride") for name in _public_classes(file)}
    others = {name for file in PROGRAM.rglob("*.py") if file != _WIRE_FORMS for name in _public_classes(file)}
    assert set(_public_classes(_WIRE_FORMS)) & (others - fold) == set()


def test_no_public_class_is_a_participle() -> None:
    names = {name for file in PROGRAM.rglob("*.py") for name in _public_classes(file)}
    assert {name for name in names if _PARTICIPLE.fullmatch(name)} == set()


@cache
def _public_classes(file: Path) -> tuple[str, ...]:
    nodes = ast.parse(file.read_text(encoding="utf-8")).body
    return tuple(x.name for x in nodes if isinstance(x, ast.ClassDef) and not x.name.startswith("_"))


@cache
def _avoided_in(file: Path) -> tuple[tuple[str, int], ...]:
    return tuple(_avoided(ast.parse(file.read_text(encoding="utf-8"))))


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

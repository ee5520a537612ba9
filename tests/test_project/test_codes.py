"""What the pure rooms compute is codes and values: English begins in `present`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from legbal.gatt.characteristics import decode_location
from tests.test_project.checkout import CHECKOUT

ROOMS = ("gatt", "meters", "ride", "analysis")
ENGLISH = re.compile(r"\S\s+[a-z]{2,}\b|\b[a-z]{2,}\s+\S")  # a word in lower case with something beside it

OF_THE_STANDARD = "names of the Bluetooth specification: values of `legbal decode`, and fields in its errors"
EXCEPTIONS = {
    **dict.fromkeys(("gatt/characteristics.py", "gatt/control_point.py"), OF_THE_STANDARD),
    "gatt/fields.py": f"{OF_THE_STANDARD}; and the message of `decode_error`",
    "meters/profile.py": "the name of the family that stands for none",
    "meters/profile_file.py": "messages of ProfileError",
    "ride/dropoff_alert.py": "the table of transitions, which documents the phases",
    "ride/interval.py": "the table of transitions, which documents the phases",
    "analysis/summary.py": "values of `covered` in `review --json`",
    "analysis/dropoff_analysis.py": "values of `covered` in `review --json`",
}
"""Files with phrases, each with its reason."""
# where sensors sit, by the same specification
PLACES = {decode_location(bytes([number])) for number in range(18)}


def _is_passed(node: ast.AST) -> bool:
    """Whether it is a docstring, an error with its message, or what a field is described by."""
    match node:
        case ast.Raise() | ast.keyword(arg="description") | ast.Expr(value=ast.Constant()):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name.startswith("_refuse")
    return False


def phrases(source: str) -> Iterator[str]:
    """String constants with English in them, but for docstrings, what a `raise` says, and descriptions of fields."""
    tree = ast.parse(source)
    passed = {id(part) for node in ast.walk(tree) if _is_passed(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in passed:
            continue
        if ENGLISH.search(node.value) and node.value not in PLACES:
            yield node.value


FILES = [path for room in ROOMS for path in sorted((CHECKOUT / "legbal" / room).rglob("*.py"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_pure_room_speaks_no_english(path: Path) -> None:
    found = list(phrases(path.read_text(encoding="utf-8")))
    if "/".join(path.parts[-2:]) in EXCEPTIONS:
        assert found, "it is no exception any more"
    else:
        assert found == []


def test_a_sentence_is_found_and_a_docstring_or_an_error_is_none() -> None:
    source = '"""It is so."""\nTEXT = f"since {1} s of rest"\nraise ValueError("it is not so")\nCODE = "meter.rest"\n'
    assert list(phrases(source)) == [" s of rest"]

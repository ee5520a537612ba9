"""UUIDs: their forms, and that one module alone spells them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import legbal
from legbal.gatt.uuids import long_form, parse, short_form

FULL = "00002a63-0000-1000-8000-00805f9b34fb"
OWN = "347b0010-7635-408b-8918-8ff3949ce592"


@pytest.mark.parametrize("text", ["2a63", "2A63", " 0x2a63 ", "00002a63", FULL, FULL.upper()])
def test_a_uuid_has_one_short_form(text: str) -> None:
    assert parse(text) == "2a63"


def test_long_and_short_form_are_each_others_inverse() -> None:
    assert long_form("2a63") == FULL
    assert short_form(FULL) == "2a63"
    assert parse(OWN) == short_form(OWN) == long_form(OWN) == OWN


@pytest.mark.parametrize("text", ["", "63", "2a6g", "2a630", FULL[:-1]])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no characteristic's"):
        parse(text)


def test_an_error_shows_forty_letters_of_what_is_none() -> None:
    with pytest.raises(ValueError, match=f"'{'x' * 40}'$"):
        parse("x" * 60)


def test_no_other_module_spells_one() -> None:
    package = Path(legbal.__file__).parent
    spelled = re.compile(r"2a[0-9a-f]{2}|1818|.*-0000-1000-8000-00805f9b34fb")
    found = [
        f"{path.relative_to(package)}:{node.lineno}"
        for path in package.rglob("*.py")
        if path.name != "uuids.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and spelled.fullmatch(node.value)
    ]
    assert found == []

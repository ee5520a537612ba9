"""Nothing that moves the cursor or turns text around reaches the terminal from a screen, whatever a widget is given."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from legbal.tui.base_app import BaseApp
from legbal.tui.render.charset import transliterate
from tests.terminal import on_terminal
from tests.test_project.weight import PROGRAM

HOSTILE = "n\x1b]0;x\x07\x1b[2J\x9b35m\u202e\r\u2028\u200b\x7f\x08\ud800\ue000e[b]x[/b]"
# By these widgets a text is read as markup unless they are told not to.
READS_MARKUP = {
    "Static",
    "Label",
    "OptionList",
    "SelectionList",
    "Button",
    "Checkbox",
    "RadioButton",
    "Digits",
}


class Given(Screen[None]):
    """Widgets that nobody cleaned anything for."""

    def compose(self) -> ComposeResult:
        yield Static(HOSTILE, markup=False)
        yield Input(placeholder=HOSTILE)
        yield Input(HOSTILE)
        yield OptionList(HOSTILE, markup=False)
        yield Static("all drawn")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals on this system")
@pytest.mark.parametrize("characters", ["unicode", "ascii"])
async def test_no_widget_writes_controls(characters: str, tmp_path: Path) -> None:
    program = (sys.executable, "-m", "tests.tui.test_hostile_text")
    environment = {"LEGBAL_CHARACTERS": characters, "LEGBAL_HOME": str(tmp_path)}
    async with on_terminal(program=program, environment=environment) as terminal:
        await terminal.shows("all drawn")
        written = terminal.raw
    for control in (
        "\x1b]0;",
        "\x1b[2J",
        "x\x07",
        "\x9b",
        "\u202e",
        "\u2028",
        "\u200b",
        "\x7f",
        "\x08",
        "\ue000",
    ):
        assert control.encode() not in written, control
    assert written.count(b"[2J") >= 2, "the text itself is there"
    assert written.count(b"[b]x[/b]") >= 2


def test_what_is_left_out_takes_the_cells_that_it_took() -> None:
    assert transliterate("a\x1b[31m\u202eb\u00a0c\ue000", "unicode") == "a[31mb c "
    assert transliterate("足\u200b\x07", "unicode") == "足"


def test_no_widget_is_left_to_read_markup() -> None:
    found = [
        f"{file.relative_to(PROGRAM)}:{node.lineno}"
        for file in sorted((PROGRAM / "tui").rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in READS_MARKUP
        and not any(key.arg == "markup" and ast.unparse(key.value) == "False" for key in node.keywords)
    ]
    assert found == []


if __name__ == "__main__":
    from legbal.config import load

    BaseApp(Given, load()).run()

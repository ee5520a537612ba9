"""The program on terminals that have few characters and colours: what is really written to them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.terminal import on_terminal

pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals on this system")
DEMO = ("demo", "--no-sound", "--seconds", "60")
UTF8 = {"LC_ALL": "C.UTF-8"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the home of everything, and nothing of this terminal's own."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    for name in ("LC_ALL", "LC_CTYPE", "LANG", "COLORTERM", "NO_COLOR", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("environment", "ascii_only", "blocks"),
    [
        ({"LANG": "C"}, True, False),
        ({"LC_ALL": "POSIX"}, True, False),
        ({"LEGBAL_CHARACTERS": "ascii", **UTF8}, True, False),
        ({"TERM": "linux", **UTF8}, False, True),
        (UTF8, False, True),
    ],
)
async def test_only_what_the_terminal_has_is_written(
    environment: dict[str, str], ascii_only: bool, blocks: bool
) -> None:
    async with on_terminal(*DEMO, environment=environment) as terminal:
        await terminal.shows("measured")
        await terminal.shows("rpm")
        assert terminal.text.isascii() is ascii_only
        assert ("█" in terminal.text) is blocks
        assert any("\u2800" <= char <= "\u28ff" for char in terminal.text) is False or environment == UTF8
        terminal.press("\x03")
        assert await terminal.ended() == 0


@pytest.mark.parametrize(
    ("environment", "wanted", "unwanted"),
    [
        ({"COLORTERM": "truecolor", **UTF8}, b"38;2;86;180;233", b"\x1b[96m"),
        (UTF8, b"38;5;74", b"38;2;"),
        ({"TERM": "linux", **UTF8}, b"96", b"38;"),
        ({"NO_COLOR": "1", "COLORTERM": "truecolor", **UTF8}, b"38;2;", b"38;2;86;180;233"),
    ],
    ids=["16 million", "256", "16", "none"],
)
async def test_colours_are_those_that_the_terminal_has(
    environment: dict[str, str], wanted: bytes, unwanted: bytes
) -> None:
    async with on_terminal(*DEMO, environment=environment) as terminal:
        await terminal.shows("measured")
        await terminal.shows("rpm")
        assert wanted in terminal.raw
        assert unwanted not in terminal.raw
        terminal.press("\x03")
        assert await terminal.ended() == 0


async def test_theme_and_large_type_are_options_too() -> None:
    options = ("--theme", "contrast", "--large-type")
    async with on_terminal(*DEMO, *options, environment={"COLORTERM": "truecolor", **UTF8}) as terminal:
        await terminal.shows("left over 30 s")
        assert b"102;204;255" in terminal.raw
        terminal.press("\x03")
        assert await terminal.ended() == 0

"""What is shown where the terminal has few characters."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import legbal.tui
from legbal.config import Settings
from legbal.present.text import width_of
from legbal.tui.app import RideApp
from legbal.tui.render.charset import Charset, detect_charset, transliterate
from tests.tui import views
from tests.tui.fake import FakeLive
from tests.tui.seen import painted
from tests.tui.views import ride

SOURCES = sorted(Path(inspect.getfile(legbal.tui)).parent.rglob("*.py"))


@pytest.mark.parametrize(
    ("characters", "environment", "encoding", "expected"),
    [
        ("auto", {"LANG": "de_DE.UTF-8", "TERM": "xterm-256color"}, "utf-8", "unicode"),
        ("auto", {"TERM": "screen-256color"}, "utf-8", "unicode"),
        ("auto", {"LANG": "C"}, "utf-8", "ascii"),
        ("auto", {"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", "ascii"),
        ("auto", {"LC_CTYPE": "C.UTF-8"}, "utf-8", "unicode"),
        ("auto", {"LANG": "de_DE.UTF-8", "LC_ALL": "POSIX"}, "utf-8", "ascii"),
        ("auto", {"LANG": "de_DE.ISO-8859-1"}, "iso-8859-1", "ascii"),
        ("auto", {"LC_CTYPE": "UTF-8", "TERM": "xterm-256color"}, "UTF-8", "unicode"),
        ("auto", {}, "cp1252", "ascii"),
        ("auto", {}, "cp65001", "unicode"),
        ("auto", {}, None, "unicode"),
        ("auto", {"LANG": "en_US.UTF-8", "TERM": "linux"}, "utf-8", "console"),
        ("auto", {"LANG": "en_US.UTF-8", "TERM": "vt220"}, "utf-8", "console"),
        ("unicode", {"LANG": "C", "TERM": "linux"}, "ascii", "unicode"),
        ("ascii", {"LANG": "en_US.UTF-8"}, "utf-8", "ascii"),
    ],
)
def test_the_terminal_is_asked_what_it_has(
    characters: str, environment: dict[str, str], encoding: str | None, expected: Charset
) -> None:
    assert detect_charset(characters, environment, encoding) == expected


@given(st.text(), st.sampled_from(["console", "ascii"]))
def test_any_text_keeps_its_width(text: str, by: Charset) -> None:
    # what cannot be seen is left out, and takes as many cells as Textual thinks that it took
    cells = sum(width_of(char) if char.isprintable() else cell_len(char) for char in text)
    assert width_of(transliterate(text, by)) == cells
    if by == "ascii":
        assert transliterate(text, by).isascii()


@pytest.mark.parametrize(
    ("text", "shown"), [("48.1 ± 0.6", "48.1 +-0.6"), ("48.1 ±", "48.1+-"), ("± error", "+-error")]
)
def test_an_error_is_written_as_one_types_it(text: str, shown: str) -> None:
    assert transliterate(text, "ascii") == shown


def test_everything_that_is_drawn_has_a_stand_in() -> None:
    drawn = {
        char for file in SOURCES for char in re.sub(r'""".*?"""', "", file.read_text("utf-8"), flags=re.S)
    }
    drawn = {char for char in drawn if not char.isascii()}
    assert {"▀", "▶", "±", "─", "♪"} <= drawn
    assert "?" not in transliterate("".join(sorted(drawn)), "ascii")


def test_a_line_of_dots_keeps_its_height() -> None:
    assert [transliterate(char, "ascii") for char in "⠀⠉⠒⠤⣀⡇"] == [" ", "'", "-", "-", ".", "|"]
    assert transliterate("Zürich é", "console") == "Zürich é"
    assert transliterate("█┃▆▂┈", "console") == "█│█▄─"
    assert transliterate("Zürich 自", "ascii") == "Zurich ??"


STATES = {
    "ride": ride(),
    "alert": ride(alert=views.ALERT),
    "estimated": ride(balance="estimated"),
    "no meter yet": views.before_the_meter(),
}


# what opens a screen, and what leads back from it
SCREENS = (
    ("", ""),
    ("l", "l"),
    ("question_mark", "escape"),
    ("c", "escape"),
    ("n", "escape"),
    ("q", "escape"),
)


@pytest.mark.parametrize("state", STATES)
async def test_with_ascii_alone_every_screen_is_ascii(
    state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    (tmp_path / "config.toml").write_text('characters = "ascii"\n', encoding="utf-8")
    app = RideApp(FakeLive(STATES[state]), Settings(characters="ascii"))
    seen = []
    async with app.run_test(size=(80, 24)) as pilot:
        for there, back in (*SCREENS, ("qq", "")):
            await pilot.press(*([there] if len(there) > 2 else there))
            await pilot.pause()
            seen.append(painted(app))
            await pilot.press(*filter(None, [back]))
            await pilot.pause()
    assert len(set(seen)) == len(seen)  # each is another screen
    assert all(shown.strip() and shown.isascii() for shown in seen)

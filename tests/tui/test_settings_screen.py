"""Settings, changed from inside the program: checked, saved, taken at once."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from legbal import config
from legbal.config import KEYS, Settings
from legbal.tui.app import RideApp
from legbal.tui.base_screens import ChoiceDialog
from legbal.tui.screens.live import LiveScreen
from legbal.tui.settings import SettingsScreen, ValueDialog
from tests.tui.fake import FakeLive
from tests.tui.seen import FULL, painted, saved
from tests.tui.views import ride


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file of this test, which is not there yet."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    return tmp_path / "config.toml"


def write(file: Path, content: str, mode: int = 0o600) -> None:
    """Makes it the settings file, with these permissions."""
    file.write_text(content, encoding="utf-8")
    file.chmod(mode)


def open_to_others(file: Path) -> bool:
    """Whether anybody else may do anything with the file."""
    return bool(file.stat().st_mode & 0o077)


def text(file: Path) -> str:
    """What stands in the settings file; nothing where there is none."""
    return file.read_text(encoding="utf-8") if file.exists() else ""


def said(app: RideApp) -> str:
    """What is said of the marked setting."""
    return str(app.screen.query_one("#settings-said", Static).content)


def row(app: RideApp, name: str) -> str:
    """The row of a setting."""
    return str(app.screen.query_one(OptionList).get_option(name).prompt)


async def marked(app: RideApp, pilot: Pilot[None], name: str) -> None:
    """Opens the settings, if need be, and marks one."""
    if not isinstance(app.screen, SettingsScreen):
        await pilot.press("c")
    await pilot.pause()
    listed = app.screen.query_one(OptionList)
    listed.highlighted = listed.get_option_index(name)
    await pilot.pause()


async def chosen(app: RideApp, pilot: Pilot[None], name: str) -> None:
    """Presses Enter on a setting."""
    await marked(app, pilot, name)
    await pilot.press("enter")
    await pilot.pause()


async def typed(pilot: Pilot[None], value: str) -> None:
    """Answers the question for a value."""
    pilot.app.screen.query_one(Input).value = value
    await pilot.press("enter")
    await saved(pilot)


async def test_every_setting_is_listed_with_its_origin(file: Path, live: FakeLive) -> None:
    write(file, 'ftp = 265\n[mqtt]\npassword = "geheim"\n')
    app = RideApp(live, flags={"weak_leg": "left", "headless": False, "target": None})
    async with app.run_test(size=FULL) as pilot:
        await marked(app, pilot, "ftp")
        assert "265 W" in row(app, "ftp")
        assert "saved" in row(app, "ftp")
        assert "--weak-leg" in row(app, "weak_leg")
        assert "•••" in row(app, "mqtt.password")
        assert "geheim" not in row(app, "mqtt.password")
        assert all(row(app, name) for name in KEYS)
        assert "a number from 50 to 600 (W)" in said(app)


async def test_a_number_is_typed_checked_and_saved(file: Path, live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await chosen(app, pilot, "ftp")
        assert isinstance(app.screen, ValueDialog)
        await pilot.press(*"9000", "enter")
        await pilot.pause()
        assert "a number from 50 to 600" in str(app.screen.query_one(".hint", Static).content)
        await typed(pilot, "265")
        assert "Saved, from the next ride on." in said(app)
        assert "265 W" in row(app, "ftp")
    assert config.load(file=file, environment={}).ftp == 265


async def test_a_saved_setting_that_an_option_goes_before_is_said_to_be_one(
    file: Path, live: FakeLive
) -> None:
    app = RideApp(live, flags={"theme": "contrast"})
    async with app.run_test(size=FULL) as pilot:
        await chosen(app, pilot, "theme")
        await pilot.press("2")
        await saved(pilot)
        assert "Saved, but --theme overrides it." in said(app)
    assert config.load(file=file, environment={}).theme == "light"


async def test_i_do_not_know_is_an_empty_line(file: Path, live: FakeLive) -> None:
    write(file, "ftp = 265 # May\n")
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await chosen(app, pilot, "ftp")
        await typed(pilot, "")
    assert text(file) == "# ftp = 265 # May\n"


async def test_a_theme_is_chosen_from_a_list_and_taken_at_once(file: Path, live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await chosen(app, pilot, "theme")
        assert isinstance(app.screen, ChoiceDialog)
        await pilot.press("3")
        await saved(pilot)
        assert app.theme == "legbal-contrast"
        assert "Saved." in said(app)
        assert "next ride" not in said(app)
    assert config.load(file=file, environment={}).theme == "contrast"


async def test_large_type_and_sound_are_taken_by_the_ride_that_runs(live: FakeLive) -> None:
    heard: list[Settings] = []
    app = RideApp(live, changed=heard.append)
    async with app.run_test(size=FULL) as pilot:
        await chosen(app, pilot, "large_type")
        await saved(pilot)
        await chosen(app, pilot, "sound")
        await saved(pilot)
        assert ("mute", "") in live.marks
        live.shown = ride(muted=True)
        await pilot.press("enter")
        await saved(pilot)
        assert ("unmute", "") in live.marks
        await chosen(app, pilot, "volume")
        await typed(pilot, "0.3")
        assert heard[-1].volume == pytest.approx(0.3)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)
        assert app.screen.query_one("#large").display
        assert not app.screen.query_one("#glance").display


async def test_backspace_gives_the_default_back(file: Path, live: FakeLive) -> None:
    write(file, 'sensitivity = "eager"\n')
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await marked(app, pilot, "sensitivity")
        await pilot.press("backspace")
        await saved(pilot)
        assert "normal" in row(app, "sensitivity")
    assert config.load(file=file, environment={}).sensitivity == "normal"


async def test_what_does_not_go_together_is_not_saved(file: Path, live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await chosen(app, pilot, "clear")
        await typed(pilot, "9")
        assert "Not saved." in said(app)
        assert "above the margin" in said(app)
    assert not text(file)


async def test_a_variable_that_goes_before_the_file_is_named(
    live: FakeLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEGBAL_FTP", "222")
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await marked(app, pilot, "ftp")
        assert "LEGBAL_FTP overrides what is saved here." in said(app)


async def test_a_file_that_is_wrong_is_said_and_left_alone(file: Path, live: FakeLive) -> None:
    write(file, "fpt = 265\n")
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("c")
        await pilot.pause()
        assert "line 1: 'fpt' is not a setting. Did you mean ftp?" in said(app)
        await pilot.press("enter", "backspace", "escape")
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)
    assert text(file) == "fpt = 265\n"


async def test_a_secret_is_typed_unseen(file: Path, live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await chosen(app, pilot, "mqtt.password")
        assert app.screen.query_one(Input).password
        await pilot.press(*"geheim", "enter")
        await saved(pilot)
        assert "•••" in row(app, "mqtt.password")
    assert config.load(file=file, environment={}).mqtt.password == "geheim"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
async def test_a_password_that_closes_the_file_to_others_says_so(file: Path, live: FakeLive) -> None:
    write(file, "ftp = 265\n", 0o644)
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await chosen(app, pilot, "mqtt.password")
        await typed(pilot, "geheim")
        assert "Saved, from the next ride on." in said(app)
        assert "others could read it; now that it holds a password, only you can." in said(app)
    assert not open_to_others(file)


async def test_the_settings_begin_as_the_program_was_started(live: FakeLive) -> None:
    app = RideApp(live, msgspec.structs.replace(Settings(), theme="light", large_type=True))
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        assert app.theme == "legbal-light"
        assert app.screen.query_one("#large").display


async def test_other_characters_are_taken_at_once(live: FakeLive) -> None:
    app = RideApp(live, Settings(characters="unicode"))
    async with app.run_test(size=FULL) as pilot:
        await chosen(app, pilot, "characters")
        await pilot.press("3")
        await saved(pilot)
        assert painted(app).isascii()
        await pilot.press("escape")
        await pilot.pause()
        assert painted(app).isascii()


async def test_settings_are_named_in_words_and_no_value_is_an_identifier(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await marked(app, pilot, "threshold_when")
        rows = {name: row(app, name) for name in KEYS}
        assert not [text for text in rows.values() if "_" in text or "mqtt." in text or "true" in text]
        assert rows["swap_sides"].split() == ["swap", "sides", "off"]
        assert len({key.label for key in KEYS.values()}) == len(KEYS)
        assert max(len(key.label) for key in KEYS.values()) <= 22
        await marked(app, pilot, "swap_sides")
        assert "Allowed: on or off" in said(app)


async def test_a_number_takes_digits_only(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await chosen(app, pilot, "ftp")
        await pilot.press(*"2x6-5 W")
        assert app.screen.query_one(Input).value == "265"
        await pilot.press("escape")
        await pilot.pause()
        await chosen(app, pilot, "mqtt.rider")
        app.screen.query_one(Input).value = ""
        await pilot.press(*"anna")
        assert app.screen.query_one(Input).value == "anna"


async def test_the_settings_have_a_help_key(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await marked(app, pilot, "ftp")
        await pilot.press("question_mark")
        await pilot.pause()
        assert "Enter changes the marked setting" in painted(app)

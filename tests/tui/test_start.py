"""The start screen: a meter is found, choices are made and saved, and off the rider goes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from legbal import config, paths
from legbal.app.nearby import NearbyMeter
from legbal.config import edit
from legbal.errors import BluetoothError
from legbal.library.same_meters import read_answers
from legbal.tui.base_app import BaseApp
from legbal.tui.screens import start as start_module
from legbal.tui.screens.start import Choice, StartScreen
from legbal.tui.settings import SettingsScreen
from tests.analysis.shares import EASY, fill, kept, summary
from tests.tui.radio import ASSIOMA, NAMELESS, QUARQ, Radio, Rides, app_of
from tests.tui.seen import text

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file of this test, which is not there yet."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    return tmp_path / "config.toml"


@pytest.fixture
def radio() -> Radio:
    return Radio(ASSIOMA, QUARQ)


def said(app: BaseApp[Choice], part: str) -> str:
    """What stands in a part of the screen."""
    return str(app.screen.query_one(f"#start-{part}", Static).content)


async def settled(app: BaseApp[Choice], pilot: Pilot[Choice]) -> None:
    """What the last key set going is done."""
    for worker in [worker for worker in app.workers if worker.group in ("change", "question")]:
        await worker.wait()
    await pilot.pause()


def shown(app: BaseApp[Choice]) -> type[Screen[object]]:
    """What kind of screen is on top."""
    return type(app.screen)


def rows(app: BaseApp[Choice]) -> list[str]:
    """The meters as they are listed."""
    return [str(option.prompt) for option in app.screen.query_one(OptionList).options]


@SIZES
async def test_meters_are_listed_live_with_signal_and_what_they_can_measure(
    radio: Radio, size: tuple[int, int]
) -> None:
    app = app_of(radio)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "ASSIOMA17039L" in rows(app)[0]
        assert ("−61 dBm good" if size[0] > 90 else "▂▄▆█ good") in rows(app)[0]
        assert "measured" in rows(app)[0]
        assert "estimated" in rows(app)[1]
        radio.hears(ASSIOMA, QUARQ, NAMELESS)
        await pilot.pause()
        await pilot.pause()
        assert ("connected already" if size[0] > 90 else "connected") in rows(app)[2]


async def test_the_strongest_is_marked_where_none_is_usual(radio: Radio) -> None:
    radio.meters = [NAMELESS, ASSIOMA] + [NearbyMeter(f"{x}", f"{x}", x, "yes", "PM") for x in (127, 0)]
    app = app_of(radio)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.screen.query_one(OptionList).highlighted == 3


async def test_what_cannot_tell_the_legs_apart_is_listed_and_not_marked(radio: Radio) -> None:
    kickr = NearbyMeter(
        "KICKR 5AC0", "KICKR 5AC0", -40, "no balance: one power for both legs", "Trainer", sides=False
    )
    radio.meters = [kickr]
    app = app_of(radio)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "KICKR 5AC0" in rows(app)[0]
        assert app.screen.query_one(OptionList).highlighted is None
        assert "Only meters without left and right are in range" in said(app, "search")
        radio.hears(kickr, ASSIOMA)
        await pilot.pause()
        await pilot.pause()
        assert app.screen.query_one(OptionList).highlighted == 1
        assert "Your meter" in said(app, "search")
        radio.hears(kickr)
        await pilot.pause()
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
    assert app.return_value == Choice("ride", None)


async def test_a_trainer_is_ridden_on_when_it_is_marked(radio: Radio) -> None:
    radio.meters = [
        NearbyMeter(
            "KICKR 5AC0", "KICKR 5AC0", -40, "no balance: one power for both legs", "Trainer", sides=False
        )
    ]
    app = app_of(radio)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("down", "enter")
        await pilot.pause()
    assert app.return_value == Choice("ride", "KICKR 5AC0")


async def test_enter_rides_with_the_usual_meter_or_with_the_one_that_is_marked(radio: Radio) -> None:
    app = app_of(radio)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
    assert app.return_value == Choice("ride", "Quarq 12")
    app = app_of(radio)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("up")
        radio.hears(ASSIOMA, QUARQ, NAMELESS)
        await pilot.pause()
        assert said(app, "advice") == "Connect both pedals."
        await pilot.press("enter")
        await pilot.pause()
    assert app.return_value == Choice("ride", "ASSIOMA17039L")
    assert radio.closed == 2


async def test_of_two_that_are_ridden_with_together_none_is_asked_for_alone() -> None:
    app = app_of(Radio(msgspec.structs.replace(QUARQ, paired=True)))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "one of your pair" in rows(app)[0]
        await pilot.press("enter")
        await pilot.pause()
    assert app.return_value == Choice("ride", None)


async def test_without_a_meter_it_says_to_turn_the_cranks_and_enter_goes_on_looking() -> None:
    app = app_of(Radio())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "turn the cranks to wake it" in said(app, "search")
        await pilot.press("enter")
        await pilot.pause()
    assert app.return_value == Choice("ride", None)


async def test_without_bluetooth_it_says_what_to_do_and_looks_again(
    radio: Radio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_module, "_RETRY_S", 0.05)
    radio.fails = BluetoothError("The adapter is off", reason="adapter off", hint="Switch it on.")
    app = app_of(radio)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "The adapter is off. Switch it on." in said(app, "search")
        assert "demo (d)" in said(app, "search")
        await pilot.press("enter")
        await pilot.pause()
        assert "Fix that to ride" in said(app, "advice")
        radio.fails = None
        async with asyncio.timeout(30):
            while not rows(app):
                await pilot.pause(0.02)
        assert "adapter" not in said(app, "search")


@SIZES
def test_picture(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert snap_compare(app_of(Radio(ASSIOMA, QUARQ, NAMELESS)), terminal_size=size)


async def test_d_is_the_demonstration_and_q_leaves(radio: Radio) -> None:
    for key, begin in (("d", Choice("demo")), ("q", None), ("ctrl+c", None)):
        app = app_of(radio)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await pilot.press(key)
            await pilot.pause()
        assert app.return_value == begin
        assert app.return_code == 0


async def test_ftp_is_typed_and_saved_or_left_unknown(radio: Radio, file: Path) -> None:
    app = app_of(radio)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "I don't know" in said(app, "choices").splitlines()[0]
        await pilot.press("f", *"265", "enter")
        await settled(app, pilot)
        assert "265 W" in said(app, "choices")
        assert config.load(file=file, environment={}).ftp == 265
        await pilot.press("f")
        await pilot.pause()
        app.screen.query_one(Input).value = ""
        await pilot.press("enter")
        await settled(app, pilot)
        assert "I don't know" in said(app, "choices").splitlines()[0]
    assert config.load(file=file, environment={}).ftp is None


@pytest.mark.parametrize(("key", "leg"), [("1", "left"), ("2", "right"), ("3", "unknown")])
async def test_the_weak_leg_is_chosen_and_saved(radio: Radio, file: Path, key: str, leg: str) -> None:
    app = app_of(radio)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w", key)
        await settled(app, pilot)
        assert said(app, "advice") == "Saved."
    assert config.load(file=file, environment={}).weak_leg == leg


async def test_a_ride_begins_with_what_was_chosen_just_before(
    radio: Radio, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving = threading.Event()
    save = edit.save

    def save_late(change: dict[str, Any]) -> str:
        assert leaving.wait(30)
        return save(change)

    monkeypatch.setattr(edit, "save", save_late)
    app = app_of(radio)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w", "1")
        screen = app.screen
        assert isinstance(screen, StartScreen)
        ride = asyncio.create_task(screen.action_ride())
        asyncio.get_running_loop().call_soon(leaving.set)
        await ride
    assert app.settings.weak_leg == "left"


async def test_what_cannot_be_saved_is_said(radio: Radio, file: Path) -> None:
    broken = "fpt = 1\n"
    await asyncio.to_thread(file.write_text, broken)
    app = app_of(radio)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w", "1")
        await settled(app, pilot)
        assert "Not saved." in said(app, "advice")
        assert "line 1: 'fpt'" in said(app, "advice")
    assert await asyncio.to_thread(file.read_text) == broken


async def test_settings_rides_and_help_open_over_it(radio: Radio) -> None:
    app = app_of(radio)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c")
        await pilot.pause()
        assert shown(app) is SettingsScreen
        await pilot.press("escape", "v")
        await pilot.pause()
        assert shown(app) is Rides
        app.pop_screen()
        await pilot.press("question_mark")
        await pilot.pause()
        assert "Turn the cranks" in str(app.screen.query(Static).first().content)
        await pilot.press("escape")
        await pilot.pause()
        assert shown(app) is StartScreen


@SIZES
async def test_the_footer_has_room_for_every_key(radio: Radio, size: tuple[int, int]) -> None:
    app = app_of(radio)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        said = text(app, "keys").split()
        assert {"enter", "d", "f", "w", "s", "?", "v", "c", "q"} <= set(said)


async def test_which_meters_are_one_is_asked_in_a_line(radio: Radio) -> None:
    library = paths.library_file()
    for day, meter in ((5, "Pedals 17039"), (8, "Karoo 17039")):
        started = datetime(2026, 1, day, 18, tzinfo=UTC)
        kept(library, started, summary({EASY: (48.0, 0.2)}), meter=meter)
    fill(library)
    app = app_of(radio)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app, pilot)
        assert "both have the number 17039" in said(app, "advice")
        assert "y   yes, one meter" in said(app, "advice")
        await pilot.press("y")
        await settled(app, pilot)
        assert said(app, "advice") == "One history from now on."
        await pilot.press("n")  # the question is gone
        await settled(app, pilot)
    assert list(read_answers(library).values()) == [True]

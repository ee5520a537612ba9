"""New rides come in by themselves: on the start screen, the list of rides, its tabs; and folders are offered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from legbal.app import activity_folders, folder_watch
from legbal.app.review import ReviewService
from legbal.config import Settings, load
from legbal.tui.base_screens import ChoiceDialog
from legbal.tui.screens import rides, start
from legbal.tui.screens.rides import RidesScreen
from tests.files.fit_files import ride
from tests.tui.radio import ASSIOMA, Radio, app_of
from tests.tui.reviewing import asked, review_app, settled, text
from tests.tui.seen import FULL


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look follows the other at once, and what is unchanged between two of them is settled."""
    monkeypatch.setattr(folder_watch, "_SETTLED_S", 0.0)
    monkeypatch.setattr(folder_watch, "_PAUSE_S", 0.01)
    monkeypatch.setattr(folder_watch, "_REST", 0)
    for screen in (rides, start):
        monkeypatch.setattr(screen, "LOOK_EVERY_S", 0.05)


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    for _ in range(3000):
        if holds():
            return
        await asyncio.sleep(0.02)
        await pilot.pause()
    raise TimeoutError


def listed(pilot: Pilot[None]) -> str:
    screen = next(x for x in pilot.app.screen_stack if isinstance(x, RidesScreen))
    return str([x.ride.title for x in screen._entries])


async def test_a_ride_that_comes_in_is_on_the_list_and_said_on_the_tab_that_is_there(
    service: ReviewService, tmp_path: Path
) -> None:
    folder = tmp_path / "Zwift"
    folder.mkdir()
    app = review_app(service)
    app.settings = msgspec.structs.replace(app.settings, import_folders=(str(folder),))
    async with app.run_test(size=FULL) as pilot:
        await settled(pilot)
        (folder / "first.fit").write_bytes(ride(600))
        await until(pilot, lambda: "first" in listed(pilot))
        assert "New: 8 Nov 2024, 10 min, left 48.0 %, 1 interval, no drop-off" in text(pilot, "said")
        await pilot.press("t")
        await settled(pilot)
        (folder / "second.fit").write_bytes(ride(660))
        await until(pilot, lambda: "second" in listed(pilot))
        assert "New: 8 Nov 2024, 11 min" in text(pilot, "said")


async def test_without_a_folder_nothing_is_looked_at(
    service: ReviewService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked(*_: object) -> None:
        raise AssertionError("the setting is empty")

    monkeypatch.setattr(folder_watch, "WatchedFolders", looked)
    async with review_app(service).run_test(size=FULL) as pilot:
        await settled(pilot)
        await asyncio.sleep(0.1)
        await pilot.pause()
        assert "empty" not in text(pilot, "said")


async def test_what_goes_wrong_is_said_and_the_screen_stays(
    service: ReviewService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise KeyError("folder")

    monkeypatch.setattr(folder_watch.FolderWatch, "look", failing)
    app = review_app(service)
    app.settings = Settings(import_folders=(str(tmp_path),))
    async with app.run_test(size=FULL) as pilot:
        await settled(pilot)
        await until(pilot, lambda: "KeyError: 'folder'" in text(pilot, "said"))
    assert app.return_code is None, "no defect has ended it"


@pytest.mark.parametrize(("key", "watched"), [("1", True), ("2", False)])
async def test_a_folder_that_was_found_is_offered_and_only_then_taken(
    service: ReviewService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, watched: bool
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(activity_folders, "_MOUNTS", {})
    folder = tmp_path / "Documents" / "Zwift" / "Activities"
    folder.mkdir(parents=True)
    (folder / "zwift.fit").write_bytes(ride(600))
    async with review_app(service).run_test(size=FULL) as pilot:
        await settled(pilot)
        assert "zwift" not in listed(pilot)
        await pilot.press("i")
        await asked(pilot, ChoiceDialog)
        question = str(pilot.app.screen.query_one(Static).content)
        assert "These folders were found" in question
        await pilot.press("1")
        await until(
            pilot, lambda: "what comes there later" in str(pilot.app.screen.query(Static).first().content)
        )
        await pilot.press(key)
        await until(pilot, lambda: "zwift" in listed(pilot))
    assert load().import_folders == ((str(folder),) if watched else ())


async def test_on_the_start_screen_a_new_ride_is_said(tmp_path: Path) -> None:
    app = app_of(Radio(ASSIOMA))
    app.settings = Settings(import_folders=(str(tmp_path / "Zwift"),))
    (tmp_path / "Zwift").mkdir()
    (tmp_path / "Zwift" / "while it did not run.fit").write_bytes(ride(600))

    def advice() -> str:
        return str(app.screen.query_one("#start-advice", Static).content)

    async with app.run_test(size=FULL) as pilot:
        await until(pilot, lambda: "New: 8 Nov 2024, 10 min, left 48.0 %" in advice())

"""The tabs of recorded rides: the six questions first, the list and the trend by a key; all from real libraries."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from legbal.analysis.rider_answers import RiderAnswers
from legbal.app.review import ReviewService
from legbal.tui.screens.me import MePage
from legbal.tui.screens.rides import RidesScreen
from legbal.tui.screens.trend import TrendPage
from tests.tui import libraries
from tests.tui.reviewing import SIZES, asked, review_app, settled, text
from tests.tui.seen import FULL, SMALL

pytestmark = pytest.mark.usefixtures("nothing_blocks")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_six_answers_are_read(service: ReviewService, size: tuple[int, int]) -> None:
    async with review_app(service).run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("m")
        await settled(pilot)
        assert isinstance(pilot.app.screen, MePage)
        words = " ".join(text(pilot, "me-words").split())
        assert "How large is it?" in words
        await pilot.press("right", "down", "pagedown", "pageup", "up", "left")
        if size == FULL:
            assert "How fast does the left leg tire?" in words
            assert "What can this meter show?" in words
        await pilot.press("t")
        await settled(pilot)
        assert isinstance(pilot.app.screen, TrendPage)


async def test_without_rides_it_says_what_to_do(tmp_path: Path) -> None:
    app = review_app(libraries.at(tmp_path / "library.sqlite"), opens="me")
    async with app.run_test(size=(60, 20)) as pilot:
        await asked(pilot, MePage)
        await settled(pilot)
        words = " ".join(text(pilot, "me-words").split())
        assert "No rides with a balance yet" in words
        assert "Or press 2, then i, to import files of a head unit." in words
        await pilot.press("right", "2")
        await settled(pilot)
        assert isinstance(app.screen, RidesScreen)
        assert "Press i to import" in text(pilot, "rides")


async def test_me_is_first_and_the_other_tabs_are_a_key_away(service: ReviewService) -> None:
    app = review_app(service, opens="me")
    async with app.run_test(size=SMALL) as pilot:
        for key, tab in (
            (None, MePage),
            *(("tab", RidesScreen), ("tab", TrendPage), ("tab", MePage), ("shift+tab", TrendPage)),
            *(("m", MePage), ("2", RidesScreen), ("3", TrendPage), ("1", MePage), ("t", TrendPage)),
            ("escape", RidesScreen),
        ):
            if key is not None:
                await pilot.press(key)
            await asked(pilot, tab)
            await settled(pilot)
            assert len(app.screen_stack) <= 3
        await pilot.press("m")
        await asked(pilot, MePage)
        await pilot.click("TabBar", offset=(12, 0))
        await asked(pilot, RidesScreen)
        await pilot.press("q")
        await pilot.pause()
    assert app.return_code == 0


async def test_back_from_the_first_tab_is_away(service: ReviewService) -> None:
    app = review_app(service, opens="me")
    async with app.run_test(size=SMALL) as pilot:
        await asked(pilot, MePage)
        await pilot.press("q")
        await pilot.pause()
        await pilot.pause()
    assert app.return_code == 0


async def test_the_list_is_there_while_answers_are_worked_out(
    service: ReviewService, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow() -> tuple[tuple[RiderAnswers, ...], int]:
        go_on.wait(30)
        return (), 3

    monkeypatch.setattr(service, "answers", slow)
    app = review_app(service, opens="me")
    async with app.run_test(size=SMALL) as pilot:
        await asked(pilot, MePage)
        await pilot.pause()
        assert "Reading months of rides" in text(pilot, "me-words")
        await pilot.press("2")
        await asked(pilot, RidesScreen)
        await pilot.press("m")
        await asked(pilot, MePage)
        go_on.set()
        await asyncio.sleep(0)
        await settled(pilot)
        assert "Reading 3 rides … The answers stand here once that is done." in text(pilot, "me-words")

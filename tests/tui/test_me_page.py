"""The six questions on the screen: read from real libraries, another meter by a key, back and on by keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from legbal.app.review import ReviewService
from legbal.tui.screens.me import MePage
from legbal.tui.screens.trend import TrendPage
from tests.tui import libraries
from tests.tui.reviewing import SIZES, review_app, settled, text
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


async def test_without_rides_it_says_so(tmp_path: Path) -> None:
    async with review_app(libraries.at(tmp_path / "library.sqlite")).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("m")
        await settled(pilot)
        assert "No rides with a balance yet" in text(pilot, "me-words")
        await pilot.press("right")

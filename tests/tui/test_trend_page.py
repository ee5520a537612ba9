"""The page of months of rides: every key, on real libraries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from textual.widgets import Static

from legbal.app.review import ReviewService
from legbal.library.rider import add_change, changes
from legbal.tui.base_screens import ChoiceDialog
from legbal.tui.screens.trend import TrendPage
from tests.analysis.shares import EASY, fill, kept, summary
from tests.tui import libraries
from tests.tui.reviewing import SIZES, asked, review_app, settled, text, typed, written
from tests.tui.seen import FULL, SMALL

pytestmark = pytest.mark.usefixtures("nothing_blocks")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_trend_shows_bands_months_and_words(service: ReviewService, size: tuple[int, int]) -> None:
    add_change("left cleat [2°] in", date(2026, 3, 28), path=service.path)
    async with review_app(service).run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        assert isinstance(pilot.app.screen, TrendPage)
        assert "VO₂max" in text(pilot, "trend-bands")
        assert "●" in text(pilot, "trend-chart")
        assert "3 rides; 5 needed" in " ".join(text(pilot, "trend-words").split())
        assert "left cleat [2°] in" in " ".join(text(pilot, "trend-words").split())
        chosen = text(pilot, "trend-words")
        await pilot.press("up", "up", "right")
        await pilot.pause()
        await pilot.press("up")
        assert text(pilot, "trend-words") != chosen
        await pilot.press("down", "pagedown", "pageup", "left")


async def test_a_change_is_added_and_its_day_is_checked(service: ReviewService) -> None:
    async with review_app(service).run_test(size=FULL) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        await pilot.press("c")
        await typed(pilot, "six weeks of single-leg work")
        await asked(pilot, ChoiceDialog)
        await pilot.press("3")
        await typed(pilot, "soon")
        await pilot.pause()
        assert "'soon' is not a date" in str(pilot.app.screen.query_one(".hint", Static).content)
        await typed(pilot, "2026-03-25")
        await written(pilot)
        assert "25 Mar 2026  six weeks of single-leg work" in text(pilot, "trend-words")
    (change,) = changes(service.path)
    assert (change.kind, change.first_day) == ("training", date(2026, 3, 25))


async def test_a_report_of_the_trend_is_written(service: ReviewService, tmp_path: Path) -> None:
    async with review_app(service).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        await pilot.press("r")
        await typed(pilot, str(tmp_path / "trend.html"))
        await written(pilot)
        assert "Wrote" in text(pilot, "said")
    assert (tmp_path / "trend.html").read_bytes().lstrip().lower().startswith(b"<!doctype html>")


async def test_a_trend_of_nothing_says_what_it_needs(tmp_path: Path) -> None:
    async with review_app(libraries.at(tmp_path / "library.sqlite")).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        assert "A trend needs rides" in text(pilot, "trend-words")
        assert pilot.app.screen.query_one("#trend-words").region.y < 5, "no empty chart above it"
        await pilot.press("up", "right")


async def test_two_histories_that_may_be_of_one_meter_are_asked_about(tmp_path: Path) -> None:
    service = libraries.at(tmp_path / "library.sqlite")
    for day, meter in ((5, "Pedals 17039"), (8, "Karoo 17039")):
        started = datetime(2026, 1, day, 18, tzinfo=UTC)
        kept(service.path, started, summary({EASY: (48.0, 0.2)}), meter=meter)
    fill(service.path)
    async with review_app(service).run_test(size=FULL) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await asked(pilot, ChoiceDialog)
        await pilot.press("1")
        await written(pilot)
        await settled(pilot)
        page = pilot.app.screen
        assert isinstance(page, TrendPage)
        assert page.selection is not None
        assert [len(x.rides) for x in page.selection.trend.meters] == [2]

"""The program of recorded rides: from screen to screen, and out of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from textual.widgets import OptionList

from legbal.app.review import ReviewService
from legbal.app.ride_files import ImportResult
from legbal.cli import legbal
from legbal.errors import UsageError
from legbal.tui.base_screens import ChoiceDialog, MessageDialog
from legbal.tui.grid_widget import RowList
from legbal.tui.screens.ride import RidePage
from legbal.tui.screens.rides import RidesScreen
from legbal.tui.screens.trend import TrendPage
from tests.tui.reviewing import asked, page_of, review_app, settled, text, typed
from tests.tui.seen import SMALL

pytestmark = pytest.mark.usefixtures("nothing_blocks")


async def test_help_is_there_on_every_screen(service: ReviewService) -> None:
    async with review_app(service).run_test(size=SMALL) as pilot:
        await settled(pilot)
        for key in ("enter", "escape", "t"):
            await pilot.press("question_mark")
            await asked(pilot, MessageDialog)
            await pilot.press("escape", key)
            await settled(pilot)
        await pilot.press("question_mark")
        await asked(pilot, MessageDialog)


async def test_escape_leads_out(service: ReviewService) -> None:
    app = review_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await page_of(pilot)
        await pilot.press("q")
        await settled(pilot)
        assert isinstance(app.screen, RidesScreen)
        await pilot.press("x")
        await asked(pilot, ChoiceDialog)
        assert app.screen.query_one(OptionList).option_count == 4
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("escape")
        await pilot.pause()
    assert app.return_code == 0


@pytest.mark.parametrize("arguments", [["review"], ["review", "--json"]], ids=" ".join)
def test_without_a_ride_and_without_a_terminal_the_command_says_what_to_do(arguments: list[str]) -> None:
    done = CliRunner().invoke(legbal, arguments)
    assert isinstance(done.exception, UsageError)
    assert "Name a ride" in (done.exception.hint or "")


async def test_the_app_ends_at_once_while_files_are_read(
    service: ReviewService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, more = threading.Event(), threading.Event()

    def slow(files: Sequence[Path], *_: object) -> Iterator[ImportResult]:
        for path in files:
            reading.set()
            more.wait(30)
            yield ImportResult(str(path), None, "stopped", False)

    for number in range(3):
        (tmp_path / f"{number}.fit").touch()
    monkeypatch.setattr(service, "bring_in", slow)
    app = review_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("i")
        await typed(pilot, str(tmp_path))
        await asyncio.to_thread(reading.wait, 30)
        await asked(pilot, RidesScreen)
        app.screen.query_one(RowList).focus()
        await pilot.press("down", "escape")
        screen = app.screen
        assert isinstance(screen, RidesScreen)
        screen.refresh_screen()
        await pilot.pause()
        assert "Esc again stops" in text(pilot, "said")
        await pilot.press("i")
        await pilot.pause()
        assert "imported already" in text(pilot, "said")
        more.set()
        await pilot.press("escape")
        await pilot.pause()
    assert app.return_code == 0


@pytest.mark.parametrize(("key", "kind"), [(None, RidesScreen), ("enter", RidePage), ("t", TrendPage)])
async def test_a_job_that_outlives_its_screen_harms_nothing(
    service: ReviewService, key: str | None, kind: type[RidesScreen | RidePage | TrendPage]
) -> None:
    app = review_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        if key is not None:
            await pilot.press(key)
            await settled(pilot)
        screen = app.screen
        assert isinstance(screen, kind)
        await screen.query("*").remove()
        screen.say("1 ride added.")
        await screen.load().wait()
        await pilot.pause()
    assert app.return_code is None

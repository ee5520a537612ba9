"""How a pilot gets about the screens of recorded rides."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from textual.pilot import Pilot
from textual.widgets import Input

from legbal.app.review import ReviewService
from legbal.config import Settings
from legbal.tui.base_app import BaseApp
from legbal.tui.base_screens import LineDialog
from legbal.tui.screens.review_base import ReviewScreen
from legbal.tui.screens.ride import RidePage
from legbal.tui.screens.rides import RidesScreen
from legbal.tui.screens.tabs import Tab
from tests.tui import seen
from tests.tui.seen import FULL, SMALL


def review_app(
    service: ReviewService, settings: Settings | None = None, *, opens: Tab = "rides"
) -> BaseApp[None]:
    """The recorded rides; tests begin at the list."""
    return BaseApp(lambda: RidesScreen(lambda: service, opens), settings)


SIZES = [FULL, SMALL, (60, 20), (40, 16)]


async def settled(pilot: Pilot[None]) -> None:
    """Everything that the last key set going has come to its end, or to a question."""
    await pilot.pause()
    app = pilot.app
    while any(worker.is_running and worker.group != "write" for worker in app.workers):
        await app.workers.wait_for_complete(
            [worker for worker in app.workers if worker.is_running and worker.group != "write"]
        )
        await pilot.pause()
    await pilot.pause()


async def shown(pilot: Pilot[None]) -> None:
    """The same, and the line above the keys says so."""
    await settled(pilot)
    if isinstance(pilot.app.screen, ReviewScreen):
        pilot.app.screen.refresh_screen()
    await pilot.pause()


async def written(pilot: Pilot[None]) -> None:
    """What was asked for is written and said."""
    await pilot.app.workers.wait_for_complete()
    await shown(pilot)


async def typed(pilot: Pilot[None], text: str) -> None:
    """Another line in the question that is asked, and Enter."""
    await asked(pilot, LineDialog)
    line = pilot.app.screen.query_one(Input)
    line.value = text
    await pilot.press("enter")


async def asked(pilot: Pilot[None], question: type) -> None:
    """The question is on the screen."""
    with suppress(TimeoutError):
        async with asyncio.timeout(30):
            while not (isinstance(pilot.app.screen, question) and pilot.app.screen.is_mounted):
                await pilot.pause(0.01)
    assert isinstance(pilot.app.screen, question)
    await pilot.pause()


def text(pilot: Pilot[None], part: str) -> str:
    """What stands in one part of the present screen."""
    return seen.text(pilot.app, part)


async def page_of(pilot: Pilot[None]) -> RidePage:
    """The newest ride's page, read."""
    await settled(pilot)
    await pilot.press("enter")
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, RidePage)
    return screen

"""The end of a ride on the screen: asked for, by a signal, of its source, and with something wrong."""

from __future__ import annotations

import os
import signal
import sys

import msgspec
import pytest
from textual.pilot import Pilot

from legbal.cli.terminal import complain
from legbal.errors import LibraryError, SourceError
from legbal.tui.app import RideApp
from legbal.tui.ride_dialogs import FinishDialog
from legbal.tui.screens.live import LiveScreen
from legbal.tui.screens.ride import SummaryScreen
from tests.tui import views
from tests.tui.fake import FakeLive
from tests.tui.seen import FULL, live_screen, text


async def settled(app: RideApp, pilot: Pilot[None]) -> None:
    """Everything that the last key set going has come to its end, the ride itself apart."""
    for worker in [worker for worker in app.workers if worker.name == "finish"]:
        await worker.wait()
    await pilot.pause()


async def test_ctrl_c_leaves_in_the_middle_of_a_question(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await live_screen(pilot)
        app.run_worker(app.ask("Which one is yours?", ["ASSIOMA 1", "SRM"]))
        await pilot.pause()
        await pilot.press("ctrl+c")
        await settled(app, pilot)
    assert live.finished
    assert app.return_code == 0


async def test_q_asks_once_and_escape_rides_on(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("q")
        assert isinstance(app.screen, FinishDialog)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)
        assert not live.finished


async def test_q_q_finishes_the_ride_and_shows_its_summary(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("q", "q")
        await settled(app, pilot)
        assert live.finished
        assert isinstance(app.screen, SummaryScreen)
        assert "Press a for more" in text(app, "summary-text")
        await pilot.press("a")
        assert "48.5 and 49.3 %" in text(app, "summary-text")
        await pilot.press("q")
        await pilot.pause()
    assert app.return_code == 0


async def test_where_the_source_has_ended_q_does_not_ask(live: FakeLive) -> None:
    live.told = msgspec.structs.replace(views.RECORDING, finished=True)
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        assert "press q for the summary" in text(app, "state")
        await pilot.press("q")
        await settled(app, pilot)
        assert isinstance(app.screen, SummaryScreen)


async def test_a_ride_that_cannot_be_closed_says_so_in_its_summary(live: FakeLive) -> None:
    live.fails_to_finish = LibraryError("The library is full", hint="Make room and start legbal again.")
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("q", "enter")
        await settled(app, pilot)
        assert "The library is full. Make room" in text(app, "summary-text")
        await pilot.press("enter")
        await pilot.pause()
    assert app.return_code == 1


async def test_a_defect_while_it_is_closed_is_said_there_too(live: FakeLive) -> None:
    live.fails_to_finish = ZeroDivisionError("summary")
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("q", "enter")
        await settled(app, pilot)
        assert "ZeroDivisionError: summary." in text(app, "summary-text")


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_ctrl_c_ends_the_ride_in_order_and_leaves(live: FakeLive, key: str) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press(key)
        await settled(app, pilot)
    assert live.finished
    assert app.return_code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there os.kill ends the process, whatever the signal")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
async def test_a_signal_ends_the_ride_in_order(live: FakeLive, name: str) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        os.kill(os.getpid(), getattr(signal, name))
        await live.over.wait()
        await pilot.pause()
    assert live.finished


async def test_a_source_that_fails_is_told_with_what_to_do_and_the_screen_stays(live: FakeLive) -> None:
    live.fails = SourceError("The Bluetooth adapter is off", hint="Turn it on and start again.")
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)
        assert "The Bluetooth adapter is off. Turn it on and start again." in text(app, "state")


async def test_a_source_with_a_defect_is_told_and_the_ride_can_be_ended(live: FakeLive) -> None:
    live.fails = ZeroDivisionError("radio")
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "ZeroDivisionError: radio." in text(app, "state")
        await pilot.press("q", "enter")
        await settled(app, pilot)
        assert "ZeroDivisionError: radio." in text(app, "summary-text")
    assert live.finished


async def test_what_is_complained_of_under_the_screen_is_said_after_it(
    live: FakeLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = RideApp(live)
    said: list[str] = []
    async with app.run_test(size=FULL) as pilot:
        await live_screen(pilot)
        leave = app.exit

        def told(return_code: int, message: str) -> None:
            said.append(message)
            leave(return_code=return_code)

        monkeypatch.setattr(app, "exit", told)
        complain("the ride's summary could not be saved: [disk] full", "Make room.")
        await pilot.press("q", "q")
        await settled(app, pilot)
        await pilot.press("q")
        await pilot.pause()
    assert said == ["legbal: the ride's summary could not be saved: [disk] full\nMake room."]
    assert app.return_code == 0

"""What a ride's screen does before the ride is made: it stands, keeps what the rider does, and can be left."""

from __future__ import annotations

import sys
import threading
from functools import partialmethod

import pytest
from textual.pilot import Pilot

from legbal.app.live import LiveRide
from legbal.cli import screen
from legbal.cli.ride import RideRun
from legbal.errors import SourceError
from legbal.tui.app import RideApp
from legbal.tui.screens.live import LiveScreen
from legbal.tui.screens.ride import SummaryScreen
from tests.tui.fake import FakeLive
from tests.tui.seen import FULL, text


class Slow:
    """Makes a ride when it is allowed to."""

    def __init__(self) -> None:
        self.allowed = threading.Event()
        self.live = FakeLive()

    def __call__(self) -> LiveRide:
        """The ride."""
        assert self.allowed.wait(60)
        return self.live


async def made(app: RideApp, pilot: Pilot[None], make: Slow) -> None:
    """The ride is there."""
    make.allowed.set()
    await app.workers.wait_for_complete([x for x in app.workers if x.name == "load"])
    await pilot.pause()


async def test_the_screen_stands_until_the_ride_is_made_and_shows_it_then() -> None:
    make = Slow()
    app = RideApp(make)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, LiveScreen)
        assert text(app, "header").split() == ["getting", "ready", "0:00"]
        assert text(app, "state").strip() == ""
        await pilot.press("space", "question_mark", "escape", "z")
        await made(app, pilot, make)
        assert app.screen is screen
        assert "getting ready" not in text(app, "header")
        assert make.live.marks == [("lap", "")]
        await pilot.press("q", "y")
        await pilot.pause()
    assert make.live.finished


async def test_a_ride_that_is_ended_before_it_is_made_never_runs() -> None:
    make = Slow()
    app = RideApp(make)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("q", "y")
        await pilot.pause()
        assert isinstance(app.screen, SummaryScreen)
        await made(app, pilot, make)
        assert make.live.taken == 0
        await pilot.press("enter")
    assert app.return_code == 0
    assert not make.live.finished


async def test_a_rider_may_leave_before_the_ride_is_made() -> None:
    make = Slow()
    app = RideApp(make)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("ctrl+c")
        await pilot.pause()
        make.allowed.set()
    assert app.return_code == 0
    assert not make.live.finished


def test_what_prevents_the_ride_ends_the_program_with_that_and_what_was_said_before(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_choose: object, _ask_line: object) -> RideRun:
        print("line 7 cannot be read", file=sys.stderr)
        raise SourceError("no such ride")

    monkeypatch.setattr(screen, "need_terminal", lambda: None)
    monkeypatch.setattr(RideApp, "run", partialmethod(RideApp.run, headless=True))
    with pytest.raises(SourceError, match="no such ride"):
        screen.run_on_screen(fails, {})
    assert capsys.readouterr().err == "line 7 cannot be read\n"

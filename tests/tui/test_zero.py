"""The zero offset from the screen: what to do, the waiting, and every way it can end."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from legbal.app.companion import Companion
from legbal.errors import BluetoothError, SourceError
from legbal.ride.inputs import Setup
from legbal.sources.simulator import demo
from legbal.tui.app import RideApp
from legbal.tui.ride_dialogs import ZeroDialog
from legbal.tui.screens.live import LiveScreen
from tests.meters.profiles import shipped
from tests.tui.fake import FakeLive
from tests.tui.seen import FULL, text


@pytest.fixture
def live() -> FakeLive:
    """A ride on a meter that can be asked."""
    made = FakeLive()
    made.instructions = ("Unclip.", "Touch nothing.")
    return made


def said(app: RideApp) -> str:
    """All that the question says, on one line."""
    return " ".join(" ".join(str(part.content) for part in app.screen.query(Static)).split())


async def answered(pilot: Pilot[None]) -> None:
    """The meter's answer has been taken in."""
    for worker in [worker for worker in pilot.app.workers if worker.name == "zero"]:
        await worker.wait()
    await pilot.pause()


async def test_z_says_what_to_do_and_asks_nothing_before_enter(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("z")
        assert isinstance(app.screen, ZeroDialog)
        assert "1 Unclip. 2 Touch nothing. Enter when ready." in said(app)
        assert live.zeroed is None
        await pilot.press("escape")
        assert isinstance(app.screen, LiveScreen)
        assert live.zeroed is None


async def test_the_waiting_is_shown_and_then_the_answer(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("z", "enter")
        await pilot.pause()
        assert "touch nothing. 0 s." in said(app)
        assert live.zeroed is not None
        asked = live.zeroed
        await pilot.press("enter")  # a second one asks nothing
        assert live.zeroed is asked
        asked.set_result("The zero offset is set: 18.")
        await answered(pilot)
        assert "The zero offset is set: 18." in said(app)
        await pilot.press("enter")
        assert isinstance(app.screen, LiveScreen)


async def test_a_refusal_is_said_with_what_to_do(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("z", "enter")
        await pilot.pause()
        assert live.zeroed is not None
        error = BluetoothError("PM [1] does not answer", reason="no answer in time", hint="Come closer.")
        live.zeroed.set_exception(error)
        await answered(pilot)
        assert "Not set. PM [1] does not answer. Come closer." in said(app)
        await pilot.press("escape")
        assert isinstance(app.screen, LiveScreen)


async def test_a_defect_is_said_and_the_ride_goes_on(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("z", "enter")
        await pilot.pause()
        assert live.zeroed is not None
        live.zeroed.set_exception(ZeroDivisionError("radio"))
        await answered(pilot)
        assert "Not set. ZeroDivisionError: radio." in said(app)
        await pilot.press("escape")
        assert isinstance(app.screen, LiveScreen)
        assert not live.finished


async def test_escape_ends_the_waiting_and_the_ride_goes_on(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("z", "enter")
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)
        assert live.zeroed is not None
        assert live.zeroed.cancelled()
        assert not live.finished


async def test_a_demonstration_says_that_it_has_no_meter() -> None:
    profile = shipped()["favero-assioma-duo"]
    companion = Companion(
        demo(profile, 1, seconds=60, speed=None), lambda _: Setup(profile=profile), name="demo", live=False
    )
    app = RideApp(companion)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("z")
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)
        assert "No meter to zero" in text(app, "state")
    with pytest.raises(SourceError):
        await companion.zero()


async def test_help_says_what_this_meter_can_know(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        assert "This meter · The balance comes in steps of 1 %." in said(app)

"""Every key of the screen, pressed."""

from __future__ import annotations

import os
import signal
import sys

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from legbal.cli.terminal import complain
from legbal.errors import LibraryError, SourceError
from legbal.tui.app import RideApp
from legbal.tui.base_screens import ChoiceDialog, LineDialog
from legbal.tui.grid_widget import GridWidget
from legbal.tui.ride_dialogs import FinishDialog, HelpDialog, SideDialog
from legbal.tui.screens.live import LiveScreen
from legbal.tui.screens.ride import SummaryScreen
from tests.tui import views
from tests.tui.fake import FakeLive
from tests.tui.seen import text
from tests.tui.views import ride

FULL = (120, 40)


async def live_screen(pilot: Pilot[None]) -> LiveScreen:
    """The screen of the ride, drawn."""
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, LiveScreen)
    return screen


async def settled(app: RideApp, pilot: Pilot[None]) -> None:
    """Everything that the last key set going has come to its end, the ride itself apart."""
    for worker in [worker for worker in app.workers if worker.name == "finish"]:
        await worker.wait()
    await pilot.pause()


async def test_space_marks_a_lap_and_says_so(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("space")
        await pilot.pause()
        assert live.marks == [("lap", "")]
        assert "Lap at 42:17" in text(app, "state")


async def test_m_mutes_and_unmutes(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        screen = await live_screen(pilot)
        await pilot.press("m")
        live.shown = ride(muted=True)
        for _ in range(4):
            screen.refresh_screen()
        await pilot.pause()
        assert "♪ muted" in text(app, "header")
        await pilot.press("m")
        assert [kind for kind, _ in live.marks] == ["mute", "unmute"]


async def test_n_takes_a_note_while_the_ride_goes_on(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("n")
        assert isinstance(app.screen, LineDialog)
        await pilot.press(*"[b]seat", "space", "m", "enter")
        await pilot.pause()
        assert live.marks == [("note", "[b]seat m")]
        assert "Noted" in text(app, "state")


async def test_a_note_is_bounded_and_an_empty_one_is_none(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("n")
        app.screen.query_one(Input).value = "x" * 5000
        await pilot.press("enter", "n", "space", "enter", "n", "a", "escape")
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)
        assert [len(note) for _, note in live.marks] == [200]


async def test_p_holds_the_view_but_never_the_ride(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        screen = await live_screen(pilot)
        await pilot.press("p")
        live.shown = ride(t=views.T + 9, power_w=400.0)
        live.told = msgspec.structs.replace(
            views.RECORDING, recording=False, recording_text="not recording: disk full"
        )
        taken = live.taken
        for _ in range(8):
            screen.refresh_screen()
        await pilot.pause()
        assert live.taken == taken
        assert "42:17" in text(app, "header")
        assert "disk full" in text(app, "state")  # what the companion has to say is not held
        live.told = views.RECORDING
        screen.refresh_screen()
        await pilot.pause()
        assert "View frozen at 42:17" in text(app, "state")
        await pilot.press("p")
        await pilot.pause()
        assert "42:26" in text(app, "header")
        assert "frozen" not in text(app, "state")


async def test_t_brings_the_tables_where_there_is_no_room_for_both(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await live_screen(pilot)
        assert not screen.query_one("#tables").display
        await pilot.press("t")
        await pilot.pause()
        assert "−0.9 ± 0.3" in text(app, "tables")
        assert not screen.query_one("#trace").display
        await pilot.press("t")
        await pilot.pause()
        assert screen.query_one("#trace").display


async def test_on_a_large_screen_both_stand_and_t_is_not_offered(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        screen = await live_screen(pilot)
        assert screen.query_one("#trace").display
        assert screen.query_one("#tables").display
        assert not [key for key in screen.active_bindings.values() if "tables" in key.binding.action]


async def test_below_80_by_24_the_shares_and_the_bar_are_left(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=(60, 16)) as pilot:
        screen = await live_screen(pilot)
        shown = {canvas.id for canvas in screen.query(GridWidget) if canvas.display}
        assert shown == {"header", "state", "shares", "bar", "keys"}
        assert "measured" in text(app, "header")


@pytest.mark.parametrize(("key", "side"), [("l", "left"), ("r", "right")])
async def test_s_says_which_leg_where_the_meter_does_not(key: str, side: str) -> None:
    live = FakeLive(ride(reference="unknown"))
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        assert "Press s to say" in text(app, "state")
        await pilot.press("s")
        assert isinstance(app.screen, SideDialog)
        await pilot.press(key)
        await pilot.pause()
        assert live.marks == [(f"reference_{side}", "")]


async def test_s_can_be_taken_back(live: FakeLive) -> None:
    live.shown = ride(reference="unknown")
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("s", "r")
        live.shown = ride(reference="right")
        await pilot.press("s", "l")
        await pilot.pause()
        assert [kind for kind, _ in live.marks] == ["reference_right", "reference_left"]


async def test_s_does_nothing_where_the_meter_says_it_itself(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("s")
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)
        assert "the meter says so itself" in text(app, "state")


@pytest.mark.parametrize("keys", [["2"], ["down", "enter"]])
async def test_which_of_several_meters_is_asked_and_answered_by_key(live: FakeLive, keys: list[str]) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await live_screen(pilot)
        asked = app.run_worker(app.ask("Which one is yours?", ["ASSIOMA 1", "[red]SRM"]))
        await pilot.pause()
        assert isinstance(app.screen, ChoiceDialog)
        assert "2  [red]SRM" in str(app.screen.query_one(OptionList).get_option_at_index(1).prompt)
        await pilot.press("7", *keys)
        assert await asked.wait() == 1
        assert isinstance(app.screen, LiveScreen)


async def test_a_question_whose_asker_is_gone_goes_too(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await live_screen(pilot)
        asked = app.run_worker(app.ask("Which one is yours?", ["ASSIOMA 1", "SRM"]))
        await pilot.pause()
        asked.cancel()
        await pilot.pause()
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)


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


async def test_d_turns_to_the_light_palette_and_back(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("d")
        assert app.theme == "legbal-light"
        await pilot.press("d")
        assert app.theme == "legbal-dark"


async def test_question_mark_brings_help_and_escape_takes_it_away(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpDialog)
        shown = " ".join(str(part.render()) for part in app.screen.query(Static))
        shown += str(app.screen.query_one("#help").border_subtitle)
        screen = next(s for s in app.screen_stack if isinstance(s, LiveScreen))
        for binding in screen.BINDINGS:
            key = getattr(binding, "key_display", None) or getattr(binding, "key", "")
            assert f"{key} " in shown, key
        await pilot.press("escape")
        assert isinstance(app.screen, LiveScreen)


async def test_help_that_is_longer_than_the_screen_says_how_to_leave_it(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=(80, 16)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        box = app.screen.query_one("#help")
        assert box.virtual_size.height > box.size.height
        foot = app.screen._compositor.render_strips()[box.region.bottom - 1]
        assert "Esc or ? goes back" in foot.text


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
        complain("the ride's summary could not be kept: [disk] full", "Make room.")
        await pilot.press("q", "q")
        await settled(app, pilot)
        await pilot.press("q")
        await pilot.pause()
    assert said == ["legbal: the ride's summary could not be kept: \\[disk] full\nMake room."]
    assert app.return_code == 0

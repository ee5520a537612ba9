"""Every key of the screen, pressed, but for those that end the ride."""

from __future__ import annotations

import msgspec
import pytest
from textual.widgets import Input, OptionList, Static

from legbal.outlets import OutletState
from legbal.present.sentences import say
from legbal.tui.app import RideApp
from legbal.tui.base_screens import ChoiceDialog, LineDialog
from legbal.tui.grid_widget import GridWidget
from legbal.tui.ride_dialogs import HelpDialog, SideDialog
from legbal.tui.screens.live import LiveScreen
from tests.tui import views
from tests.tui.fake import FakeLive
from tests.tui.seen import FULL, live_screen, text
from tests.tui.views import ride


async def test_space_marks_a_lap_and_says_so(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("space")
        await pilot.pause()
        assert live.marks == [("lap", "")]
        assert "Lap at 42:17" in text(app, "state")


async def test_b_pauses_and_rides_on(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        screen = await live_screen(pilot)
        await pilot.press("b")
        live.shown = ride(paused_since=2500.0, paused_s=37.0)
        for _ in range(4):
            screen.refresh_screen()
        await pilot.pause()
        assert "Paused at 41:40: nothing counts. Press b to ride on." in text(app, "state")
        assert "41:40" in text(app, "header")
        assert "0:37" not in text(app, "header")
        await pilot.press("b")
        await pilot.pause()
        assert "Riding on after 37 s." in text(app, "state")
        assert [kind for kind, _ in live.marks] == ["pause", "resume"]


async def test_b_takes_a_frozen_view_with_it_and_waits_for_a_ride(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=FULL) as pilot:
        screen = await live_screen(pilot)
        await pilot.press("p", "b")
        assert not screen.held
        live.told = msgspec.structs.replace(views.RECORDING, loading=True)
        await pilot.press("b")
        assert [kind for kind, _ in live.marks] == ["pause"]


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


async def test_m_says_that_there_is_no_sound_to_mute() -> None:
    none = say("sound.none")
    silent = FakeLive(ride(), msgspec.structs.replace(views.RECORDING, sound="off", sound_text=none))
    app = RideApp(silent)
    async with app.run_test(size=FULL) as pilot:
        for muted in (False, True):
            silent.shown = ride(muted=muted)
            for _ in range(4):
                (await live_screen(pilot)).refresh_screen()
            await pilot.press("m")
            await pilot.pause()
            assert text(app, "state").strip() == none == "No sound at this speed."
            assert "♪ no sound" in text(app, "header")


@pytest.mark.parametrize("size", [(60, 20), (79, 40), (200, 23)])
async def test_t_says_where_there_is_no_room_for_the_tables(live: FakeLive, size: tuple[int, int]) -> None:
    app = RideApp(live)
    async with app.run_test(size=size) as pilot:
        await pilot.press("t")
        await pilot.pause()
        assert "No room for the tables: they need 80 × 24." in text(app, "state")
        assert "● recording" in text(app, "header")


@pytest.mark.parametrize(
    ("sound", "why", "said"),
    [
        ("muted", "", "Sound is on again."),
        (
            "muted",
            "No sound: no device. The terminal's bell rings instead.",
            "The terminal's bell rings instead.",
        ),
        ("bell", "", "♪ bell only"),
    ],
)
async def test_unmuting_says_what_is_heard_from_now_on(sound: OutletState, why: str, said: str) -> None:
    status = msgspec.structs.replace(views.RECORDING, sound=sound, sound_text=why)
    app = RideApp(FakeLive(ride(muted=True), status))
    async with app.run_test(size=FULL) as pilot:
        screen = await live_screen(pilot)
        for _ in range(100):
            screen.refresh_screen()  # until what is said of the sound at the beginning has gone
        await pilot.pause()
        assert text(app, "state") == ""
        await pilot.press("m")
        await pilot.pause()
        assert said in text(app, "state")


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
        assert "what happened" in text(app, "tables")
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


async def test_below_80_by_24_the_glance_and_the_bar_are_left(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=(60, 16)) as pilot:
        screen = await live_screen(pilot)
        shown = {canvas.id for canvas in screen.query(GridWidget) if canvas.display}
        assert shown == {"header", "state", "glance", "bar", "keys"}
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


def test_the_two_columns_of_keys_fit_the_smallest_screen() -> None:
    assert (
        max(len(line.strip()) for line in LiveScreen.KEYS.splitlines()) <= 52
    )  # of 60, less frame and scroll bar


async def test_help_that_is_longer_than_the_screen_says_how_to_leave_it(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=(80, 16)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        box = app.screen.query_one("#help")
        assert box.virtual_size.height > box.size.height
        foot = app.screen._compositor.render_strips()[box.region.bottom - 1]
        assert "Esc or ? goes back" in foot.text

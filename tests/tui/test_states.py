"""Every state in which a ride can be, said in words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import pytest

from legbal.app.live import Status
from legbal.meters.limits import Remark, limits
from legbal.present.remarks import remark
from legbal.present.sentences import register
from legbal.ride.share import Share
from legbal.ride.view import LinkView, RideView
from legbal.tui.app import RideApp
from legbal.tui.grid_widget import GridWidget
from legbal.tui.screens.live import LiveScreen
from tests.meters.profiles import shipped
from tests.tui import views
from tests.tui.fake import FakeLive
from tests.tui.seen import shown, text
from tests.tui.test_glance import is_big
from tests.tui.views import RECORDING, T, ride

CONSTANT = "The balance never moved from 50 % while power did: this meter does not measure it."
STAGES_L = shipped()["stages-l"]
SIZES = [(120, 40), (80, 24)]


def status(**changes: Any) -> Status:
    return msgspec.structs.replace(RECORDING, **changes)


def link(**changes: Any) -> tuple[LinkView, ...]:
    return (msgspec.structs.replace(views.LINK, **changes),)


STATES = {
    "link lost": (
        ride(links=link(state="lost", since=T - 12)),
        RECORDING,
        "lost for 12 s. The ride goes on.",
    ),
    "stalled": (
        ride(links=link(state="stalled", since=T - 4)),
        RECORDING,
        "for 4 s: turn the cranks; is another device connected to it? The ride goes on.",
    ),
    "estimated": (
        ride(balance="estimated"),
        RECORDING,
        "Balance estimated: one sensor for both sides.",
    ),
    "unknown meter": (ride(balance="unknown", limits=()), RECORDING, "accuracy unknown"),
    "watched meter": (ride(balance="unknown", limits=("It moves.", "More.")), RECORDING, "It moves."),
    "constant": (ride(balance="constant", limits=(CONSTANT,)), RECORDING, CONSTANT),
    "one side doubled": (
        ride(balance="absent", limits=limits(STAGES_L)),
        RECORDING,
        remark(limits(STAGES_L)[0]),
    ),
    "no balance": (views.without_balance(), RECORDING, "sends no balance"),
    "reference unknown": (ride(reference="unknown"), RECORDING, "Press s to say."),
    "assumed left": (ride(reference="assumed_left"), RECORDING, "as you said"),
    "defect": (
        ride(),
        status(fault="One packet could not be used. The ride is recorded and goes on."),
        "One packet could not be used.",
    ),
    "outlet beside an estimate": (
        ride(balance="estimated"),
        status(trouble="Speech has failed: no voice."),
        "Speech has failed: no voice.",
    ),
    "outlet": (ride(), status(trouble="Speech has failed: no voice."), "Speech has failed: no voice."),
    "one side missing": (
        ride(
            one_sided="left",
            limits=("The right side has been missing since 12:34: the power is the left leg's alone.",),
        ),
        RECORDING,
        "The right side has been missing since 12:34",
    ),
    "meter wrong": (ride(meter_wrong_since=T - 30.0), RECORDING, "Looks like the meter: set the zero, check"),
    "meter just found wrong": (
        ride(meter_wrong_since=T - 30.0),
        status(fault="Looks like the meter, not the legs: 22 % left since 0:05."),
        "not the legs: 22 % left since 0:05.",
    ),
    "one leg": (ride(one_leg="left"), RECORDING, "Left leg alone: counts in no average."),
    "not recording": (
        ride(),
        status(recording=False, recording_text="not recording: disk full"),
        "disk full",
    ),
    "low battery": (ride(links=link(battery_percent=9)), RECORDING, "is low: 9 %."),
    "packets lost": (ride(), status(lost=7), "7 packets were lost"),
    "source error": (
        ride(),
        status(error="The adapter is off. Turn it on."),
        "The adapter is off. Turn it on.",
    ),
    "source ended": (ride(), status(finished=True), "press q for the summary"),
    # last: it stays for some seconds
    "no sound": (
        ride(),
        status(sound="bell", sound_text="No sound device: the bell instead."),
        "the bell instead",
    ),
}


@pytest.mark.parametrize("size", SIZES, ids=["120x40", "80x24"])
async def test_every_state_is_said_in_words(size: tuple[int, int]) -> None:
    live = FakeLive()
    app = RideApp(live)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, LiveScreen)
        for state, (view, companion, words) in STATES.items():
            live.shown, live.told = view, companion
            screen.refresh_screen()
            await pilot.pause()
            assert words in " ".join(text(app, "state").split()), state


async def test_a_ride_in_order_has_nothing_to_say() -> None:
    app = RideApp(FakeLive())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert text(app, "state") == ""


async def test_that_there_is_no_sound_is_said_once_and_stays_in_the_header() -> None:
    app = RideApp(FakeLive(ride(), status(sound="bell", sound_text="The bell rings instead.")))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, LiveScreen)
        assert "The bell rings instead." in text(app, "state")
        for _ in range(40):
            screen.refresh_screen()
        await pilot.pause()
        assert text(app, "state") == ""
        assert "♪ bell only" in text(app, "header")


async def test_a_ride_that_is_not_meant_to_be_kept_does_not_complain() -> None:
    replay = status(recording=False, recording_text="not recorded", recordable=False, source="replay 4×")
    app = RideApp(FakeLive(ride(), replay))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert text(app, "state") == ""
        header = text(app, "header")
        assert "recording" not in header
        assert "replay 4×" in header


async def test_before_the_first_packet_the_search_is_shown_without_complaints() -> None:
    waiting = status(recording=False, recording_text="recording begins with the first measurement")
    app = RideApp(FakeLive(views.before_the_meter(), waiting))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "Turn the crank" in text(app, "glance")
        assert "Recording begins" in text(app, "state")


async def test_the_alert_comes_at_the_next_beat_and_goes_by_itself() -> None:
    live = FakeLive()
    app = RideApp(live)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, LiveScreen)
        shares = screen.query_one("#glance", GridWidget)

        async def turn(view: RideView) -> str:
            live.shown = view
            screen.refresh_screen()
            await pilot.pause()
            return shown(shares)

        told = await turn(ride(alert=views.ALERT))
        assert "3.1 points below usual at 41:52" in told
        assert is_big("LEFT LEG", told)
        assert is_big("LEFT IS BACK", await turn(ride(recovered="left")))
        assert is_big("STEADY", await turn(ride()))


async def test_numbers_change_at_most_once_a_second() -> None:
    live = FakeLive()
    app = RideApp(live)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, LiveScreen)
        shown = []
        for power in range(300, 340):
            live.shown = ride(power_w=float(power), last_10s=Share())
            screen.refresh_screen()
            assert screen.frame is not None
            shown.append(screen.frame.steady.power_w)
        changes = [i for i in range(1, len(shown)) if shown[i] != shown[i - 1]]
        assert len(changes) == pytest.approx(10, abs=1)
        assert all(later - earlier >= 4 for earlier, later in pairwise(changes))


async def test_names_and_notes_are_shown_as_they_are_and_never_as_markup() -> None:
    name = "[red]AS[/red]\x1b[31m"
    view = ride(meter_name=name, links=link(meter=name, state="lost"), notes=((T - 30, "[bold]knee"),))
    app = RideApp(FakeLive(view))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "[red]AS[/red][31m" in text(app, "header")
        assert "[red]AS[/red][31m" in text(app, "state")
        assert "[bold]knee" in text(app, "trace")
        assert "\x1b" not in app.export_screenshot()


async def test_a_low_battery_stands_in_the_header_too() -> None:
    app = RideApp(FakeLive(ride(links=link(battery_percent=9))))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "battery 9 % low" in text(app, "header")


async def test_a_kind_of_alert_that_nobody_here_knows_is_shown() -> None:
    register(
        {"alert.test_spin.name": "spin", "alert.test_spin.below": "90 rpm", "alert.test_spin": "too slow"}
    )
    for kind, sentence in (
        ("test_spin", "too slow at 41:52"),
        ("test_unsaid", "test unsaid at 41:52"),
    ):
        view = ride(
            alert=msgspec.structs.replace(views.ALERT, kind=kind),
            told=(msgspec.structs.replace(views.ALERT, kind=kind),),
        )
        live = FakeLive(view)
        app = RideApp(live)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            assert sentence in text(app, "glance")
            await pilot.press("l")
            await pilot.pause()
            assert is_big("LEFT LEG", text(app, "large"))
            await pilot.press("q", "q")
            await pilot.pause()
            await pilot.press("a")
            assert "left leg " + sentence[:8] in text(app, "summary-text")


async def test_a_leg_that_was_not_back_by_the_end_is_named_in_the_rest() -> None:
    over = msgspec.structs.replace(views.INTERVALS[1], end_s=T - 20)
    app = RideApp(FakeLive(ride(not_back="left", interval=None, intervals=(over,))))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "Left leg not back by the end of interval 2." in text(app, "state")


async def test_a_meter_that_never_sent_is_told_with_what_to_do() -> None:
    silent = link(state="stalled", since=8.0, remark=Remark("link.silent", {"silent_s": 8.0}))
    app = RideApp(FakeLive(views.before_the_meter(links=silent)))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "Nothing from ASSIOMA 17039 for 12 s: turn the cranks" in text(app, "glance")
        assert "is another device connected to it?" in text(app, "glance")

"""The screen of who follows one rider: what is heard is shown, what is old is grey, every key is answered."""

from __future__ import annotations

import msgspec
import pytest
from textual.color import Color
from textual.geometry import Region
from textual.widgets import Static

from legbal.config import Settings
from legbal.remote.followed_ride import FollowedRide
from legbal.ride.view import Counts, LinkView
from legbal.tui.grid_widget import GridWidget
from legbal.tui.remote import FollowApp, FollowScreen
from legbal.tui.ride_dialogs import HelpDialog
from tests.remote.followers import Clocks, Ears, following, live, state
from tests.tui.seen import FULL, SMALL, shown, text
from tests.tui.views import DEEP, T, ride


@pytest.fixture
def anna(clocks: Clocks) -> FollowedRide:
    """Anna's ride, heard just now."""
    followed = following(clocks, Ears())
    followed.hear("legbal/anna/state", state(ride()), True)
    followed.hear("legbal/anna/live", live(ride()), False)
    return followed


async def test_the_rider_s_screen_is_shown_with_how_old_it_is(anna: FollowedRide, clocks: Clocks) -> None:
    app = FollowApp(anna)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, FollowScreen)
        assert "Following anna, last heard 0 s ago." in text(app, "state")
        assert "ASSIOMA 17039 · measured · anna" in text(app, "header")
        assert "usual 48.3" in text(app, "glance")
        assert "interval 3" in text(app, "trace")
        clocks.turn(3)
        screen.refresh_screen()
        assert "last heard 3 s ago" in text(app, "state")


async def test_what_is_old_is_grey_and_what_is_heard_again_is_not(anna: FollowedRide, clocks: Clocks) -> None:
    app = FollowApp(anna)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, FollowScreen)
        quiet = Color.parse(app.theme_variables["quiet"]).rich_color

        def colours() -> set[object]:
            painted = screen.query_one("#glance", GridWidget).render_lines(Region(0, 0, 120, 12))
            return {part.style.color for row in painted for part in row if part.text.strip() and part.style}

        assert len(colours()) > 3
        clocks.turn(6)
        screen.refresh_screen()
        await pilot.pause()
        assert colours() == {quiet}
        anna.hear("legbal/anna/live", live(ride()), False)
        screen.refresh_screen()
        await pilot.pause()
        assert len(colours()) > 3


async def test_an_alert_elsewhere_is_an_alert_here(anna: FollowedRide) -> None:
    anna.hear("legbal/anna/live", live(ride(alert=DEEP)), False)
    app = FollowApp(anna)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        assert "4.2 points below usual at 41:52" in text(app, "glance")


@pytest.mark.parametrize("large", [False, True])
async def test_before_anything_is_heard_nobody_is_told_to_turn_a_crank(clocks: Clocks, large: bool) -> None:
    followed = following(clocks)
    app = FollowApp(followed, Settings(large_type=large))
    part = "large" if large else "glance"
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert "Following anna: nothing heard yet." in text(app, "state")
        assert "legbal ride --mqtt URL" in text(app, part)
        assert large or text(app, "header").startswith(" no ride yet")
        assert "Turn the crank" not in text(app, part)
        waiting = ride(counts=Counts(), links=(LinkView(meter="", state="searching", since=T - 5),))
        followed.hear("legbal/anna/live", live(waiting), False)
        followed.hear("legbal/anna/state", state(waiting), False)
        assert isinstance(app.screen, FollowScreen)
        app.screen.refresh_screen()
        assert "Looking for ASSIOMA 17039 for 5 s." in text(app, part)
        assert "Turn the crank" not in text(app, part)


@pytest.mark.parametrize("size", [FULL, SMALL])
async def test_whoever_follows_is_told_why_the_broker_is_not_to_be_had(
    clocks: Clocks, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    followed = following(clocks)
    away = msgspec.structs.replace(
        followed.status(), trouble="No connection to mqtt://127.0.0.1:1: no answer."
    )
    monkeypatch.setattr(followed, "status", lambda: away)
    app = FollowApp(followed)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        said = " ".join(text(app, "state").split())
        assert said == "Following anna: nothing heard yet. No connection to mqtt://127.0.0.1:1: no answer."


async def test_the_keys_of_a_follower_are_not_the_rider_s(anna: FollowedRide) -> None:
    app = FollowApp(anna)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        foot = text(app, "keys")
        assert "mute" in foot
        assert not [word for word in ("lap", "note", "zero", "finish") if word in foot]
        await pilot.press("space", "n", "z", "s")
        assert isinstance(app.screen, FollowScreen)
        await pilot.press("m")
        await pilot.pause()
        assert anna.view().muted
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpDialog)
        assert "somebody's ride" in str(app.screen.query(Static).first().content)
        await pilot.press("escape")
        await pilot.press("q")
    assert app.return_code == 0


async def test_names_and_texts_from_elsewhere_cannot_reach_the_terminal(clocks: Clocks) -> None:
    followed = following(clocks)
    hostile = "\x1b[2J\x07[red]x[/red]\u202e\x9b" + "y" * 300
    followed.hear("legbal/anna/live", live(ride(meter_name=hostile)), False)
    followed.hear("legbal/anna/state", state(ride(notes=((T, hostile),), limits=(hostile,))), False)
    app = FollowApp(followed)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        written = "".join(map(shown, app.screen.query(GridWidget)))
        assert not [char for char in written if char in "\x1b\x07\u202e\x9b"]
        assert "[red]x[/red]" in written


async def test_a_follower_s_clock_runs_before_the_first_count_of_packets_comes(clocks: Clocks) -> None:
    followed = following(clocks)
    followed.hear("legbal/anna/live", live(ride()), False)
    app = FollowApp(followed)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert "42:17" in text(app, "header")

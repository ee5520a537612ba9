"""Large type: nothing but the balance, as large as the screen allows, and never a bare number."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.present.text import width_of
from legbal.ride.share import Share
from legbal.ride.view import RideView
from legbal.tui.app import RideApp
from legbal.tui.base_screens import KeyBar
from legbal.tui.grid_widget import GridWidget
from legbal.tui.render.glance import draw_large
from legbal.tui.render.status import Frame
from legbal.tui.screens.live import LiveScreen
from tests.tui import views
from tests.tui.drawn import plain
from tests.tui.fake import FakeLive
from tests.tui.seen import shown, text
from tests.tui.test_glance import is_big
from tests.tui.views import RECORDING, ride, share

STATES: dict[str, RideView] = {
    "ride": ride(),
    "alert": ride(alert=views.ALERT),
    "recovered": ride(recovered="left"),
    "no meter yet": views.before_the_meter(),
    "no balance": views.without_balance(),
    "nothing heard": ride(last_10s=Share()),
    "one leg": ride(last_10s=share(100.0, 200.0, 12)),
}


def drawn(view: RideView, width: int, height: int) -> str:
    """What stands there."""
    return plain(draw_large(Frame(view, view, RECORDING), width, height))


def rows_with_blocks(text: str) -> int:
    """How many rows have a part of a figure."""
    return sum(any(block in row for block in "█▀▄") for row in text.splitlines())


@given(
    state=st.sampled_from(sorted(STATES)),
    width=st.integers(1, 240),
    height=st.integers(1, 80),
    left=st.floats(0, 100),
)
def test_it_fits_every_screen(state: str, width: int, height: int, left: float) -> None:
    view = STATES[state]
    if state == "ride":
        view = msgspec.structs.replace(view, last_10s=share(left, 200.0, 12))
    lines = draw_large(Frame(view, view, RECORDING), width, height)
    assert len(lines) == height
    assert all(width_of("".join(run.text for run in line)) == width for line in lines)


@pytest.mark.parametrize(
    ("width", "height", "least"), [(80, 22, 10), (120, 38, 15), (200, 58, 25), (60, 14, 5)]
)
def test_the_figures_are_as_tall_as_the_screen_allows(width: int, height: int, least: int) -> None:
    text = drawn(ride(), width, height)
    figures = 2 if rows_with_blocks(text) >= 2 * least else 1
    assert rows_with_blocks(text) // figures >= least
    assert max(map(len, text.splitlines())) >= 0.6 * width


@pytest.mark.parametrize("size", [(80, 22), (200, 58), (60, 14)])
def test_a_number_never_stands_bare(size: tuple[int, int]) -> None:
    estimated: dict[str, Any] = {"balance": "estimated", "reference": "unknown"}
    said = drawn(ride(**estimated), *size).splitlines()[-1]
    assert "estimated" in said
    assert "read as left" in said
    assert "measured" in drawn(ride(), *size).splitlines()[-1]
    assert "not pedalling" in drawn(ride(pedalling=False), *size)
    assert "no balance" in drawn(views.without_balance(), *size).splitlines()[-1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (60, 16)])
async def test_l_shows_the_balance_alone_and_everything_again(live: FakeLive, size: tuple[int, int]) -> None:
    app = RideApp(live)
    async with app.run_test(size=size) as pilot:
        await pilot.press("l")
        await pilot.pause()
        shown = {canvas.id for canvas in app.screen.query(GridWidget) if canvas.display}
        assert shown == {"state", "large", "keys"}
        assert app.screen.query_one(KeyBar).display
        await pilot.press("t", "l")
        await pilot.pause()
        assert not app.screen.query_one("#large").display


async def test_an_alert_takes_the_whole_of_it(live: FakeLive) -> None:
    live.shown = ride(alert=views.ALERT)
    app = RideApp(live)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("l")
        await pilot.pause()
        assert is_big("LEFT LEG", text(app, "large"))
        screen = app.screen
        assert isinstance(screen, LiveScreen)


async def test_the_footer_of_the_ride_has_room_for_every_key(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        said = text(app, "keys").split()
        assert {"space", "m", "z", "n", "?", "q", "p", "t", "l", "c", "setup"} <= set(said)


async def test_on_a_small_screen_the_footer_stands_too_and_begins_with_what_matters(live: FakeLive) -> None:
    app = RideApp(live)
    async with app.run_test(size=(60, 16)) as pilot:
        await pilot.pause()
        footer = app.screen.query_one(KeyBar)
        assert footer.display
        assert "q finish" in shown(footer)

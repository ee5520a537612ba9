"""Where the ride's page is, at the key `w`: asked first, then as text and as a code for a phone's camera."""

from __future__ import annotations

import pytest
import segno
from textual.widgets import Static

from legbal.config import Settings
from legbal.config.settings import PageReach
from legbal.errors import OutletError
from legbal.tui.app import RideApp
from legbal.tui.page_dialog import PageDialog
from legbal.tui.render.qr import qr_rows
from legbal.tui.screens.live import LiveScreen
from tests.tui.fake import FakeLive
from tests.tui.seen import FULL, text

VIEWERS = "http://192.168.100.100:8017/GSCO56E5X5PU47LLZI445OR7/"
RIDERS = "http://192.168.100.100:8017/ULBVOYDMW4Q23VLE65MFCJ7O/"


class FakePage:
    """A page that nobody serves."""

    def __init__(self, reach: PageReach = "off") -> None:
        self.reach: PageReach = reach
        self.opened: list[str] = []
        self.fails = False

    def open(self, reach: PageReach) -> None:
        if self.fails:
            raise OutletError("no port to listen on: Permission denied")
        self.reach = reach
        self.opened.append(reach)

    def address(self, *, rider: bool = False) -> str:
        if self.reach == "off":
            return ""
        address = RIDERS if rider else VIEWERS
        return address if self.reach == "network" else address.replace("192.168.100.100", "127.0.0.1")


def app_with(page: FakePage, characters: str = "unicode") -> RideApp:
    return RideApp(
        FakeLive(), Settings(characters="ascii" if characters == "ascii" else "unicode"), page=lambda: page
    )


def code(app: RideApp) -> list[str]:
    """The code's rows; none where it is not shown."""
    widget = app.screen.query_one(".qr", Static)
    return str(widget.content).split("\n") if widget.display else []


def said(app: RideApp) -> str:
    return " ".join(str(part.content) for part in app.screen.query(Static) if "qr" not in part.classes)


async def test_it_asks_first_and_then_shows_the_address_as_text_and_as_a_code() -> None:
    page = FakePage()
    app = app_with(page)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("w")
        assert isinstance(app.screen, PageDialog)
        assert "on your network: whoever has the address sees the ride" in said(app)
        assert (page.opened, code(app)) == ([], [])
        await pilot.press("r")  # there is none yet
        await pilot.press("n")
        await pilot.pause()
        assert page.opened == ["network"]
        assert VIEWERS in said(app)
        assert code(app) == qr_rows(VIEWERS)
        assert RIDERS not in said(app)
        await pilot.press("n")  # it is there already
        assert page.opened == ["network"]
        await pilot.press("escape")
        assert isinstance(app.screen, LiveScreen)


async def test_the_riders_own_address_is_shown_only_when_asked_for() -> None:
    app = app_with(FakePage("network"))
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("w", "r")
        await pilot.pause()
        assert "For you alone: lap, note and mute, too." in said(app)
        assert RIDERS in said(app)
        assert code(app) == qr_rows(RIDERS)
        await pilot.press("r")
        assert VIEWERS in said(app)


async def test_on_this_computer_alone_there_is_nothing_to_scan() -> None:
    page = FakePage()
    app = app_with(page)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("w", "h")
        await pilot.pause()
        assert "http://127.0.0.1:8017/" in said(app)
        assert "a phone cannot reach it" in said(app)
        assert code(app) == []
        await pilot.press("n")
        assert page.opened == ["here", "network"]
        assert code(app)


async def test_the_code_fits_a_small_terminal_and_the_address_any() -> None:
    app = app_with(FakePage("network"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w")
        await pilot.pause()
        widget = app.screen.query_one(".qr", Static)
        assert (widget.size.width, widget.size.height) == (37, 19)
        assert widget.region.bottom <= 24
        assert VIEWERS in said(app)
        await pilot.resize_terminal(80, 16)
        await pilot.pause()
        assert code(app) == []
        assert VIEWERS in said(app)


async def test_where_there_are_no_blocks_the_address_must_do() -> None:
    app = app_with(FakePage("network"), "ascii")
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("w")
        await pilot.pause()
        assert code(app) == []
        assert VIEWERS in said(app)


async def test_why_it_cannot_be_served_is_said() -> None:
    page = FakePage()
    page.fails = True
    app = app_with(page)
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("w", "n")
        assert "no port to listen on: Permission denied." in said(app)


async def test_a_ride_from_elsewhere_has_none() -> None:
    app = RideApp(FakeLive())
    async with app.run_test(size=FULL) as pilot:
        await pilot.press("w")
        assert isinstance(app.screen, LiveScreen)
        await pilot.pause()
        assert "This ride has no page" in text(app, "state")


@pytest.mark.parametrize("address", [VIEWERS, RIDERS, "http://10.0.0.1:1024/A/"])
def test_the_code_is_dark_on_light_with_its_margin_and_says_the_address(address: str) -> None:
    modules = [[character in half for character in row] for row in qr_rows(address) for half in ("▀█", "▄█")]
    wanted = [[bool(module) for module in row] for row in segno.make_qr(address.upper()).matrix]
    size = len(wanted)
    assert [row[4 : 4 + size] for row in modules[4 : 4 + size]] == wanted
    assert sum(map(sum, modules)) == sum(map(sum, wanted))  # and nothing around it
    assert len(modules[0]) == size + 8
    assert size + 8 <= len(modules) <= size + 9
    assert address.lower() == address.upper().lower()

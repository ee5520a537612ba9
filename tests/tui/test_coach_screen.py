"""The screen of who looks after several riders: who needs it comes first, and every key is answered."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from textual.widgets import Input

from legbal.remote.followed_ride import FollowedRide
from legbal.remote.rider_group import RiderGroup
from legbal.ride.events import Alert
from legbal.tui.base_screens import KeyBar, LineDialog
from legbal.tui.remote import CoachApp, FollowScreen
from legbal.tui.screens.coach import CoachScreen
from tests.remote.followers import NOWHERE, ONCE, Clocks, Ears, live, rider_group
from tests.tui.seen import FULL, SMALL, shown, text
from tests.tui.views import DEEP, T, ride, share


@pytest.fixture
def full(clocks: Clocks) -> RiderGroup:
    """Three riders, of whom ben has an alert, and one of yesterday."""
    these = rider_group(clocks, Ears())
    these.hear("legbal/old/live", live(ride(), sent=clocks.now - 3600), True)
    these.hear("legbal/anna/live", live(ride(evidence=0.9)), False)
    these.hear("legbal/carl/live", live(ride(evidence=0.1, interval=None)), False)
    these.hear("legbal/ben/live", live(ride(alert=DEEP, last_30s=share(44.1, 260, 45, 0.7))), False)
    return these


def rows(app: CoachApp) -> list[str]:
    """The names that are shown, in their order."""
    lines = text(app, "coach-table").splitlines()
    return [line.strip("▸ ").split()[0] for line in lines if line.strip()]


def coach(full: RiderGroup, clocks: Clocks) -> CoachApp:
    """The coach's program."""
    return CoachApp(
        full,
        lambda name: FollowedRide(
            NOWHERE, name, backoff=ONCE, clock=lambda: clocks.clock, now=lambda: clocks.now
        ),
    )


async def test_who_needs_looking_at_comes_first_and_the_stale_last(full: RiderGroup, clocks: Clocks) -> None:
    app = coach(full, clocks)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, CoachScreen)
        assert rows(app) == ["ben", "anna", "carl", "old"]
        lines = text(app, "coach-table").splitlines()
        assert "44.1 ± 0.7" in lines[0]
        assert "−4.2" in lines[0]
        assert "◀ left 4.2 usual 0:38" in lines[0]
        assert "60 min ago" in lines[3] or "1 h ago" in lines[3]
        assert (
            text(app, "coach-head")
            .splitlines()[0]
            .startswith(" 4 riders   1 with an alert   1 not heard from")
        )


async def test_of_a_rider_in_a_drill_the_leg_stands_in_place_of_the_share(clocks: Clocks) -> None:
    these = rider_group(clocks, Ears())
    these.hear("legbal/anna/live", live(ride(one_leg="right", last_30s=share(49.0, 100, 20, 0.7))), False)
    app = coach(these, clocks)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        (line, *_) = text(app, "coach-table").splitlines()
        assert "right alone" in line
        assert "49.0" not in line


@pytest.mark.parametrize("size", [FULL, SMALL, (40, 10), (20, 5)])
async def test_it_fits_every_size(full: RiderGroup, clocks: Clocks, size: tuple[int, int]) -> None:
    app = coach(full, clocks)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert rows(app)[0] == "ben"
        assert all(len(line) <= size[0] for line in text(app, "coach-table").splitlines())


async def test_every_heading_is_whole(clocks: Clocks) -> None:
    these = rider_group(clocks)
    these.hear("legbal/lucky with a long name/live", live(ride(last_30s=share(30.0, 260, 5, 2.0))), False)
    app = coach(these, clocks)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        heading, row = text(app, "coach-columns"), text(app, "coach-table").splitlines()[0]
        assert " ".join(heading.split()) == "rider left % leg vs usual alert: points below heard"
        assert row.split() == ["▸lucky", "with", "a", "l…", "—", "—"]


async def test_sort_and_filter(full: RiderGroup, clocks: Clocks) -> None:
    app = coach(full, clocks)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        await pilot.press("s")
        assert rows(app) == ["anna", "ben", "carl", "old"]
        assert "everybody, name" in text(app, "coach-head")
        await pilot.press("f")
        assert rows(app) == ["ben"]
        await pilot.press("f")
        assert rows(app) == ["anna", "ben", "carl"]
        await pilot.press("escape")
        assert len(rows(app)) == 4


async def test_a_rider_is_found_by_name(full: RiderGroup, clocks: Clocks) -> None:
    app = coach(full, clocks)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        await pilot.press("slash")
        await pilot.pause()
        assert isinstance(app.screen, LineDialog)
        app.screen.query_one(Input).value = "AR"
        await pilot.press("enter")
        await pilot.pause()
        assert rows(app) == ["carl"]
        await pilot.press("f")
        assert "Esc shows everybody" in text(app, "coach-table")
        await pilot.press("escape")
        assert rows(app) == ["ben", "anna", "carl", "old"]


async def test_the_cursor_stays_with_its_rider(full: RiderGroup, clocks: Clocks) -> None:
    app = coach(full, clocks)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        await pilot.press("down", "down")
        assert "▸carl" in text(app, "coach-table")
        full.hear(
            "legbal/carl/live",
            live(ride(alert=Alert(T - 3, "dropoff", "left", 9.0, None, None, T - 9, 30))),
            False,
        )
        assert isinstance(app.screen, CoachScreen)
        app.screen.refresh_screen()
        assert rows(app)[0] == "carl"
        assert "▸carl" in text(app, "coach-table")
        await pilot.press("end")
        assert "▸old" in text(app, "coach-table")
        await pilot.press("home")
        assert "▸carl" in text(app, "coach-table")


async def test_of_many_riders_the_visible_ones_are_drawn_and_the_cursor_is_among_them(clocks: Clocks) -> None:
    these = rider_group(clocks)
    for number in range(300):
        these.hear(f"legbal/rider-{number:03}/live", live(ride()), False)
    app = coach(these, clocks)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        for keys, name in (
            ("end", "rider-299"),
            ("pageup", "rider-280"),
            ("up", "rider-279"),
            ("home", "rider-000"),
        ):
            await pilot.press(keys)
            assert f"▸{name}" in text(app, "coach-table")
            assert len(rows(app)) == 20


async def test_one_rider_is_opened_and_closed_again(full: RiderGroup, clocks: Clocks) -> None:
    app = coach(full, clocks)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        for _ in range(2):
            await pilot.press("enter")
            await pilot.pause()
            assert isinstance(app.screen, FollowScreen)
            assert "Following ben" in text(app, "state")
            await pilot.press("q")
            await asyncio.gather(*(x.wait() for x in app.workers if x.name == "unfollow"))
            await pilot.pause()
            assert isinstance(app.screen, CoachScreen)
            assert rows(app)[0] == "ben"


async def test_m_mutes_the_alerts_of_all(full: RiderGroup, clocks: Clocks) -> None:
    app = coach(full, clocks)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        assert "muted" not in text(app, "coach-head")
        await pilot.press("m")
        assert "♪ muted" in text(app, "coach-head")
        assert full.view().muted
        await pilot.press("m")
        assert not full.view().muted


async def test_a_click_on_a_key_is_that_key(full: RiderGroup, clocks: Clocks) -> None:
    app = coach(full, clocks)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        foot = app.screen.query_one(KeyBar)
        await pilot.click(KeyBar, offset=(shown(foot).index("sort"), 0))
        await pilot.pause()
        assert "everybody, name" in text(app, "coach-head")


async def test_a_broker_that_is_away_is_said(clocks: Clocks, monkeypatch: pytest.MonkeyPatch) -> None:
    these = rider_group(clocks)
    here = these.status()
    away = msgspec.structs.replace(here, trouble="No connection to mqtt://h: connection refused.")
    monkeypatch.setattr(these, "status", lambda: here)  # its own listener may be faster than the screen
    app = coach(these, clocks)
    async with app.run_test(size=FULL) as pilot:
        await pilot.pause()
        assert "No riders yet" in text(app, "coach-head")
        assert isinstance(app.screen, CoachScreen)
        monkeypatch.setattr(these, "status", lambda: away)
        app.screen.refresh_screen()
        assert "No connection to mqtt://h: connection refused." in text(app, "coach-head")
        assert "Broker" not in text(app, "coach-table")


async def test_what_can_be_done_about_a_broker_is_whole_on_a_small_screen(
    clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    these = rider_group(clocks)
    why = "it does not let us hear the rides. Its access list must give this user the right to read legbal/#."
    away = msgspec.structs.replace(these.status(), trouble=f"No connection to mqtt://broker.example: {why}")
    monkeypatch.setattr(these, "status", lambda: away)
    app = coach(these, clocks)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert why in " ".join(text(app, "coach-table").split())

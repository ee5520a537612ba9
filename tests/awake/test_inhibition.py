"""What is held of the desktop and the login service, how it is given back, and what is said of a refusal."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from legbal.app import inhibition as module
from legbal.app.inhibition import Inhibition, inhibition
from tests.awake.services import DESKTOP, LOGIN, SCREEN_SAVER, SESSION_MANAGER, Services, services
from tests.programs import require_program


@pytest.fixture(autouse=True)
def _dbus() -> None:
    require_program("dbus-daemon")


async def looked_at(then: Callable[[], object] = lambda: None) -> Inhibition:
    """What is said while it is held; `then` is called meanwhile."""

    def hold() -> Inhibition:
        with inhibition() as inhibited:
            then()
            return inhibited

    return await asyncio.to_thread(hold)


def inhibits(running: Services) -> list[tuple[str, list[object]]]:
    return [(service, body) for service, member, body in running.calls if member == "Inhibit"]


@pytest.mark.parametrize("desktop", DESKTOP)
async def test_screen_and_sleep_are_held_for_as_long_as_asked_and_given_back(desktop: str) -> None:
    over = threading.Event()
    async with services(desktop, LOGIN) as running:
        holding = asyncio.create_task(looked_at(over.wait))
        await running.until(lambda: running.held)
        over.set()
        assert await holding == Inhibition("on", "", (desktop, LOGIN))
        await running.until(lambda: running.is_free)
        assert running.vanished == 0  # it was given back, and not forgotten
        (screen_saver, who), login = inhibits(running)
        assert screen_saver == desktop
        assert {"legbal", "a ride is running"} <= set(who)
        assert login == (LOGIN, ["sleep:idle", "legbal", "a ride is running", "block"])


async def test_a_desktop_is_enough_and_its_login_service_need_not_agree() -> None:
    async with services(SCREEN_SAVER):
        assert await looked_at() == Inhibition("on", "", (SCREEN_SAVER,))


async def test_where_the_first_service_of_a_desktop_refuses_the_next_is_tried() -> None:
    async with services(*DESKTOP) as running:
        for name, other in (DESKTOP, DESKTOP[::-1]):
            running.refusing = {name}
            assert await looked_at() == Inhibition("on", "", (other,))


async def test_a_machine_without_a_desktop_does_not_sleep_for_the_login_service() -> None:
    async with services(LOGIN) as running:
        assert await looked_at() == Inhibition("on", "", (LOGIN,))
        await running.until(lambda: running.is_free)


async def test_a_desktop_without_a_screen_saver_may_blank(monkeypatch: pytest.MonkeyPatch) -> None:
    async with services(LOGIN):
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
        assert await looked_at() == Inhibition(
            "blank", "no service of a desktop keeps the screen on", (LOGIN,)
        )


@pytest.mark.parametrize(("seconds", "state"), [("600\n", "blank"), ("0\n", "on"), ("?", "on")])
async def test_a_console_that_goes_dark_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seconds: str, state: str
) -> None:
    (tmp_path / "consoleblank").write_text(seconds)
    monkeypatch.setattr(module, "_BLANK_AFTER_S", tmp_path / "consoleblank")
    monkeypatch.setenv("TERM", "linux")
    async with services(LOGIN):
        inhibited = await looked_at()
    assert inhibited.state == state
    assert ("setterm --blank 0" in inhibited.reason) == (state == "blank")


async def test_a_refusal_is_told_in_the_words_of_who_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    async with services(SESSION_MANAGER, LOGIN) as running:
        running.refusing = {SESSION_MANAGER, LOGIN}
        assert await looked_at() == Inhibition("sleep", f"{LOGIN} refuses: Not today", ())
        monkeypatch.setenv("DISPLAY", ":0")
        assert await looked_at() == Inhibition("sleep", f"{SESSION_MANAGER} refuses: Not today", ())
        running.refusing = {SESSION_MANAGER}
        assert await looked_at() == Inhibition("blank", f"{SESSION_MANAGER} refuses: Not today", (LOGIN,))


async def test_a_machine_that_cannot_be_suspended_needs_no_leave_for_that() -> None:
    """A Raspberry Pi over ssh: the login service lets nobody block sleep who is not at the machine."""
    async with services(LOGIN) as running:
        running.refusing, running.can_suspend = {LOGIN}, "na"
        assert (await looked_at()).state == "on"
        running.can_suspend = "no"
        assert (await looked_at()).state == "sleep"


async def test_where_nobody_answers_the_computer_may_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    async with services():
        assert await looked_at() == Inhibition("sleep", "no login service answers", ())
    monkeypatch.delenv("WAKEPY_FAKE_SUCCESS")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
    state, reason, by = await looked_at()
    assert (state, by) == ("sleep", ())
    assert reason.startswith("no login service answers (")


async def test_a_service_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE_S", 0.01)
    monkeypatch.setattr("wakepy.JeepneyDBusAdapter.timeout", 0.01)
    async with services(SCREEN_SAVER, LOGIN) as running:
        running.silent = {SCREEN_SAVER, LOGIN}
        inhibited = await looked_at()
    assert inhibited.state == "sleep"
    assert inhibited.reason.startswith("no login service answers (")


async def test_a_desktop_that_goes_meanwhile_does_no_harm() -> None:
    over = threading.Event()
    async with services(SCREEN_SAVER) as running:
        holding = asyncio.create_task(looked_at(over.wait))
        await running.until(lambda: bool(running.cookies))
        running.refusing = {SCREEN_SAVER}
        over.set()
        assert (await holding).state == "on"

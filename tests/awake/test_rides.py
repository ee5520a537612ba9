"""The program itself: it keeps the computer awake from a ride's start to its end, whatever end that is."""

from __future__ import annotations

import json
import signal
from collections.abc import AsyncIterator

import pytest

from tests.awake.services import DESKTOP, LOGIN, SCREEN_SAVER, Services, services
from tests.bluetooth.bluetoothd import Bluetoothd, bluetoothd
from tests.bluetooth.command import Command, running
from tests.programs import require_program
from tests.terminal import on_terminal


@pytest.fixture
async def radio() -> AsyncIterator[Bluetoothd]:
    """A radio without a meter in range: the ride looks for one."""
    require_program("dbus-daemon")
    async with bluetoothd() as radio:
        yield radio


@pytest.fixture
async def awake(radio: Bluetoothd) -> AsyncIterator[Services]:
    """A desktop and a login service beside it."""
    async with services(SCREEN_SAVER, LOGIN, address=radio.address) as there:
        yield there


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP])
async def test_an_orderly_end_gives_it_back(awake: Services, by: signal.Signals) -> None:
    async with running("ride", "--headless", "--mute") as process:
        await awake.until(lambda: awake.held)
        process.send_signal(by)
        _, complaints = await process.communicate()
        assert (process.returncode, complaints) == (0, b"")
        await awake.until(lambda: awake.is_free)


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGSEGV])
async def test_nothing_is_left_of_a_ride_that_ends_at_once(awake: Services, by: signal.Signals) -> None:
    async with running("ride", "--headless", "--mute") as process:
        await awake.until(lambda: awake.held)
        process.send_signal(by)
        await process.communicate()
        await awake.until(lambda: awake.is_free)
    assert awake.vanished == 1


async def test_a_demonstration_on_the_screen_says_so_in_its_header(awake: Services) -> None:
    async with on_terminal("demo", "--no-sound", columns=120, rows=40) as terminal:
        await awake.until(lambda: awake.held)
        await terminal.shows("awake")
        await terminal.answers("q", "Finish the ride?")
        await terminal.answers("q", "all of it")
        await awake.until(lambda: awake.is_free)
        assert awake.vanished == 0
        terminal.press("q")
        assert await terminal.ended() == 0


@pytest.mark.parametrize("end", ["hang-up", "SIGTERM", "SIGKILL"])
async def test_a_screen_that_ends_otherwise_gives_it_back_too(awake: Services, end: str) -> None:
    async with on_terminal("demo", "--no-sound", columns=120, rows=40) as terminal:
        await awake.until(lambda: awake.held)
        await terminal.shows("awake")
        if end == "hang-up":
            terminal.close()
            terminal.process.send_signal(signal.SIGHUP)  # as the terminal sends it to its own session
        else:
            terminal.process.send_signal(getattr(signal, end))
        await terminal.ended()
        await awake.until(lambda: awake.is_free)
    assert awake.vanished == (1 if end == "SIGKILL" else 0)


async def test_a_refusal_is_told_once_and_the_ride_goes_on(awake: Services) -> None:
    awake.refusing = {*DESKTOP, LOGIN}
    sentence = f"The computer may sleep while you ride: {LOGIN} refuses: Not today."
    async with running("ride", "--headless", "--events") as process:
        command = Command(process)
        await command.said(sentence)
        process.send_signal(signal.SIGINT)
        code, output, complaints = await command.ended()
    assert code == 0
    assert complaints.count("may sleep") == 1
    told = [x for x in map(json.loads, output.splitlines()) if x["event"] == "outlet"]
    assert [(x["name"], x["state"], x["reason"]) for x in told] == [
        ("awake", "failed", f"{LOGIN} refuses: Not today")
    ]


@pytest.mark.parametrize("columns", [80, 120])
async def test_a_refusal_stands_in_the_header(awake: Services, columns: int) -> None:
    awake.refusing = {*DESKTOP, LOGIN}
    async with on_terminal("demo", "--no-sound", columns=columns, rows=40) as terminal:
        await terminal.shows("   may sleep")


async def test_without_any_service_it_is_told_what_to_do(radio: Bluetoothd) -> None:
    async with services(address=radio.address), running("ride", "--headless", "--mute") as process:
        await Command(process).said("no login service answers. Turn that off in the system's settings.")


@pytest.mark.parametrize("off", ["--no-awake", "LEGBAL_AWAKE"])
async def test_switched_off_nobody_is_called(
    radio: Bluetoothd, awake: Services, monkeypatch: pytest.MonkeyPatch, off: str
) -> None:
    if off == "LEGBAL_AWAKE":
        monkeypatch.setenv(off, "false")
    typed = [off] if off.startswith("--") else []
    async with running("ride", "--headless", "--mute", *typed) as process:
        await radio.scanned()
        process.send_signal(signal.SIGINT)
        await process.communicate()
    assert awake.calls == []


async def test_a_demonstration_that_nobody_watches_calls_nobody(awake: Services) -> None:
    async with running("demo", "--headless", "--seconds", "60", "--speed", "max") as process:
        assert await process.wait() == 0
    assert awake.calls == []

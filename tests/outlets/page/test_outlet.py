"""The page takes in a ride: views as they come, an alert at once, each encoded once; and it fails without harm."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from legbal.app.companion import Companion
from legbal.outlets import RunState
from legbal.outlets.page import outlet as module
from legbal.outlets.page.outlet import EVERY_S, Page
from legbal.outlets.page.words import page_text
from legbal.ride.events import Clear, Cue, IntervalStart
from legbal.ride.view import BLANK, RideView
from legbal.sources.simulator import demo
from tests.app.scripted import ASSIOMA, prepare
from tests.brokers.mosquitto import free_port
from tests.outlets.access import Access, Teller
from tests.outlets.page.serving import NEVER_S, RECORDING, serving, viewing
from tests.tui.views import ALERT, ride


class Counted(Access):
    """Counts how often it is looked at."""

    looks = 0

    def view(self) -> RideView:
        self.looks += 1
        return super().view()


async def test_an_alert_is_there_at_once_and_heard_without_waiting_for_the_next_view() -> None:
    async with serving(every_s=NEVER_S) as (page, access), viewing(page) as viewer:
        access.shown = ride(alert=ALERT)
        page.event(ALERT)
        view = await viewer.sees(lambda view: view["mood"] == "alert")
        assert view["word"] == "◀ LEFT LEG"
        page.event(Cue(1.0, "alert", "left"))
        assert await viewer.next() == ("cue", {"sound": "alert", "side": "left"})
        access.shown = ride(recovered="left")
        page.event(Clear(2.0, "dropoff", "left"))
        assert (await viewer.sees(lambda view: view["mood"] == "back"))["word"] == "◀ LEFT IS BACK"
        page.event(IntervalStart(3.0, 3.0, 1))  # of no hurry


async def test_views_come_four_times_a_second_by_themselves() -> None:
    assert EVERY_S == 0.25
    async with serving(Counted(), every_s=0.001) as (page, access), viewing(page) as viewer:
        assert isinstance(access, Counted)
        before = access.looks
        for _ in range(20):
            await viewer.sees(lambda _: True)
        assert access.looks - before >= 19


async def test_a_view_is_made_once_however_many_look_and_not_at_all_for_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []

    def counting(now: RideView, steady: RideView, run: RunState) -> Any:
        made.append(now.meter_name)
        return page_text(now, steady, run)

    monkeypatch.setattr(module, "page_text", counting)
    async with serving(every_s=NEVER_S) as (page, access), AsyncExitStack() as stack:
        page.view(access.shown, RECORDING)
        assert made == []
        viewers = [await stack.enter_async_context(viewing(page)) for _ in range(5)]
        made.clear()
        page.view(ride(meter_name="last"), RECORDING)
        for viewer in viewers:
            await viewer.sees(lambda view: view["meter"].startswith("last"))
        assert made.count("last") == 1


async def test_numbers_follow_once_a_second_and_states_at_once() -> None:
    async with serving(every_s=NEVER_S) as (page, access), viewing(page) as viewer:
        access.shown = ride(power_w=999.0, alert=ALERT)
        page.event(ALERT)
        seen = await viewer.sees(lambda view: view["mood"] == "alert")
        assert seen["pace"][1] == ["267", "W"]
        page.view(access.shown, RECORDING)
        assert (await viewer.sees(lambda view: view["pace"][1][0] != "267"))["pace"][1] == ["999", "W"]


async def test_the_last_view_says_that_the_ride_is_over_and_the_connection_ends() -> None:
    async with serving(every_s=NEVER_S) as (page, access), viewing(page) as viewer:
        page.view(access.shown, RunState(finished=True, problem="The radio is gone."))
        await asyncio.to_thread(page.close)
        last = await viewer.sees(lambda view: bool(view["over"]))
        assert last["notices"] == ["The ride has ended.", "The radio is gone."]
        with pytest.raises(EOFError):
            await viewer.next()
        page.view(access.shown, RECORDING)  # nobody listens any more
        assert page.status.state == "off"
        assert page.address() == ""


async def test_a_defect_costs_a_view_and_is_told_by_the_next_one() -> None:
    class Failing(Access):
        fails = False

        def view(self) -> RideView:
            if self.fails:
                raise ZeroDivisionError
            return super().view()

    access = Failing()
    async with serving(access, every_s=0.001) as (page, _), viewing(page) as viewer:
        access.fails = True
        with pytest.raises(ZeroDivisionError):
            page.event(ALERT)
        page._show_again()  # as the timer does
        access.fails = False
        page.view(ride(meter_name="again"), RECORDING)
        await viewer.sees(lambda view: view["meter"].startswith("again"))


async def test_it_listens_at_another_port_where_its_own_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with serving(port=taken.getsockname()[1]) as (page, _), aiohttp.ClientSession() as session:
            assert f":{taken.getsockname()[1]}/" not in page.address()
            async with session.get(page.address()) as answer:
                assert answer.status == 200


async def test_a_server_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from legbal.outlets.page import site

    def failing(**_: bool) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(site, "document", failing)
    teller, page = Teller(), Page("here", port=0)
    teller.start(page)
    assert "Too many open files" in await teller.tells("The page is gone")
    assert page.status.state == "failed"
    assert await asyncio.to_thread(page.close)


async def test_the_address_is_told_for_a_while_and_a_command_marks_the_ride() -> None:
    now = [100.0]
    async with serving(clock=lambda: now[0]) as (page, _):
        assert page.status.text == f"Open {page.address()} on a phone to see this ride."
        assert page.address(rider=True) not in page.status.text
        now[0] += 31
        assert page.status.text == ""
        assert page.address() != page.address(rider=True)


async def test_tokens_are_new_for_each_ride() -> None:
    tokens = {Page("off", port=0)._tokens for _ in range(100)}
    assert len({x.viewer for x in tokens} | {x.rider for x in tokens}) == 200


def test_a_page_that_is_off_loads_no_server() -> None:
    program = (
        "import asyncio, sys\nfrom legbal.outlets.page.outlet import Page\nfrom legbal.outlets import RunState\n"
        "from legbal.ride.view import BLANK\n"
        "async def main():\n page = Page('off', port=1)\n page.start(None)\n"
        " page.view(BLANK, RunState())\n page.close()\n"
        "asyncio.run(main())\nprint({'aiohttp', 'numpy', 'http'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
    assert BLANK.t == 0


async def test_a_whole_ride_is_watched_from_its_beginning_to_its_end() -> None:
    page = Page("here", port=0, every_s=NEVER_S)
    companion = Companion(
        demo(ASSIOMA, 5, seconds=900, speed=60), prepare, name="demo", live=False, outlets=[page]
    )
    running = asyncio.create_task(companion.run())
    await asyncio.sleep(0)  # it begins, and opens the page first
    async with viewing(page) as viewer:
        alert = await viewer.sees(lambda view: view["mood"] == "alert")
        assert alert["word"] == "◀ LEFT LEG"
        assert alert["left"]["label"].startswith("LEFT")
        running.cancel()
        await companion.finish()
        assert (await viewer.sees(lambda view: bool(view["over"])))["notices"][0] == "The ride has ended."


async def test_a_page_that_is_opened_otherwise_keeps_its_port() -> None:
    async with serving(every_s=NEVER_S, port=free_port()) as (page, _), viewing(page):
        port = page.address().split(":")[2].split("/")[0]
        page.open("network")
        assert f":{port}/" in page.address()
        page.open("here")
        assert f"127.0.0.1:{port}/" in page.address()


async def test_a_page_that_has_failed_is_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = asyncio.Queue[None]()

    async def failing(_: object) -> None:
        raise ImportError("aiohttp")

    monkeypatch.setattr(module, "_serve", failing)
    page, access = Page("off", port=0), Access()
    page.start(access)
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(access, "changed", lambda: loop.call_soon_threadsafe(changes.put_nowait, None))
    page.open("here")
    while page.status.state != "failed":  # it has opened, too
        await asyncio.wait_for(changes.get(), 30)
    assert page.address() == ""
    page.close()

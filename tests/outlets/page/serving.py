"""A page that is served, and a viewer of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
import msgspec

from legbal.outlets import RunState
from legbal.outlets.page.outlet import Page
from legbal.ride.view import RideView
from tests.outlets.access import Access

RECORDING = RunState(recording=True)
NEVER_S = 3600.0
JSON = {"Content-Type": "application/json"}


class Viewer:
    """One viewer's connection: its server-sent events, one after the other."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> tuple[str, Any]:
        """The next event's name and what it holds; its name is empty for a view. Raises EOFError at the end."""
        name, text = "", ""
        async for line in self.response.content:
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                text = value
            elif not field and text:
                return name, msgspec.json.decode(text)
        raise EOFError

    async def sees(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first view of which that holds."""
        while True:
            name, view = await self.next()
            if not name and wanted(view):
                return dict(view)


@asynccontextmanager
async def serving(access: Access | None = None, **options: Any) -> AsyncIterator[tuple[Page, Access]]:
    """A page on this computer, of a ride that stands still; at a port that nobody else has."""
    page, ride = Page("here", **({"port": 0} | options)), access or Access()
    page.start(ride)
    page.view(ride.shown, RECORDING)
    try:
        yield page, ride
    finally:
        assert await asyncio.to_thread(page.close)


@asynccontextmanager
async def viewing(page: Page) -> AsyncIterator[Viewer]:
    """Somebody who looks at it, and has seen the first view."""
    async with aiohttp.ClientSession() as session, session.get(f"{page.address()}live") as response:
        assert response.status == 200
        viewer = Viewer(response)
        await viewer.sees(lambda _: True)
        yield viewer


@contextmanager
def in_a_thread(view: RideView, **options: Any) -> Iterator[Shown]:
    """The page of a ride in a loop of its own, for tests that wait for a browser meanwhile."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    shown = Shown(loop, view, options)
    try:
        yield shown
    finally:
        shown.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Shown:
    """A page in another thread's loop; `ride` is what it shows."""

    def __init__(self, loop: asyncio.AbstractEventLoop, view: RideView, options: dict[str, Any]) -> None:
        self._loop, self.ride = loop, Access(view)
        chosen: dict[str, Any] = {"reach": "here", "port": 0} | options
        self.page = Page(**chosen)
        self._in_loop(self._start())

    async def _start(self) -> None:
        self.page.start(self.ride)
        self.page.view(self.ride.shown, RECORDING)

    def show(self, view: RideView, run: RunState = RECORDING) -> None:
        """Another view from now on."""

        async def work() -> None:
            self.ride.shown = view
            self.page.view(view, run)

        self._in_loop(work())

    def tell(self, event: Any) -> None:
        """An event, now."""

        async def work() -> None:
            self.page.event(event)

        self._in_loop(work())

    def close(self) -> None:
        assert self.page.close()

    def _in_loop(self, work: Awaitable[None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)  # type: ignore[arg-type]

"""A ride with outlets under test, one of them made to fail, and all that is told of it."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from legbal.app import companion as companions
from legbal.app.companion import Companion
from legbal.app.companions import RideRecording
from legbal.library.rides import Library
from legbal.outlets import Backoff, Outlet, OutletStatus, RideAccess, RunState
from legbal.outlets.jsonlines import JsonLines
from legbal.ride.events import Event
from legbal.ride.inputs import Input, Notification, Setup, Tick
from legbal.ride.view import RideView
from legbal.tui.app import RideApp
from tests.app.scripted import PACKET, Scripted, prepare
from tests.tui.seen import painted

SOON = Backoff(first_s=0.01, most_s=0.01)


class Fragile(Outlet):
    """An outlet that fails where the test says, until it is mended."""

    name, title, audible = "fragile", "Fragile", False

    def __init__(self, *broken: str) -> None:
        self.broken = set(broken)
        self.taken: list[str] = []

    @property
    def status(self) -> OutletStatus:
        self._take("status")
        return OutletStatus("on")

    def start(self, _ride: RideAccess) -> None:
        self._take("start")

    def event(self, _event: Event) -> None:
        self._take("event")

    def view(self, _view: RideView, _run: RunState) -> None:
        self._take("view")

    def close(self) -> None:
        self._take("close")

    def _take(self, what: str) -> None:
        if what in self.broken:
            raise ZeroDivisionError(what)
        self.taken.append(what)


class Riding:
    """A ride with an outlet under test, its events, what is told, and its screen; with `keep` it is summarised."""

    def __init__(
        self, *outlets: Outlet, live: bool = False, keep: bool = False, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(companions, "VIEW_S", 0.01)
        monkeypatch.setattr("legbal.app.supervisor.Backoff", lambda: SOON)
        monkeypatch.setattr("legbal.app.supervisor.SHOWN_S", 2.0)  # a busy machine may draw once a second
        self.source, self.written, self.told = Scripted(), io.BytesIO(), list[str]()
        self.kept = RideRecording("ride", complain=print)
        self.companion = Companion(
            self.source,
            prepare,
            name="Bluetooth",
            live=live,
            initial=Setup(ftp_w=180.0),
            record=self.kept.record,
            outlets=[*outlets, JsonLines(self.written)],
            tell=self.told.append,
            keep=self.kept.keep if keep else None,
        )
        self.app = RideApp(self.companion)

    def changes(self) -> list[dict[str, Any]]:
        """The `outlet` events so far."""
        events = [json.loads(line) for line in self.written.getvalue().splitlines()]
        return [event for event in events if event["event"] == "outlet"]

    def screen(self) -> str:
        """All that the screen shows, on one line."""
        return " ".join(painted(self.app).split())

    async def until(self, pilot: Pilot[None], holds: Callable[[], object]) -> None:
        """Waits for it, a minute at most."""
        async with asyncio.timeout(60):
            while not holds():
                await pilot.pause(0.01)

    def ride(self, seconds: int = 5) -> None:
        """The meter sends."""
        for second in range(seconds):
            self.source.queue.put_nowait(Notification(float(second), PACKET, "2a63", "m"))

    async def recorded(self) -> list[Input]:
        """What the library holds, once the ride is over."""
        await self.companion.finish()
        with Library() as library:
            return [x for x in library.inputs(library.find("last")) if not isinstance(x, Tick)]

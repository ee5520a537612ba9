"""A ride that stands still until a test turns it."""

from __future__ import annotations

import asyncio

from legbal.app.live import Status
from legbal.ride.view import RideView
from tests.tui.views import RECORDING, ride


class FakeLive:
    """Gives the view and status that the test has set, keeps the marks, and runs until it is finished."""

    def __init__(self, view: RideView | None = None, status: Status = RECORDING) -> None:
        self.shown = view or ride()
        self.told = status
        self.marks: list[tuple[str, str]] = []
        self.taken = 0
        self.finished = False
        self.fails: Exception | None = None  # what run() raises at once
        self.fails_to_finish: Exception | None = None
        self.over = asyncio.Event()
        self.instructions: tuple[str, ...] = ()  # how a zero is set; none: there is no meter
        self.zeroed: asyncio.Future[str] | None = None  # what the meter answers, once it is asked

    def view(self) -> RideView:
        self.taken += 1
        return self.shown

    def status(self) -> Status:
        return self.told

    def mark(self, kind: str, text: str = "") -> None:
        self.marks.append((kind, text))

    def zero_instructions(self) -> tuple[str, ...]:
        return self.instructions

    async def zero(self) -> str:
        self.zeroed = asyncio.get_running_loop().create_future()
        return await self.zeroed

    async def run(self) -> None:
        if self.fails:
            raise self.fails
        await self.over.wait()

    async def finish(self) -> RideView:
        self.over.set()
        self.finished = True
        if self.fails_to_finish:
            raise self.fails_to_finish
        return self.shown

"""A ride whose inputs a test hands over one by one, and what is heard of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from legbal.app.meters import profiles
from legbal.outlets import RideAccess
from legbal.outlets.sound import Sound
from legbal.ride.events import Cue
from legbal.ride.inputs import Input, Setup

ASSIOMA = next(p for p in profiles() if p.id == "favero-assioma-duo")
PACKET = bytes.fromhex("23007100526204f2e5")


class Scripted:
    """A source whose inputs a test hands over one by one."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Input | Exception | None] = asyncio.Queue()
        self.closed = False

    async def inputs(self) -> AsyncGenerator[Input, None]:
        try:
            while (item := await self.queue.get()) is not None:
                if isinstance(item, Exception):
                    raise item
                yield item
                self.queue.task_done()
        finally:
            self.closed = True

    async def taken(self) -> None:
        """Waits until everything handed over has been taken."""
        await self.queue.join()


def prepare(_inputs: Sequence[Input]) -> Setup:
    return Setup(profile=ASSIOMA, ftp_w=220.0)


class Ears(Sound):
    """Stands in for the speaker."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Cue] = []
        self.closed = False

    def start(self, ride: RideAccess | None = None) -> None: ...

    def play(self, cue: Cue) -> None:
        self.heard.append(cue)

    def close(self) -> None:
        self.closed = True

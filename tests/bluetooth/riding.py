"""A ride's inputs, collected while a test makes the radio do things."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

from legbal.present.remarks import remark
from legbal.ride.inputs import Input, Link, Notification
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from tests.bluetooth.peripheral import Peripheral


class Riding:
    """What a source has given so far."""

    def __init__(self) -> None:
        self.inputs: list[Input] = []
        self.ended: asyncio.Task[None] | None = None
        self._arrived = asyncio.Event()

    @property
    def payloads(self) -> list[bytes]:
        """The power measurements, in order."""
        return self.values("2a63")

    @property
    def links(self) -> list[Link]:
        """The states of the link, in order."""
        return [item for item in self.inputs if isinstance(item, Link)]

    @property
    def states(self) -> list[str]:
        """The names of the link's states, in order."""
        return [link.state for link in self.links]

    def values(self, uuid: str) -> list[bytes]:
        """What came of one characteristic, in order."""
        return [item.data for item in self.inputs if isinstance(item, Notification) and item.uuid == uuid]

    def take(self, item: Input) -> None:
        """Keeps an input."""
        self.inputs.append(item)
        self._arrived.set()

    async def until(self, holds: Callable[[], bool], seconds: float = 30.0) -> None:
        """Waits until `holds()`; looked at after every input."""
        async with asyncio.timeout(seconds):
            while not holds():
                self._arrived.clear()
                await self._arrived.wait()

    async def told(self, text: str) -> Link:
        """Waits for a link input whose text holds `text`, and gives it."""
        await self.until(lambda: any(text in remark(link.remark) for link in self.links))
        return next(link for link in self.links if text in remark(link.remark))

    async def connected(self, times: int = 1) -> None:
        """Waits until the link has come up so many times."""
        await self.until(lambda: self.states.count("connected") >= times)

    async def received(self, count: int) -> None:
        """Waits for so many power measurements."""
        await self.until(lambda: len(self.payloads) >= count)

    async def hears(self, meter: Peripheral, payload: bytes) -> None:
        """Has the meter send one power measurement more, and waits for it."""
        before = len(self.payloads)
        await meter.subscribed()
        await meter.send(payload)
        await self.received(before + 1)


@asynccontextmanager
async def riding(source: BluetoothSource) -> AsyncIterator[Riding]:
    """Takes the source's inputs until the block is left; an error of the source comes out of `ended`."""
    ride = Riding()

    async def collect() -> None:
        async with aclosing(source.inputs()) as inputs:
            async for item in inputs:
                ride.take(item)

    ride.ended = task = asyncio.create_task(collect())
    try:
        yield ride
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def connected(meter: Peripheral, timings: Timings) -> AsyncIterator[tuple[BluetoothSource, Riding]]:
    """A ride on the meter, whose link is up."""
    source = BluetoothSource(meter=meter.name, timings=timings)
    async with riding(source) as ride:
        await ride.connected()
        yield source, ride

"""Hears what is published at a broker, and waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiomqtt
import msgspec


class Heard(NamedTuple):
    """One message."""

    topic: str
    payload: bytes
    qos: int
    retained: bool

    @property
    def fields(self) -> Any:
        """The payload as JSON."""
        return msgspec.json.decode(self.payload)


class Ear:
    """Everything that was heard, in order."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.all: list[Heard] = []
        self._more = asyncio.Condition()

    async def listen(self) -> None:
        """Takes messages in until the task is cancelled."""
        async for message in self.client.messages:
            assert isinstance(message.payload, bytes)
            async with self._more:
                self.all.append(Heard(str(message.topic), message.payload, message.qos, message.retain))
                self._more.notify_all()

    async def hears(self, topic: str, wanted: Callable[[Heard], bool] = lambda _: True) -> Heard:
        """The first message on that topic that is wanted, heard already or to come within half a minute."""

        def found() -> Heard | None:
            return next((x for x in self.all if x.topic == topic and wanted(x)), None)

        async with asyncio.timeout(30), self._more:
            await self._more.wait_for(found)
        heard = found()
        assert heard is not None
        return heard

    async def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publishes something."""
        await self.client.publish(topic, payload, 1, retain)


@asynccontextmanager
async def ear(port: int, **options: Any) -> AsyncIterator[Ear]:
    """An ear at the broker on that port of the loopback; what it keeps is heard first."""
    async with aiomqtt.Client("127.0.0.1", port, **options) as client:
        listening = Ear(client)
        await client.subscribe("#", 2)
        task = asyncio.create_task(listening.listen())
        try:
            yield listening
        finally:
            task.cancel()

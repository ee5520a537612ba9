"""Hears what others publish, from a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import aiomqtt

from legbal.errors import OutletError
from legbal.outlets.mqtt.broker import Broker
from legbal.outlets.mqtt.client import either
from legbal.outlets.mqtt.connection import Connection
from legbal.outlets.outlet import Backoff

_REFUSED = 0x80  # the least code of a subscription that is not granted

Hear = Callable[[str, bytes, bool], None]
"""Is given topic, payload, and whether the broker had kept it for us; in the subscriber's thread."""


class Subscriber(Connection):
    """A connection that subscribes again after each break; what the broker keeps comes first each time.

    Args:
        broker: where.
        filters: the topics, each with its QoS.
        hear: takes each message.
        backoff: waits between two tries.
    """

    def __init__(
        self,
        broker: Broker,
        filters: Sequence[tuple[str, int]],
        hear: Hear,
        *,
        backoff: Backoff | None = None,
    ) -> None:
        super().__init__(broker, self._listen, backoff=backoff)
        self._filters, self._hear = list(filters), hear

    @property
    def trouble(self) -> str:
        """Why nothing can be heard, and what can be done about it; empty while something can."""
        if self.state.phase != "away":
            return ""
        return f"Broker {self._broker} is away: {self.state.text}. {self.state.hint}".rstrip()

    async def _listen(self, client: aiomqtt.Client, closing: asyncio.Event) -> None:
        granted = await client.subscribe(self._filters)
        if any(getattr(code, "value", code) >= _REFUSED for code in granted):
            raise OutletError(
                "it does not let us hear the rides",
                hint="Its access list must give this user the right to read legbal/#.",
            )
        await either(self._take(client), closing.wait())

    async def _take(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            payload = message.payload
            self._hear(str(message.topic), payload, message.retain)

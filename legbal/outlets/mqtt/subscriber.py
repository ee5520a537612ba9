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
"""Is given topic, payload, and whether the broker had kept it for us; in the listener's thread."""


class Subscriber:
    """Subscribes again after each break; what the broker keeps comes first each time.

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
        self._broker, self._filters, self._hear = broker, list(filters), hear
        self._connection = Connection(broker, self._serve, backoff=backoff)

    def start(self) -> None:
        """Begins to connect and returns at once."""
        self._connection.start()

    def close(self) -> bool:
        """Leaves the broker."""
        return self._connection.close()

    @property
    def trouble(self) -> str:
        """Why nothing can be heard, and what can be done about it; empty while something can."""
        state = self._connection.state
        if state.phase != "away":
            return ""
        return f"Broker {self._broker} is away: {state.text}. {state.hint}".rstrip()

    async def _serve(self, client: aiomqtt.Client, closing: asyncio.Event) -> None:
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

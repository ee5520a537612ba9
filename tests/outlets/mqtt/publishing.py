"""A ride published to a broker, and its messages told apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from legbal.outlets import Backoff, RunState
from legbal.outlets.mqtt.broker import parse
from legbal.outlets.mqtt.publisher import Publisher
from tests.brokers.ear import Heard
from tests.outlets.access import Teller

RECORDING = RunState(recording=True)
SOON = Backoff(first_s=0.02, most_s=0.02)


@asynccontextmanager
async def publishing(port: int, teller: Teller | None = None, **options: Any) -> AsyncIterator[Publisher]:
    """A publisher of anna's ride that has begun to connect."""
    publisher = Publisher(parse(f"mqtt://127.0.0.1:{port}"), "anna", **({"backoff": SOON} | options))
    (teller or Teller()).start(publisher)
    try:
        yield publisher
    finally:
        assert await asyncio.to_thread(publisher.close)


def live(t: float) -> Callable[[Heard], bool]:
    """Whether it is the live message of that second."""
    return lambda heard: bool(heard.fields["t"] == t)

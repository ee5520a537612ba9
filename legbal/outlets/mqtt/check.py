"""Is the broker there, and does it let us in?"""

from __future__ import annotations

import asyncio
import threading

import aiomqtt

from legbal.errors import OutletError
from legbal.outlets.mqtt.broker import Broker
from legbal.outlets.mqtt.connection import Connection

_LONGEST_S = 12.0  # a name that is looked up, a handshake and an answer


def check(broker: Broker) -> None:
    """Connects once, and leaves. Raises OutletError saying why that does not work."""
    settled = threading.Event()

    async def leave(client: aiomqtt.Client, closing: asyncio.Event) -> None:
        del client
        await closing.wait()

    connection = Connection(broker, leave, changed=settled.set)
    connection.start()
    answered = settled.wait(_LONGEST_S)
    state = connection.state
    connection.close()
    if not answered:
        raise OutletError(f"{broker}: no answer within {_LONGEST_S:.0f} s")
    if state.phase != "connected":
        raise OutletError(f"{broker}: {state.text}", hint=state.hint or None)

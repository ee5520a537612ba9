"""What aiomqtt's client lacks: to say at once that a broker hangs up, and to be thrown away whatever state it is in.

For both, the paho-mqtt client within is needed, which aiomqtt keeps under a private name: `_client`, the only such
name in legbal. Of paho-mqtt itself nothing but public names is used. `tests/outlets/mqtt/test_client_names.py` pins
all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import aiomqtt

from legbal.outlets.mqtt.errors import ConnectionClosed


@asynccontextmanager
async def connected(client: aiomqtt.Client, closing: asyncio.Event | None) -> AsyncIterator[None]:
    """Connects a client that is new, and leaves the broker in order; its socket never outlives this.

    Raises aiomqtt.MqttError where that does not work, or once `closing` is set: of it `ConnectionClosed` where the
    broker hangs up before it has answered, which aiomqtt would wait for until its time is out.
    """
    watched = _Watched(client)
    try:
        ends = [watched.hung_up.wait()] + ([] if closing is None else [closing.wait()])
        await either(client.__aenter__(), *ends)
        if watched.hung_up.is_set():
            raise ConnectionClosed("hung up")
        if closing is not None and closing.is_set():
            raise aiomqtt.MqttError("closed")
        yield
        await client.__aexit__(None, None, None)
    finally:
        await watched.discard()


class _Watched:
    """The paho-mqtt client within, its callbacks heard before aiomqtt hears them."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._inner = inner = client._client
        self._loop = asyncio.get_running_loop()
        self._answered = self._discarded = False
        self.hung_up = asyncio.Event()
        self._on_connect, inner.on_connect = inner.on_connect, self._connect
        self._on_disconnect, inner.on_disconnect = inner.on_disconnect, self._disconnect
        self._on_socket_open, inner.on_socket_open = inner.on_socket_open, self._socket_open

    async def discard(self) -> None:
        """Closes the socket, in whatever thread it may still be opened."""
        self._discarded = True
        await asyncio.sleep(0)  # let aiomqtt register first what it is about to
        if self._inner.socket() is not None:
            self._inner.reinitialise()

    def _connect(self, *given: Any) -> None:
        self._answered = True
        if self._on_connect is not None:
            self._on_connect(*given)

    def _disconnect(self, *given: Any) -> None:
        if not self._answered and not self._discarded:
            self._loop.call_soon_threadsafe(self.hung_up.set)
        if self._on_disconnect is not None:
            self._on_disconnect(*given)

    def _socket_open(self, client: Any, userdata: Any, socket: Any) -> None:
        """Called in the thread that connects, which is not waited for: what it reaches too late is let go again."""
        if self._discarded:
            socket.close()
            raise ConnectionAbortedError("nobody waits for this connection any more")
        if self._on_socket_open is not None:
            self._on_socket_open(client, userdata, socket)


async def either(*works: Awaitable[object]) -> None:
    """Does all of them side by side until the first has ended, with its error if it had one; the others end too."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()

"""One connection to a broker, made again and again with growing waits until it is closed."""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Literal

import aiomqtt
import msgspec

from legbal.outlets.mqtt import errors, tls
from legbal.outlets.mqtt.broker import Broker
from legbal.outlets.mqtt.client import connected
from legbal.outlets.mqtt.loop import LOGGER, either, run_in_thread
from legbal.outlets.outlet import Backoff

TIMEOUT_S = 2.0  # for one answer of the broker; aiomqtt's own is 10 s
KEEPALIVE_S = (
    15  # a broker that is silent for so long is away, and it sends our last will after one and a half
)
SETTLED_S = 10.0  # a connection that held so long starts the waits anew
QUEUED = 4096  # messages that may wait to be taken in; more are dropped by aiomqtt


Phase = Literal["connecting", "connected", "away", "closed"]


class ConnectionState(msgspec.Struct, frozen=True):
    """How the connection is; `text` is why not, in words, `hint` what to do about it, `since` a monotonic time."""

    phase: Phase
    since: float
    text: str = ""
    hint: str = ""


Serve = Callable[[aiomqtt.Client, asyncio.Event], Awaitable[None]]
"""Uses a connection until it breaks (MqttError) or, once the event is set, all is said."""


class Connection:
    """Keeps connected in a thread of its own.

    Args:
        broker: where.
        serve: uses each connection; runs in the thread's loop.
        will: what the broker says when we vanish.
        changed: called from the thread whenever `state` has changed.
        backoff: the waits between two tries.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        broker: Broker,
        serve: Serve,
        *,
        will: aiomqtt.Will | None = None,
        changed: Callable[[], None] = lambda: None,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._broker, self._serve, self._will = broker, serve, will
        self._changed, self._backoff, self._clock = changed, backoff or Backoff(), clock
        self._state = ConnectionState("connecting", clock())
        self._identifier = f"legbal-{secrets.token_hex(6)}"  # at most 23 characters: every broker takes it
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = asyncio.Event()
        self._begun = threading.Event()
        self._password: str | None = None

    @property
    def state(self) -> ConnectionState:
        """How the connection is now; may be read from any thread."""
        return self._state

    def start(self) -> None:
        """Begins to connect and returns at once."""
        self._thread = run_in_thread(self._main)

    def call(self, what: Callable[[], None]) -> None:
        """Has `what` called in the thread's loop; nothing happens before it runs and after it has ended."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(what)

    def close(self, timeout_s: float = 2 * TIMEOUT_S) -> bool:
        """Ends in order, and waits for that, but not longer than `timeout_s`: then the thread is left to itself."""
        if self._thread is None:
            return True
        self._begun.wait(timeout_s)
        self.call(self._closing.set)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._begun.set()
        waits = self._backoff.waits()
        while True:  # what ends at once is told at least once
            began = None
            try:
                async with self._connected() as client:
                    began = self._clock()
                    self._become("connected")
                    await self._serve(client, self._closing)
            except Exception as error:  # a defect, too, is told and tried again
                self._become("away", *errors.describe(error, self._broker))
            if began is not None and self._clock() - began >= SETTLED_S:
                waits = self._backoff.waits()
            if self._closing.is_set():
                break
            await self._rest(next(waits))
            if self._closing.is_set():
                break
        self._become("closed")

    async def _rest(self, seconds: float) -> None:
        """Waits, unless it is closed meanwhile."""
        await either(self._backoff.pause(seconds), self._closing.wait())

    def _become(self, phase: Phase, text: str = "", hint: str = "") -> None:
        before = self._state
        since = before.since if before.phase == phase else self._clock()
        self._state = ConnectionState(phase, since, text, hint)
        if (before.phase, before.text) != (phase, text):
            self._changed()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiomqtt.Client]:
        """A client that is connected, or MqttError or OutletError; its socket never outlives this."""
        loop = asyncio.get_running_loop()
        broker = self._broker
        context = await loop.run_in_executor(None, tls.context, broker)
        self._password = self._password or await loop.run_in_executor(None, tls.password, broker)
        client = aiomqtt.Client(
            broker.host,
            broker.port,
            username=broker.credentials.username,
            password=self._password,
            identifier=self._identifier,
            will=self._will,
            transport="tcp" if broker.path is None else "websockets",
            websocket_path=broker.path,
            tls_context=context,
            timeout=TIMEOUT_S,
            keepalive=KEEPALIVE_S,
            max_queued_incoming_messages=QUEUED,
            logger=LOGGER,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],  # each answer would wait 40 ms else
        )
        # of a ride that ends while it connects for the first time, something is told all the same
        closing = None if self._state.phase == "connecting" else self._closing
        async with connected(client, closing):
            yield client

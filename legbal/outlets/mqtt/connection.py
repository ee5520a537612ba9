"""One connection to a broker, made again and again with growing waits until it is closed.

It lives in an event loop in a thread of its own, which nothing that hangs can keep from ending. aiomqtt needs a loop
that watches sockets, which the usual loop of Windows does not; and a handshake, a name that is looked up for half a
minute or a keyring that asks must never hold up the screen's loop or the program's end.
"""

import asyncio
import logging
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Executor, Future
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar, TypeVarTuple

import aiomqtt

from legbal.errors import OutletError
from legbal.outlets import Backoff, OutletState
from legbal.outlets.mqtt.broker import Broker
from legbal.outlets.mqtt.client import WatchedClient, describe, either

TIMEOUT_S = 2.0  # for one answer of the broker; aiomqtt's own is 10 s
KEEPALIVE_S = (
    15  # a broker that is silent for so long is away, and it sends our last will after one and a half
)
SETTLED_S = 10.0  # a connection that held so long starts the waits anew
LONGEST_CHECK_S = 12.0  # a name that is looked up, a handshake and an answer
QUEUED = 4096  # messages that may wait to be taken in; more are dropped by aiomqtt
_REFUSED = 0x80  # the least code of a subscription that is not granted


LOGGER = logging.getLogger("legbal.mqtt")  # the screen says what is to be said
LOGGER.addHandler(logging.NullHandler())
LOGGER.propagate = False


Given = TypeVarTuple("Given")
Result = TypeVar("Result")


class _Loop(asyncio.SelectorEventLoop):
    """Blocking calls run in daemon threads: the usual pool would be waited for when the program ends."""

    def run_in_executor(
        self, _executor: Executor | None, func: Callable[[*Given], Result], *args: *Given
    ) -> asyncio.Future[Result]:
        done: Future[Result] = Future()
        done.set_running_or_notify_cancel()  # it is not to be cancelled: nobody may wait for it any more

        def work() -> None:
            try:
                done.set_result(func(*args))
            except BaseException as raised:  # handed on
                done.set_exception(raised)

        threading.Thread(target=work, name="legbal-mqtt-blocking", daemon=True).start()
        return asyncio.wrap_future(done, loop=self)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """What breaks with a connection that was given up is nobody's concern, and no line over the screen."""
        LOGGER.debug("%s", context.get("message"), exc_info=context.get("exception"))


class BrokerConnection:
    """Keeps connected in a thread of its own.

    Args:
        broker: where.
        serve: uses each connection until it breaks (MqttError) or, once the event is set, all is said; in the
            thread's loop.
        will: what the broker says when we vanish.
        changed: called from the thread whenever `state` has changed, or why it is so.
        backoff: the waits between two tries.
        clock: seconds, monotonic.

    Attributes:
        state: "connecting" at first, then "on" or "away", in the end "off"; may be read from any thread.
        failure: why it is away, and what to do about it.
    """

    def __init__(
        self,
        broker: Broker,
        serve: Callable[[aiomqtt.Client, asyncio.Event], Awaitable[object]],
        *,
        will: aiomqtt.Will | None = None,
        changed: Callable[[], None] = lambda: None,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._broker, self._serve, self._will = broker, serve, will
        self._changed, self._backoff, self._clock = changed, backoff or Backoff(), clock
        self.state: OutletState = "connecting"
        self.failure: OutletError | None = None
        self._identifier = f"legbal-{secrets.token_hex(6)}"  # at most 23 characters: every broker takes it
        self._thread: threading.Thread | None = None
        self._loop: _Loop | None = None
        self._closing = asyncio.Event()
        self._password: str | None = None

    def start(self) -> None:
        """Begins to connect and returns at once."""
        self._loop = loop = _Loop()
        self._thread = threading.Thread(target=self._run, args=(loop,), name="legbal-mqtt", daemon=True)
        self._thread.start()

    def call(self, what: Callable[[], None]) -> None:
        """Has `what` called in the thread's loop; nothing happens before it starts and after it has ended."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(what)

    def close(self, timeout_s: float = 2 * TIMEOUT_S) -> bool:
        """Ends in order, and waits for that, but not longer than `timeout_s`: then the thread is left to itself."""
        if self._thread is None:
            return True
        self.call(self._closing.set)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self, loop: _Loop) -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        waits = self._backoff.waits()
        while True:  # what ends at once is told at least once
            connected_at = None
            try:
                async with self._connected() as client:
                    connected_at = self._clock()
                    self._become("on")
                    await self._serve(client, self._closing)
            except Exception as error:  # a defect, too, is told and tried again
                self._become("away", describe(error, self._broker))
            if connected_at is not None and self._clock() - connected_at >= SETTLED_S:
                waits = self._backoff.waits()
            if not self._closing.is_set():
                await either(self._backoff.pause(next(waits)), self._closing.wait())
            if self._closing.is_set():
                break
        self._become("off")

    def _become(self, state: OutletState, failure: OutletError | None = None) -> None:
        before = self.state, str(self.failure)
        self.state, self.failure = state, failure
        if before != (state, str(failure)):
            self._changed()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiomqtt.Client]:
        """A client that is connected, or MqttError or OutletError; its socket never outlives this."""
        broker = self._broker
        context = await asyncio.to_thread(broker.ssl_context)
        self._password = self._password or await asyncio.to_thread(broker.password)
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
        watched = WatchedClient(client)
        ends = [watched.hung_up.wait()]
        if (
            self.state != "connecting"
        ):  # of a ride that ends while it first connects, something is told all the same
            ends.append(self._closing.wait())
        try:
            await either(client.__aenter__(), *ends)
            if watched.hung_up.is_set():
                raise OutletError(f"it hangs up: {broker.likely_demand}")
            if len(ends) > 1 and self._closing.is_set():
                raise aiomqtt.MqttError("closed")
            yield client
            await client.__aexit__(None, None, None)
        finally:
            await watched.discard()


class Subscriber(BrokerConnection):
    """Hears what others publish. It subscribes again after each break; what the broker keeps comes first each time.

    Args:
        broker: where.
        filters: the topics, each with its QoS.
        hear: is given topic, payload, and whether the broker had kept it for us; in the connection's thread.
        backoff: waits between two tries.
    """

    def __init__(
        self,
        broker: Broker,
        filters: Sequence[tuple[str, int]],
        hear: Callable[[str, bytes, bool], None],
        *,
        backoff: Backoff | None = None,
    ) -> None:
        super().__init__(broker, self._listen, backoff=backoff)
        self._filters, self._hear = list(filters), hear

    @property
    def trouble(self) -> str:
        """Why nothing can be heard, and what can be done about it; empty while something can."""
        failure = self.failure
        return f"No connection to {self._broker}: {failure}. {failure.hint or ''}".rstrip() if failure else ""

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
            self._hear(str(message.topic), message.payload, message.retain)


def check(broker: Broker) -> None:
    """Connects once, and leaves. Raises OutletError saying why that does not work."""
    settled = threading.Event()
    connection = BrokerConnection(broker, lambda _client, closing: closing.wait(), changed=settled.set)
    connection.start()
    settled.wait(LONGEST_CHECK_S)
    answers, failure = connection.state == "on", connection.failure
    connection.close()
    if not answers:
        failure = failure or OutletError(f"no answer within {LONGEST_CHECK_S:.0f} s")
        raise OutletError(f"{broker}: {failure}", hint=failure.hint)

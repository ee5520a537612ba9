"""What aiomqtt's client lacks: to say at once that a broker hangs up, to be thrown away whatever state it is in, and to
say why a broker is not to be had in a rider's words.

For the first two, the paho-mqtt client within is needed, which aiomqtt keeps under a private name: `_client`, the only
such name in legbal. Of paho-mqtt itself nothing but public names is used. `tests/outlets/mqtt/test_client_names.py`
pins all of them.
"""

import asyncio
import re
from collections.abc import Awaitable
from typing import Any

import aiomqtt
from aiomqtt.exceptions import MqttConnectError

from legbal.errors import OutletError, reason
from legbal.outlets.mqtt.broker import Broker

_CODES = re.compile(r"^\[(?:Errno|code)[ :-]?\d+\] *|^\[[A-Z0-9_: ]+\] *| *\(_ssl\.c:\d+\)$")
# what aiomqtt and paho-mqtt say, in part → the same to a rider
_FAULTS = {
    "timed out": "no answer",
    "unspecified error": "the connection was lost",
    "disconnected during message iteration": "the connection was lost",
    "websocket": "there is no MQTT over websockets at that address",
}
_CANCEL_AGAIN_S = 0.1


class WatchedClient:
    """The paho-mqtt client within aiomqtt's, its callbacks heard before aiomqtt hears them.

    Attributes:
        hung_up: the broker hung up before it had answered, which aiomqtt would wait for until its time is out.
    """

    def __init__(self, client: aiomqtt.Client) -> None:
        inner: Any = client._client
        self._inner = inner
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
        self._on_connect(*given)

    def _disconnect(self, *given: Any) -> None:
        if not self._answered and not self._discarded:
            self._loop.call_soon_threadsafe(self.hung_up.set)
        self._on_disconnect(*given)

    def _socket_open(self, client: Any, userdata: Any, socket: Any) -> None:
        """Called in the thread that connects, which is not waited for: what it reaches too late is let go again."""
        if self._discarded:
            socket.close()
            raise ConnectionAbortedError("nobody waits for this connection any more")
        self._on_socket_open(client, userdata, socket)


async def either(*works: Awaitable[object]) -> None:
    """Does all of them side by side until the first has ended, with its error if it had one; the others end too."""
    running = tasks = {asyncio.ensure_future(work) for work in works}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        while running:
            for task in running:
                task.cancel()
            # Before Python 3.12 the wait_for in aiomqtt loses a cancellation that comes with an answer.
            _, running = await asyncio.wait(running, timeout=_CANCEL_AGAIN_S)
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


def describe(error: Exception, broker: Broker) -> OutletError:
    """Why, as the end of a sentence without numbers that mean nothing to a rider; its hint is what to do."""
    if isinstance(error, OutletError):
        return error
    if not isinstance(error, aiomqtt.MqttError):
        return OutletError(reason(error))
    cause = error if error.__cause__ is None else error.__cause__
    text = _CODES.sub("", _CODES.sub("", str(cause))).rstrip(".")
    text = text[:1].lower() + text[1:] if text[1:2].islower() else text
    low = text.lower()
    if isinstance(error, MqttConnectError):
        verb = "Set" if broker.credentials.username is None else "Check"
        hint = f"{verb} username and password below [mqtt] in the settings."
        return OutletError(
            f"refused: {text}", hint=hint if "authorized" in low or "password" in low else None
        )
    for words, problem in _FAULTS.items():
        if words in low:
            return OutletError(problem)
    if "certificate verify failed" in low:
        problem = text.rpartition(": ")[2]
        return OutletError(f"its certificate is not trusted: {problem}", hint=_authority(broker, problem))
    if broker.tls and isinstance(cause.__context__ or cause, ConnectionResetError):
        return OutletError("it hangs up: it may not speak TLS at that port (mqtt:// or ws://)")
    return OutletError(text or type(error).__name__)


def _authority(broker: Broker, problem: str) -> str | None:
    if not any(words in problem for words in ("self-signed", "self signed", "unable to get local issuer")):
        return None
    if broker.credentials.ca is None:
        return "If the broker has an authority of its own, name that one's file: ca below [mqtt] in the settings."
    return f"{broker.credentials.ca} is not the authority that signed it."

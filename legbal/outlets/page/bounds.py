"""How much strangers can ask for: so many requests of one address, so many connections, and none that stays silent."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web

from legbal.outlets.commands import LONGEST_COMMAND
from legbal.outlets.page.server import LOGGER

MOST_CONNECTIONS = 64
MOST_REQUESTS, WITHIN_S = 60, 10.0  # of one address
_MOST_ADDRESSES = 256
STRANGER_S = 5.0  # for so long a connection may take to show a token
_IDLE_S = 15.0  # between two requests of one connection
_LONGEST_LINE = 2048  # octets of a request's first line, and of each header
_MOST_HEADERS = 64


class RequestLimit:
    """How often one address may ask: MOST_REQUESTS in WITHIN_S seconds.

    `clock` gives seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def allows(self, address: str) -> bool:
        """Whether it may ask now, which counts."""
        if address not in self._times and len(self._times) >= _MOST_ADDRESSES:
            self._times.clear()  # of so many none is a phone's
        now, times = self._clock(), self._times.setdefault(address, deque(maxlen=MOST_REQUESTS))
        if len(times) == MOST_REQUESTS and now - times[0] < WITHIN_S:
            return False
        times.append(now)
        return True


class BoundedServer(web.Server):
    """Has at most MOST_CONNECTIONS, and none for long that has shown no token.

    Args:
        answer: answers a request.
        stranger_s: for so long a connection may take to show a token.
    """

    def __init__(
        self,
        answer: Callable[[web.BaseRequest], Any],
        stranger_s: float = STRANGER_S,
    ) -> None:
        super().__init__(
            answer,
            request_factory=_request,
            handler_cancellation=True,
            access_log=None,
            logger=LOGGER,
            keepalive_timeout=_IDLE_S,
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
            max_headers=_MOST_HEADERS,
            lingering_time=0.0,
            auto_decompress=False,
        )
        self._stranger_s = stranger_s
        self._strangers = set[asyncio.Protocol]()

    def admit(self, request: web.BaseRequest) -> None:
        """Its connection has shown a token."""
        self._strangers.discard(request.protocol)

    def connect(self) -> asyncio.Protocol:
        """What takes in a new connection."""
        if len(self.connections) >= MOST_CONNECTIONS:
            return _Refusal()
        made = self()
        self._strangers.add(made)
        asyncio.get_running_loop().call_later(self._stranger_s, self._leave, made)
        return made

    def _leave(self, connection: web.RequestHandler) -> None:
        if connection in self._strangers and connection.transport is not None:
            connection.transport.abort()
        self._strangers.discard(connection)


class _Refusal(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.abort()


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=LONGEST_COMMAND)

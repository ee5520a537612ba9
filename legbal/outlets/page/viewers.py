"""Who looks at a ride's page: each is sent what was encoded once for all of them, by server-sent events."""

import asyncio
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from aiohttp import web

MOST_VIEWERS = 24
_RETRY_MS = 1000  # after so long a browser connects again
# So little may wait in the system for one viewer: a slow network is behind by a few views, and no more.
_SEND_BUFFER = 8192
_BEHIND_S = 10.0  # a viewer to whom nothing gets through for so long is gone


class Viewers:
    """Everybody who looks now. Lives in the server's loop.

    `clock` gives seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all: dict[web.StreamResponse, asyncio.Transport] = {}
        self._behind_since: dict[web.StreamResponse, float] = {}

    def __len__(self) -> int:
        return len(self._all)

    async def send(self, octets: bytes) -> None:
        """Sends to everybody; never waits for one of them."""
        for response, transport in tuple(self._all.items()) if octets else ():
            if transport.get_write_buffer_size():  # the network does not take it, and the next view is newer
                since = self._behind_since.setdefault(response, self._clock())
                if self._clock() - since > _BEHIND_S:
                    transport.abort()
                continue
            self._behind_since.pop(response, None)
            with suppress(ConnectionError):  # it has gone just now
                await response.write(octets)

    async def join(
        self, request: web.BaseRequest, headers: dict[str, str], first: bytes
    ) -> web.StreamResponse:
        """Begins to serve one, who is sent `first`; refuses one where there are too many."""
        transport = request.transport
        if len(self._all) >= MOST_VIEWERS or transport is None:
            return web.Response(status=503, headers=headers)
        response = web.StreamResponse(headers=headers | {"Content-Type": "text/event-stream"})
        self._all[response] = transport  # from now on, so that no two take the last place
        try:
            await response.prepare(request)
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            await response.write(f"retry: {_RETRY_MS}\n\n".encode() + first)
        except BaseException:  # it has gone already
            self.leave(response)
            raise
        return response

    async def end(self) -> None:
        """Ends every connection in order, but those that do not take it."""
        for response, transport in tuple(self._all.items()):
            if not transport.get_write_buffer_size():
                with suppress(ConnectionError):
                    await response.write_eof()

    def leave(self, response: web.StreamResponse) -> None:
        """Serves one no more."""
        self._all.pop(response, None)
        self._behind_since.pop(response, None)

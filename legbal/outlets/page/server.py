"""A thread with a loop of its own, in which a ride's page is served: whoever asks there takes nothing from the ride."""

import asyncio
import logging
import socket
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from legbal.outlets.commands import Command
from legbal.outlets.page.address import Tokens

_QUEUED_CUES = 8

LOGGER = logging.getLogger("legbal.page")  # a stranger's odd request is no line over the screen
LOGGER.addHandler(logging.NullHandler())
LOGGER.propagate = False


class PageServer:
    """Serves one page at one socket. Of the views that it is handed only the newest counts, of cues the last eight.

    Args:
        listening: where; it is closed with the server.
        tokens: what leads to the page.
        serve: answers what it is asked, in its loop, until it is closed.
        do: is handed each command of the rider's, in the server's thread.
        joined: called in that thread when somebody has come, who wants to see something.
        failed: called in that thread when it has ended before it was closed.

    Attributes:
        viewers: how many look; may be read from any thread.
        view: the newest, as a server-sent event; empty before the first.
        closing: it is to end.
        failure: what ended it before it was closed.
    """

    def __init__(
        self,
        listening: socket.socket,
        tokens: Tokens,
        serve: Callable[["PageServer"], Coroutine[Any, Any, None]],
        *,
        do: Callable[[Command], None],
        joined: Callable[[], None],
        failed: Callable[[], None],
    ) -> None:
        self.listening, self.tokens, self._serve = listening, tokens, serve
        self.do, self.joined, self._failed = do, joined, failed
        self.viewers = 0
        self.view = b""
        self.closing = False
        self.failure: Exception | None = None
        self._unsent = False
        self._cues: deque[bytes] = deque(maxlen=_QUEUED_CUES)
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._due = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="legbal-page", daemon=True)

    def start(self) -> None:
        """Begins to serve and returns at once."""
        self._thread.start()

    def push(self, view: bytes, cue: bytes = b"") -> None:
        """Hands a view on, and a cue if there is one; both JSON. From any thread; never waits."""
        with self._lock:
            self.view, self._unsent = b"data: " + view + b"\n\n", True
            if cue:
                self._cues.append(b"event: cue\ndata: " + cue + b"\n\n")
        self._call(self._due.set)

    async def news(self) -> bytes:
        """Waits for what is to be sent to everybody, as server-sent events; in the server's own loop."""
        await self._due.wait()
        self._due.clear()
        with self._lock:
            octets = b"".join((*self._cues, self.view if self._unsent else b""))
            self._cues.clear()
            self._unsent = False
        return octets

    def close(self, timeout_s: float) -> bool:
        """Ends, after what was handed over is sent, if that takes no longer than `timeout_s`."""

        def end() -> None:
            self.closing = True
            self._due.set()

        self._call(end)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _call(self, what: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # it has ended
            self._loop.call_soon_threadsafe(what)

    def _run(self) -> None:
        self._loop.set_exception_handler(lambda _, context: LOGGER.debug("%s", context.get("message")))
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve(self))
        except Exception as error:  # whatever it is, the ride goes on
            self.failure = error
            self._failed()
        finally:
            self.listening.close()

"""What stands between us and a broker, and can stall or break."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any


class Proxy:
    """Passes everything on while `flows` is set; `cut` breaks what is connected."""

    def __init__(self, target: int) -> None:
        self._target = target
        self.flows = asyncio.Event()
        self.flows.set()
        self.port = 0
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.append(writer)
        await self.flows.wait()
        with suppress(OSError):
            back, forth = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.append(forth)
            self._start(self._pass(reader, forth))
            self._start(self._pass(back, writer))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(4096):
                await self.flows.wait()
                writer.write(data)
                await writer.drain()
        writer.close()

    def cut(self) -> None:
        """Breaks every connection without a word."""
        for writer in self._writers:
            writer.transport.abort()

    async def end(self) -> None:
        """Lets everything go."""
        for _ in range(3):
            await asyncio.sleep(0)  # a call that was just taken gets as far as to be known here
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.cut()
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)


@asynccontextmanager
async def proxy(target: int) -> AsyncIterator[Proxy]:
    """A way to the broker on port `target` of the loopback."""
    way = Proxy(target)
    server = await asyncio.start_server(way.serve, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        server.close()
        await way.end()
        await server.wait_closed()


@contextmanager
def silence() -> Iterator[int]:
    """A port of the loopback at which every call is taken and none is answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        port: int = listening.getsockname()[1]
        yield port

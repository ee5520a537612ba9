"""A capture on standard input, read by a thread of its own, so that the event loop stays free to end the ride."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

_BATCH, _WAITING = 256, 16  # items handed over together; batches the thread may be ahead
_CHUNK = 1 << 16


class Lines:
    """The lines of a file descriptor, each as soon as it is complete.

    It is read unbuffered: a thread stuck in Python's own buffered standard input keeps the interpreter from ending.
    `more` says whether another line is there without waiting.
    """

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._whole: list[bytes] = []

    @property
    def more(self) -> bool:
        """Whether the next line has arrived already."""
        return bool(self._whole)

    def __iter__(self) -> Iterator[bytes]:
        """Gives line after line until the input ends."""
        rest = b""
        with open(self._descriptor, "rb", buffering=0, closefd=False) as stream:
            while chunk := stream.read(_CHUNK):
                *whole, rest = (rest[:_CHUNK] + chunk).split(b"\n")  # a line that long is a bad one anyway
                self._whole = whole[::-1]
                while self._whole:
                    yield self._whole.pop()
        if rest:
            yield rest


async def from_thread(items: Iterable[Item], more: Callable[[], bool]) -> AsyncGenerator[Item, None]:
    """What a blocking iterable gives, read in a thread, in batches that end where `more` says that it would wait."""
    loop = asyncio.get_running_loop()
    batches: queue.Queue[list[Item] | None] = queue.Queue(_WAITING)
    there = asyncio.Event()

    def hand_over(batch: list[Item] | None) -> None:
        batches.put(batch)
        if not loop.is_closed():
            loop.call_soon_threadsafe(there.set)

    def read() -> None:
        batch: list[Item] = []
        try:
            for item in items:
                batch.append(item)
                if len(batch) >= _BATCH or not more():
                    hand_over(batch)
                    batch = []
        finally:
            hand_over(batch)
            hand_over(None)

    threading.Thread(target=read, name="legbal standard input", daemon=True).start()
    while True:
        await there.wait()
        there.clear()
        while not batches.empty():
            batch = batches.get_nowait()
            if batch is None:
                return
            for item in batch:
                yield item

"""What was recorded comes in again by the same door: in real time, faster, or as fast as it can be taken.

A capture on standard input is read by a thread of its own, so that the event loop stays free to end the ride.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from typing import TypeVar

from legbal.ride.inputs import Input, Tick

Item = TypeVar("Item")

_TICK_S = 1.0
_BREATH = 256  # inputs between two looks at what else the event loop has to do
_BATCH, _WAITING = 256, 16  # items handed over together; batches the thread may be ahead
_CHUNK = 1 << 16


class Replay:
    """Gives recorded inputs in order.

    Args:
        inputs: in order of time; read one by one, as they are needed.
        speed: 1 for real time, 4 for four times as fast; None: as fast as they are taken.
        more: whether the next one is there without waiting; None: always.
    """

    def __init__(
        self, inputs: Iterable[Input], *, speed: float | None, more: Callable[[], bool] | None = None
    ) -> None:
        self._inputs, self._speed, self._more = inputs, speed, more

    async def inputs(self) -> AsyncGenerator[Input, None]:
        """The recorded inputs, each when its time has come."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        count = 0
        async for item in (
            _each(self._inputs) if self._more is None else from_thread(self._inputs, self._more)
        ):
            if self._speed is not None:
                due = began + item.t / self._speed
                await asyncio.sleep(max(0.0, due - loop.time()))
            elif count % _BREATH == 0:
                await asyncio.sleep(0)
            count += 1
            yield item


async def _each(inputs: Iterable[Input]) -> AsyncGenerator[Input, None]:
    for item in inputs:
        yield item


def with_ticks(inputs: Iterable[Input]) -> Iterator[Input]:
    """A capture holds notifications only: puts a tick into every second of it in which none came.

    A live ride has its ticks recorded; with these, silence is judged alike in both.
    """
    last = 0.0
    for item in inputs:
        while item.t - last > _TICK_S:
            last += _TICK_S
            yield Tick(last)
        last = max(last, item.t)
        yield item


class Lines:
    """The lines of a file descriptor, each as soon as it is complete.

    It is read unbuffered: a thread stuck in Python's own buffered standard input keeps the interpreter from ending.
    """

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._whole: list[bytes] = []

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
    batches: asyncio.Queue[list[Item] | None] = asyncio.Queue()
    room = threading.Semaphore(_WAITING)

    def hand_over(batch: list[Item] | None) -> None:
        room.acquire()
        if not loop.is_closed():
            loop.call_soon_threadsafe(batches.put_nowait, batch)

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
    while (batch := await batches.get()) is not None:
        room.release()
        for item in batch:
            yield item

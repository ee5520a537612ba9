"""How a recorded ride comes in again by the same door as a ride: in real time, faster, or as fast as it can be taken.

Standard input is read by a thread of its own, so that the event loop stays free to end the ride.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import TypeVar

from legbal.ride.inputs import Input

Item = TypeVar("Item")


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
        start = loop.time()
        count = 0
        async for item in (
            _each(self._inputs) if self._more is None else from_thread(self._inputs, self._more)
        ):
            if self._speed is not None:
                await asyncio.sleep(max(0.0, start + item.t / self._speed - loop.time()))
            elif count % 256 == 0:  # time for a look at what else the event loop has to do
                await asyncio.sleep(0)
            count += 1
            yield item


async def _each(inputs: Iterable[Input]) -> AsyncGenerator[Input, None]:
    for item in inputs:
        yield item


async def from_thread(items: Iterable[Item], more: Callable[[], bool]) -> AsyncGenerator[Item, None]:
    """What a blocking iterable gives, read in a thread, in batches that end where `more` says that it would wait."""
    loop = asyncio.get_running_loop()
    batches: asyncio.Queue[list[Item] | None] = asyncio.Queue()
    room = threading.Semaphore(16)  # batches the thread may be ahead

    def hand_over(batch: list[Item] | None) -> None:
        room.acquire()
        if not loop.is_closed():
            loop.call_soon_threadsafe(batches.put_nowait, batch)

    def read() -> None:
        batch: list[Item] = []
        try:
            for item in items:
                batch.append(item)
                if len(batch) >= 256 or not more():  # items handed over together
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

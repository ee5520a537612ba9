"""Where the radio's callbacks leave what arrives, until the ride takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

from legbal.ride.inputs import Input, Link, Notification

LinkState = Literal["searching", "connecting", "connected", "lost", "stalled", "ended"]

# at a meter's 4 a second, hours; at the 100 a second of a faulty one, ten minutes
_CAPACITY = 65_536


class InputQueue:
    """Stamps and queues inputs, nothing more.

    A ride that does not keep up loses the newest notifications; their number is told, as text of a link
    input,
    before the first one that finds room again.

    Args:
        clock: seconds, monotonic; its present value becomes 0.
        capacity: how many inputs may wait.
    """

    def __init__(self, clock: Callable[[], float], capacity: int = _CAPACITY) -> None:
        self._clock, self._start = clock, clock()
        self._queue: asyncio.Queue[Input | None] = asyncio.Queue()
        self._capacity = capacity
        self._lost = 0
        self._told: tuple[str, str, str] | None = None

    def notify(self, meter: str, uuid: str, data: bytes) -> None:
        """Takes a characteristic's value that has just arrived."""
        now = self._clock() - self._start
        if self._queue.qsize() >= self._capacity:
            self._lost += 1
            return
        if self._lost:
            text = f"{self._lost} notifications were lost: this computer did not keep up"
            self._queue.put_nowait(Link(now, "connected", meter, text))
            self._lost = 0
        self._queue.put_nowait(Notification(now, data, uuid, meter))

    def tell(self, state: LinkState, meter: str = "", text: str = "", rssi: int | None = None) -> None:
        """Takes the link's present state; the same thing is not said twice in a row."""
        if (state, meter, text) != self._told:
            self._told = (state, meter, text)
            self._queue.put_nowait(Link(self._clock() - self._start, state, meter, text, rssi))

    def close(self) -> None:
        """Nothing more will come."""
        self._queue.put_nowait(None)

    async def take(self) -> Input | None:
        """The next input; None when there are no more."""
        return await self._queue.get()

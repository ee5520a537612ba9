"""What was recorded comes in again by the same door: in real time, faster, or as fast as it can be taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator

from legbal.ride.inputs import Input, Tick

_TICK_S = 1.0
_BREATH = 256  # inputs between two looks at what else the event loop has to do


class Replay:
    """Gives recorded inputs in order.

    Args:
        inputs: in order of time; read one by one, as they are needed.
        speed: 1 for real time, 4 for four times as fast; None: as fast as they are taken.
    """

    def __init__(self, inputs: Iterable[Input] | AsyncIterator[Input], *, speed: float | None) -> None:
        self._inputs = inputs
        self._speed = speed

    async def inputs(self) -> AsyncGenerator[Input, None]:
        """The recorded inputs, each when its time has come."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        count = 0
        async for item in _each(self._inputs):
            if self._speed is not None:
                due = began + item.t / self._speed
                await asyncio.sleep(max(0.0, due - loop.time()))
            elif count % _BREATH == 0:
                await asyncio.sleep(0)
            count += 1
            yield item


async def _each(inputs: Iterable[Input] | AsyncIterator[Input]) -> AsyncIterator[Input]:
    if isinstance(inputs, AsyncIterator):
        async for item in inputs:
            yield item
    else:
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

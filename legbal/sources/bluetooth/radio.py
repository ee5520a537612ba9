"""The radio, of which the system lets one search or one making of a connection go on at a time. Meters go first."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class RadioTakenError(Exception):
    """A meter needs the radio."""


class Radio:
    """Held by a meter within `async with`; lent to what is beside the meters while none of them wants it.

    Args:
        close_s: how long a meter waits at most for what was lent to end, seconds.
    """

    def __init__(self, close_s: float) -> None:
        self._lock = asyncio.Lock()
        self._meters = 0  # that have it or wait for it
        self._demand = asyncio.Event()  # set while there are any
        self._close_s = close_s

    async def __aenter__(self) -> None:
        self._meters += 1
        self._demand.set()
        try:
            await self._lock.acquire()
        except asyncio.CancelledError:
            self._leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()
        self._leave()

    def _leave(self) -> None:
        self._meters -= 1
        if not self._meters:
            self._demand.clear()

    async def lend(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Does it, and gives what comes of it; as soon as a meter wants the radio it is called off.

        What does not let itself be called off is not waited for.

        Raises:
            RadioTakenError: a meter has the radio, or wants it.
        """
        if self._demand.is_set():
            raise RadioTakenError
        async with self._lock:
            if self._demand.is_set():  # by now
                raise RadioTakenError
            task, demand = asyncio.create_task(work()), asyncio.create_task(self._demand.wait())
            task.add_done_callback(
                lambda done: done.cancelled() or done.exception()
            )  # else it is logged as lost
            try:
                await asyncio.wait((task, demand), return_when=asyncio.FIRST_COMPLETED)
            finally:
                demand.cancel()
                task.cancel()
                await asyncio.wait((task,), timeout=self._close_s)
        if task.cancelled() or not task.done():
            raise RadioTakenError
        return task.result()

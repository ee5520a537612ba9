"""What a fake service is in, waited for by tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Watched:
    """Something whose state changes, and says so by `settle`."""

    def __init__(self) -> None:
        self._watches: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    async def until(self, holds: Callable[[], bool], seconds: float = 30.0) -> None:
        """Waits until `holds()`; looked at whenever something changes here."""
        if holds():
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._watches.append((holds, future))
        await asyncio.wait_for(future, seconds)

    def settle(self) -> None:
        """Wakes who waits for the state that has come about."""
        for watch in list(self._watches):
            holds, future = watch
            if future.done() or holds():
                self._watches.remove(watch)
                if not future.done():
                    future.set_result(None)

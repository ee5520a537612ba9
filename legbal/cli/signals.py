"""What ends a program from outside ends its work in order: Ctrl-C, a kill, a closed terminal."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

# Windows knows neither the last nor handlers in the loop
_ENDINGS = ("SIGINT", "SIGTERM", "SIGHUP")


async def until_ended(work: Coroutine[Any, Any, None]) -> None:
    """Does the work, until it is done or the program is asked to end: then the work is cancelled, once."""
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(work)
    for name in _ENDINGS:
        with suppress(AttributeError, NotImplementedError):
            loop.add_signal_handler(getattr(signal, name), task.cancel)
    try:
        await task
    except asyncio.CancelledError:  # by a signal here, or by asyncio.run on Windows: an end like any other
        task.cancel()

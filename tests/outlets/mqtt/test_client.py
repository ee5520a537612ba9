"""Two waits side by side, of which the first to end ends the other."""

import asyncio
import contextlib

import pytest

from legbal.outlets.mqtt.client import either


async def test_what_loses_a_cancellation_is_cancelled_again() -> None:
    """As wait_for does, where an answer comes at that moment."""

    async def deaf_once() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    async def fails() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    async with asyncio.timeout(30):
        with pytest.raises(ZeroDivisionError):
            await either(deaf_once(), fails())

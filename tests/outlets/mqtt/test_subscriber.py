"""What a listener says of a broker that lets it in, and lets it hear nothing."""

from __future__ import annotations

import asyncio

from legbal.outlets.mqtt.broker import parse
from legbal.outlets.mqtt.connection import Subscriber
from tests.outlets.mqtt.publishing import SOON

CONNACK, SUBACK = b"\x20\x02\x00\x00", b"\x90\x03"
REFUSED = b"\x80"


async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Lets anybody in, and grants no subscription; as a broker with an access list does."""
    await reader.read(4096)
    writer.write(CONNACK)
    subscribe = await reader.read(4096)
    writer.write(SUBACK + subscribe[2:4] + REFUSED)
    await reader.read(4096)
    writer.close()


async def test_a_subscription_that_is_not_granted_is_said() -> None:
    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        listener = Subscriber(
            parse(f"mqtt://127.0.0.1:{port}"), [("legbal/+/live", 0)], lambda *_: None, backoff=SOON
        )
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def notice() -> None:
            loop.call_soon_threadsafe(changed.set)

        listener._changed = notice
        listener.start()
        async with asyncio.timeout(30):
            while not listener.trouble:
                await changed.wait()
                changed.clear()
        assert "does not let us hear the rides. Its access list must give" in listener.trouble
        assert await asyncio.to_thread(listener.close)

"""amqtt: a broker in Python, in a process of its own (`python -m tests.brokers.amqtt_broker PORT`)."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from amqtt.broker import Broker

from tests.brokers.mosquitto import free_port


@contextmanager
def amqtt() -> Iterator[int]:
    """A running broker that lets everybody in; gives its port on the loopback."""
    port = free_port()
    command = [sys.executable, "-m", "tests.brokers.amqtt_broker", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield port
        finally:
            process.kill()


async def _serve(port: int) -> None:
    logging.disable(logging.CRITICAL)
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))

"""Publishes many riders at 1 Hz each, as a load: `python -m tests.benchmarks.riders PORT RIDERS SECONDS`."""

from __future__ import annotations

import asyncio
import sys
import time

import aiomqtt
import numpy as np

from legbal.outlets import RunState
from legbal.outlets.mqtt import encoding, topic_of
from legbal.ride.events import Alert
from tests.tui.views import T, ride, share

VARIANTS = 8  # different messages of each rider, in turn


def name(number: int) -> str:
    """The rider's name."""
    return f"rider-{number:03}"


def messages(number: int) -> list[bytes]:
    """What a rider sends in turn: numbers move, and every tenth rider has an alert now and then."""
    rng = np.random.default_rng(number)
    made = []
    for second in range(VARIANTS):
        left = float(47 + rng.normal(0, 1))
        alert = None
        if number % 10 == 0 and second >= VARIANTS // 2:
            alert = Alert(T - 25, "dropoff", "left", float(rng.uniform(1, 5)), None, None, T - 38, 30, 0.97)
        view = ride(
            t=T + second,
            power_w=267 + float(rng.normal(0, 9)),
            cadence_rpm=91 + float(rng.normal(0, 2)),
            last_30s=share(left, 267, 45, 0.8),
            evidence=float(rng.uniform()),
            alert=alert,
        )
        sent = time.time() + second
        made.append(encoding.live(view, RunState(recording=True), id="load", sent=sent))
    return made


async def publish(port: int, riders: int, seconds: int) -> None:
    """Publishes evenly over each second; says "ready" once every rider was heard of."""
    load = [(topic_of(name(number), "live"), messages(number)) for number in range(riders)]
    loop = asyncio.get_running_loop()
    async with aiomqtt.Client("127.0.0.1", port) as client:
        for topic, made in load:
            await client.publish(topic, made[0], 0, retain=True)
        print("ready", flush=True)
        began = loop.time()
        for second in range(seconds):
            for number, (topic, made) in enumerate(load):
                await asyncio.sleep(max(0.0, began + second + number / riders - loop.time()))
                await client.publish(topic, made[second % VARIANTS], 0, retain=True)


if __name__ == "__main__":
    asyncio.run(publish(*(int(argument) for argument in sys.argv[1:4])))

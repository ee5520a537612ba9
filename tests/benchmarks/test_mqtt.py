"""What publishing costs: a view of a ride encoded and sent, beside aiomqtt's bare publish of the same octets.

Processor time of all threads of this process, which hears both again, with a Mosquitto on the loopback; the two take
turns view by view, and the sum of the shortest of each counts. Run by `pytest --benchmark-only`.
"""

from __future__ import annotations

import asyncio
import time
from itertools import islice
from pathlib import Path

import aiomqtt
import numpy as np
from pytest_benchmark.fixture import BenchmarkFixture

from legbal.outlets import RunState
from legbal.outlets.mqtt import encoding
from tests.benchmarks.test_screen import moving_views
from tests.benchmarks.turns import table, tell
from tests.brokers.ear import ear
from tests.brokers.mosquitto import mosquitto
from tests.outlets.mqtt.publishing import live, publishing

_ROUNDS, _VIEWS = 7, 60
_RUN = RunState(recording=True)
_LIVE = "legbal/anna/live"


async def _seconds(port: int) -> tuple[float, float]:
    """Processor seconds of so many views, published by legbal and bare; each heard by the same ear."""
    views = list(islice(moving_views(), _VIEWS))
    payloads = [encoding.live(view, _RUN, id="0" * 12, sent=0.0) for view in views]
    times = np.full((2, _ROUNDS, _VIEWS), np.inf)
    async with ear(port) as heard, aiomqtt.Client("127.0.0.1", port) as client, publishing(port) as publisher:
        publisher.view(views[-1], _RUN)
        await heard.hears(_LIVE)
        for turn in range(_ROUNDS):
            for place, (view, payload) in enumerate(zip(views, payloads, strict=True)):
                start = time.process_time()
                publisher.view(view, _RUN)
                await heard.hears(_LIVE, live(view.t))
                between = time.process_time()
                await client.publish("bare/live", payload)
                await heard.hears("bare/live", live(view.t))
                times[:, turn, place] = between - start, time.process_time() - between
                heard.all.clear()
    ours, bare = times.min(axis=1).sum(axis=1)
    return float(ours), float(bare)


def test_publishing_beside_a_bare_publish(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        published, bare = asyncio.run(_seconds(broker.port))
    tell(benchmark, published=published / _VIEWS, bare=bare / _VIEWS)
    table(benchmark, lambda: None, rounds=1)
    assert published < 5 * bare  # 2.0 to 2.6 were measured

"""What a page costs that twenty people look at: processor time of the ride's thread and the server's, a second.

Run by `pytest --benchmark-only`. Those who look are in this process, too, and their time is not counted.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import AsyncExitStack

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from legbal.outlets.page.outlet import EVERY_S
from tests.benchmarks.turns import table
from tests.outlets.page.serving import NEVER_S, RECORDING, serving, viewing
from tests.tui.views import ride

_VIEWERS, _VIEWS = 20, 80
_MOST = 0.02  # of a core; 0.003 was measured

pytestmark = pytest.mark.skipif(
    not hasattr(time, "pthread_getcpuclockid"), reason="this system has no clock of another thread"
)


async def _seconds_a_view() -> float:
    views = [ride(power_w=200.0 + i % 50) for i in range(_VIEWS)]
    async with serving(every_s=NEVER_S) as (page, _), AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(viewing(page)) for _ in range(_VIEWERS)]
        (server,) = (x for x in threading.enumerate() if x.name == "legbal-page")
        assert server.ident is not None
        clock, own_s = time.pthread_getcpuclockid(server.ident), 0.0
        begun_s = time.clock_gettime(clock)
        for view in views:
            started = time.thread_time()
            page.view(view, RECORDING)
            own_s += time.thread_time() - started
            for viewer in viewers:
                await viewer.sees(lambda _: True)
        return (own_s + time.clock_gettime(clock) - begun_s) / _VIEWS


def test_twenty_viewers(benchmark: BenchmarkFixture) -> None:
    seconds = asyncio.run(_seconds_a_view())
    part = seconds / EVERY_S
    benchmark.extra_info["of_a_core"] = part
    print(f"{_VIEWERS} viewers: {100 * part:.2f} % of a core")
    table(benchmark, lambda: None, rounds=1)
    assert part < _MOST

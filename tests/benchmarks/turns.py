"""Times of calls that take turns in one run, and how they come among the figures."""

from __future__ import annotations

import math
from collections.abc import Callable

from pytest_benchmark.fixture import BenchmarkFixture


def shortest(rounds: int, clock: Callable[[], float], *calls: Callable[[], object]) -> list[float]:
    """The shortest time of each call, in the clock's unit."""
    times = [math.inf] * len(calls)
    for _ in range(rounds):
        for place, call in enumerate(calls):
            start = clock()
            result = call()
            times[place] = min(times[place], clock() - start)
            del result  # not while the next one is timed
    return times


def tell(benchmark: BenchmarkFixture, **seconds: float) -> None:
    """Keeps times with the figures, and prints them."""
    benchmark.extra_info.update(seconds)
    print(", ".join(f"{name} {1000 * value:.1f} ms" for name, value in seconds.items()))


def table(benchmark: BenchmarkFixture, call: Callable[[], object], rounds: int) -> None:
    """Gives the call a row in the table of the run."""
    benchmark.pedantic(call, rounds=rounds)  # type: ignore[no-untyped-call]  # it has no types

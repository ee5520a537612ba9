"""Times of calls that take turns in one run, and how they come among the figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from pytest_benchmark.fixture import BenchmarkFixture

Item = TypeVar("Item")


def shortest(rounds: int, clock: Callable[[], float], *calls: Callable[[], object]) -> list[float]:
    """The shortest time of each call, in the clock's unit."""
    return [min(times) for times in zip(*turns(rounds, clock, *calls), strict=True)]


def turns(rounds: int, clock: Callable[[], float], *calls: Callable[[], object]) -> Iterator[list[float]]:
    """The time of each call in each round, in the clock's unit.

    In its turn a call is made as often as takes as long as the longest, by a round that does not count: of two
    stretches the longer one would meet more of what else the machine does.
    """
    first = [_stretch(clock, call, 1) for call in calls]
    often = [max(1, round(max(first) / taken)) for taken in first]
    for _ in range(rounds):
        yield [_stretch(clock, call, times) / times for call, times in zip(calls, often, strict=True)]


def _stretch(clock: Callable[[], float], call: Callable[[], object], times: int) -> float:
    start = clock()
    for _ in range(times):
        call()
    return clock() - start


def shortest_in_pieces(
    rounds: int, clock: Callable[[], float], *runs: Callable[[], Iterator[object]]
) -> list[float]:
    """The time of each run, all of as many pieces: the shortest time of each piece, added up.

    A run of tenths of a second is hardly ever undisturbed from end to end; a piece of a few milliseconds is. Every
    round has the same pieces, and the runs take turns piece by piece.
    """
    times = [list(_in_turns(clock, [run() for run in runs])) for _ in range(rounds)]
    return [float(time) for time in np.min(times, axis=0).sum(axis=0)]


def _in_turns(clock: Callable[[], float], runs: Sequence[Iterator[object]]) -> Iterator[list[float]]:
    """The time of each run's next piece, until there is none."""
    ended = object()
    while True:
        taken = []
        for run in runs:
            start = clock()
            if next(run, ended) is ended:
                return
            taken.append(clock() - start)
        yield taken


def growth(factor: float, small_s: float, large_s: float) -> float:
    """The exponent with which a time grows, of work and of `factor` times as much."""
    return math.log(large_s / small_s) / math.log(factor)


def of_children() -> float:
    """Processor seconds of the processes that were started and have ended."""
    import resource  # which Windows has not

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tell(benchmark: BenchmarkFixture, **seconds: float) -> None:
    """Keeps times with the figures, in milliseconds, and prints them."""
    figures = {name: f"{1000 * value:.1f} ms" for name, value in seconds.items()}
    benchmark.extra_info.update(figures)
    print(", ".join(f"{name} {value}" for name, value in figures.items()))


def table(benchmark: BenchmarkFixture, call: Callable[[], object], rounds: int) -> None:
    """Gives the call a row in the table of the run."""
    benchmark.pedantic(call, rounds=rounds)  # type: ignore[no-untyped-call]  # it has no types


def shortest_readings(
    rounds: int,
    clock: Callable[[], float],
    inputs: Sequence[Item],
    *readings: Callable[[Iterator[Item]], object],
    piece: int = 50,
) -> list[float]:
    """As `shortest_in_pieces` of calls that read inputs one by one: a piece is the time from one of them to another."""
    times: list[list[list[float]]] = [[] for _ in readings]

    def marked(marks: list[float]) -> Iterator[Item]:
        for start in range(0, len(inputs), piece):
            marks.append(clock())
            yield from inputs[start : start + piece]
        marks.append(clock())

    for _ in range(rounds):
        for place, reading in enumerate(readings):
            marks: list[float] = []
            reading(marked(marks))
            times[place].append([*marks, clock()])
    return [float(np.diff(of_reading, axis=1).min(axis=0).sum()) for of_reading in times]

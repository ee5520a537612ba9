"""500 riders at 1 Hz each on one core: what the coach's screen costs, and how soon it answers a key.

A real broker, a load generator in another process, and `legbal coach` on a terminal, held to one core. A key is
answered when what it changes has been painted.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import numpy as np
import pytest

from legbal.outlets.mqtt import topic_of
from legbal.present.sentences import say
from legbal.remote.rider_group import CHOICES, ORDERS, select
from tests.benchmarks.riders import messages, name
from tests.benchmarks.terminal import Terminal, terminal
from tests.benchmarks.turns import growth, shortest, table, tell
from tests.brokers.mosquitto import mosquitto
from tests.remote.followers import Clocks, rider_group

RIDERS = 500
_SIZES = 250, 2000  # of groups whose cost is compared
LONGEST_S = 300  # the load ends by itself
KEYS = 10  # at least, and a whole number of turns
# so many keys leave the screen as it began
TURN = {"sort": len(ORDERS), "filter": len(CHOICES), "help": 2, "open": 2, "down": 1}
WATCHED_S = 4.0
ANSWER_S = 0.1  # what a hand takes for at once
QUIET_S = 0.15  # after an answer, until the next key: what it still paints is over
DOWN = "\x1b[B"

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="holding to one core needs Linux"
)


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A coach's screen, on one core, that shows all riders."""
    folder = tmp_path_factory.mktemp("coach")
    with mosquitto(folder) as broker:
        load = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.riders", str(broker.port), str(RIDERS), str(LONGEST_S)],
            stdout=subprocess.PIPE,
        )
        try:
            assert load.stdout is not None
            assert load.stdout.readline() == b"ready\n"
            with terminal(["coach", broker.url, "--no-sound"], folder) as running:
                os.sched_setaffinity(running.pid, {min(os.sched_getaffinity(0))})
                running.until(f"{RIDERS} riders")
                yield running
        finally:
            load.kill()
            load.wait()
            if load.stdout is not None:
                load.stdout.close()


@pytest.fixture(scope="module")
def untouched(coach: Terminal) -> float:
    """Processor seconds that the screen uses in a second in which nobody touches a key."""
    return watched(coach)


def test_the_screen_of_500_riders_costs_less_than_one_core(benchmark: Any, untouched: float) -> None:
    benchmark.extra_info["part_of_a_core"] = round(untouched, 3)
    table(benchmark, lambda: None, rounds=1)
    assert untouched < 1.0


def watched(coach: Terminal) -> float:
    """Processor seconds a second, while nobody touches a key."""
    before, began = coach.cpu_s(), time.monotonic()
    end = began + WATCHED_S
    while (left := end - time.monotonic()) > 0:
        coach.forget()
        time.sleep(min(0.05, left))
    return (coach.cpu_s() - before) / (time.monotonic() - began)


@pytest.mark.parametrize("key", ["sort", "filter", "help", "open", "down"])
def test_a_key_is_answered_at_once(benchmark: Any, coach: Terminal, untouched: float, key: str) -> None:
    """From the key to its painted answer."""
    expected, keys = answers(coach, key), TURN[key] * math.ceil(KEYS / TURN[key])
    used: list[float] = []

    def aim() -> tuple[tuple[str, str], dict[str, Any]]:
        coach.forget(QUIET_S)
        return next(expected), {}

    def press(typed: str, painted: str) -> None:
        before = coach.cpu_s()
        coach.press(typed)
        coach.until(painted)
        used.append(coach.cpu_s() - before)

    benchmark.pedantic(press, setup=aim, rounds=keys, iterations=1)
    waited, worked = sorted(benchmark.stats.stats.data), sorted(used)
    benchmark.extra_info |= {
        "p50_ms": round(1000 * waited[keys // 2], 1),
        "p90_ms": round(1000 * waited[-2], 1),
        "cpu_p50_ms": round(1000 * worked[keys // 2], 1),
        "cpu_p90_ms": round(1000 * worked[-2], 1),
        "cpu_of_an_untouched_second_ms": round(1000 * untouched, 1),
    }
    idle = sorted(a - b for a, b in zip(benchmark.stats.stats.data, used, strict=True))
    each = float(np.reshape(used, (-1, TURN[key])).min(axis=0).mean())
    print(
        f"{1000 * each:.0f} ms a key, {1000 * untouched:.0f} ms an untouched second, idle {idle[keys // 4]:.3f} s"
    )
    assert each < untouched  # at most what a second costs that nobody types in
    assert idle[keys // 4] < ANSWER_S


def answers(coach: Terminal, key: str) -> Iterator[tuple[str, str]]:
    """What is typed, and what is painted then and not otherwise, each time anew.

    Each finds the screen as it came up, and all but the last leave it so.
    """
    first, *orders = [say(f"riders.order_{order}") for order in ORDERS]
    everybody, *choices = [say(f"riders.choice_{choice}") for choice in CHOICES]
    if key == "sort":
        return (("s", f"{everybody}, {order}") for order in cycle([*orders, first]))
    if key in ("help", "open"):
        typed, painted = ("?", "Worst first:") if key == "help" else ("\r", "Opening rider-")
        return cycle([(typed, painted), ("q", f"{everybody}, {first}")])
    if key == "filter":
        return (("f", f"{choice}, {first}") for choice in cycle([*choices, everybody]))
    coach.press("s")  # by name: the rows stay where they are
    coach.until(f"{everybody}, {orders[0]}")
    return ((DOWN, f"▸{name(number)}") for number in range(1, RIDERS))


def test_the_cost_of_riders_grows_no_faster_than_their_number(benchmark: Any) -> None:
    """A second of so many riders, each of whom sends once, and their list, the worst first."""
    made = [messages(number)[0] for number in range(20)]

    def second(riders: int) -> Callable[[], object]:
        group = rider_group(Clocks())
        load = [(topic_of(name(number), "live"), made[number % len(made)]) for number in range(riders)]

        def heard_and_listed() -> None:
            for topic, payload in load:
                group.hear(topic, payload, False)
            assert len(select(group.riders(), "everybody", "worst")) == riders

        return heard_and_listed

    few, many = _SIZES
    few_s, many_s = shortest(15, time.process_time, second(few), second(many))
    exponent = growth(many / few, few_s, many_s)
    tell(benchmark, **{f"{few} riders": few_s, f"{many} riders": many_s})
    benchmark.extra_info["exponent"] = round(exponent, 2)
    table(benchmark, second(few), rounds=1)
    assert exponent < 1.3

"""The report of five hours beside the reading that it draws: drawing is to be the small part of it.

Run by `pytest --benchmark-only`. How large a page becomes is no benchmark: tests/report/test_page.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from pytest_benchmark.fixture import BenchmarkFixture

from legbal.analysis.ride_analysis import analyse
from legbal.report.ride import RideDetails, ride_page
from legbal.report.trend import trend_page
from legbal.ride.inputs import Setup
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.benchmarks.turns import table
from tests.meters.profiles import shipped
from tests.report.months import months_of_rides

_HOURS = 5


def taken(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def test_a_page_of_five_hours_beside_their_reading(benchmark: BenchmarkFixture) -> None:
    """A reading takes most of the time that a report may; drawing may add a third of it.

    It adds a fifth, and was a tenth while a reading took twice as long.
    """
    profile = shipped()["favero-assioma-duo"]
    steps = [
        step
        for _ in range(4 * _HOURS)
        for step in (Step(480, 0.95, 0.95, 90.0, True), Step(420, 0.55, 0.55, 84.0))
    ]
    inputs = list(SimulatedRide(profile=profile, seed=5, workout=Workout("long", tuple(steps))).timeline())
    setup = Setup(ftp_w=250.0, profile=profile)
    start = time.process_time()
    reading = analyse(setup, inputs)
    reading_s = time.process_time() - start
    assert len(ride_page(reading, RideDetails(title="Five hours"))) < 2_000_000
    drawing_s = min(taken(lambda: ride_page(reading, RideDetails(title="Five hours"))) for _ in range(4))
    table(benchmark, lambda: None, rounds=1)
    benchmark.extra_info["drawing / reading"] = drawing_s / reading_s
    assert drawing_s / reading_s < 0.33


def test_a_trend_of_two_thousand_rides_costs_no_more_a_ride_than_one_of_two_hundred(
    benchmark: BenchmarkFixture,
) -> None:
    few, many = months_of_rides(200), months_of_rides(2000)
    # in turn, so that a busy moment meets both
    turns = [[taken(partial(trend_page, x)) for x in (few, many)] for _ in range(6)]
    few_s, many_s = map(min, zip(*turns, strict=True))
    benchmark.extra_info["2,000 / 200 rides"] = many_s / few_s
    table(benchmark, partial(trend_page, many), rounds=1)
    assert many_s / few_s < 12

"""The report of five hours beside the reading that it draws: drawing is to be the small part of it.

Run by `pytest --benchmark-only`. How large a page becomes is no benchmark: tests/report/test_page.py.
"""

from __future__ import annotations

import time
from functools import partial

from pytest_benchmark.fixture import BenchmarkFixture

from legbal.analysis.ride_analysis import analyse
from legbal.report.ride import RideDetails, ride_page
from legbal.report.trend import trend_page
from legbal.ride.inputs import Setup
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.benchmarks.turns import growth, shortest, table, tell
from tests.meters.profiles import shipped
from tests.report.months import months_of_rides

_HOURS = 5


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
    reading = analyse(setup, inputs)

    def draw() -> None:
        assert len(ride_page(reading, RideDetails(title="Five hours"))) < 2_000_000

    reading_s, drawing_s = shortest(2, time.process_time, partial(analyse, setup, inputs), draw)
    table(benchmark, lambda: None, rounds=1)
    print(f"drawing / reading {drawing_s / reading_s:.3f}")
    benchmark.extra_info["drawing / reading"] = drawing_s / reading_s
    assert drawing_s / reading_s < 0.33


def test_a_trend_of_two_thousand_rides_costs_no_more_a_ride_than_one_of_two_hundred(
    benchmark: BenchmarkFixture,
) -> None:
    few, many = months_of_rides(200), months_of_rides(2000)
    few_s, many_s = shortest(5, time.process_time, partial(trend_page, few), partial(trend_page, many))
    exponent = growth(10, few_s, many_s)
    tell(benchmark, **{"200 rides": few_s, "2,000 rides": many_s})
    benchmark.extra_info["exponent"] = round(exponent, 2)
    print(f"exponent {exponent:.2f}")
    table(benchmark, partial(trend_page, many), rounds=1)
    assert exponent < 1.3

"""The review screens at their largest: a key in a list of 2,000 rides, a letter of its filter, a page of 90 minutes.

Run by `pytest --benchmark-only`. What is held are ratios of processor time, taken in turns in one run: a key costs as
much among 2,000 rides as among 40, and less than a refresh of the live screen's drawings.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from legbal.analysis.ride_analysis import RideAnalysis
from legbal.analysis.ride_trace import RideTrace
from legbal.analysis.summary import RideSummary, Summary
from legbal.app.review import ReviewService
from legbal.app.ride_values import AnalysedRide
from legbal.ride.share import Share
from legbal.tui.render import ride_trace
from legbal.tui.render.ride_trace import whole_ride
from legbal.tui.render.selection import ORDERS, select_rides
from legbal.tui.render.status import Frame
from legbal.tui.screens.rides import RidesScreen
from tests.benchmarks.test_screen import DRAWINGS
from tests.benchmarks.turns import shortest, table, tell
from tests.tui import libraries
from tests.tui.reviewing import review_app
from tests.tui.views import RECORDING, ride

RIDES, FEW = 2000, 40
ROUNDS = 40
SIZE = (120, 40)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> ReviewService:
    """The long list."""
    return libraries.listed(tmp_path_factory.mktemp("many") / "library.sqlite", RIDES)


async def _keys(services: Sequence[ReviewService]) -> list[float]:
    """The processor seconds of a key that moves the cursor, painted, in each library; the shortest of many."""
    async with AsyncExitStack() as running:
        keys = [await _key(running, service) for service in services]
        return shortest(ROUNDS, time.process_time, *keys)


async def _key(running: AsyncExitStack, service: ReviewService) -> Callable[[], None]:
    """A key that moves the cursor to and fro among the rows of a running screen."""
    app = review_app(service)
    pilot = await running.enter_async_context(app.run_test(size=SIZE))
    await app.workers.wait_for_complete()
    await pilot.pause()
    screen = app.screen
    assert isinstance(screen, RidesScreen)
    steps = cycle((1, -1))

    def key() -> None:
        with app._context():
            screen.rides.action_move(next(steps))
            screen._on_timer_update()  # what Textual's own timer does: paints what is dirty

    screen.rides.action_move(FEW // 2)
    key()
    return key


def test_a_key_costs_the_same_in_a_long_list(
    benchmark: BenchmarkFixture, tmp_path: Path, many: ReviewService
) -> None:
    few = libraries.listed(tmp_path / "few.sqlite", FEW)
    found: list[float] = []
    table(benchmark, lambda: found.extend(asyncio.run(_keys((few, many)))), rounds=1)
    of_few, of_many = found
    tell(benchmark, few=of_few, many=of_many)
    assert of_many < 1.5 * of_few


def test_a_letter_of_the_filter_and_reading_the_list(
    benchmark: BenchmarkFixture, many: ReviewService
) -> None:
    entries = many.items()
    assert len(entries) == RIDES

    def letter() -> None:
        assert select_rides(entries, "ride 1", ORDERS[4])

    first, whole, narrowed = shortest(
        ROUNDS // 4, time.process_time, lambda: many.items(60, compared=False), many.items, letter
    )
    tell(benchmark, first_60=first, all=whole, letter=narrowed)
    table(benchmark, letter, rounds=3)
    assert first < whole / 3
    assert narrowed < whole


def test_a_page_of_90_minutes_beside_the_live_drawings(benchmark: BenchmarkFixture) -> None:
    page = _page(5400)
    view = ride()
    live = Frame(view, view, RECORDING)

    def drawn() -> None:
        ride_trace.draw(whole_ride(page), 120, 18)

    def refresh() -> None:
        for draw in DRAWINGS:
            draw(live, 120, 9)

    trace, drawings = shortest(ROUNDS, time.process_time, drawn, refresh)
    tell(benchmark, trace=trace, live=drawings)
    table(benchmark, drawn, rounds=3)
    assert trace < 4.5 * drawings


def _page(seconds: int) -> AnalysedRide:
    """A ride that wanders, every second known."""
    rng = np.random.default_rng(17039)
    t = np.arange(seconds, dtype=np.float64)
    left = 48.5 + np.cumsum(rng.normal(0, 0.05, seconds))
    trace = RideTrace(
        t=t,
        power_w=200 + rng.normal(0, 30, seconds),
        cadence_rpm=np.full(seconds, 90.0),
        left_percent=left,
        left_standard_error=np.full(seconds, 0.8),
        usual_percent=np.full(seconds, 48.6),
        share_w=np.full(seconds, 200.0),
    )
    whole = RideSummary(
        share=Share(48.5, 0.2, revolutions=8000, power_w=200.0),
        balance="measured",
        reference="left",
        duration_s=float(seconds),
    )
    return AnalysedRide(RideAnalysis(Summary(ride=whole, intervals=(), bands=()), trace, ()), ())

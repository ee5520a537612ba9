"""The line above a page's charts says of each place what `present` says of it, in its words and digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from legbal.analysis.ride_trace import RideTrace
from legbal.present.numbers import DASH, clock, day, number, share, share_error, watts
from legbal.present.sentences import say
from legbal.report.ride import ride_page
from legbal.report.ride_columns import by_power, columns_of, half_minutes
from legbal.ride.share import Share
from tests.report.browser import Browser
from tests.report.charts import readout
from tests.report.months import months_of_rides
from tests.report.rides import about, falling_behind, longer

pytestmark = pytest.mark.timeout(240)

_LAST = 3600 * 5 - 1  # second of a ride of five hours


def focus(chromium: Browser, page: Path, box: str) -> None:
    """Opens a page and takes the keyboard to a group of its charts."""
    chromium.open(page)
    chromium.evaluate(f"document.querySelector('[data-charts={box}]').focus()")


def present_says(trace: RideTrace, usual_percent: np.ndarray, second: int) -> str:
    """What stands there of a second."""
    left, error = float(trace.left_percent[second]), float(trace.left_standard_error[second])
    usual = float(usual_percent[second])
    parts = [
        clock(second, hours=trace.t[-1] >= 3600),
        f"left {share_error(Share(left, error, revolutions=None))} %",
        f"right {share(100 - left)} %",
        f"usual left {number(usual, 1)} %",
        watts(trace.power_w[second]),
        number(trace.cadence_rpm[second], unit=" rpm"),
    ]
    return " ".join(part for part in parts if DASH not in part or part.startswith("left"))


def test_of_each_second_after_a_start(chromium: Browser, pages: dict[str, Path]) -> None:
    """From dashes on: there is too little for a share at first."""
    focus(chromium, pages["ride"], "time")
    for key in ("Home", *"++++++"):
        chromium.key(key)
    trace = falling_behind().trace
    usual = columns_of(trace)["usual"]
    for second in range(40):
        said = present_says(trace, usual, second)
        assert readout(chromium, "time")[: len(said)] == said
        chromium.key("ArrowRight")


def test_of_each_second_before_the_end_of_a_long_ride(chromium: Browser, pages: dict[str, Path]) -> None:
    trace = longer(falling_behind(), 5).trace
    usual = columns_of(trace)["usual"]
    focus(chromium, pages["long"], "time")
    for key in ("End", *"++++++++++++"):
        chromium.key(key)
    for second in range(_LAST, _LAST - 20, -1):
        said = present_says(trace, usual, second)
        assert readout(chromium, "time")[: len(said)] == said
        chromium.key("ArrowLeft")


def test_of_the_part_that_is_shown(chromium: Browser, pages: dict[str, Path]) -> None:
    focus(chromium, pages["ride"], "time")
    chromium.key("+")
    assert readout(chromium, "time") == say("chart.part", low=clock(232.5), high=clock(697.5))


def test_of_a_step_of_power(chromium: Browser, pages: dict[str, Path]) -> None:
    middle, mean, error, counted = by_power(*half_minutes(columns_of(falling_behind().trace))[:2])
    focus(chromium, pages["ride"], "against")
    chromium.key("Home")
    left = share_error(Share(mean[0], error[0], revolutions=None))
    said = f"{watts(middle[0])} left {left} % of {number(counted[0])} half minutes"
    assert readout(chromium, "against").startswith(said)


@pytest.mark.parametrize(("power", "said"), [(72.5, "72 W"), (73.5, "74 W"), (72.6, "73 W")])
def test_of_half_a_watt(chromium: Browser, tmp_path: Path, power: float, said: str) -> None:
    ride = falling_behind()
    even = np.where(ride.trace.power_w > 0, power, 0.0)
    even_ride = replace(ride, trace=replace(ride.trace, power_w=even, share_w=even))
    page = tmp_path / "even.html"
    page.write_bytes(ride_page(even_ride, about()))
    focus(chromium, page, "against")
    chromium.key("Home")
    assert readout(chromium, "against").startswith(f"{said} left ")
    assert watts(power) == said


def test_of_each_ride_of_a_trend(chromium: Browser, pages: dict[str, Path]) -> None:
    focus(chromium, pages["trend"], "m0")
    chromium.key("Home")
    for _ in range(6):  # a step is a hundredth of what is shown: of all months, days of several rides
        chromium.key("+")
    for row in months_of_rides(60).meters[0].bands[0].rows[:20]:
        assert readout(chromium, "m0").startswith(f"{day(row.started)} recovery {share_error(row.share)} %")
        chromium.key("ArrowRight")

"""Axes, scales and paths: round ticks, told as a reader would; gaps stay gaps, nothing is drawn of nothing."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.report import plot
from legbal.report.plot import Axis, Kind, Scale, Series, SeriesKind, days

ACROSS = Scale(Axis(0, 100), 0.0, 100.0)
UP = Scale(Axis(45, 55), 100.0, -100.0)
NAN = float("nan")


def path(kind: SeriesKind, x: list[float], y: list[float], error: list[float] | None = None) -> str:
    """What a series of that kind draws on a chart of a hundred places."""
    columns = {name: np.array(values) for name, values in (("x", x), ("y", y), ("e", error or x))}
    return plot.path(Series(kind, "y", "", "e" if error else ""), columns, ACROSS, UP, 100)


@given(st.sampled_from(["number", "clock", "date"]), st.floats(0, 20_000), st.floats(1, 25_000))
def test_ticks_rise_within_the_axis_and_are_few(kind: Kind, low: float, width: float) -> None:
    axis = Axis(low, low + width, kind)
    values = [value for value, _ in axis.ticks(8)]
    assert values == sorted(set(values))
    assert all(low - 1e-6 * width <= value <= low + width * (1 + 1e-6) for value in values)
    assert len(values) <= 9


@pytest.mark.parametrize(
    ("axis", "labels"),
    [
        (Axis(44.2, 53.9), ["46", "48", "50", "52"]),
        (Axis(47.2, 49.1), ["47.5", "48.0", "48.5", "49.0"]),
        (Axis(0, 330, unit=" W"), ["0 W", "50 W", "100 W"]),
        (Axis(0, 930, "clock"), ["0:00", "2:00"]),
        (Axis(0, 18_000, "clock"), ["0:00:00", "1:00:00"]),
        (Axis(20_450, 20_756, "date"), ["Jan 2026", "Mar"]),
        (Axis(20_455, 20_475, "date"), ["8 Jan", "15 Jan"]),
    ],
)
def test_labels(axis: Axis, labels: list[str]) -> None:
    found = [label for _, label in axis.ticks(8)]
    assert found[: len(labels)] == labels


def test_a_scale_puts_both_ends_at_its_ends() -> None:
    up = Scale(Axis(40, 60), 200.0, -100.0)
    assert (up(40), up(50), up(60)) == (200, 150, 100)


def test_a_day_is_the_one_of_the_riders_own_clock() -> None:
    """Shortly before midnight in Auckland it is still the morning of that day in Greenwich."""
    late = datetime(2026, 3, 1, 23, 30, tzinfo=timezone(timedelta(hours=13)))
    assert int(days(late)) == int(days(datetime(2026, 3, 1, tzinfo=late.tzinfo)))


def test_a_line_breaks_where_nothing_is_known() -> None:
    assert path("line", [0, 1, 2, 3, 4], [46, 47, NAN, 49, 50]) == "M0 90 1 80M3 60 4 50"


def test_a_lone_value_is_seen() -> None:
    assert path("line", [0, 1, 2], [NAN, 50, NAN]) == "M0.5 50h1"


def test_crowded_values_are_gathered_by_place() -> None:
    x = np.arange(0.0, 100.0, 0.01)
    y = np.where(np.arange(len(x)) % 2, 8.0, 2.0)
    y[5000:5200] = NAN
    at, mean, low, high = plot.gather(x, y, ACROSS.axis, 100)
    assert len(at) == 100
    assert np.isnan(mean[50:52]).all()
    known = np.isfinite(mean)
    assert known.sum() == 98
    np.testing.assert_allclose(mean[known], 5.0, atol=0.1)  # a value at an edge may fall to either side
    assert (low[known] == 2).all()
    assert (high[known] == 8).all()


def test_values_beyond_the_axis_are_left_out_but_for_the_nearest() -> None:
    x = np.arange(0.0, 1000.0)
    assert plot.gather(x, x, Axis(500, 510), 100)[0].tolist() == list(range(499, 512))


def test_an_area_leans_to_one_side_only() -> None:
    assert path("above", [0, 1, 2], [49, 51, 50]) == "M0 50 1 40 2 50 2 50 1 50 0 50Z"
    assert path("below", [0, 1, 2], [49, 51, 50]) == "M0 60 1 50 2 50 2 50 1 50 0 50Z"


def test_points_and_bars_need_all_of_their_numbers() -> None:
    assert path("dots", [0, 1, 2], [50, NAN, 50]) == "M0 50V50M2 50V50"
    assert path("dots", [0, 1, 2], [50, NAN, 50], [1, 1, NAN]) == "M0 60V40"


@pytest.mark.parametrize("kind", get_args(SeriesKind))
def test_nothing_is_drawn_of_nothing(kind: SeriesKind) -> None:
    assert path(kind, [0, 1, 2, 3, 4], [NAN] * 5) == ""


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(45, 55)), min_size=2, max_size=20))
def test_many_coordinates_are_written_as_one_is(points: list[tuple[float, float]]) -> None:
    points.sort()
    drawn = path("line", [x for x, _ in points], [y for _, y in points]).removeprefix("M").split(" ")
    places = [place for x, y in points for place in (ACROSS(x), UP(y))]
    assert [float(x) for x in drawn] == pytest.approx(places, abs=0.0501)
    assert not any(x.endswith(".0") or len(x.partition(".")[2]) > 1 for x in drawn)

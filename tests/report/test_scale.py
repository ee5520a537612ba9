"""Ticks: round values within the axis, few enough, told as a reader would."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.report.scale import Axis, Kind, Scale, days


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

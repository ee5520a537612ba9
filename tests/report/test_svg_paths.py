"""Paths from columns: gaps stay gaps, crowded values are gathered, nothing is drawn of nothing."""

from __future__ import annotations

import numpy as np

from legbal.report import svg_paths
from legbal.report.scale import Axis, Scale

ACROSS = Scale(Axis(0, 100), 0.0, 100.0)
UP = Scale(Axis(0, 10), 100.0, -100.0)
NAN = float("nan")


def test_a_line_breaks_where_nothing_is_known() -> None:
    x, y = np.arange(5.0), np.array([1.0, 2.0, NAN, 4.0, 5.0])
    assert svg_paths.line(x, y, ACROSS, UP, 100) == "M0 90L1 80M3 60L4 50"


def test_a_lone_value_is_seen() -> None:
    assert svg_paths.line(np.arange(3.0), np.array([NAN, 5.0, NAN]), ACROSS, UP, 100) == "M0.5 50h1"


def test_crowded_values_are_gathered_by_place() -> None:
    x = np.arange(0.0, 100.0, 0.01)
    y = np.where(np.arange(len(x)) % 2, 8.0, 2.0)
    y[5000:5200] = NAN
    found = svg_paths.gather(x, y, ACROSS, 100)
    assert len(found.x) == 100
    assert np.isnan(found.mean[50:52]).all()
    known = np.isfinite(found.mean)
    assert known.sum() == 98
    np.testing.assert_allclose(found.mean[known], 5.0, atol=0.1)  # a value at an edge may fall to either side
    assert (found.low[known] == 2).all()
    assert (found.high[known] == 8).all()


def test_values_beyond_the_axis_are_left_out_but_for_the_nearest() -> None:
    x = np.arange(0.0, 1000.0)
    assert svg_paths.gather(x, x, Scale(Axis(500, 510), 0.0, 100.0), 100).x.tolist() == list(range(499, 512))


def test_an_area_leans_to_one_side_only() -> None:
    x, y = np.arange(3.0), np.array([4.0, 6.0, 5.0])
    assert svg_paths.diverging(x, y, 5.0, 1, ACROSS, UP, 100) == "M0 50L1 40 2 50 2 50 1 50 0 50Z"
    assert svg_paths.diverging(x, y, 5.0, -1, ACROSS, UP, 100) == "M0 60L1 50 2 50 2 50 1 50 0 50Z"


def test_points_and_bars_need_all_of_their_numbers() -> None:
    x, y, error = np.arange(3.0), np.array([5.0, NAN, 5.0]), np.array([1.0, 1.0, NAN])
    assert svg_paths.dots(x, y, ACROSS, UP) == "M0 50h0M2 50h0"
    assert svg_paths.bars(x, y, error, ACROSS, UP) == "M0 60V40"


def test_nothing_is_drawn_of_nothing() -> None:
    nothing = np.full(5, NAN)
    for path in (svg_paths.line, svg_paths.range_):
        assert path(np.arange(5.0), nothing, ACROSS, UP, 100) == ""
    assert svg_paths.dots(np.arange(5.0), nothing, ACROSS, UP) == ""

"""How numbers, spans and foreign text are written, and the grid that they are written on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.ride.view import Share
from legbal.tui.render import format, glyphs
from legbal.tui.render.text_grid import TextGrid, cells_of, plain
from tests.tui import views

# --- figures --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "shown"), [(46.6, 46.5), (46.76, 47.0), (50.0, 50.0), (0.1, 0.0)])
def test_short_shares_are_given_to_half_a_point(left: float, shown: float) -> None:
    assert format.halves(views.share(left, 200, 10), 5) == shown


def test_a_share_with_too_few_revolutions_is_not_shown() -> None:
    assert format.halves(views.share(46.6, 200, 4), 5) is None
    assert format.halves(Share(), 1) is None
    assert format.tenths(views.share(46.6, 200, 14, 0.8)) == "—"
    assert format.tenths(views.share(46.6, 200, 900)) == "—"  # no standard error, no tenths


def test_a_long_share_is_given_to_a_tenth_with_its_standard_error() -> None:
    assert format.tenths(views.share(47.24, 200, 256, 0.46)) == "47.2 ± 0.5"


@pytest.mark.parametrize(("points", "text"), [(0.14, "+0.1"), (-1.1, "−1.1"), (-0.04, "0.0"), (None, "—")])
def test_a_difference_has_a_sign(points: float | None, text: str) -> None:
    assert format.signed(points) == text


@pytest.mark.parametrize(("seconds", "text"), [(37.6, "38 s"), (138, "2:18"), (3725, "1:02:05")])
def test_spans_are_seconds_first_and_clock_time_later(seconds: float, text: str) -> None:
    assert format.span(seconds) == text


@given(st.text(max_size=300), st.integers(1, 40))
def test_foreign_text_is_bounded_to_its_columns_on_one_line(text: str, most: int) -> None:
    shown = format.clean(text, most)
    assert cells_of(shown) <= most
    assert shown.isprintable() or not shown


def test_foreign_text_keeps_brackets_and_loses_control_characters() -> None:
    assert format.clean("[red]\x1b[2JASSIOMA\u202e\n7", 30) == "[red][2JASSIOMA 7"


# --- grid and glyphs -----------------------------------------------------------------------------


def test_paper_cuts_what_falls_outside_and_keeps_its_width() -> None:
    grid = TextGrid(6, 2)
    grid.write(4, 0, "abc")
    grid.write(-1, 1, "xy")
    grid.write(0, 7, "never")
    assert plain(grid.lines()) == "    ab\ny"
    assert all(sum(cells_of(run.text) for run in line) == 6 for line in grid.lines())


def test_paper_gives_wide_characters_two_columns() -> None:
    grid = TextGrid(6, 1)
    assert grid.write(0, 0, "自転") == 4
    assert sum(cells_of(run.text) for run in grid.lines()[0]) == 6


def test_big_digits_have_the_size_they_say() -> None:
    for scale in (1, 2, 3, 4):
        grid = TextGrid(120, 20)
        end = glyphs.write(grid, 0, 0, "46.5", "left", scale)
        drawn = [line.rstrip() for line in plain(grid.lines()).splitlines() if line.strip()]
        assert end == glyphs.columns("46.5", scale)
        assert max(map(len, drawn)) == end
        assert len(drawn) == glyphs.rows(scale)

"""How numbers, spans and foreign text are written, and the grid that they are written on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from legbal.present.text import clean, width_of
from legbal.tui.render import glyphs
from legbal.tui.render.text_grid import TextGrid
from tests.tui.drawn import plain


@given(st.text(max_size=300), st.integers(1, 40))
def test_foreign_text_is_bounded_to_its_columns_on_one_line(text: str, most: int) -> None:
    shown = clean(text, most)
    assert width_of(shown) <= most
    assert shown.isprintable() or not shown


def test_foreign_text_keeps_brackets_and_loses_control_characters() -> None:
    assert clean("[red]\x1b[2JASSIOMA\u202e\n7", 30) == "[red][2JASSIOMA 7"


# --- grid and glyphs -----------------------------------------------------------------------------


def test_paper_cuts_what_falls_outside_and_keeps_its_width() -> None:
    grid = TextGrid(6, 2)
    grid.write(4, 0, "abc")
    grid.write(-1, 1, "xy")
    grid.write(0, 7, "never")
    assert plain(grid.lines()) == "    ab\ny"
    assert all(sum(width_of(run.text) for run in line) == 6 for line in grid.lines())


def test_only_cells_inside_are_blank() -> None:
    grid = TextGrid(6, 2)
    grid.write(0, 1, "a")
    assert grid.blank(0, 0, 6)
    assert grid.blank(1, 1, 5)
    for x, y in ((0, 1), (-1, 0), (1, 0), (0, -2), (0, 2)):
        assert not grid.blank(x, y, 6)


def test_paper_gives_wide_characters_two_columns() -> None:
    grid = TextGrid(6, 1)
    assert grid.write(0, 0, "自転") == 4
    assert sum(width_of(run.text) for run in grid.lines()[0]) == 6


def test_big_digits_have_the_size_they_say() -> None:
    for scale in (1, 2, 3, 4):
        grid = TextGrid(120, 20)
        end = glyphs.write(grid, 0, 0, "46.5", "left", scale)
        drawn = [line.rstrip() for line in plain(grid.lines()).splitlines() if line.strip()]
        assert end == glyphs.columns("46.5", scale)
        assert max(map(len, drawn)) == end
        assert len(drawn) == glyphs.rows(scale)

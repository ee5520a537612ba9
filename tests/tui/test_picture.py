"""The README's picture can be drawn from the demonstration, and is in its place."""

from __future__ import annotations

from pathlib import Path

from tests.tui import review_picture
from tests.tui.picture import MOMENT_S, PICTURE, picture, view_at


async def test_the_picture_shows_the_demonstration_and_fetches_nothing() -> None:
    drawn = await picture(view_at(MOMENT_S))
    text = drawn.replace("&#160;", " ")
    for part in ("measured", "usual at this power", "interval 3", "power band", "● recording"):
        assert part in text
    assert "url(http" not in drawn
    assert "@font-face" not in drawn


def test_the_picture_is_in_its_place() -> None:
    assert PICTURE.read_text(encoding="utf-8").startswith("<svg")


async def test_the_picture_of_a_ride_s_page_shows_the_demonstration_and_fetches_nothing(
    tmp_path: Path,
) -> None:
    drawn = await review_picture.picture(tmp_path / "library.sqlite")
    text = drawn.replace("&#160;", " ")
    for part in ("measured", "interval 2", "vs usual", "power bands", "▼"):
        assert part in text
    assert "url(http" not in drawn
    assert "@font-face" not in drawn
    assert review_picture.PICTURE.read_text(encoding="utf-8").startswith("<svg")

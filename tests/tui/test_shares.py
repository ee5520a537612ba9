"""The two shares and the bar between them, by value."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from legbal.present.document import Line
from legbal.present.text import width_of
from legbal.ride.share import Share, Usual
from legbal.tui.render import bar, glyphs, shares
from legbal.tui.render.status import Frame
from legbal.tui.render.text_grid import TextGrid
from tests.tui import views
from tests.tui.drawn import frame, in_style, plain
from tests.tui.views import T, ride

Draw = Callable[[Frame, int, int], list[Line]]

# --- bar ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "side", "none"), [(46.5, "right", "left"), (53.5, "left", "right")])
def test_the_bar_leans_to_the_heavier_side(left: float, side: str, none: str) -> None:
    rows = bar.draw(frame(last_10s=views.share(left, 200, 15)), 121, 4)[1:3]
    assert in_style(rows, none).strip() == ""
    body = in_style(rows, side).splitlines()[0]
    middle = len(body) // 2
    assert (body[:middle].strip() == "") is (side == "right")
    assert body.count("█") == pytest.approx(3.5 / 10 * 57, abs=1)


def test_the_bar_is_as_long_for_either_side() -> None:
    lengths = [
        plain(bar.draw(frame(last_10s=views.share(left, 200, 15)), 121, 4)).count("█")
        for left in (47.0, 53.0)
    ]
    assert lengths[0] == lengths[1] > 0


def test_the_bar_is_empty_in_balance_and_without_a_number() -> None:
    for share in (views.share(50.1, 200, 15), views.share(40, 200, 4), Share()):
        assert "█" not in plain(bar.draw(frame(last_10s=share), 120, 4))
    assert "█" not in plain(bar.draw(frame(balance="constant"), 120, 4))


def test_the_bar_ends_in_an_arrow_beyond_its_reach() -> None:
    drawn = bar.draw(frame(last_10s=views.share(20, 200, 15)), 120, 4)[1:3]
    assert "▶" in in_style(drawn, "right-strong")


def test_the_usual_range_and_the_target_stand_where_the_bar_would_end() -> None:
    view = ride(
        last_10s=views.share(47.5, 200, 15), usual=Usual(48.0, 0.4, 47.5, 48.5, 3), target_percent=47.5
    )
    rows = plain(bar.draw(frame(view), 121, 4)).splitlines()
    bar_end = rows[1].rindex("█")
    assert abs(rows[0].rindex("┊") - bar_end) <= 1
    assert abs(rows[3].index("▲") - bar_end) <= 1
    assert "usual" in rows[0]
    assert "target" in rows[3]


# --- shares ---------------------------------------------------------------------------------------


def big(text: str, scale: int) -> str:
    """The first row of big text."""
    grid = TextGrid(glyphs.columns(text, scale), glyphs.rows(scale))
    glyphs.write(grid, 0, 0, text, "plain", scale)
    return plain(grid.lines()).splitlines()[0]


def test_the_left_share_stands_left_and_the_right_one_right() -> None:
    drawn = shares.draw(frame(), 120, 12)
    first = plain(drawn).splitlines()[0]
    assert first.startswith("   " + big("46.5", 3))
    assert first.rstrip().endswith(big("53.5", 3))
    assert in_style(drawn, "left").strip()
    assert in_style(drawn, "right").strip()


def test_the_shares_name_their_legs_and_watts_in_words() -> None:
    drawn = plain(shares.draw(frame(), 80, 8))
    assert "LEFT   124 W" in drawn
    assert "RIGHT   143 W" in drawn


def test_with_too_few_revolutions_the_shares_are_dashes_without_watts() -> None:
    drawn = plain(shares.draw(frame(last_10s=views.share(46.6, 267, 4)), 80, 8))
    assert big("46.5", 2) not in drawn
    assert "LEFT" in drawn
    assert "124 W" not in drawn
    assert "\n   ██████  " in drawn


def test_an_unknown_reference_puts_a_question_mark_to_both_legs() -> None:
    drawn = plain(shares.draw(frame(reference="unknown"), 80, 8))
    assert "LEFT ?" in drawn
    assert "RIGHT ?" in drawn


@pytest.mark.parametrize("draw", [shares.draw, shares.draw_large])
def test_a_leg_that_pedals_alone_is_named_in_place_of_what_the_balance_is_worth(draw: Draw) -> None:
    drawn = plain(draw(frame(one_leg="left", last_10s=Share()), 120, 12))
    assert "left leg alone" in drawn
    assert "measured" not in drawn


def test_one_leg_shows_whole_numbers() -> None:
    drawn = plain(shares.draw(frame(last_10s=views.share(100, 90, 15), one_leg="left"), 120, 12))
    assert drawn.splitlines()[0].startswith("   " + big("100", 3))


@pytest.mark.parametrize("size", [(120, 12), (80, 8), (60, 6), (40, 5)])
def test_an_alert_takes_the_place_of_the_shares_in_one_sentence(size: tuple[int, int]) -> None:
    drawn = shares.draw(frame(alert=views.ALERT), *size)
    text = plain(drawn)
    assert "◀ LEFT LEG   3.1 points below usual" in text
    assert {run.style for line in drawn for run in line} == {"alert"}
    assert all(sum(width_of(run.text) for run in line) == size[0] for line in drawn)


def test_an_alert_for_the_right_leg_points_right_and_names_the_target() -> None:
    held = msgspec.structs.replace(views.ALERT, side="right", kind="threshold", since=T - 138, sure=None)
    assert "RIGHT LEG ▶   3.1 points below target for 2:18" in plain(shares.draw(frame(alert=held), 120, 12))


def test_a_leg_that_is_back_is_said_in_its_own_hue() -> None:
    drawn = shares.draw(frame(recovered="left"), 120, 12)
    assert "left is back" in plain(drawn)
    assert {run.style for line in drawn for run in line} == {"left-back"}


def test_before_the_first_packet_it_says_what_is_looked_for_and_what_to_do() -> None:
    text = plain(shares.draw(frame(views.before_the_meter()), 80, 8))
    assert "Looking for ASSIOMA 17039 for 12 s." in text
    assert "Turn the crank" in text

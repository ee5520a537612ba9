"""The first glance, by value: shares, distance, state, clock, watts and cadence; an alert in the same places."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from legbal.present.document import Line
from legbal.present.text import width_of
from legbal.ride.events import Alert
from legbal.ride.share import Share, Usual
from legbal.ride.view import Glance
from legbal.tui.render import bar, glance, glyphs
from legbal.tui.render.status import Frame
from legbal.tui.render.text_grid import TextGrid
from tests.tui import views
from tests.tui.drawn import frame, in_style, plain
from tests.tui.views import T, ride

Draw = Callable[[Frame, int, int], list[Line]]

# --- bar ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "side", "none"), [(46.5, "right", "left"), (53.5, "left", "right")])
def test_the_bar_leans_to_the_heavier_side(left: float, side: str, none: str) -> None:
    rows = bar.draw(frame(glance=Glance("left", views.share(left, 200, 15))), 121, 4)[1:3]
    assert in_style(rows, none).strip() == ""
    body = in_style(rows, side).splitlines()[0]
    middle = len(body) // 2
    assert (body[:middle].strip() == "") is (side == "right")
    assert body.count("█") == pytest.approx(3.5 / 10 * 57, abs=1)


def test_the_bar_is_as_long_for_either_side() -> None:
    lengths = [
        plain(bar.draw(frame(glance=Glance("left", views.share(left, 200, 15))), 121, 4)).count("█")
        for left in (47.0, 53.0)
    ]
    assert lengths[0] == lengths[1] > 0


def test_the_bar_is_empty_in_balance_and_without_a_number() -> None:
    for share in (views.share(50.1, 200, 15), views.share(40, 200, 4), Share()):
        assert "█" not in plain(bar.draw(frame(glance=Glance("left", share)), 120, 4))
    assert "█" not in plain(bar.draw(frame(balance="constant"), 120, 4))


def test_the_bar_ends_in_an_arrow_beyond_its_reach() -> None:
    drawn = bar.draw(frame(glance=Glance("left", views.share(20, 200, 15))), 120, 4)[1:3]
    assert "▶" in in_style(drawn, "right-strong")


def test_the_usual_range_and_the_target_stand_where_the_bar_would_end() -> None:
    view = ride(
        glance=Glance("left", views.share(47.5, 200, 15)),
        usual=Usual(48.0, 0.4, 47.5, 48.5, 3),
        target_percent=47.5,
    )
    rows = plain(bar.draw(frame(view), 121, 4)).splitlines()
    bar_end = rows[1].rindex("█")
    assert abs(rows[0].rindex("┊") - bar_end) <= 1
    assert abs(rows[3].index("▲") - bar_end) <= 1
    assert "range" in rows[0]
    assert "target" in rows[3]


# --- shares ---------------------------------------------------------------------------------------


def big(text: str, scale: int) -> str:
    """The first row of big text."""
    return _big_rows(text, scale)[0]


def _big_rows(text: str, scale: int) -> list[str]:
    grid = TextGrid(glyphs.columns(text, scale), glyphs.rows(scale))
    glyphs.write(grid, 0, 0, text, "plain", scale)
    return plain(grid.lines()).splitlines()


def scale_of(text: str, drawn: str) -> int:
    """At which scale a text stands big somewhere; 0: at none."""
    rows = drawn.splitlines()
    for scale in range(12, 0, -1):
        wanted = _big_rows(text, scale)
        wide = max(map(len, wanted))
        first = wanted[0].lstrip()
        for y in range(len(rows) - len(wanted) + 1):
            starts = [
                x.start() - wanted[0].index(first) for x in re.finditer(f"(?={re.escape(first)})", rows[y])
            ]
            for x in starts:
                here = [
                    row.ljust(x + wide)[max(0, x) : x + wide].rstrip() for row in rows[y : y + len(wanted)]
                ]
                if x >= 0 and here == [row.rstrip() for row in wanted]:
                    return scale
    return 0


def is_big(text: str, drawn: str) -> bool:
    """Whether a text stands big somewhere."""
    return scale_of(text, drawn) > 0


def test_the_left_share_stands_left_and_the_right_one_right() -> None:
    drawn = glance.draw(frame(), 120, 12)
    first = plain(drawn).splitlines()[0]
    assert first.startswith("   " + big("46.5", 3))
    assert first.rstrip().endswith(big("53.5", 3))
    assert in_style(drawn, "left").strip()
    assert in_style(drawn, "right").strip()


def test_the_shares_name_their_legs_and_watts_in_words() -> None:
    drawn = plain(glance.draw(frame(), 80, 8))
    assert "LEFT   124 W" in drawn
    assert "RIGHT   143 W" in drawn


def test_with_too_few_revolutions_the_shares_are_dashes_without_watts() -> None:
    drawn = plain(glance.draw(frame(glance=Glance("left", views.share(46.6, 267, 4))), 80, 8))
    assert big("46.5", 2) not in drawn
    assert "LEFT" in drawn
    assert "124 W" not in drawn
    assert "\n   ██████  " in drawn


def test_an_unknown_reference_puts_a_question_mark_to_both_legs() -> None:
    drawn = plain(glance.draw(frame(reference="unknown"), 80, 8))
    assert "LEFT ?" in drawn
    assert "RIGHT ?" in drawn


@pytest.mark.parametrize("draw", [glance.draw, glance.draw_large])
def test_a_leg_that_pedals_alone_is_named_in_place_of_the_state(draw: Draw) -> None:
    drawn = plain(draw(frame(one_leg="left", glance=Glance()), 120, 15))
    assert "left leg alone" in drawn
    assert "steady" not in drawn


def test_one_leg_shows_whole_numbers() -> None:
    drawn = plain(
        glance.draw(frame(glance=Glance("left", views.share(100, 90, 15)), one_leg="left"), 120, 12)
    )
    assert drawn.splitlines()[0].startswith("   " + big("100", 3))


SIZES = [(60, 16), (80, 10), (120, 17), (200, 21), (80, 22)]
FALLING = Glance("left", views.share(44.0, 267, 45, 0.8), 48.3, -4.3, -5.7, 15.2)


@pytest.mark.parametrize("size", SIZES)
def test_the_distance_from_usual_stands_beside_the_share_with_its_state(size: tuple[int, int]) -> None:
    drawn = plain(glance.draw(frame(), *size))
    assert is_big("46.5", drawn)
    assert is_big("−1.5", drawn)
    assert "steady" in drawn or is_big("STEADY", drawn)
    assert "usual 48.3" in drawn


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("alert", [None, views.ALERT])
def test_clock_watts_and_cadence_are_big_in_every_state(alert: Alert | None, size: tuple[int, int]) -> None:
    drawn = plain(glance.draw(frame(alert=alert), *size))
    for figure, unit in (("2:11", "to go"), ("267", "W"), ("91", "rpm")):
        assert is_big(figure, drawn)
        assert unit in drawn


@pytest.mark.parametrize("draw", [glance.draw, glance.draw_large])
@pytest.mark.parametrize("size", SIZES)
def test_an_alert_makes_nothing_smaller(size: tuple[int, int], draw: Draw) -> None:
    before = plain(draw(frame(glance=FALLING), *size))
    told = plain(draw(frame(glance=FALLING, alert=views.ALERT), *size))
    for figure, same in (("44.0", "44.0"), ("−4.5", "−5.5"), ("2:11", "2:11"), ("267", "267"), ("91", "91")):
        assert scale_of(same, told) >= scale_of(figure, before) > 0, figure
    if size[0] >= 120:
        assert scale_of("56.0", told) >= scale_of("56.0", before) > 0


@pytest.mark.parametrize("size", [(80, 10), (80, 11), (100, 10)])
def test_where_an_alert_needs_the_room_the_other_leg_is_a_row_of_text(size: tuple[int, int]) -> None:
    drawn = plain(glance.draw(frame(glance=FALLING, alert=views.ALERT), *size))
    assert "RIGHT 56.0   150 W" in drawn or is_big("56.0", drawn)


@pytest.mark.parametrize("size", SIZES)
def test_an_alert_says_which_leg_how_far_and_what_is_missing(size: tuple[int, int]) -> None:
    drawn = glance.draw(frame(glance=FALLING, alert=views.ALERT), *size)
    text = plain(drawn)
    assert is_big("LEFT LEG", text)
    assert is_big("−5.5", text)
    assert is_big("15", text) or "15 W more left" in text
    assert "W" in text
    assert "back" in text
    assert all(sum(width_of(run.text) for run in line) == size[0] for line in drawn)


@pytest.mark.parametrize(("now", "part"), [(-3.1, 0.0), (-5.0, 0.0), (-1.55, 0.5), (0.4, 1.0)])
def test_the_bar_fills_as_the_leg_comes_back(now: float, part: float) -> None:
    held = msgspec.structs.replace(FALLING, points_now=now)
    row = next(
        x for x in plain(glance.draw(frame(glance=held, alert=views.ALERT), 120, 17)).splitlines() if "▕" in x
    )
    bar = row[row.index("▕") + 1 : row.index("▏")]
    assert bar.count("█") == pytest.approx(part * len(bar), abs=1)
    assert "3.1 points below usual at 41:52" in row


@pytest.mark.parametrize("draw", [glance.draw, glance.draw_large])
@pytest.mark.parametrize("size", [(60, 16), (80, 10), (120, 17), (200, 21), (80, 22), (120, 38), (200, 48)])
def test_no_red_area_is_half_empty(size: tuple[int, int], draw: Draw) -> None:
    drawn = draw(frame(glance=FALLING, alert=views.ALERT), *size)
    rows = [y for y, line in enumerate(drawn) if all(run.style == "alert" for run in line)]
    written = [y for y in rows if "".join(run.text for run in drawn[y]).strip()]
    assert len(written) >= 0.6 * len(rows) > 0


def test_an_alert_for_the_right_leg_points_right_and_names_the_target() -> None:
    held = msgspec.structs.replace(views.ALERT, side="right", kind="threshold", sure=None)
    falling = msgspec.structs.replace(FALLING, side="right", share=views.share(56.0, 267, 45, 0.8))
    text = plain(glance.draw(frame(alert=held, glance=falling), 120, 17))
    assert is_big("RIGHT LEG", text)
    assert "3.1 points below target at 41:52" in text
    assert text.splitlines()[0].rstrip().endswith(big("44.0", 3).rstrip())


def test_a_leg_that_is_back_is_said_in_its_own_hue() -> None:
    drawn = glance.draw(frame(recovered="left"), 120, 17)
    assert is_big("LEFT IS BACK", plain(drawn))
    assert "left-back" in {run.style for line in drawn for run in line}


def test_while_the_usual_is_learnt_it_says_for_how_long() -> None:
    for left_s, words in ((100.0, "learning your usual, 2 min"), (40.0, "learning your usual, 40 s")):
        learning = Glance("left", views.share(46.6, 200, 45, 0.9), learning_s=left_s)
        assert words in " ".join(plain(glance.draw(frame(glance=learning, usual=None), 200, 21)).split())


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"interval": None}, "easy"),
        ({}, "steady"),
        ({"watch": "left"}, "watch left"),
        ({"pedalling": False}, "not pedalling"),
        ({"glance": Glance("left", views.share(46.6, 267, 6))}, "just begun"),
        ({"interval": msgspec.structs.replace(views.INTERVALS[-1], start_s=T - 20)}, "just begun"),
        ({"balance": "absent"}, "no balance"),
    ],
)
def test_the_state_is_one_word(changes: dict[str, Any], word: str) -> None:
    drawn = plain(glance.draw(frame(**changes), 80, 10))
    assert word in " ".join(drawn.split()) or is_big(word.upper(), drawn)


def test_without_a_plan_the_clock_counts_up_and_in_a_rest_the_rest() -> None:
    assert "int. 3" in plain(glance.draw(frame(interval_left_s=None), 120, 17))
    over = msgspec.structs.replace(views.INTERVALS[-1], end_s=T - 42)
    text = plain(glance.draw(frame(interval=None, intervals=(over,), interval_left_s=None), 120, 17))
    assert is_big("0:42", text)
    assert "rest" in text


def test_before_the_first_packet_it_says_what_is_looked_for_and_what_to_do() -> None:
    text = plain(glance.draw(frame(views.before_the_meter()), 80, 8))
    assert "Looking for ASSIOMA 17039 for 12 s." in text
    assert "Turn the crank" in text


@pytest.mark.parametrize("width", [*range(60, 130, 7), 67, 87, 102])
@pytest.mark.parametrize("height", [9, 11, 20, 40])
def test_a_strap_s_heart_rate_is_one_small_number_and_moves_nothing(width: int, height: int) -> None:
    without = plain(glance.draw(frame(), width, height)).splitlines()
    beside = plain(glance.draw(frame(heart_rate_bpm=142), width, height)).splitlines()
    assert re.search(r"142 bpm|142\n.* bpm", "\n".join(row.rstrip() for row in beside))
    for row, before in zip(beside, without, strict=True):
        assert re.sub(r" 142( bpm)?| bpm", "", row.rstrip()).rstrip() == before.rstrip()


@pytest.mark.parametrize(("width", "shown"), [(60, True), (30, False)])
def test_in_a_row_of_text_it_stands_where_there_is_room(width: int, shown: bool) -> None:
    text = plain(glance.draw(frame(heart_rate_bpm=142), width, 3))
    assert ("142 bpm" in text) is shown
    assert "…" not in text or not shown

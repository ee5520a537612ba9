"""The drawings, by value: what is written where for which numbers."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.ride.view import RideView, Share, Trace, Usual
from legbal.tui.render import bar, figures, glyphs, header, readings, shares, state, summary, tables, trace
from legbal.tui.render.paper import INKS, Line, Paper, cells_of, plain
from legbal.tui.scene import Scene
from tests.tui import views
from tests.tui.views import RECORDING, T, ride

DRAWINGS = (header.draw, state.draw, shares.draw, bar.draw, readings.draw, trace.draw, tables.draw)


def scene(view: RideView | None = None, **changes: object) -> Scene:
    shown = view or ride(**changes)
    return Scene(shown, shown, RECORDING)


def inked(lines: list[Line], ink: str) -> str:
    """What is written in one ink, row by row."""
    return "\n".join(
        "".join(run.text if run.ink == ink else " " * len(run.text) for run in line) for line in lines
    )


# --- figures --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "shown"), [(46.6, 46.5), (46.76, 47.0), (50.0, 50.0), (0.1, 0.0)])
def test_short_shares_are_given_to_half_a_point(left: float, shown: float) -> None:
    assert figures.halves(views.share(left, 200, 10), 5) == shown


def test_a_share_with_too_few_revolutions_is_not_shown() -> None:
    assert figures.halves(views.share(46.6, 200, 4), 5) is None
    assert figures.halves(Share(), 1) is None
    assert figures.tenths(views.share(46.6, 200, 14, 0.8)) == "—"
    assert figures.tenths(views.share(46.6, 200, 900)) == "—"  # no standard error, no tenths


def test_a_long_share_is_given_to_a_tenth_with_its_standard_error() -> None:
    assert figures.tenths(views.share(47.24, 200, 256, 0.46)) == "47.2 ± 0.5"


@pytest.mark.parametrize(("points", "text"), [(0.14, "+0.1"), (-1.1, "−1.1"), (-0.04, "0.0"), (None, "—")])
def test_a_difference_has_a_sign(points: float | None, text: str) -> None:
    assert figures.signed(points) == text


@pytest.mark.parametrize(("seconds", "text"), [(37.6, "38 s"), (138, "2:18"), (3725, "1:02:05")])
def test_spans_are_seconds_first_and_clock_time_later(seconds: float, text: str) -> None:
    assert figures.span(seconds) == text


@given(st.text(max_size=300), st.integers(1, 40))
def test_foreign_text_is_bounded_to_its_columns_on_one_line(text: str, most: int) -> None:
    shown = figures.clean(text, most)
    assert cells_of(shown) <= most
    assert shown.isprintable() or not shown


def test_foreign_text_keeps_brackets_and_loses_control_characters() -> None:
    assert figures.clean("[red]\x1b[2JASSIOMA\u202e\n7", 30) == "[red][2JASSIOMA 7"


# --- paper and glyphs -----------------------------------------------------------------------------


def test_paper_cuts_what_falls_outside_and_keeps_its_width() -> None:
    paper = Paper(6, 2)
    paper.write(4, 0, "abc")
    paper.write(-1, 1, "xy")
    paper.write(0, 7, "never")
    assert plain(paper.lines()) == "    ab\ny"
    assert all(sum(cells_of(run.text) for run in line) == 6 for line in paper.lines())


def test_paper_gives_wide_characters_two_columns() -> None:
    paper = Paper(6, 1)
    assert paper.write(0, 0, "自転") == 4
    assert sum(cells_of(run.text) for run in paper.lines()[0]) == 6


def test_big_digits_have_the_size_they_say() -> None:
    for scale in (1, 2, 3, 4):
        paper = Paper(120, 20)
        end = glyphs.write(paper, 0, 0, "46.5", "left", scale)
        drawn = [line.rstrip() for line in plain(paper.lines()).splitlines() if line.strip()]
        assert end == glyphs.columns("46.5", scale)
        assert max(map(len, drawn)) == end
        assert len(drawn) == glyphs.rows(scale)


# --- bar ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "side", "none"), [(46.5, "right", "left"), (53.5, "left", "right")])
def test_the_bar_leans_to_the_heavier_side(left: float, side: str, none: str) -> None:
    rows = bar.draw(scene(last_10s=views.share(left, 200, 15)), 121, 4)[1:3]
    assert inked(rows, none).strip() == ""
    body = inked(rows, side).splitlines()[0]
    middle = len(body) // 2
    assert (body[:middle].strip() == "") is (side == "right")
    assert body.count("█") == pytest.approx(3.5 / 10 * 57, abs=1)


def test_the_bar_is_as_long_for_either_side() -> None:
    lengths = [
        plain(bar.draw(scene(last_10s=views.share(left, 200, 15)), 121, 4)).count("█")
        for left in (47.0, 53.0)
    ]
    assert lengths[0] == lengths[1] > 0


def test_the_bar_is_empty_in_balance_and_without_a_number() -> None:
    for share in (views.share(50.1, 200, 15), views.share(40, 200, 4), Share()):
        assert "█" not in plain(bar.draw(scene(last_10s=share), 120, 4))
    assert "█" not in plain(bar.draw(scene(balance="constant"), 120, 4))


def test_the_bar_ends_in_an_arrow_beyond_its_reach() -> None:
    drawn = bar.draw(scene(last_10s=views.share(20, 200, 15)), 120, 4)[1:3]
    assert "▶" in inked(drawn, "right-strong")


def test_the_usual_range_and_the_target_stand_where_the_bar_would_end() -> None:
    view = ride(
        last_10s=views.share(47.5, 200, 15), usual=Usual(48.0, 0.4, 47.5, 48.5, 3), target_percent=47.5
    )
    rows = plain(bar.draw(scene(view), 121, 4)).splitlines()
    bar_end = rows[1].rindex("█")
    assert abs(rows[0].rindex("┊") - bar_end) <= 1
    assert abs(rows[3].index("▲") - bar_end) <= 1
    assert "usual" in rows[0]
    assert "target" in rows[3]


# --- shares ---------------------------------------------------------------------------------------


def big(text: str, scale: int) -> str:
    """The first row of big text."""
    paper = Paper(glyphs.columns(text, scale), glyphs.rows(scale))
    glyphs.write(paper, 0, 0, text, "plain", scale)
    return plain(paper.lines()).splitlines()[0]


def test_the_left_share_stands_left_and_the_right_one_right() -> None:
    drawn = shares.draw(scene(), 120, 12)
    first = plain(drawn).splitlines()[0]
    assert first.startswith("   " + big("46.5", 3))
    assert first.rstrip().endswith(big("53.5", 3))
    assert inked(drawn, "left").strip()
    assert inked(drawn, "right").strip()


def test_the_shares_name_their_legs_and_watts_in_words() -> None:
    drawn = plain(shares.draw(scene(), 80, 8))
    assert "LEFT   124 W" in drawn
    assert "RIGHT   143 W" in drawn


def test_with_too_few_revolutions_the_shares_are_dashes_without_watts() -> None:
    drawn = plain(shares.draw(scene(last_10s=views.share(46.6, 267, 4)), 80, 8))
    assert big("46.5", 2) not in drawn
    assert "LEFT" in drawn
    assert "124 W" not in drawn
    assert "\n   ██████  " in drawn


def test_an_unknown_reference_puts_a_question_mark_to_both_legs() -> None:
    drawn = plain(shares.draw(scene(reference="unknown"), 80, 8))
    assert "LEFT ?" in drawn
    assert "RIGHT ?" in drawn


def test_one_leg_shows_whole_numbers() -> None:
    drawn = plain(shares.draw(scene(last_10s=views.share(100, 90, 15), one_leg="left"), 120, 12))
    assert drawn.splitlines()[0].startswith("   " + big("100", 3))


@pytest.mark.parametrize("size", [(120, 12), (80, 8), (60, 6), (40, 5)])
def test_an_alert_takes_the_place_of_the_shares_in_one_sentence(size: tuple[int, int]) -> None:
    drawn = shares.draw(scene(alert=views.ALERT), *size)
    text = plain(drawn)
    assert "◀ LEFT LEG   3.1 points below usual" in text
    assert {run.ink for line in drawn for run in line} == {"alert"}
    assert all(sum(cells_of(run.text) for run in line) == size[0] for line in drawn)


def test_an_alert_for_the_right_leg_points_right_and_names_the_target() -> None:
    held = msgspec.structs.replace(views.ALERT, side="right", kind="threshold", since=T - 138, sure=None)
    assert "RIGHT LEG ▶   3.1 points below target for 2:18" in plain(shares.draw(scene(alert=held), 120, 12))


def test_a_leg_that_is_back_is_said_in_its_own_hue() -> None:
    drawn = shares.draw(scene(recovered="left"), 120, 12)
    assert "left is back" in plain(drawn)
    assert {run.ink for line in drawn for run in line} == {"left-back"}


def test_before_the_first_packet_it_says_what_is_looked_for_and_what_to_do() -> None:
    text = plain(shares.draw(scene(views.before_the_meter()), 80, 8))
    assert "Looking for ASSIOMA 17039 for 12 s." in text
    assert "Turn the crank" in text


# --- readings, header, tables ---------------------------------------------------------------------


def test_readings_are_as_fine_as_what_stands_behind_them() -> None:
    head, values = plain(readings.draw(scene(), 120, 2)).splitlines()
    for name, value in (
        ("3 s", "46.0"),
        ("30 s", "46.6 ± 0.8"),
        ("interval", "47.2 ± 0.5"),
        ("usual", "48.3"),
    ):
        assert name in head
        assert value in values


def test_readings_without_a_balance_are_dashes() -> None:
    assert "46" not in plain(readings.draw(scene(balance="absent"), 120, 2))


@pytest.mark.parametrize(("evidence", "full"), [(0.0, 0), (0.5, 10), (1.0, 20), (1.7, 20)])
def test_the_evidence_bar_fills(evidence: float, full: int) -> None:
    assert plain(readings.draw(scene(evidence=evidence), 120, 2)).count("█") == full


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_the_header_always_says_what_the_balance_is_worth(width: int) -> None:
    for balance, word in (("measured", "measured"), ("estimated", "estimated"), ("absent", "no balance")):
        assert word in plain(header.draw(scene(balance=balance), width, 1))


def test_the_header_tells_the_time_and_the_recording_at_every_width() -> None:
    for width in range(28, 201):
        text = plain(header.draw(scene(), width, 1))
        assert "42:17" in text, width
        assert "●" in text, width


def test_the_header_tells_time_interval_battery_recording_and_sound() -> None:
    text = plain(header.draw(scene(), 120, 1))
    for part in ("42:17", "interval 3 of 5", "2:11 left", "battery 81 %", "● recording", "♪ on"):
        assert part in text


def test_intervals_say_their_course_only_beyond_twice_its_error() -> None:
    text = plain(tables.draw(scene(), 120, 7))
    assert text.count("level") == 2
    assert "left falling 0.9 a minute" in text
    unsure = tuple(msgspec.structs.replace(i, slope_error=0.5) for i in views.INTERVALS)
    assert "falling" not in plain(tables.draw(scene(intervals=unsure), 120, 7))


def test_empty_bands_are_hidden_and_thin_ones_dashed() -> None:
    text = plain(tables.draw(scene(), 120, 7))
    assert "75–90 %" not in text
    assert "over 120 %" not in text
    assert any("105–120 %" in line and line.endswith("—") for line in text.splitlines())


def test_of_many_intervals_the_newest_are_shown() -> None:
    many = tuple(msgspec.structs.replace(views.INTERVALS[0], number=n) for n in range(1, 31))
    text = plain(tables.draw(scene(intervals=many), 120, 7))
    assert "\n   30 " in text
    assert "\n   24 " not in text


# --- trace ----------------------------------------------------------------------------------------


def braille(lines: list[Line]) -> list[tuple[int, int]]:
    """The cells (row, column) in which there are dots."""
    rows = plain(lines).splitlines()
    return [(y, x) for y, row in enumerate(rows) for x, char in enumerate(row) if "\u2800" < char <= "\u28ff"]


def level(left_percent: float, seconds: float = 480) -> Trace:
    t = np.arange(T - seconds, T + 1, 4.0)
    return Trace(t=t, left_percent=np.full(t.size, float(left_percent)), power_w=np.full(t.size, 200.0))


def plain_ride(**changes: object) -> RideView:
    bare: dict[str, object] = {
        "usual": None,
        "target_percent": None,
        "told": (),
        "intervals": (),
        "interval": None,
    }
    return ride(**(bare | changes))


def test_the_trace_is_higher_the_more_the_left_does() -> None:
    heights = [
        min(y for y, _ in braille(trace.draw(scene(plain_ride(trace=level(left))), 120, 9)))
        for left in (54, 50, 46)
    ]
    assert heights == sorted(heights)
    assert len(set(heights)) == 3


def test_the_trace_is_blue_above_the_middle_and_orange_below() -> None:
    above = trace.draw(scene(plain_ride(trace=level(54))), 120, 9)
    below = trace.draw(scene(plain_ride(trace=level(46))), 120, 9)
    assert inked(above, "left").strip()
    assert not inked(above, "right").strip()
    assert inked(below, "right").strip()
    assert not inked(below, "left").strip()


def test_the_trace_covers_the_last_eight_minutes() -> None:
    columns = [x for _, x in braille(trace.draw(scene(plain_ride(trace=level(50, 240))), 120, 9))]
    assert min(columns) == pytest.approx(5 + 114 / 2, abs=2)
    assert max(columns) == 118


def test_a_gap_in_the_trace_stays_a_gap() -> None:
    bins = level(48)
    left = bins.left_percent.copy()
    left[(bins.t > T - 300) & (bins.t < T - 200)] = np.nan
    view = plain_ride(trace=msgspec.structs.replace(bins, left_percent=left))
    columns = {x for _, x in braille(trace.draw(scene(view), 120, 9))}
    assert not columns & set(range(5 + 114 * 190 // 480, 5 + 114 * 270 // 480))


def test_the_range_of_the_trace_widens_for_a_leaning_rider() -> None:
    text = plain(trace.draw(scene(plain_ride(trace=level(38))), 120, 9))
    assert " 35┤" in text


def test_alerts_intervals_and_notes_are_marked_on_the_trace() -> None:
    view = ride(notes=((T - 60, "[b]seat[/b]"),))
    text = plain(trace.draw(scene(view), 120, 9))
    assert "▼ left, told 36:44" in text
    assert "interval 3" in text
    assert "✎ [b]seat[/b]" in text
    assert "░ usual now" in text


def test_alerts_close_together_keep_their_marks_and_never_overwrite_each_other() -> None:
    told = tuple(msgspec.structs.replace(views.ALERT, told=T - ago) for ago in (200, 60, 50, 5))
    text = plain(trace.draw(scene(told=told), 120, 9)).splitlines()[1]
    assert text.count("▼") == 4
    assert text.count("left, told 38:57") == 1
    assert text.count("told") == 1
    last = plain(trace.draw(scene(told=told[-1:]), 120, 9)).splitlines()[1]
    assert last.endswith("left, told 42:12 ▼")


def test_a_few_wild_bins_do_not_flatten_the_trace() -> None:
    bins = level(49.0)
    left = bins.left_percent.copy()
    left[3:6] = 72.0
    view = plain_ride(trace=msgspec.structs.replace(bins, left_percent=left))
    assert " 55┤" in plain(trace.draw(scene(view), 120, 9))


def test_only_the_mark_of_an_alert_is_red_on_the_trace() -> None:
    assert inked(trace.draw(scene(), 120, 9), "alert").split() == ["▼"]


# --- summary and all ------------------------------------------------------------------------------


def test_the_summary_tells_balance_certainty_falls_intervals_and_bands() -> None:
    text = plain(summary.draw("", scene(), 120, 0))
    for part in ("48.5 and 49.3 %", "± 0.2 points", "▼ 36:44 left 2.4 points below usual, in interval 2"):
        assert part in text
    for part in ("interval 3: left falling 0.9 a minute", "90–105 %", "The balance comes in steps of 1 %."):
        assert part in text


def test_the_words_beside_the_summary_s_shares_are_whole_on_a_small_screen_with_its_scrollbar() -> None:
    text = plain(summary.draw("", scene(), 78, 0))
    assert " W pedalling\n" in text
    assert " of ride\n" in text


def test_the_summary_of_a_ride_without_balance_claims_nothing() -> None:
    text = plain(summary.draw("", scene(views.without_balance()), 80, 0))
    assert "This meter gave no balance" in text
    assert "confidence" not in text


def test_the_summary_says_what_went_wrong() -> None:
    assert "The disk is full." in plain(summary.draw("The disk is full.", scene(), 80, 0))


@given(
    st.integers(1, 200), st.integers(1, 60), st.sampled_from(["ride", "alert", "search", "absent", "back"])
)
def test_every_drawing_keeps_to_its_width_at_any_size(width: int, height: int, which: str) -> None:
    view = {
        "ride": ride(notes=((T - 5, "n" * 200),), meter_name="名" * 80),
        "alert": ride(alert=views.ALERT),
        "search": views.before_the_meter(),
        "absent": views.without_balance(),
        "back": ride(recovered="right"),
    }[which]
    for draw in DRAWINGS:
        for line in draw(scene(view), width, height):
            assert sum(cells_of(run.text) for run in line) == width
            assert {run.ink for run in line} <= set(INKS)

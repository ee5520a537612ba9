"""Readings, header, tables and summary, by value; and every drawing at any size."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.outlets import OutletStatus
from legbal.present.text import width_of
from legbal.tui.render import averages, bar, glance, ride_page, status, trace
from legbal.tui.render.text_grid import STYLES
from tests.tui import views
from tests.tui.drawn import frame, plain
from tests.tui.views import T, ride

DRAWINGS = (
    status.draw_header,
    status.draw_states,
    glance.draw,
    bar.draw,
    averages.draw,
    trace.draw,
    averages.draw_tables,
)


# --- readings, header, tables ---------------------------------------------------------------------


def test_readings_are_as_fine_as_what_stands_behind_them() -> None:
    text = plain(averages.draw(frame(), 120, 1))
    for reading in ("3 s 46.0", "10 s 46.5", "interval 47.2 ± 0.5", "ride 48.9 ± 0.2", "power 48.3 ± 0.4"):
        assert reading in text
    assert "10 s 46.5" in plain(averages.draw(frame(), 60, 1))


def test_readings_without_a_balance_are_dashes() -> None:
    assert "46" not in plain(averages.draw(frame(balance="absent"), 120, 1))


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_the_header_always_says_what_the_balance_is_worth(width: int) -> None:
    for balance, word in (("measured", "measured"), ("estimated", "estimated"), ("absent", "no balance")):
        assert word in plain(status.draw_header(frame(balance=balance), width, 1))


def test_the_header_tells_the_time_and_the_recording_at_every_width() -> None:
    for width in range(28, 201):
        text = plain(status.draw_header(frame(), width, 1))
        assert "42:17" in text, width
        assert "●" in text, width


def test_the_header_tells_time_interval_battery_recording_and_sound() -> None:
    text = plain(status.draw_header(frame(), 120, 1))
    for part in ("42:17", "interval 3 of 5", "2:11 left", "battery 81 %", "● recording", "♪ on"):
        assert part in text


def test_the_header_says_awake_where_there_is_room() -> None:
    assert "♪ on   awake   interval 3" in header(120, views.AWAKE)
    assert "● recording   awake" in header(80, views.AWAKE)
    assert "awake" not in header(120) + header(56, views.AWAKE)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_header_keeps_a_refusal_longest(width: int) -> None:
    """Longer than the interval, which stands large below it."""
    refusal = OutletStatus("failed", "no", "", header="may sleep")
    for sound in ("on", "muted", "bell"):
        text = header(width, refusal, sound=sound)
        assert "may sleep" in text, text
        assert "●" in text, text
        assert sound == "on" or "♪" in text, text
    for narrow in range(28, 201):
        assert "●" in header(narrow, refusal)


def header(width: int, *headers: OutletStatus, **changes: Any) -> str:
    shown = frame()
    now = msgspec.structs.replace(shown.status, headers=headers, **changes)
    return plain(status.draw_header(msgspec.structs.replace(shown, status=now), width, 1))


def test_intervals_say_their_course_only_beyond_twice_its_error() -> None:
    text = plain(averages.draw_tables(frame(), 120, 7))
    assert text.count("steady") == 2
    assert "fell 0.9 a minute" in text
    unsure = tuple(msgspec.structs.replace(i, slope_error=0.5) for i in views.INTERVALS)
    assert "fell" not in plain(averages.draw_tables(frame(intervals=unsure), 120, 7))


def test_empty_bands_are_hidden_and_thin_ones_dashed() -> None:
    text = plain(averages.draw_tables(frame(), 120, 7))
    assert "75–90 %" not in text
    assert "over 120 %" not in text
    assert any("105–120 %" in line and line.endswith("—") for line in text.splitlines())


def test_of_many_intervals_the_newest_are_shown() -> None:
    many = tuple(msgspec.structs.replace(views.INTERVALS[0], number=n) for n in range(1, 31))
    text = plain(averages.draw_tables(frame(intervals=many), 120, 7))
    assert "\n   30 " in text
    assert "\n   24 " not in text


# --- summary and all ------------------------------------------------------------------------------


def test_the_summary_tells_balance_certainty_falls_intervals_and_bands() -> None:
    text = plain(ride_page.finished(ride_page.FinishedRide(frame(), everything=True), 120, 0))
    for part in (
        "48.5 and 49.3 %",
        "48.9 ± 0.2",
        "36:44   ▼ drop-off      2   left leg 2.4 points below usual",
    ):
        assert part in text
    for part in (
        "fell 0.9 a minute",
        "threshold",
        "The balance comes in steps of 1 %.",
    ):
        assert part in text


@pytest.mark.parametrize("columns", [58, 120])
def test_the_summary_is_the_answer_the_trace_and_the_intervals_each_said_once(columns: int) -> None:
    text = plain(ride_page.finished(ride_page.FinishedRide(frame()), columns, 0))
    order = [text.index(part) for part in ("Left 4", "▼", " revolutions", "Intervals", "Press a for more")]
    assert order == sorted(order)
    assert "Power bands" not in text
    assert text.count(" revolutions") == 1


def test_the_summary_of_a_ride_without_balance_claims_nothing() -> None:
    text = plain(ride_page.finished(ride_page.FinishedRide(frame(views.without_balance())), 80, 0))
    assert "No balance: this meter gives none." in text
    assert "confidence" not in text


def test_the_summary_says_what_went_wrong() -> None:
    assert "The disk is full." in plain(
        ride_page.finished(ride_page.FinishedRide(frame(), "The disk is full."), 80, 0)
    )


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
        for line in draw(frame(view), width, height):
            assert sum(width_of(run.text) for run in line) == width
            assert {run.style for run in line} <= set(STYLES)

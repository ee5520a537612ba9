"""The trace of the last minutes, by value."""

from __future__ import annotations

import re

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.present.document import Line
from legbal.ride.share import Period
from legbal.ride.view import RideView, Trace
from legbal.tui.render import trace
from legbal.tui.render.plot import share_range
from tests.tui import views
from tests.tui.drawn import frame, in_style, plain
from tests.tui.views import T, ride


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
        min(y for y, _ in braille(trace.draw(frame(plain_ride(trace=level(left))), 120, 9)))
        for left in (54, 50, 46)
    ]
    assert heights == sorted(heights)
    assert len(set(heights)) == 3


def test_the_trace_is_blue_above_the_middle_and_orange_below() -> None:
    above = trace.draw(frame(plain_ride(trace=level(54))), 120, 9)
    below = trace.draw(frame(plain_ride(trace=level(46))), 120, 9)
    assert in_style(above, "left").strip()
    assert not in_style(above, "right").strip()
    assert in_style(below, "right").strip()
    assert not in_style(below, "left").strip()


@pytest.mark.parametrize(
    ("starts", "names"),
    [
        ((-400.0, -200.0), ["interval 1", "interval 2"]),
        ((-500.0, -455.0), ["1", "interval 2"]),
        ((-500.0, -470.0, -300.0), ["interval 2", "interval 3"]),
        ((-400.0, -5.0), ["interval 1", "interval 2"]),
    ],
)
def test_an_interval_s_name_is_whole_or_its_number_or_none(
    starts: tuple[float, ...], names: list[str]
) -> None:
    begun = [
        msgspec.structs.replace(ride().intervals[0], number=number, start_s=T + start, end_s=T + start + 25)
        for number, start in enumerate(starts, 1)
    ]
    view = plain_ride(trace=level(50), intervals=tuple(begun))
    (row, *_) = plain(trace.draw(frame(view), 80, 9)).splitlines()
    assert re.findall(r"interval \d|\w+", row.replace("55", "")) == names


def test_the_trace_covers_the_last_eight_minutes() -> None:
    columns = [x for _, x in braille(trace.draw(frame(plain_ride(trace=level(50, 240))), 120, 9))]
    assert min(columns) == pytest.approx(5 + 114 / 2, abs=2)
    assert max(columns) == 118


def test_a_gap_in_the_trace_stays_a_gap() -> None:
    bins = level(48)
    left = bins.left_percent.copy()
    left[(bins.t > T - 300) & (bins.t < T - 200)] = np.nan
    view = plain_ride(trace=msgspec.structs.replace(bins, left_percent=left))
    columns = {x for _, x in braille(trace.draw(frame(view), 120, 9))}
    assert not columns & set(range(5 + 114 * 190 // 480, 5 + 114 * 270 // 480))


@pytest.mark.parametrize(
    ("since", "until", "named"),
    [(-300, -200, 1), (-500, -400, 1), (-100, None, 1), (-300, -290, 0), (-900, -500, 0)],
)
def test_a_pause_says_in_the_trace_what_it_was(since: float, until: float | None, named: int) -> None:
    view = plain_ride(trace=level(48), pauses=(Period(T + since, None if until is None else T + until),))
    assert plain(trace.draw(frame(view), 120, 9)).count("paused") == named


def test_the_range_of_the_trace_widens_for_a_leaning_rider() -> None:
    text = plain(trace.draw(frame(plain_ride(trace=level(38))), 120, 9))
    assert " 35┤" in text


def test_alerts_intervals_and_notes_are_marked_on_the_trace() -> None:
    view = ride(notes=((T - 60, "[b]seat[/b]"),))
    text = plain(trace.draw(frame(view), 120, 9))
    assert "▼ left −2.4 at 36:44" in text
    assert "interval 3" in text
    assert "✎ [b]seat[/b]" in text
    assert "░ where 30 s usually lie" in text


def test_alerts_close_together_keep_their_marks_and_never_overwrite_each_other() -> None:
    told = tuple(msgspec.structs.replace(views.ALERT, t=T - ago) for ago in (200, 60, 50, 5))
    text = plain(trace.draw(frame(told=told), 120, 9)).splitlines()[1]
    assert text.count("▼") == 4
    assert text.count("left −3.1 at 38:57") == 1
    assert text.count("left") == 1
    last = plain(trace.draw(frame(told=told[-1:]), 120, 9)).splitlines()[1]
    assert last.endswith("left −3.1 at 42:12 ▼")


def test_a_few_wild_bins_do_not_flatten_the_trace() -> None:
    bins = level(49.0)
    left = bins.left_percent.copy()
    left[3:6] = 72.0
    view = plain_ride(trace=msgspec.structs.replace(bins, left_percent=left))
    assert " 55┤" in plain(trace.draw(frame(view), 120, 9))


def test_only_the_mark_of_an_alert_is_red_on_the_trace() -> None:
    assert in_style(trace.draw(frame(), 120, 9), "alert").split() == ["▼"]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=250), st.sampled_from([1.0, 5.0]))
def test_of_a_hundred_shares_no_more_than_so_many_lie_beyond_the_axis(
    shares: list[float], wild: float
) -> None:
    left = np.array(shares)
    low, high = share_range(left, wild, (48.0, 52.0), 2.0)
    most = int(left.size * wild / 100)
    assert low <= 48 <= 52 <= high
    assert np.sum(left < low) <= most
    assert np.sum(left > high) <= most


def test_of_a_few_shares_all_are_on_the_axis() -> None:
    assert share_range(np.array([40.0, 50.0, 60.0]), 1.0, (48.0, 52.0), 2.0) == (40, 60)
    assert share_range(np.array([10.0, *[50.0] * 200, 90.0]), 1.0, (48.0, 52.0), 2.0) == (48, 52)

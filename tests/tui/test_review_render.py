"""The drawings of the review screens as text, at every size: nothing spills, nothing foreign gets through."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from legbal.analysis.months import Change, DatedZero, JoinedName
from legbal.analysis.ride_analysis import RideAnalysis
from legbal.analysis.ride_trace import RideTrace
from legbal.meters.zero_offset import ZeroStep
from legbal.present.document import Line
from legbal.present.numbers import clock
from legbal.present.text import width_of
from legbal.ride.events import Pause, Resume
from legbal.ride.share import Share
from legbal.tui.render import ride_page, ride_trace, rides, trend
from legbal.tui.render.ride_page import RideContent
from legbal.tui.render.ride_trace import SHORTEST_S, Viewport, whole_ride
from legbal.tui.render.rides import ListHeader
from legbal.tui.render.selection import ORDERS, Order, TrendSelection, select_rides
from legbal.tui.render.status import Notice, draw_notice
from tests.tui import months, pages
from tests.tui.drawn import plain

WIDTHS = (24, 40, 60, 80, 92, 120, 200)
PAGE = pages.page()
SCENE = RideContent(pages.entry(), PAGE.analysis.summary, PAGE)
TREND = TrendSelection(*months.trend()).at_longest()

DRAWINGS: dict[str, Callable[[int, int], list[Line]]] = {
    "list": lambda w, _: rides.rows(pages.season(), 3, w),
    "list's head": lambda w, _: rides.headings("", w, 1),
    "line above": lambda w, _: rides.head(ListHeader(30, 3, 1, 9e5, ORDERS[0], "knee [", False), w, 1),
    "page's head": lambda w, h: ride_page.head(SCENE, w, max(1, h // 8)),
    "trace": lambda w, h: ride_trace.draw(whole_ride(PAGE), w, h),
    "page": lambda w, h: ride_page.body(SCENE, w, h),
    "unread page": lambda w, h: ride_page.body(RideContent(pages.entry()), w, h),
    "bands": lambda w, h: trend.bands(TREND, w, h),
    "chart": lambda w, h: trend.chart(TREND, w, h),
    "words": lambda w, h: trend.words(TREND, w, h),
    "trend's head": lambda w, _: trend.head(TREND, w, 1),
    "said": lambda w, _: draw_notice(Notice("Importing 3 of 9: ride.fit", part=0.3), w, 1),
}


def text(lines: list[Line]) -> str:
    return plain(lines)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("drawing", DRAWINGS)
def test_every_row_is_as_wide_as_its_place_and_holds_nothing_foreign(drawing: str, width: int) -> None:
    for height in (5, 8, 14, 40):
        for line in DRAWINGS[drawing](width, height):
            assert sum(width_of(run.text) for run in line) == width
            assert all(char.isprintable() for run in line for char in run.text)


def test_a_ride_in_the_list_never_has_a_bare_number() -> None:
    rows = text(rides.rows(pages.season(), -1, 120)).splitlines()
    assert "47.9" not in rows[0] or "±" in rows[0]
    assert rows[5].count("no balance") == 1
    assert "no balance" in rows[5]
    assert "…" in rows[9]
    assert "interrupted" in rows[4]
    assert "demo" in rows[2]


def test_the_lean_and_the_bands_show_the_side_that_does_more() -> None:
    (left,) = rides.rows([pages.entry(left_percent=53.0)], -1, 120)
    (right,) = rides.rows([pages.entry(left_percent=47.0)], -1, 120)
    assert "left" in {run.style for run in left if "█" in run.text}
    assert "right" in {run.style for run in right if "█" in run.text}


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
def test_every_order_takes_rides_of_all_kinds(order: Order) -> None:
    assert len(select_rides(pages.season(), "", order)) == 30


def test_the_filter_takes_all_words_in_any_order() -> None:
    entries = pages.season()
    found = select_rides(entries, "RIVER november", ORDERS[0])
    assert {entry.ride.title for entry in found} == {"Endurance, river"}
    assert select_rides(entries, "river zwift", ORDERS[0]) == []


def test_the_trace_marks_intervals_alerts_and_notes() -> None:
    shown = text(ride_trace.draw(whole_ride(PAGE), 120, 18))
    assert "┤" in shown
    for mark in ("▼", "✎", " 3 ", "0:00", "1:00:00", "▲"):
        assert mark in shown
    assert "▼ left 3.1 points below usual" in shown.splitlines()[-1]


def test_a_pause_is_named_in_the_trace() -> None:
    events = (*PAGE.analysis.events, Pause(t=1000.0), Resume(t=1600.0, paused_s=600.0), Pause(t=4000.0))
    page = msgspec.structs.replace(PAGE, analysis=msgspec.structs.replace(PAGE.analysis, events=events))
    for draw in (ride_trace.draw, ride_trace.draw_still):
        assert text(draw(whole_ride(page), 120, 18)).count("paused") == 2


def test_a_ride_without_a_balance_has_a_trace_of_its_power() -> None:
    nothing = np.full(PAGE.analysis.trace.t.size, math.nan)
    bare = msgspec.structs.replace(
        PAGE.analysis.trace, left_percent=nothing, left_standard_error=nothing, usual_percent=nothing
    )
    page = msgspec.structs.replace(
        PAGE, analysis=msgspec.structs.replace(PAGE.analysis, trace=bare, events=())
    )
    shown = text(ride_trace.draw(whole_ride(page), 80, 12))
    assert "no balance in this part of the ride" in shown
    assert "left —" in shown


def test_a_ride_without_a_second_is_drawn() -> None:
    none = np.empty(0)
    empty = RideTrace(*[none] * 7)
    page = msgspec.structs.replace(
        PAGE, analysis=msgspec.structs.replace(PAGE.analysis, trace=empty, events=())
    )
    assert ride_trace.draw(whole_ride(page), 80, 12)


def test_on_a_ride_shorter_than_the_chart_the_cursor_stays_on_the_ride() -> None:
    unknown = np.full(10, math.nan)
    trace = RideTrace(np.arange(10.0), np.full(10, 150.0), np.full(10, 85.0), *[unknown] * 4)
    summary = msgspec.structs.replace(PAGE.analysis.summary, intervals=())
    page = msgspec.structs.replace(PAGE, analysis=RideAnalysis(summary, trace, ()), notes=())
    scene = whole_ride(page)
    assert scene.at == 4.5
    assert scene.move(30.0).at == scene.pan(0.5).at == scene.zoom(0.5).move(99.0).at == 9.0
    assert "150 W" in text(ride_trace.draw(scene.move(30.0), 80, 12)).splitlines()[-1]


def test_wherever_the_cursor_stands_the_times_on_the_axis_are_whole() -> None:
    scene = whole_ride(PAGE)
    known = {clock(60.0 * minute) for minute in range(int(scene.length) // 60 + 1)}
    for at in np.linspace(0.0, scene.last, 300).tolist():
        axis = text(ride_trace.draw(scene.move(at), 120, 18)).splitlines()[-2]
        assert axis.count("▲") == 1
        assert set(re.split("[╵▲ ]+", axis.replace("W", " ").strip("╵▲ "))) <= known


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("move", "zoom", "pan")),
            st.floats(-3, 3, allow_nan=False).map(lambda x: round(x, 3)),
        ),
        max_size=12,
    )
)
@example(
    steps=[
        ("move", 2.0),
        ("zoom", -1.297),
        ("zoom", -1.846),
        ("zoom", -0.357),
        ("pan", -2.0),
        ("zoom", 0.25),
    ]
)
def test_wherever_keys_lead_the_trace_stays_on_the_ride(steps: list[tuple[str, float]]) -> None:
    scene: Viewport = whole_ride(PAGE)
    for name, by in steps:
        value = {"move": scene.at + 1000 * by, "zoom": 2.0**by, "pan": by}[name]
        scene = getattr(scene, name)(value)
        assert 0.0 <= scene.start <= scene.at <= scene.end <= scene.length + 1e-6
        assert scene.end - scene.start >= SHORTEST_S - 1e-6


def test_the_page_says_all_that_the_summary_holds() -> None:
    said = " ".join(text(ride_page.body(SCENE, 100, 0)).split())
    for part in (
        "−0.8 ± 0.3 (95 %",
        "The left share clearly fell",
        "Interval 5 against interval 1",
        "3.1 points below usual",
        "torque effectiveness",
        "with 95 % confidence",
        "The smallest lasting change",
        "The balance comes in steps of 1 %.",
        "new [b]saddle[/b]",
    ):
        assert part in said


def test_where_the_meter_gave_no_balance_no_share_is_shown() -> None:
    whole = msgspec.structs.replace(PAGE.analysis.summary.ride, balance="constant")
    summary = msgspec.structs.replace(PAGE.analysis.summary, ride=whole)
    scene = RideContent(pages.entry(balance="constant"), summary, PAGE)
    shown = text(ride_page.head(scene, 100, 5)) + text(ride_page.body(scene, 100, 0))
    assert "no share to show" in shown
    assert "No balance: the number never moved while power did." in shown
    assert "48.6 ±" not in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"balance": "estimated"}, "Estimated by one sensor: its changes tell more than its value."),
        ({"reference": "unknown"}, "the meter does not say which leg its number is: read as left"),
        ({"reference": "assumed_left"}, "as you said"),
        ({"share": Share(48.6, None, 9.0, 12, 189.0)}, "fewer than 15 revolutions"),
    ],
    ids=str,
)
def test_what_the_number_is_worth_is_said(changes: dict[str, Any], sentence: str) -> None:
    whole = msgspec.structs.replace(PAGE.analysis.summary.ride, **changes)
    summary = msgspec.structs.replace(PAGE.analysis.summary, ride=whole)
    assert sentence in text(ride_page.body(RideContent(pages.entry(), summary, PAGE), 200, 0))


def test_the_interval_at_the_cursor_is_marked_in_the_table() -> None:
    scene = msgspec.structs.replace(SCENE, interval=2)
    (row,) = (row for row in text(ride_page.body(scene, 100, 0)).splitlines() if row.startswith("▸"))
    assert row.split()[1] == "2"


def test_the_trend_shows_each_month_and_each_change_with_what_became_of_it() -> None:
    scene = msgspec.structs.replace(TREND, band=3)
    chart = text(trend.chart(scene, 120, 20))
    assert chart.count("●") == 11
    assert "┆" in chart
    assert "1 left cleat [2°] in" in chart
    assert "Jan 2026" in chart
    said = text(trend.words(scene, 120, 0))
    assert "Threshold: clear: up" in said
    assert "Clear: up 1.0, 0.4 to 1.6 points." in said


def test_nothing_is_drawn_over_what_a_change_was() -> None:
    series = TREND.series
    assert series is not None
    month = series.months[-1]
    # so unsure that its bar reaches from the chart's top to its foot
    share = msgspec.structs.replace(month.share, standard_error=9.0)
    months = (*series.months[:-1], msgspec.structs.replace(month, share=share))
    band = msgspec.structs.replace(series, months=months)
    meter = msgspec.structs.replace(TREND.trend.meters[0], bands=(band,))
    for day in range(1, 29):
        first = month.first_day.replace(day=day)
        change = Change(number=1, kind="fit", first_day=first, last_day=first, words="cleats 2° in")
        made = msgspec.structs.replace(TREND.trend, meters=(meter,), changes=(change,))
        lines = text(trend.chart(TrendSelection(made, ()), 120, 20)).splitlines()
        assert "┆1" in lines[0]
        assert "│" not in lines[0].partition("┆")[2]


def test_the_other_meter_has_bands_and_words_of_its_own() -> None:
    scene = TREND.with_meter(1)
    assert "power2max · estimated, sides swapped" in text(trend.head(scene, 120, 1))
    assert "4 weeks needed" in text(trend.bands(scene, 120, 0))
    assert "No ride in this band around it." in text(trend.words(scene, 120, 0))
    assert scene.with_band(9).band == 0
    assert scene.with_meter(1).meter == 0


def test_a_trend_of_nothing_is_drawn() -> None:
    nothing = TrendSelection(msgspec.structs.replace(TREND.trend, meters=()), ())
    assert nothing.with_meter(1).with_band(1).series is None
    for draw in (trend.head, trend.bands, trend.chart, trend.words):
        draw(nothing, 80, 20)
    assert "A trend needs rides" in text(trend.words(nothing, 80, 0))


def test_a_zero_stands_at_the_foot_of_the_chart_of_its_meter_and_a_jump_is_said() -> None:
    begin = datetime(2026, 6, 20, 8, tzinfo=UTC)
    zeros = tuple(
        DatedZero(
            offset_raw=raw,
            meter=meter,
            set_at=begin + timedelta(days=day),
            origin="set",
            step=ZeroStep(raw, 1.5, jump=raw > 50),
        )
        for day, raw, meter in ((0, 12, "Karoo 9"), (90, 90, "Karoo 9"), (91, 5, "somebody's"))
    )
    joined = (JoinedName(meter=months.METER, name="Karoo 9", rides=3),)
    told = msgspec.structs.replace(TREND.trend, zeros=zeros, joined=joined)
    scene = msgspec.structs.replace(TREND, trend=told, band=3)
    foot = text(trend.chart(scene, 120, 20)).splitlines()[-2]
    assert foot.count(trend.ZERO) == text(trend.chart(TREND, 120, 20)).splitlines()[-2].count(trend.ZERO) + 2
    words = text(trend.words(scene, 120, 0))
    assert "0: the meter's zero was set" in words
    assert "Zero set on 2 days: 20 Jun 2026, 18 Sep 2026 (jump)." in words
    assert "zero was set" not in text(trend.words(TREND, 120, 0))

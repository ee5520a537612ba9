"""The charts in a real Chromium, alive under pointer and keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.report.browser import Browser
from tests.report.charts import drag, opened, paths, place, readout, shown, ticks, value
from tests.report.months import months_of_rides
from tests.report.rides import falling_behind

pytestmark = pytest.mark.timeout(240)


def test_what_is_far_apart_is_drawn_coarsely_and_from_near_finely(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    """Only one of both is seen, and labels and markers keep their shape however far the plot is stretched."""
    chromium.open(pages["long"])
    chromium.drawn()
    seen = (
        "['coarse', 'fine'].map(c => getComputedStyle(document.querySelector(`#power .line.${c}`)).display)"
    )
    sizes = (
        "Array.from(document.querySelectorAll('#balance .marker .shape'), e => e.getBoundingClientRect())"
        ".map(b => `${b.width.toFixed(1)} ${b.height.toFixed(1)}`)"
    )
    assert value(chromium, seen) == ["inline", "none"]
    before = value(chromium, sizes)
    drag(chromium, "power", 0.0, 0.15)
    assert value(chromium, seen) == ["none", "inline"]
    assert value(chromium, sizes) == before != []
    strokes = (
        "Array.from(document.querySelectorAll('.plot path, .plot rect'), "
        "e => `${e.tagName} ${getComputedStyle(e).vectorEffect}`)"
    )
    assert set(value(chromium, strokes)) == {"path non-scaling-stroke", "rect non-scaling-stroke"}


def test_pointing_tells_the_values_there_and_marks_them_in_all_linked_charts(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    trace = falling_behind().trace
    chromium.open(pages["ride"])
    chromium.drawn()
    assert readout(chromium, "time") == "the whole ride, 15:30"
    chromium.mouse("mouseMoved", *place(chromium, "power", 0.5))
    at = len(trace.t) // 2
    said = readout(chromium, "time")
    assert said.startswith(f"{at // 60}:{at % 60:02} ")
    assert f"{trace.power_w[at]:.0f} W" in said
    told = re.search(r"left ([0-9.]+) ± ([0-9.]+) % right ([0-9.]+) %", said)
    assert told is not None
    left, error, right = map(float, told.groups())
    assert left == pytest.approx(trace.left_percent[at], abs=0.06)
    assert error == pytest.approx(trace.left_standard_error[at], abs=0.06)
    assert left + right == pytest.approx(100, abs=0.11)
    lines = "Array.from(document.querySelectorAll('[data-charts=time] .cursor'), c => c.outerHTML)"
    drawn = value(chromium, lines)
    assert len(drawn) == 3
    assert all('visibility="visible"' in line for line in drawn)
    assert len({line.split('transform="')[1].split('"')[0] for line in drawn}) == 1


def test_pointing_at_a_drop_off_names_it(chromium: Browser, pages: dict[str, Path]) -> None:
    first = falling_behind().summary.dropoffs[0]
    chromium.open(pages["ride"])
    part = (first.told_s + 5) / (len(falling_behind().trace.t) - 1)
    chromium.mouse("mouseMoved", *place(chromium, "balance", part))
    assert "left leg" in readout(chromium, "time")
    assert "below usual" in readout(chromium, "time")


def test_dragging_zooms_every_linked_chart_and_a_double_click_shows_all(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    whole = opened(chromium, pages["ride"])
    charts = ("balance", "power", "cadence")
    before = {chart: paths(chromium, chart) for chart in charts}
    drag(chromium, "power", 0.25, 0.5)
    zoomed = ticks(chromium)
    assert zoomed["balance"] == zoomed["power"] == zoomed["cadence"] != whole["power"]
    assert zoomed["against-power"] == whole["against-power"]  # another axis altogether
    for chart in charts:
        assert shown(chromium, chart) == pytest.approx((0.25, 0.5), abs=0.01)
    assert " to " in readout(chromium, "time") or ":" in readout(chromium, "time")
    chromium.click(*place(chromium, "cadence", 0.5), times=2)
    assert ticks(chromium) == whole
    assert {chart: paths(chromium, chart) for chart in charts} == before
    assert {shown(chromium, chart) for chart in charts} == {(0.0, 1.0)}


def test_the_wheel_zooms_with_control_and_scrolls_the_page_without(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    whole = opened(chromium, pages["ride"])
    x, y = place(chromium, "balance", 0.5)
    chromium.mouse("mouseWheel", x, y, deltaX=0, deltaY=-300)
    assert ticks(chromium) == whole
    x, y = place(chromium, "balance", 0.5)
    chromium.mouse("mouseWheel", x, y, deltaX=0, deltaY=-300, modifiers=2)
    assert ticks(chromium)["balance"] != whole["balance"]


def test_shift_and_dragging_moves_along(chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.open(pages["ride"])
    drag(chromium, "balance", 0.4, 0.6)
    first = ticks(chromium)["balance"]
    drag(chromium, "balance", 0.8, 0.2, modifiers=8)
    moved = ticks(chromium)["balance"]
    assert len(moved) >= 2
    assert moved[0] > first[0]


def test_the_keyboard_walks_zooms_moves_and_resets(chromium: Browser, pages: dict[str, Path]) -> None:
    whole = opened(chromium, pages["ride"])
    chromium.evaluate("document.querySelector('[data-charts=time]').focus()")
    chromium.key("Home")
    assert readout(chromium, "time").startswith("0:00 ")
    for _ in range(3):
        chromium.key("ArrowRight")
    at = readout(chromium, "time").split()[0]
    assert at == "0:27" or at == "0:28"
    chromium.key("+")
    chromium.key("+")
    zoomed = ticks(chromium)
    assert zoomed["balance"] == zoomed["power"] != whole["power"]
    chromium.key("ArrowRight", shift=True)
    assert ticks(chromium) != zoomed
    chromium.key("0")
    assert ticks(chromium) == whole


def test_buttons_do_the_same(chromium: Browser, pages: dict[str, Path]) -> None:
    whole = opened(chromium, pages["ride"])
    for what, same in (("in", False), ("right", False), ("all", True)):
        chromium.evaluate(f"document.querySelector('[data-charts=time] [data-do={what}]').click()")
        chromium.drawn()
        assert (ticks(chromium) == whole) is same


def test_a_drop_off_is_shown_in_the_large_charts(chromium: Browser, pages: dict[str, Path]) -> None:
    whole = opened(chromium, pages["ride"])
    chromium.evaluate("document.querySelector('button[data-show]').click()")
    chromium.drawn()
    assert ticks(chromium)["balance"] != whole["balance"]
    assert chromium.evaluate("document.activeElement.dataset.charts") == "time"


def test_all_bands_of_a_trend_zoom_together_and_tell_the_ride(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    whole = opened(chromium, pages["trend"])
    chromium.mouse("mouseMoved", *place(chromium, "m0b1", 0.5))
    said = readout(chromium, "m0")
    assert "endurance 4" in said
    assert "threshold 4" in said
    drag(chromium, "m0b1", 0.3, 0.4)
    zoomed = ticks(chromium)
    assert zoomed["m0b0"] == zoomed["m0b3"] != whole["m0b0"]


def test_the_charts_of_one_meter_zoom_without_those_of_another(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    whole = opened(chromium, pages["meters"])
    assert whole["m0b0"] == whole["m0b3"] != whole["m1b0"] == whole["m1b3"]
    drag(chromium, "m1b1", 0.3, 0.5)
    zoomed = ticks(chromium)
    assert zoomed["m0b0"] == whole["m0b0"]
    assert zoomed["m1b0"] == zoomed["m1b3"] != whole["m1b0"]


def test_walking_through_a_trend_goes_from_ride_to_ride(chromium: Browser, pages: dict[str, Path]) -> None:
    days = [row.started.date() for row in months_of_rides(60).meters[0].bands[0].rows]
    chromium.open(pages["trend"])
    chromium.evaluate("document.querySelector('[data-charts=m0]').focus()")
    chromium.key("Home")
    told = [readout(chromium, "m0")]
    for _ in range(3):
        chromium.key("ArrowRight")
        told.append(readout(chromium, "m0"))
    assert told[0].startswith(f"{days[0].day} {days[0]:%b %Y} ")
    assert len(set(told)) == 4


def test_a_finger_up_and_down_scrolls_the_page_and_leaves_the_chart(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    chromium.size(390, 800)
    try:
        opened(chromium, pages["ride"])
        chromium.evaluate("document.querySelector('[data-charts=time] [data-do=in]').click()")
        x, y = place(chromium, "balance", 0.5)
        before, scrolled = ticks(chromium), chromium.evaluate("scrollY")
        chromium.touch(*(((x + step, y - 30.0 * step),) for step in range(6)))
        assert chromium.evaluate("scrollY") > scrolled + 50
        assert ticks(chromium) == before
    finally:
        chromium.size(1280, 1000)


def test_a_finger_sideways_moves_along_and_two_look_closer(chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.size(390, 800)
    try:
        opened(chromium, pages["ride"])
        x, y = place(chromium, "balance", 0.5)
        chromium.touch(*(((x - 20.0 - 12.0 * step, y), (x + 20.0 + 12.0 * step, y)) for step in range(6)))
        low, high = shown(chromium, "balance")
        assert shown(chromium, "power") == (low, high)
        assert (low, high) == pytest.approx((0.375, 0.625), abs=0.04)  # forty pixels have become 160
        x, y = place(chromium, "balance", 0.5)
        scrolled = chromium.evaluate("scrollY")
        chromium.touch(*(((x + 15.0 * step, y),) for step in range(6)))
        assert shown(chromium, "balance")[0] < low - 0.02
        assert chromium.evaluate("scrollY") == scrolled
        assert re.match(r"\d+:\d\d ", readout(chromium, "time"))  # the finger is off, its values stay
    finally:
        chromium.size(1280, 1000)

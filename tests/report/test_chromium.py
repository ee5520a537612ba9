"""The page in a real Chromium without a network: silent, alive under pointer and keys, harmless, printable."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from legbal.report.ride import RideDetails, ride_page
from legbal.report.trend import trend_page
from tests.programs import require_program
from tests.report.browser import Browser, browser
from tests.report.months import months_of_rides, several_meters
from tests.report.rides import HOSTILE, about, falling_behind, longer, without_balance

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages as files, by name."""
    folder = tmp_path_factory.mktemp("pages")
    hostile = RideDetails(
        title=HOSTILE, meters=(HOSTILE,), note=HOSTILE, notes=((60.0, HOSTILE),), made_of=HOSTILE
    )
    made = {
        "ride": ride_page(falling_behind(), about()),
        "trend": trend_page(months_of_rides(60)),
        "meters": trend_page(several_meters(("ASSIOMA", 40, 200), ("STAGES", 20, 100), ("POWERTAP", 3, 9))),
        "hostile": ride_page(falling_behind(), hostile),
        "hostile trend": trend_page(months_of_rides(60, meter=HOSTILE)),
        "no balance": ride_page(without_balance(), about()),
        "long": ride_page(longer(falling_behind(), 5), about()),
    }
    for name, octets in made.items():
        (folder / f"{name}.html").write_bytes(octets)
    return {name: folder / f"{name}.html" for name in made}


def value(chromium: Browser, expression: str) -> Any:
    return json.loads(chromium.evaluate(f"JSON.stringify({expression})"))


def ticks(chromium: Browser) -> dict[str, list[str]]:
    """The labels on the x axis of every chart that zooms, by the chart's name."""
    script = (
        "Object.fromEntries(Array.from(document.querySelectorAll('svg[data-group]'), "
        "s => [s.id, Array.from(s.querySelectorAll('.ticks text'), t => t.textContent)]))"
    )
    found: dict[str, list[str]] = value(chromium, script)
    return found


def paths(chromium: Browser, chart: str) -> list[str]:
    """What the chart's series draw."""
    found: list[str] = value(
        chromium, f"Array.from(document.querySelectorAll('#{chart} .plot path'), p => p.getAttribute('d'))"
    )
    return found


def shown(chromium: Browser, chart: str) -> tuple[float, float]:
    """The part of a chart's plot that is shown: 0 and 1 are the ends of the whole."""
    box = "p.viewBox.baseVal"
    script = f"(p => [{box}.x, {box}.x + {box}.width].map(x => x / p.width.baseVal.value))"
    low, high = value(chromium, f"{script}(document.querySelector('#{chart} .plot'))")
    return round(float(low), 4), round(float(high), 4)


def readout(chromium: Browser, box: str) -> str:
    said = chromium.evaluate(f"document.querySelector('[data-charts={box}] output').innerText")
    assert isinstance(said, str)
    return " ".join(said.split())


def place(chromium: Browser, chart: str, part: float) -> tuple[float, float]:
    """The place in the window of a part of a chart's x axis; the chart is scrolled to the middle."""
    script = f"""(() => {{
        const svg = document.getElementById('{chart}');
        svg.scrollIntoView({{block: 'center'}});
        const box = svg.getBoundingClientRect();
        const scale = box.width / svg.viewBox.baseVal.width;
        const plot = svg.querySelector('.plot');
        const [left, length] = [plot.x.baseVal.value, plot.width.baseVal.value];
        return [box.left + (left + {part} * length) * scale, box.top + box.height / 2];
    }})()"""
    x, y = value(chromium, script)
    return float(x), float(y)


def drag(chromium: Browser, chart: str, start: float, end: float, **more: Any) -> None:
    x, y = place(chromium, chart, start)
    to, _ = place(chromium, chart, end)
    chromium.mouse("mousePressed", x, y, button="left", clickCount=1, **more)
    chromium.mouse("mouseMoved", (x + to) / 2, y, button="left", **more)
    chromium.mouse("mouseMoved", to, y, button="left", **more)
    chromium.mouse("mouseReleased", to, y, button="left", clickCount=1, **more)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["ride", "trend", "hostile", "hostile trend", "no balance"])
def test_it_loads_in_silence_and_asks_for_nothing_but_itself(
    chromium: Browser, pages: dict[str, Path], name: str, scheme: str
) -> None:
    chromium.open(pages[name], scheme=scheme)
    chromium.drawn()
    assert chromium.complaints() == []
    assert chromium.requested() == [pages[name].resolve().as_uri()]
    assert chromium.evaluate("document.querySelector('.live') !== null")  # the script ran


@pytest.mark.parametrize("name", ["hostile", "hostile trend"])
def test_hostile_names_do_nothing_also_under_the_pointer(
    chromium: Browser, pages: dict[str, Path], name: str
) -> None:
    chromium.open(pages[name])
    chart = "balance" if name == "hostile" else "m0b0"
    for part in (0.06, 0.2, 0.5):
        chromium.mouse("mouseMoved", *place(chromium, chart, part))
    assert chromium.evaluate("typeof window.ran") == "undefined"
    assert chromium.evaluate("document.scripts.length") == 2
    assert chromium.evaluate("document.images.length") == 0
    assert "window.ran = 'text'" in chromium.evaluate("document.querySelector('main').textContent")
    assert chromium.complaints() == []


def test_a_policy_that_is_broken_would_be_heard(chromium: Browser, pages: dict[str, Path]) -> None:
    """What the other tests call silence is worth something."""
    chromium.open(pages["ride"])
    chromium.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'ran = 1'}))"
    )
    assert any("Content Security Policy" in said for said in chromium.complaints())
    assert chromium.evaluate("typeof window.ran") == "undefined"


@pytest.mark.parametrize("name", ["ride", "trend", "meters"])
def test_the_script_changes_nothing_of_what_was_built(
    chromium: Browser, pages: dict[str, Path], name: str
) -> None:
    chromium.open(pages[name], script=False)
    built = {chart: (labels, paths(chromium, chart)) for chart, labels in ticks(chromium).items()}
    chromium.open(pages[name])
    chromium.drawn()
    assert {chart: (labels, paths(chromium, chart)) for chart, labels in ticks(chromium).items()} == built
    assert {shown(chromium, chart) for chart in built} == {(0.0, 1.0)}


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
    chromium.open(pages["ride"])
    chromium.drawn()
    whole = ticks(chromium)
    charts = ("balance", "power", "cadence")
    before = {chart: paths(chromium, chart) for chart in charts}
    drag(chromium, "power", 0.25, 0.5)
    zoomed = ticks(chromium)
    assert zoomed["balance"] == zoomed["power"] == zoomed["cadence"] != whole["power"]
    assert zoomed["against-power"] == whole["against-power"]  # another axis altogether
    for chart in charts:
        assert shown(chromium, chart) == pytest.approx((0.25, 0.5), abs=0.01)
    assert " – " in readout(chromium, "time") or ":" in readout(chromium, "time")
    chromium.click(*place(chromium, "cadence", 0.5), times=2)
    assert ticks(chromium) == whole
    assert {chart: paths(chromium, chart) for chart in charts} == before
    assert {shown(chromium, chart) for chart in charts} == {(0.0, 1.0)}


def test_the_wheel_zooms_with_control_and_scrolls_the_page_without(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    chromium.open(pages["ride"])
    chromium.drawn()
    whole = ticks(chromium)
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
    chromium.open(pages["ride"])
    chromium.drawn()
    whole = ticks(chromium)
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
    chromium.open(pages["ride"])
    chromium.drawn()
    whole = ticks(chromium)
    for what, same in (("in", False), ("right", False), ("all", True)):
        chromium.evaluate(f"document.querySelector('[data-charts=time] [data-do={what}]').click()")
        chromium.drawn()
        assert (ticks(chromium) == whole) is same


def test_a_drop_off_is_shown_in_the_large_charts(chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.open(pages["ride"])
    chromium.drawn()
    whole = ticks(chromium)
    chromium.evaluate("document.querySelector('button[data-show]').click()")
    chromium.drawn()
    assert ticks(chromium)["balance"] != whole["balance"]
    assert chromium.evaluate("document.activeElement.dataset.charts") == "time"


def test_all_bands_of_a_trend_zoom_together_and_tell_the_ride(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    chromium.open(pages["trend"])
    chromium.drawn()
    whole = ticks(chromium)
    chromium.mouse("mouseMoved", *place(chromium, "m0b1", 0.5))
    said = readout(chromium, "m0")
    assert "55–75 % 4" in said
    assert "90–105 % 4" in said
    drag(chromium, "m0b1", 0.3, 0.4)
    zoomed = ticks(chromium)
    assert zoomed["m0b0"] == zoomed["m0b3"] != whole["m0b0"]


def test_the_charts_of_one_meter_zoom_without_those_of_another(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    chromium.open(pages["meters"])
    chromium.drawn()
    whole = ticks(chromium)
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


@pytest.mark.parametrize("name", ["ride", "trend"])
def test_without_javascript_everything_is_there_but_what_needs_it(
    chromium: Browser, pages: dict[str, Path], name: str
) -> None:
    chromium.open(pages[name], script=False)
    hidden = "Array.from(document.querySelectorAll('.bar, .hint, button'), e => e.getClientRects().length)"
    assert set(value(chromium, hidden)) == {0}
    drawn = "Array.from(document.querySelectorAll('svg.chart'), s => s.getBoundingClientRect().height)"
    assert min(value(chromium, drawn)) > 50
    for chart in ticks(chromium):
        assert any(paths(chromium, chart))


@pytest.mark.parametrize("name", ["ride", "trend", "meters"])
def test_nothing_runs_over_the_edge_of_a_telephone(
    chromium: Browser, pages: dict[str, Path], name: str
) -> None:
    chromium.open(pages[name])
    chromium.size(390, 800)
    try:
        assert chromium.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        chromium.size(1280, 1000)


@pytest.mark.parametrize("name", ["ride", "trend"])
def test_a_table_s_rows_stay_low_on_a_telephone(chromium: Browser, pages: dict[str, Path], name: str) -> None:
    chromium.open(pages[name])
    chromium.size(390, 800)
    rows = "Array.from(document.querySelectorAll('td'), cell => cell.getBoundingClientRect().height)"
    try:
        assert max(value(chromium, rows)) < 60
    finally:
        chromium.size(1280, 1000)


@pytest.mark.parametrize("name", ["ride", "trend", "meters"])
def test_no_chart_is_cut_on_paper(
    chromium: Browser, pages: dict[str, Path], name: str, tmp_path: Path
) -> None:
    """The name at a chart's top and the labels below it come out on one page of the PDF, whole."""
    program = require_program("pdftotext")
    chromium.open(pages[name])
    chromium.drawn()
    named = "s.querySelector('.name').textContent = `top${i}x`"
    first = "s.querySelector('.ticks text').textContent = `end${i}x`"
    chromium.evaluate(f"document.querySelectorAll('svg.chart').forEach((s, i) => {{ {named}; {first} }})")
    charts = int(chromium.evaluate("document.querySelectorAll('svg.chart').length"))
    (tmp_path / "page.pdf").write_bytes(chromium.printed())
    told = subprocess.run([program, tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True)
    sheets = told.stdout.rstrip("\f").split("\f")
    assert len(sheets) > 1
    for chart in range(charts):
        (at,) = (number for number, sheet in enumerate(sheets) if f"top{chart}x" in sheet)
        assert f"end{chart}x" in sheets[at]
    size = subprocess.run(
        ["pdfinfo", tmp_path / "page.pdf"], capture_output=True, text=True, check=True
    ).stdout
    assert "A4" in size

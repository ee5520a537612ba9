"""The page in a real Chromium without a network: silent, harmless, whole on a telephone and on paper."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.programs import require_program
from tests.report.browser import Browser
from tests.report.charts import paths, place, shown, ticks, value

pytestmark = pytest.mark.timeout(240)


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
def test_charts_are_readable_and_shares_in_sight_on_a_telephone(
    chromium: Browser, pages: dict[str, Path], name: str
) -> None:
    """The charts that zoom are high enough, their letters large enough; no table has its shares off the screen."""
    heights = "Array.from(document.querySelectorAll('svg[data-group]'), s => s.clientHeight)"
    letters = (
        "Array.from(document.querySelectorAll('svg[data-group] text'), t => t.getBoundingClientRect().height)"
    )
    shares = (
        "Array.from(document.querySelectorAll('thead th')).filter(h => ['left %', 'last month']"
        ".includes(h.textContent)).map(h => h.getBoundingClientRect().right)"
    )
    chromium.size(390, 800)
    try:
        chromium.open(pages[name])
        chromium.drawn()
        assert min(value(chromium, heights)) >= 100
        assert min(x for x in value(chromium, letters) if x) >= 10
        assert max(value(chromium, shares)) <= 390
    finally:
        chromium.size(1280, 1000)


@pytest.mark.parametrize("name", ["ride", "trend"])
def test_a_table_s_rows_stay_low_on_a_telephone(chromium: Browser, pages: dict[str, Path], name: str) -> None:
    chromium.open(pages[name])
    chromium.size(390, 800)
    rows = "Array.from(document.querySelectorAll('td'), cell => cell.getBoundingClientRect().height)"
    try:
        assert max(value(chromium, rows)) < 75  # three lines
    finally:
        chromium.size(1280, 1000)


@pytest.mark.parametrize(("name", "wide"), [("ride", set()), ("meters", {"month", "ride"})])
def test_a_table_wider_than_a_telephone_keeps_the_names_of_its_rows(
    chromium: Browser, pages: dict[str, Path], name: str, wide: set[str]
) -> None:
    """Only months and rides by band are, and moved to their end they still say which one it was."""
    moved = (
        "Array.from(document.querySelectorAll('.wide')).filter(w => w.scrollWidth > w.clientWidth).map(w => {"
        " w.scrollLeft = 1e4; const [first, last] = ['first', 'last'].map(end =>"
        " w.querySelector(`tbody tr :${end}-child`).getBoundingClientRect());"
        " return [w.querySelector('th').textContent, first.left, last.right]; })"
    )
    chromium.size(390, 800)
    try:
        chromium.open(pages[name])
        found = value(chromium, moved)
        assert {heading for heading, *_ in found} == wide
        for _, first, last in found:
            assert 0 <= first < 20
            assert last <= 390
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

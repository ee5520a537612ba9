"""What a page's charts show in a browser, and a pointer on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.report.browser import Browser

_LENGTH = 810.0  # of the plots of linked charts, in their own units


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


def opened(chromium: Browser, page: Path) -> dict[str, list[str]]:
    """Opens a page; the ticks of its charts before anybody zooms."""
    chromium.open(page)
    chromium.drawn()
    return ticks(chromium)


def paths(chromium: Browser, chart: str) -> list[str]:
    """What the chart's series draw."""
    found: list[str] = value(
        chromium, f"Array.from(document.querySelectorAll('#{chart} .plot path'), p => p.getAttribute('d'))"
    )
    return found


def shown(chromium: Browser, chart: str) -> tuple[float, float]:
    """The part of a chart's plot that is shown: 0 and 1 are the ends of the whole."""
    box = "p.viewBox.baseVal"
    script = f"(p => [{box}.x, {box}.x + {box}.width].map(x => x / {_LENGTH}))"
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

"""Thirty names that would run, load or lead away wherever they were markup, in every place that takes foreign text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from legbal.report.ride import RideDetails, ride_page
from legbal.report.trend import trend_page
from tests.report.browser import Browser
from tests.report.charts import place
from tests.report.months import months_of_rides, several_meters
from tests.report.rides import falling_behind, without_balance

pytestmark = pytest.mark.timeout(240)

RUN = "window.ran=1"
STRINGS = (
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</svg></figure><script>{RUN}</script>",
    f"--><script>{RUN}</script><!--",
    f"]]><script>{RUN}</script><![CDATA[",
    f"<img src=x onerror={RUN}>",
    f"<img src=http://127.0.0.1:9/x.png onload={RUN}>",
    f'"><img src=x onerror="{RUN}">',
    f"'><img src=x onerror='{RUN}'>",
    f'" onmouseover="{RUN}" x="',
    f"' onmouseover='{RUN}' x='",
    f"` onmouseover=`{RUN}` x=`",
    f" onfocus={RUN} autofocus tabindex=1 ",
    f"<svg/onload={RUN}>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s></svg>",
    f"<details open ontoggle={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN.removeprefix('window.')}</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "<base href=http://127.0.0.1:9/><link rel=stylesheet href=x.css>",
    "<form action=http://127.0.0.1:9/><input name=x autofocus><button>go</button></form>",
    f"<a href=\"javascript:{RUN}\">press</a>",
    "<style>*{background:url(http://127.0.0.1:9/x)}</style>",
    "<template><slot><math><mtext><mglyph><style>",
    f"&lt;script&gt;{RUN}&lt;/script&gt; &#60;script&#62; &amp;lt;",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e ${{{RUN}}} {{{{{RUN}}}}}",
    "\u2028\u2029\u202e\u2066\x00\x01\x1b[31m\x7f\x9b\ufeff\ud800\udcff",
    "__proto__",
    f"+ADw-script+AD4-{RUN}+ADw-/script+AD4- \u00bcscript\u00be",
)  # fmt: skip
LOOK = """
({ran: typeof window.ran, title: document.title.endsWith(' · legbal'),
  elements: [...new Set(Array.from(document.querySelectorAll('*'), e => e.localName))].sort(),
  scripts: document.scripts.length,
  handlers: Array.from(document.querySelectorAll('*'), e => e.getAttributeNames()).flat()
    .filter(name => /^(on|href|src|action|autofocus|srcdoc|style)/.test(name)).sort(),
  live: document.querySelector('.live') !== null})
"""


def written(folder: Path, pages: Iterable[bytes]) -> list[Path]:
    """The pages as files."""
    paths = []
    for number, octets in enumerate(pages):
        paths.append(folder / f"{number}.html")
        paths[-1].write_bytes(octets)
    return paths


def looked_at(chromium: Browser, path: Path) -> dict[str, Any]:
    """What is in a page once it has been drawn, after it has asked for nothing and complained of nothing."""
    chromium.open(path)
    chromium.drawn()
    found: dict[str, Any] = chromium.evaluate(LOOK)
    assert chromium.complaints() == []
    assert chromium.requested() == [path.resolve().as_uri()]
    return found


def test_no_name_title_or_note_of_a_ride_is_more_than_text(chromium: Browser, tmp_path: Path) -> None:
    def page(text: str) -> bytes:
        details = RideDetails(title=text, meters=(text, text), note=text, notes=((60.0, text),), made_of=text)
        return ride_page(without_balance(), details)

    (plain,) = written(tmp_path, [page("a name")])
    harmless = looked_at(chromium, plain)
    assert harmless["ran"] == "undefined"
    for text, path in zip(STRINGS, written(tmp_path, map(page, STRINGS)), strict=True):
        assert looked_at(chromium, path) == harmless, text


def test_nor_are_all_of_them_at_once_with_charts_and_a_pointer(chromium: Browser, tmp_path: Path) -> None:
    notes = tuple((30.0 * number, text) for number, text in enumerate(STRINGS))
    plain = tuple((30.0 * number, "a note") for number, _ in enumerate(STRINGS))
    harmless, hostile = written(
        tmp_path,
        [
            ride_page(
                falling_behind(), RideDetails(title=texts[0][1], meters=("a", "b"), notes=texts, made_of="c")
            )
            for texts in (plain, notes)
        ],
    )
    wanted = looked_at(chromium, harmless)
    assert looked_at(chromium, hostile) == wanted
    for part in (0.03, 0.1, 0.2, 0.4):
        chromium.mouse("mouseMoved", *place(chromium, "balance", part))
    assert chromium.evaluate(LOOK) == wanted
    assert chromium.complaints() == []


def test_no_meter_and_no_change_of_months_is_more_than_text(chromium: Browser, tmp_path: Path) -> None:
    def page(texts: Iterable[str]) -> bytes:
        texts = tuple(texts)
        trend = months_of_rides(40)
        changes = tuple(msgspec.structs.replace(x, words=y) for x in trend.changes for y in texts)
        meters = several_meters(*((f"{text} {number}", 9, 60) for number, text in enumerate(texts)))
        return trend_page(msgspec.structs.replace(meters, changes=changes))

    harmless, hostile = written(tmp_path, [page("words" for _ in STRINGS), page(STRINGS)])
    assert looked_at(chromium, hostile) == looked_at(chromium, harmless)

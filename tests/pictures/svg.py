"""SVG as small as it goes without looking different, and the same bytes each time."""

from __future__ import annotations

import re
from html import unescape

_RECT = re.compile(
    r'<rect fill="(?P<ink>[^"]+)" x="(?P<x>[^"]+)" y="(?P<y>[^"]+)" width="(?P<w>[^"]+)" [^>]*>'
)
_TEXT = re.compile(
    r'<text class="(?P<ink>[^"]+)" x="(?P<x>[^"]+)" y="(?P<y>[^"]+)"[^>]*>(?P<text>[^<]*)</text>'
)
_PAIR = re.compile(r"( -?[\d.]+ -?[\d.]+) -?[\d.]+ -?[\d.]+(?= )")
_LINE, _CELL, _BASE = 24.65, 12.2, 18.5  # a line's height, a column, and the base line below the line's top
_FULL = (1.0, 0.0, 1.0)  # how wide, how far down it begins, how high; of a cell
_BLOCKS = {"█": _FULL, "▀": (1.0, 0.0, 0.5), "▌": (0.5, 0.0, 1.0)}
_BLOCKS |= {block: (1.0, 1 - n / 8, n / 8) for n, block in enumerate("▁▂▃▄▅▆▇", 1)}


def slim(drawn: str) -> str:
    """Textual's screenshot without the web font that it would fetch, and without what repeats itself."""
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"<clipPath id=\"[^\"]*line-\d+\">.*?</clipPath>\s*", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r' clip-path="url\(#[^)]*line-\d+\)"', "", drawn)
    drawn = re.sub(r"terminal-\d+-", "t-", drawn)
    drawn = re.sub(r"<text [^>]*>\n</text>", "", drawn)
    drawn = drawn.replace("&#160;", "\N{NO-BREAK SPACE}")
    head, grounds, rest = re.split(r"((?:<rect fill=\"[^\"]+\" x=[^>]*>)+)", drawn, maxsplit=1)
    return head + _grounds(grounds) + re.sub(r"\n\s*", "\n", _TEXT.sub(_blocks, rest))


def _grounds(rects: str) -> str:
    """The grounds of all cells: those of one colour that touch on a line are one."""
    made: list[tuple[str, float, float, float]] = []
    for rect in _RECT.finditer(rects):
        x, y, width = (float(rect[name]) for name in "xyw")
        if made and made[-1][0] == rect["ink"] and made[-1][2] == y and abs(sum(made[-1][1::2]) - x) < 0.1:
            made[-1] = (rect["ink"], made[-1][1], y, made[-1][3] + width)
        else:
            made.append((rect["ink"], x, y, width))
    return "\n".join(
        f'<path fill="{ink}" shape-rendering="crispEdges" d="M{x:g} {y:g}h{width:g}v{_LINE}H{x:g}z"/>'
        for ink, x, y, width in made
    )


def _blocks(run: re.Match[str]) -> str:
    """Text of nothing but blocks as areas, which meet whatever the font; all other text as it is."""
    text, x, top = unescape(run["text"]), float(run["x"]), float(run["y"]) - _BASE
    if not text.strip() or set(text) - {*_BLOCKS, "\N{NO-BREAK SPACE}"}:
        return run[0]
    areas = []
    for same in re.finditer(r"([^\N{NO-BREAK SPACE}])\1*", text):
        wide, down, high = _BLOCKS[same[1]]
        left, right = same.start(), same.end() - 1 + wide
        areas.append(
            f"M{x + _CELL * left:.1f} {top + _LINE * down:.1f}H{x + _CELL * right:.1f}"
            f"v{_LINE * high:.1f}H{x + _CELL * left:.1f}z"
        )
    return f'<path class="{run["ink"]}" shape-rendering="crispEdges" d="{"".join(areas)}"/>'


def strict(html: str) -> str:
    """The report's HTML as XML, as SVG wants it, and of its curves every other point: they lie within a pixel."""
    html = html.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    html = re.sub(r" hidden(?=[ >])", ' hidden=""', html)
    html = re.sub(r' data-[a-z-]+="[^"]*"', "", html)
    return re.sub(r' d="[^"]{2000,}"', lambda path: _PAIR.sub(r"\1", path[0]), html)

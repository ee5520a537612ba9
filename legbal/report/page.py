"""The page around what it tells, and its figures: one that loads nothing and runs but the script it was made with."""

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files

from legbal import __version__
from legbal.present.html import Attribute, Child, Markup, data, foreign, short, shortened, tag
from legbal.report.chart import Group


def page(title: str, body: Markup, groups: Iterable[Group], made_of: str) -> bytes:
    """A whole page in UTF-8.

    Args:
        title: its title, from outside.
        body: everything below the title.
        groups: the charts that zoom together.
        made_of: what the page was made of, for its last line.
    """
    script, group_data = _shipped("page.js"), data({group.name: group.data() for group in groups})
    return _whole(title, title, body, made_of, group_data, tag("script", script), script=script)


def sheet(title: str, heading: str, body: Markup, made_of: str) -> bytes:
    """A whole page in UTF-8 that is one sheet of A4 on paper, and runs nothing; arguments as of `page`.

    `title` is that of the window, `heading` of the sheet.
    """
    return _whole(title, heading, body, made_of, style=_shipped("sheet.css"))


def _whole(
    title: str,
    heading: str,
    body: Markup,
    made_of: str,
    *behind: Markup,
    script: Markup | None = None,
    style: Markup | None = None,
) -> bytes:
    styles = Markup(f"{_shipped('page.css')}{style or ''}")
    may_run = f"script-src '{_hash(script)}'; " if script else ""
    policy = f"default-src 'none'; {may_run}style-src '{_hash(styles)}'; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{shortened(title, 200)} · legbal"),
        tag("style", styles),
    )
    main = tag(
        "main",
        tag("h1", foreign(heading)),
        body,
        tag("footer", tag("p", f"legbal {__version__} · ", foreign(made_of))),
    )
    whole = tag("html", head, tag("body", main, *behind), lang="en")
    return f"<!DOCTYPE html>\n{whole}\n".encode("utf-8", "replace")


def _shipped(name: str) -> Markup:
    return Markup((files("legbal.report") / name).read_text("utf-8"))


def _hash(text: str) -> str:
    """The source expression that lets exactly this text pass."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def key(style: str, label: str) -> Markup:
    """One entry of a legend: a swatch in the style of what it stands for, and words."""
    return tag("span", tag("span", class_=f"swatch {style}", aria_hidden="true"), label, class_="key")


# what the script serves, and shows when it runs
_BAR = tag(
    "div",
    tag("output", class_="readout"),
    tag(
        "div",
        *(
            tag("button", sign, type="button", data_do=what, title=label, aria_label=label)
            for what, sign, label in (
                ("left", "◀", "earlier"),
                ("right", "▶", "later"),
                ("in", "+", "closer"),
                ("out", "−", "wider"),
                ("all", "all", "everything again"),
            )
        ),
        class_="tools",
    ),
    class_="bar",
    hidden=True,
)
_HINT = tag(
    "p",
    "Drag over a chart to look closer, hold Shift to move along; a double click shows everything again. "
    "On a touch screen one finger moves along, and two look closer. "
    "On the keyboard: ← → walk, Shift with them moves along, + and − zoom, 0 shows everything.",
    class_="hint",
    hidden=True,
)


def picture(
    name: str, title: str, description: str, size: tuple[float, float], *parts: Child, **attributes: Attribute
) -> Markup:
    """An SVG element, told to those who cannot see it by its title and description."""
    return tag(
        "svg",
        tag("title", title, id=f"{name}-title"),
        tag("desc", description, id=f"{name}-desc"),
        *parts,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        id=name,
        viewBox=f"0 0 {' '.join(map(short, size))}",
        **attributes,
    )


def figure(caption: Child, *parts: Child, class_: str | None = None) -> Markup:
    """Pictures that stay on one printed page, with their caption above."""
    return tag("figure", tag("figcaption", caption), tag("div", *parts, class_="charts"), class_=class_)


def linked(name: str, legend: Iterable[Child], *charts: Markup, label: str, hinted: bool = True) -> Markup:
    """Charts that zoom together, with the line that tells what is pointed at.

    `hinted`: whether the keys and the pointer are explained here; once on a page is enough.
    """
    return tag(
        "figure",
        tag("figcaption", *legend),
        _BAR,
        *charts,
        _HINT if hinted else None,
        data_charts=name,
        role="group",
        aria_label=label,
    )

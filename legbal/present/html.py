"""HTML and SVG from finished pieces: whatever is not finished markup is escaped, here and nowhere else."""

import unicodedata
from collections.abc import Iterable
from html import escape

import msgspec

from legbal.present.document import Block, ForeignText, Heading, Table

_SPARE = 4  # a column's `drop` from which a narrow page does without it
_VOID = frozenset(("br", "col", "hr", "link", "meta"))


class Markup(str):
    """Text that is finished markup: it goes into a page as it is."""

    __slots__ = ()


Child = str | None
Attribute = str | int | float | bool | None


def visible(text: str) -> str:
    """A text without characters that HTML cannot hold, or that would show nothing: U+FFFD stands for them."""
    if text.isprintable():  # a path of a chart has a hundred thousand characters
        return text
    return "".join(
        letter if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs", "Cn") else "\ufffd"
        for letter in text
    )


def join(children: Iterable[Child]) -> Markup:
    """The children one after the other; text is escaped, None is nothing."""
    return Markup("".join(_markup(child) for child in children if child is not None))


def _markup(child: str) -> str:
    if isinstance(child, Markup):
        return child
    return foreign(child) if isinstance(child, ForeignText) else escape(visible(child))


def tag(name: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """An element.

    Args:
        name: of the element.
        children: text, which is escaped, or finished markup.
        attributes: a final `_` is dropped and others become `-`, so that `class_` and `aria_label` can be said;
            None and False leave it out, True gives it without a value.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    content = "" if name in _VOID else f"{join(children)}</{name}>"
    return Markup(f"<{name}{written}>{content}")


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    text = short(value) if isinstance(value, float) else escape(visible(str(value)))
    return f' {name}="{text}"'


def shortened(text: str, most: int) -> str:
    """A text from outside with at most so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def foreign(text: str, most: int = 200) -> Markup:
    """A text from outside (a title, a name, a note), shortened, whose direction of writing stays its own."""
    return tag("bdi", shortened(str(text), most))


def short(value: float) -> str:
    """A coordinate: to a tenth, without what is not needed."""
    return f"{value:.1f}".removesuffix(".0")


def data(value: object) -> Markup:
    """A value, whose texts are `visible`, as JSON that cannot end the script it stands in, which is only data."""
    text = msgspec.json.encode(value).decode()
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(f'<script type="application/json" id="data">{text}</script>')


def document(blocks: Iterable[Block | Markup]) -> Markup:
    """The blocks one below the other; finished markup, such as a chart, goes in as it is."""
    return join(map(_block, blocks))


def _block(block: Block | Markup) -> Markup:
    if isinstance(block, Markup):
        return block
    if isinstance(block, Table):
        return table(block)
    if isinstance(block, Heading):
        return tag("h2", block.text)
    return tag("p", block.text, class_=None if block.tone == "plain" else block.tone)


def table(printed: Table) -> Markup:
    """A table that a screen reader can tell: column headings, the first cell of a row as the row's heading.

    A cell that is finished `Markup` goes in as it is; numbers, tones and what a narrow page does without are
    classes. Columns without anything in them are left out, as on other surfaces.
    """
    rows: list[list[Markup]] = [[] for _ in printed.rows]
    head = []
    for number, (column, cells) in enumerate(printed.filled()):
        kind = "number" if column.align == "right" else None
        drop = "spare" if column.drop >= _SPARE else None
        head.append(tag("th", column.heading, scope="col", class_=_classes(kind, drop)))
        wrap = "wrap" if column.overflow == "wrap" else None
        classes = _classes(kind, None if column.tone == "plain" else column.tone, drop, wrap)
        name, scope = ("td", None) if number else ("th", "row")
        for row, cell in zip(rows, cells, strict=True):
            row.append(tag(name, cell, scope=scope, class_=classes))
    parts = (
        tag("caption", printed.caption) if printed.caption else None,
        tag("thead", tag("tr", *head)),
        tag("tbody", *(tag("tr", *row) for row in rows)),
    )
    return tag("div", tag("table", *parts), class_="wide")


def _classes(*names: str | None) -> str | None:
    return " ".join(filter(None, names)) or None

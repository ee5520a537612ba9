"""Tables: headings that a screen reader can tell, numbers in line, and a share drawn beside its number."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from legbal.analysis.wander import SURE
from legbal.present.html import Child, Markup, short, tag
from legbal.report.scale import Axis, Scale

_WIDTH, _HEIGHT = 150.0, 20.0
_INSET = 6.0
_LEAST_POINTS = 4.0  # of share from end to end


class Column(msgspec.Struct, frozen=True):
    """A column: its heading, and whether it holds numbers."""

    name: str
    numbers: bool = True


def table(caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Child]]) -> Markup:
    """A table; the first cell of a row is its heading."""
    kinds = ["number" if column.numbers else None for column in columns]
    head = tag("tr", *(tag("th", x.name, scope="col", class_=k) for x, k in zip(columns, kinds, strict=True)))
    body = []
    for first, *others in rows:
        cells = [tag("td", cell, class_=kind) for cell, kind in zip(others, kinds[1:], strict=True)]
        body.append(tag("tr", tag("th", first, scope="row", class_=kinds[0]), *cells))
    inside = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *body))
    return tag("div", inside, class_="wide")


class Drawn(msgspec.Struct, frozen=True):
    """A share to be drawn in a row: percent, its standard error, and what is usual."""

    percent: float | None
    error: float | None
    usual: float | None = None

    @property
    def known(self) -> bool:
        """Whether there is anything to draw."""
        return self.percent is not None and self.error is not None


def common(rows: Sequence[Drawn]) -> Axis:
    """An axis on which the shares of all rows have their place, and 50 %."""
    ends = [50.0]
    for row in rows:
        if row.percent is not None and row.error is not None:
            ends += [row.percent - SURE * row.error, row.percent + SURE * row.error]
            ends += [] if row.usual is None else [row.usual]
    low, high = min(ends), max(ends)
    spare = max(0.0, _LEAST_POINTS - (high - low)) / 2
    return Axis(low - spare, high + spare)


def drawn(row: Drawn, axis: Axis) -> Markup | None:
    """The share as a point with its 95 % interval, on an axis with 50 % and what is usual; None if unknown."""
    if row.percent is None or row.error is None:
        return None
    at, middle = Scale(axis, _INSET, _WIDTH - 2 * _INSET), _HEIGHT / 2
    low, high = at(row.percent - SURE * row.error), at(row.percent + SURE * row.error)
    side = "left" if row.percent >= 50 else "right"
    usual = None
    if row.usual is not None:
        usual = tag("path", d=f"M{short(at(row.usual))} 3V{short(_HEIGHT - 3)}", class_="usual")
    return tag(
        "svg",
        tag("path", d=f"M{short(at(50.0))} 0V{short(_HEIGHT)}", class_="even"),
        usual,
        tag("path", d=f"M{short(low)} {short(middle)}H{short(high)}", class_="reach"),
        tag("circle", cx=at(row.percent), cy=middle, r=4.0, class_=f"{side} point"),
        viewBox=f"0 0 {short(_WIDTH)} {short(_HEIGHT)}",
        class_="row",
        aria_hidden="true",  # the number stands beside it
    )

"""A share drawn beside its number in a table: a point with its 95 % interval, on one axis for all rows."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from legbal.present.document import Column, Table
from legbal.present.html import Markup, short, tag
from legbal.present.numbers import number
from legbal.report.plot import Axis, Scale
from legbal.ride.share import Z_95, Share

_WIDTH, _HEIGHT = 150.0, 20.0
_INSET = 6.0
_LEAST_POINTS = 4.0  # of share from end to end


class ShareRow(msgspec.Struct, frozen=True):
    """A share to be drawn in a row, and what is usual."""

    share: Share
    usual: float | None = None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Of the 95 % interval; None where there is nothing to draw."""
        percent, error = self.share.left_percent, self.share.standard_error
        return None if percent is None or error is None else (percent - Z_95 * error, percent + Z_95 * error)


def with_drawings(table: Table, rows: Sequence[ShareRow]) -> tuple[Table, Markup | None]:
    """The table with its shares drawn beside them, and what the drawings mean; without any as it was."""
    known = [row for row in rows if row.bounds is not None]
    if not known:
        return table, None
    axis = _axis(known)
    at = 1 + [column.heading for column in table.columns].index("left %")
    columns = [*table.columns[:at], Column("95 % range", "left"), *table.columns[at:]]
    cells = [
        [*cells[:at], _drawing(row, axis), *cells[at:]] for cells, row in zip(table.rows, rows, strict=True)
    ]
    usual = ", the grey tick what was usual" if any(row.usual is not None for row in known) else ""
    legend = (
        f"Drawn from {number(axis.low, 1)} to {number(axis.high, 1)} %: the dashed line is 50 %, the point the share, "
        f"the bar its 95 % range{usual}."
    )
    return Table(columns, cells, table.caption), tag("p", legend, class_="quiet small")


def _axis(rows: Sequence[ShareRow]) -> Axis:
    """On which the shares of all rows have their place, and 50 %."""
    ends = [50.0, *(end for row in rows for end in row.bounds or ())]
    ends += [row.usual for row in rows if row.usual is not None]
    low, high = min(ends), max(ends)
    spare = max(0.0, _LEAST_POINTS - (high - low)) / 2
    return Axis(low - spare, high + spare)


def _drawing(row: ShareRow, axis: Axis) -> Markup:
    if row.bounds is None or row.share.left_percent is None:
        return Markup()
    at, middle = Scale(axis, _INSET, _WIDTH - 2 * _INSET), _HEIGHT / 2
    low, high = map(at, row.bounds)
    side = "left" if row.share.left_percent >= 50 else "right"
    usual = None
    if row.usual is not None:
        usual = tag("path", d=f"M{short(at(row.usual))} 3V{short(_HEIGHT - 3)}", class_="usual")
    return tag(
        "svg",
        tag("path", d=f"M{short(at(50.0))} 0V{short(_HEIGHT)}", class_="even"),
        usual,
        tag("path", d=f"M{short(low)} {short(middle)}H{short(high)}", class_="reach"),
        tag("circle", cx=at(row.share.left_percent), cy=middle, r=4.0, class_=f"{side} point"),
        viewBox=f"0 0 {short(_WIDTH)} {short(_HEIGHT)}",
        class_="row",
        aria_hidden="true",  # the number stands beside it
    )

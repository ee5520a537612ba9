"""Many riders in rows: who needs looking at first, and how old what is shown is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from legbal.app.companion import Status
from legbal.present.events import alert_below
from legbal.present.grid import Line
from legbal.present.meter import has_balance
from legbal.present.numbers import ago, clock, count, number, share_error, signed
from legbal.present.text import clean, cut, width_of
from legbal.remote.group import Choice, Order, Rider
from legbal.tui.render.columns import ColumnLayout, ListColumn, text_cell
from legbal.tui.render.text_grid import TextGrid

_NAME = 24  # columns
_MOST_ERROR = 99.9  # points; from a broker, and bounded


class CoachHead(NamedTuple):
    """What is told of all riders together."""

    riders: Sequence[Rider]
    order: Order
    choice: Choice
    part: str
    muted: bool
    status: Status
    notice: str
    opening: str = ""

    @property
    def trouble(self) -> str:
        """What is wrong with the broker."""
        return clean(self.status.trouble or self.status.error, 400)


def head(told: CoachHead, width: int, height: int) -> list[Line]:
    """Where from, how many, in which order; below it what is wrong."""
    grid = TextGrid(width, 2)
    del height
    everybody = len(told.riders)
    alerts = sum(not x.stale and x.row.alert is not None for x in told.riders)
    stale = sum(x.stale for x in told.riders)
    x = grid.write(1, 0, count(everybody, "rider"), "strong")
    if alerts:
        x = grid.write(x + 2, 0, f" {alerts} with an alert ", "alert")
    if stale:
        x = grid.write(x + 2, 0, f"{stale} not heard", "quiet")
    sound = "♪ muted" if told.muted else ""
    shown = f'{told.choice}, "{told.part}"' if told.part else told.choice
    right = "   ".join(text for text in (sound, f"{shown}, {told.order}") if text)
    if x + 2 + width_of(right) < width:
        grid.write_to(width - 1, 0, right, "plain")
        middle = cut(clean(told.status.source, 60), width - x - width_of(right) - 6)
        grid.write(x + 2, 0, middle, "quiet")
    if told.opening:
        grid.write(1, 1, f"Opening {clean(told.opening, _NAME)} …", "strong")
    elif told.trouble:
        grid.write(1, 1, cut(told.trouble, width - 2), "urgent")
    elif not everybody:
        grid.write(1, 1, "Nobody is heard yet: rides appear here as they are published.", "plain")
    elif told.notice:
        grid.write(1, 1, told.notice, "quiet")
    return grid.lines()


def headings(_: str, width: int, height: int) -> list[Line]:
    """One row with the columns' names."""
    del height
    return _layout(width).headings(width)


def rows(riders: Sequence[Rider], cursor: int, width: int) -> list[Line]:
    """One row for each rider."""
    return _layout(width).rows(riders, cursor, width, at_cursor="urgent")


def _cell(rider: Rider, text: str, columns: int, style: str = "plain") -> Line:
    return text_cell(text, columns, "quiet" if rider.stale else style)


def _name(rider: Rider, columns: int) -> Line:
    return _cell(rider, clean(rider.name, _NAME), columns, "strong")


def _left(rider: Rider, columns: int) -> Line:
    if not has_balance(rider.row.balance):
        return _cell(rider, "no balance", columns)
    share = rider.share
    left, error = (None, None) if share is None else (share.left_percent, share.standard_error or 0.0)
    return _cell(rider, share_error(left, None if error is None else min(error, _MOST_ERROR)), columns)


def _against_usual(rider: Rider, columns: int) -> Line:
    below = rider.below_usual if has_balance(rider.row.balance) else None
    return _cell(rider, signed(None if below is None else -below), columns)


def _alert(rider: Rider, columns: int) -> Line:
    alert = rider.row.alert
    if alert is None:
        return []
    arrow = "◀" if alert.side == "left" else "▶"
    held = clock(max(0.0, rider.row.t - alert.since))
    text = f"{arrow} {alert.side} {min(alert.points, _MOST_ERROR):.1f} {alert_below(alert.kind)} {held}"
    return _cell(rider, text, columns, "alert")


def _interval(rider: Rider, columns: int) -> Line:
    interval = rider.row.interval
    if interval is None:
        return []
    return _cell(rider, f"{interval.number} · {clock(rider.row.t - interval.start_s)}", columns)


def _heard(rider: Rider, columns: int) -> Line:
    text = "over" if rider.row.finished else ago(rider.ago_s) if rider.stale else ""
    return _cell(rider, text, columns)


_COLUMNS: tuple[tuple[int, ListColumn[Rider]], ...] = (  # from so many columns of the screen on
    (0, ListColumn("rider", 0, _name)),
    (0, ListColumn("left %", 12, _left)),
    (0, ListColumn("vs usual", 9, _against_usual)),
    (0, ListColumn("alert: points below", 25, _alert)),
    (96, ListColumn("watts", 6, lambda rider, columns: _cell(rider, number(rider.row.power_w), columns))),
    (
        112,
        ListColumn("rpm", 4, lambda rider, columns: _cell(rider, number(rider.row.cadence_rpm), columns)),
    ),
    (112, ListColumn("interval", 12, _interval)),
    (80, ListColumn("heard", 10, _heard)),
)


def _layout(width: int) -> ColumnLayout[Rider]:
    shown = [column for least, column in _COLUMNS if width >= least]
    return ColumnLayout(shown, margin=1, gap=1, most_rest=_NAME)

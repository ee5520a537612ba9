"""Many riders in rows: who needs looking at first, and how old what is shown is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from legbal.app.companion import Status
from legbal.remote.heard import ago
from legbal.remote.squad import Choice, Order, Rider
from legbal.tui.render.format import DASH, clean, clock, cut, signed, whole
from legbal.tui.render.text_grid import Line, TextGrid, cells_of, wrapped

_NAME, _LEAST_NAME = 24, 10  # columns
_RIDER, _ALERT = "rider", "alert: points below"


class Board(NamedTuple):
    """What is on the coach's screen: `shown` are all rows in their order, `top` the first that is visible."""

    shown: Sequence[Rider]
    everybody: int
    alerts: int
    stale: int
    cursor: int
    top: int
    order: Order
    choice: Choice
    part: str
    muted: bool
    status: Status
    notice: str
    opening: str = ""


class _Column(NamedTuple):
    head: str
    width: int
    least: int  # columns of the screen below which it is left out


_COLUMNS = (
    _Column("left %", 13, 0),
    _Column("vs usual", 10, 0),
    _Column(_ALERT, 26, 0),
    _Column("watts", 7, 96),
    _Column("rpm", 5, 112),
    _Column("interval", 13, 112),
    _Column("heard", 11, 80),
)


def head(board: Board, width: int, height: int) -> list[Line]:
    """Where from, how many, in which order; below it what is wrong."""
    grid = TextGrid(width, 2)
    del height
    x = grid.write(1, 0, f"{board.everybody} rider{'' if board.everybody == 1 else 's'}", "strong")
    if board.alerts:
        x = grid.write(x + 2, 0, f" {board.alerts} with an alert ", "alert")
    if board.stale:
        x = grid.write(x + 2, 0, f"{board.stale} not heard", "quiet")
    sound = "♪ muted" if board.muted else ""
    shown = f'{board.choice}, "{board.part}"' if board.part else board.choice
    right = "   ".join(text for text in (sound, f"{shown}, {board.order}") if text)
    if x + 2 + cells_of(right) < width:
        x = grid.write_to(width - 1, 0, right, "plain") and x
        middle = cut(clean(board.status.source, 60), width - x - cells_of(right) - 6)
        grid.write(x + 2, 0, middle, "quiet")
    if board.opening:
        grid.write(1, 1, f"Opening {clean(board.opening, _NAME)} …", "strong")
        return grid.lines()
    trouble = _trouble(board)
    if trouble:
        grid.write(1, 1, cut(trouble, width - 2), "urgent")
    elif not board.everybody:
        grid.write(1, 1, "Nobody is heard yet: rides appear here as they are published.", "plain")
    elif board.notice:
        grid.write(1, 1, board.notice, "quiet")
    return grid.lines()


def _trouble(board: Board) -> str:
    return clean(board.status.broker or board.status.error, 400)


def table(board: Board, width: int, height: int) -> list[Line]:
    """A heading and as many riders as there is room for, from `board.top` on."""
    grid = TextGrid(width, height)
    columns = _columns(width)
    x = 1
    for column in columns:
        grid.write(x, 0, column.head, "quiet")
        x += column.width
    trouble = _trouble(board)
    if board.everybody and not board.shown:
        grid.write(1, 2, cut("Nobody to show here. Esc shows everybody.", width - 2), "plain")
    elif not board.shown and cells_of(trouble) > width - 2:  # the line above has no room for all of it
        for y, row in enumerate(wrapped(trouble, width - 2)[: height - 2], start=2):
            grid.write(1, y, row, "plain")
    for y, index in enumerate(range(board.top, min(len(board.shown), board.top + height - 1)), start=1):
        rider = board.shown[index]
        _row(grid, y, columns, rider, at=index == board.cursor)
    return grid.lines()


def _columns(width: int) -> list[_Column]:
    """Those that there is room for; the names take what the others leave."""
    others = [column for column in _COLUMNS if width >= column.least]
    left = width - 1 - sum(column.width for column in others)
    return [_Column(_RIDER, max(_LEAST_NAME, min(_NAME, left - 2)) + 2, 0), *others]


def rows(height: int) -> int:
    """How many riders fit into a table of that height."""
    return max(1, height - 1)


def _row(grid: TextGrid, y: int, columns: Sequence[_Column], rider: Rider, *, at: bool) -> None:
    style = "urgent" if at else "quiet" if rider.stale else "plain"
    if at:
        grid.write(0, y, " " * grid.width, style)
        grid.write(0, y, "▸", style)
    x = 1
    for column, text in zip(columns, _cells(rider, columns), strict=True):
        in_style = style
        if column.head == _ALERT and text and not rider.stale:
            in_style = "alert"
        elif column.head == _RIDER and not at and not rider.stale:
            in_style = "strong"
        grid.write(x, y, cut(text, column.width - 1), in_style)
        x += column.width


def _cells(rider: Rider, columns: Sequence[_Column]) -> list[str]:
    glance = rider.glance
    interval = glance.interval
    below = rider.below_usual
    known = glance.balance not in ("absent", "constant")
    texts = {
        _RIDER: clean(rider.name, _NAME),
        "left %": _left(rider) if known else "no balance",
        "vs usual": signed(None if below is None or not known else -below),
        _ALERT: _alert(rider),
        "watts": whole(glance.power_w),
        "rpm": whole(glance.cadence_rpm),
        "interval": f"{interval.number} · {clock(glance.t - interval.start_s)}" if interval else "",
        "heard": "over" if glance.finished else ago(rider.ago_s) if rider.stale else "",
    }
    return [texts[column.head] for column in columns]


def _left(rider: Rider) -> str:
    share = rider.share
    return (
        DASH if share is None else f"{share.left_percent:.1f} ± {min(share.standard_error or 0.0, 99.9):.1f}"
    )


def _alert(rider: Rider) -> str:
    alert = rider.glance.alert
    if alert is None:
        return ""
    arrow = "◀" if alert.side == "left" else "▶"
    against = "usual" if alert.kind == "dropoff" else "target"
    held = clock(max(0.0, rider.glance.t - alert.since))
    return f"{arrow} {alert.side} {min(alert.points, 99.9):.1f} {against} {held}"

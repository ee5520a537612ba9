"""The left share over longer and longer stretches, as fine as it is known, and the evidence of a drop-off."""

from __future__ import annotations

from legbal.present.grid import Line
from legbal.present.meter import has_balance
from legbal.present.numbers import DASH, halves, number, share_error
from legbal.present.tables import share as share_text
from legbal.present.text import width_of
from legbal.ride.view import RideView
from legbal.tui.frame import Frame
from legbal.tui.render.text_grid import TextGrid

_EVIDENCE = "evidence of a drop-off"
_GAP = 3
_LEAST_3S = 2  # revolutions behind a 3-s share, below which it says nothing


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """Two rows: what it is, and its value. Columns that find no room are left out."""
    grid = TextGrid(width, max(2, height))
    columns = _columns(frame.steady, "usual at this power" if width >= 100 else "usual")
    for spare in ("ride", "target"):
        if _width(columns) + (width_of(_EVIDENCE) if width >= 100 else 10) + 2 * _GAP <= width:
            break
        columns = [column for column in columns if column[0] != spare]
    free = width - _width(columns) - 2 * _GAP
    gap = _GAP + max(0, min(4, (free - width_of(_EVIDENCE)) // len(columns)))  # spread where there is room
    x = 1 if width < 100 else 3
    for name, value in columns:
        grid.write(x, 0, name, "quiet")
        grid.write(x, 1, value, "strong")
        x += max(width_of(name), width_of(value)) + gap
    _evidence(grid, x, width - (1 if width < 100 else 3), frame.steady.evidence)
    return grid.lines()


def _columns(view: RideView, usual_name: str) -> list[tuple[str, str]]:
    known = has_balance(view.balance)
    enough = known and view.last_3s.revolutions >= _LEAST_3S
    share = halves(view.last_3s.left_percent) if enough else None
    columns = [
        ("weak leg", _weak(view)),
        ("left: 3 s", number(share, 1)),
    ]
    columns.append(("30 s", share_text(view.last_30s) if known else DASH))
    interval = view.interval.share if view.interval else None
    columns.append(("interval", share_text(interval) if interval and known else DASH))
    columns.append(("ride", share_text(view.ride) if known else DASH))
    if view.target_percent is not None:
        columns.append(("target", number(view.target_percent, 1)))
    usual = share_error(view.usual.left_percent, view.usual.uncertainty) if view.usual else "not known yet"
    columns.append((usual_name, usual if view.usual is None or view.usual.rides else f"{usual}, today"))
    return columns


def _weak(view: RideView) -> str:
    if view.weak_leg == "unknown":
        return "not known"
    return f"{view.weak_leg} (detected)" if view.weak_leg_inferred else view.weak_leg


def _width(columns: list[tuple[str, str]]) -> int:
    return sum(max(width_of(name), width_of(value)) + _GAP for name, value in columns)


def _evidence(grid: TextGrid, x: int, end: int, evidence: float) -> None:
    """A bar that fills as the evidence grows; full is where the alert speaks."""
    space = min(end - x, width_of(_EVIDENCE))
    if space < 8:
        return
    grid.write(x, 0, _EVIDENCE if space == width_of(_EVIDENCE) else "evidence", "quiet")
    inner = space - 2
    full = round(max(0.0, min(1.0, evidence)) * inner)
    x = grid.write(x, 1, "▕", "quiet")
    x = grid.write(x, 1, "█" * full, "strong")
    x = grid.write(x, 1, "░" * (inner - full), "quiet")
    grid.write(x, 1, "▏", "quiet")

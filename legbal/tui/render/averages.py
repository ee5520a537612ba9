"""The left share over longer stretches, by interval and by power band; and the evidence of a drop-off."""

from legbal.present import tables
from legbal.present.document import table_lines
from legbal.present.meter import has_balance
from legbal.present.numbers import DASH, halves, number, share_error
from legbal.present.sentences import say
from legbal.present.text import width_of
from legbal.ride.view import RideView
from legbal.tui.render.status import Frame
from legbal.tui.render.text_grid import TextGrid, on_grid

_EVIDENCE = say("average.evidence")
_GAP = 3
_LEAST_3S = 2  # revolutions behind a 3-s share, below which it says nothing
_OF_A_LEG = ("left W", "right W")  # columns that find no room beside a ride
_SIDE_BY_SIDE = 112  # columns


@on_grid
def draw(grid: TextGrid, frame: Frame) -> None:
    """Two rows: what it is, and its value. Columns that find no room are left out."""
    columns = _columns(frame.steady, say("average.usual" if grid.width >= 100 else "average.usual_briefly"))
    for spare in ("average.ride", "average.target"):
        if _width(columns) + (width_of(_EVIDENCE) if grid.width >= 100 else 10) + 2 * _GAP <= grid.width:
            break
        columns.pop(say(spare), None)
    free = grid.width - _width(columns) - 2 * _GAP - width_of(_EVIDENCE)
    gap = _GAP + max(0, min(4, free // len(columns)))  # spread where there is room
    x = margin = 1 if grid.width < 100 else 3
    for name, value in columns.items():
        grid.write(x, 0, name, "quiet")
        grid.write(x, 1, value, "strong")
        x += max(width_of(name), width_of(value)) + gap
    _evidence(grid, x, grid.width - margin, frame.steady.evidence)


def _width(columns: dict[str, str]) -> int:
    return sum(max(width_of(name), width_of(value)) + _GAP for name, value in columns.items())


def _columns(view: RideView, usual_name: str) -> dict[str, str]:
    has_share = has_balance(view.balance)
    weak = say("average.weak_leg_unknown") if view.weak_leg == "unknown" else view.weak_leg
    enough = has_share and view.last_3s.rests_on(_LEAST_3S)
    usual = say("average.usual_unknown")
    if view.usual is not None:
        usual = say(
            "average.usual_share" if view.usual.rides else "average.of_today",
            share=share_error(view.usual.share),
        )
    columns = {
        say("average.weak_leg"): say("average.weak_leg_detected", leg=weak)
        if view.weak_leg_inferred
        else weak,
        say("average.last_3s"): number(halves(view.last_3s.left_percent) if enough else None, 1),
        say("average.last_30s"): share_error(view.last_30s) if has_share else DASH,
        say("average.interval"): share_error(view.interval.share) if view.interval and has_share else DASH,
        say("average.ride"): share_error(view.ride) if has_share else DASH,
        say("average.target"): "" if view.target_percent is None else number(view.target_percent, 1),
        usual_name: usual,
    }
    return {name: value for name, value in columns.items() if value}


def _evidence(grid: TextGrid, x: int, end: int, evidence: float) -> None:
    """A bar that fills as the evidence grows; full is where the alert speaks."""
    space = min(end - x, width_of(_EVIDENCE))
    if space < 8:
        return
    grid.write(x, 0, _EVIDENCE if space == width_of(_EVIDENCE) else say("average.evidence_briefly"), "quiet")
    inner = space - 2
    full = round(max(0.0, min(1.0, evidence)) * inner)
    grid.write_runs(x, 1, (("▕", "quiet"), ("█" * full, "strong"), ("░" * (inner - full) + "▏", "quiet")))


@on_grid
def draw_tables(grid: TextGrid, frame: Frame) -> None:
    """Both tables side by side; where that is too wide, one below the other. Of many intervals the newest."""
    view, balance = frame.steady, has_balance(frame.steady.balance)
    bands = table_lines(tables.bands(view.bands, balance=balance).without("watts", *_OF_A_LEG), gap=_GAP)
    side_by_side = grid.width >= _SIDE_BY_SIDE
    room = grid.height - 1 if side_by_side else max(1, grid.height - len(bands) - 2)
    newest = tables.intervals(view.intervals[-room:], view.t, balance=balance)
    wide = sum(width_of(run.text) for run in bands[0]) + 2 * _GAP if side_by_side and bands else 0
    intervals = table_lines(newest.without("from", *_OF_A_LEG), grid.width - wide - 3, gap=_GAP)
    if side_by_side:
        grid.put(3, 0, intervals)
        grid.put(grid.width - wide + 2 * _GAP - 3, 0, bands)
    else:
        y = grid.put(1, 0, intervals)
        grid.put(1, y + 1 if y else 0, bands)

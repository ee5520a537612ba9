"""The left share over shorter and longer stretches, by interval and by power band."""

from legbal.present import tables
from legbal.present.document import table_lines
from legbal.present.meter import has_balance
from legbal.present.numbers import DASH, halves, number, share_error
from legbal.present.sentences import say
from legbal.present.text import width_of
from legbal.ride.share import Share
from legbal.ride.view import RideView
from legbal.tui.render.status import Frame
from legbal.tui.render.text_grid import TextGrid, on_grid

_GAP = 3
_LEAST = {
    "average.last_3s": 2,
    "average.last_10s": 5,
}  # revolutions behind such a share, below which it says nothing
_OF_A_LEG = ("left W", "right W")  # columns that find no room beside a ride
_SIDE_BY_SIDE = 112  # columns
# Of the readings, those that stand first where there is no room for all.
_RANKS = ("last_10s", "usual", "interval", "last_3s", "ride", "target", "weak_leg")


@on_grid
def draw(grid: TextGrid, frame: Frame) -> None:
    """One row for who looks longer: what each is, and its value. Those that find no room are left out."""
    readings = _readings(frame.steady, "average.usual" if grid.width >= 100 else "average.usual_briefly")
    margin = 1 if grid.width < 100 else 3
    for spare in reversed(_RANKS):
        if (
            sum(width_of(name) + width_of(value) + 1 + _GAP for name, value in readings.values())
            < grid.width - margin
        ):
            break
        readings.pop(spare, None)
    x = margin
    for name, value in readings.values():
        x = grid.write(x, 0, f"{name} ", "quiet")
        x = grid.write(x, 0, value, "strong") + _GAP


def _readings(view: RideView, usual_name: str) -> dict[str, tuple[str, str]]:
    has_share = has_balance(view.balance)

    def short(code: str, of: Share) -> str:
        return number(halves(of.left_percent) if has_share and of.rests_on(_LEAST[code]) else None, 1)

    weak = say("average.weak_leg_unknown") if view.weak_leg == "unknown" else view.weak_leg
    usual = say("average.usual_unknown")
    if view.usual is not None:
        usual = say(
            "average.usual_share" if view.usual.rides else "average.of_today",
            share=share_error(view.usual.share),
        )
    readings = {
        "last_3s": (say("average.last_3s"), short("average.last_3s", view.last_3s)),
        "last_10s": (say("average.last_10s"), short("average.last_10s", view.last_10s)),
        "interval": (
            say("average.interval"),
            share_error(view.interval.share) if view.interval and has_share else DASH,
        ),
        "ride": (say("average.ride"), share_error(view.ride) if has_share else DASH),
        "usual": (say(usual_name), usual),
        "target": (
            say("average.target"),
            "" if view.target_percent is None else number(view.target_percent, 1),
        ),
        "weak_leg": (
            say("average.weak_leg"),
            say("average.weak_leg_detected", leg=weak) if view.weak_leg_inferred else weak,
        ),
    }
    return {name: reading for name, reading in readings.items() if reading[1]}


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

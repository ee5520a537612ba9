"""The centre-zero bar: it leans to the side that does more, below the rider's usual range."""

from legbal.present.document import TextRun
from legbal.present.live import believed_left
from legbal.present.numbers import number
from legbal.present.sentences import say
from legbal.ride.share import Usual
from legbal.tui.render.status import Frame
from legbal.tui.render.text_grid import TextGrid, on_grid

REACH = 10.0  # points from the centre to either end


@on_grid
def draw(grid: TextGrid, frame: Frame) -> None:
    """The usual range above, the bar as thick as there is room, the scale and the target below."""
    view = frame.steady
    axis = _Axis(grid.width)
    left = believed_left(view)
    for y in range(1, grid.height - 1) if grid.height > 2 else range(grid.height):
        grid.write(axis.start, y, "─" * (axis.end - axis.start), "quiet")
        if left is not None:
            _draw_share(grid, axis, y, left)
        grid.write(axis.centre, y, "┃", "strong")
    if grid.height > 2:
        _above(grid, axis, view.usual)
        _below(grid, axis, grid.height - 1, view.target_percent)


# Where means of 30 s usually lie; the usual share itself, and how well it is known, stand in the row below.
_RANGE = ("usual range", "range")


class _Axis:
    """Left shares to columns: more left is further left, 50 % in the middle."""

    def __init__(self, width: int) -> None:
        margin = 3 if width >= 60 else 1
        self.centre = width // 2
        self.half = max(1, min(self.centre, width - 1 - self.centre) - margin)
        self.start, self.end = self.centre - self.half, self.centre + self.half + 1

    def column(self, left_percent: float) -> float:
        return self.centre + max(-1.0, min(1.0, (50.0 - left_percent) / REACH)) * self.half


def diverging_bar(left_percent: float, columns: float) -> TextRun:
    """A bar of so many columns, to half of one, that begins in the middle, at the side that does more."""
    full, half = divmod(round(columns * 2), 2)
    if left_percent > 50:
        return TextRun("▐" * half + "█" * full, "left")
    return TextRun("█" * full + "▌" * half, "right")


def _draw_share(grid: TextGrid, axis: _Axis, y: int, left: float) -> None:
    bar = diverging_bar(left, abs(axis.column(left) - axis.centre))
    end, arrow = (axis.start, "◀") if left > 50 else (axis.end - 1, "▶")
    grid.write(axis.centre - len(bar.text) if left > 50 else axis.centre + 1, y, *bar)
    if abs(50 - left) > REACH:
        grid.write(end, y, arrow, f"{bar.style}-strong")


def _above(grid: TextGrid, axis: _Axis, usual: Usual | None) -> None:
    """The usual range; and which way is which, at the ends of the row, where that leaves them free."""
    if usual is not None:
        first = round(axis.column(usual.high))
        last = max(first + 1, round(axis.column(usual.low)))
        inside = last - first - 1
        word = next((x for x in _RANGE if len(x) <= inside), "")
        grid.write(first, 0, f"┊{word.center(inside, '▒')}┊", "usual")
        grid.write(last + 2, 0, "" if word else _RANGE[-1], "usual")
    left, right = (say("bar.left"), say("bar.right")) if grid.width >= 76 else ("◀ left", "right ▶")
    if grid.blank(axis.start, 0, len(left) + 1):
        grid.write(axis.start, 0, left, "left")
    if grid.blank(axis.end - len(right) - 1, 0, len(right) + 1):
        grid.write_to(axis.end, 0, right, "right")


def _below(grid: TextGrid, axis: _Axis, y: int, target_percent: float | None) -> None:
    for left_percent in (60.0, 55.0, 50.0, 45.0, 40.0):
        text = number(max(left_percent, 100 - left_percent))
        x = round(axis.column(left_percent))
        grid.write(min(x, axis.end - len(text)), y, text, "quiet")
    if target_percent is not None:
        x = round(axis.column(target_percent))
        at_end = x + 9 > axis.end
        grid.write(x - 8 if at_end else x, y, " target ▲" if at_end else "▲ target ", "target")

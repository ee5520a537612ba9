"""The list of rides: as much of each as there is room for, those that can be seen and no others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from legbal.app.rides import BandGlance, Entry
from legbal.tui.render.format import DASH, clean, clock, cut
from legbal.tui.render.status import BALANCE
from legbal.tui.render.text_grid import Line, TextGrid, wrapped

MARGIN = 2
_GAP = 2
_LEAN_COLUMNS = 13
_LEAN_REACH = 6.0  # points from the middle of a ride's lean to its end
_BLOCKS = "▁▂▃▄▅▆▇█"
_BLOCK_POINTS = 0.5  # off 50 for each further eighth
_LEAST_BAND_S = 60.0  # in a power band, for a glance at it
_STATES = {"done": "", "recording": "recording now", "interrupted": "interrupted"}


class _Column(NamedTuple):
    """One column: its head, how wide it is (0: what is left over), and what writes a cell at (x, y)."""

    head: str
    columns: int
    write: Callable[[TextGrid, int, int, int, Entry], None]
    at_right: bool = False


def head(width: int) -> list[Line]:
    """One row with the columns' names."""
    grid = TextGrid(width, 1)
    for column, x, columns in _places(width):
        if column.at_right:
            grid.write_to(x + columns, 0, column.head, "quiet")
        else:
            grid.write(x, 0, cut(column.head, columns), "quiet")
    return grid.lines()


def draw(entries: Sequence[Entry], cursor: int | None, width: int) -> list[Line]:
    """One row for each of `entries`, the one under the cursor marked."""
    grid = TextGrid(width, len(entries))
    places = _places(width)
    for y, entry in enumerate(entries):
        if y == cursor:
            grid.write(0, y, "▸", "strong")
        for column, x, columns in places:
            column.write(grid, x, y, columns, entry)
    return grid.lines()


def empty(text: str, width: int, height: int) -> list[Line]:
    """Why there is nothing in the list."""
    grid = TextGrid(width, height)
    rows = wrapped(text, max(10, width - 4))
    for y, row in enumerate(rows, max(0, (height - len(rows)) // 3)):
        grid.centre(y, row, "plain")
    return grid.lines()


def share(entry: Entry) -> str:
    """The ride's left share as "48.3 ± 0.3"; words or a dash where there is none to show."""
    if entry.balance in ("absent", "constant"):
        return "none"
    if entry.left_percent is None or entry.left_standard_error is None:
        return DASH if entry.balance is not None else "…"
    return f"{entry.left_percent:.1f} ± {entry.left_standard_error:.1f}"


def state(entry: Entry) -> str:
    """What is out of the ordinary with a ride, in a word or two."""
    ride = entry.ride
    said = [_STATES[ride.state], f"{ride.lost} lost" if ride.lost else ""]
    said.append("demo" if ride.source == "demo" else "")
    if entry.balance not in (None, "measured"):
        said.append(BALANCE[entry.balance])
    return ", ".join(word for word in said if word)


def _date(grid: TextGrid, x: int, y: int, columns: int, entry: Entry) -> None:
    day = entry.ride.started.strftime("%Y-%m-%d %H:%M")
    grid.write(x, y, day[:columns], "plain")


def _title(grid: TextGrid, x: int, y: int, columns: int, entry: Entry) -> None:
    title = clean(entry.ride.title, columns)
    grid.write(x, y, title or "ride", "strong" if title else "quiet")


def _duration(grid: TextGrid, x: int, y: int, columns: int, entry: Entry) -> None:
    grid.write_to(x + columns, y, clock(entry.ride.duration_s), "plain")


def _share(grid: TextGrid, x: int, y: int, columns: int, entry: Entry) -> None:
    grid.write_to(x + columns, y, share(entry), "strong" if entry.left_standard_error else "quiet")


def _lean(grid: TextGrid, x: int, y: int, columns: int, entry: Entry) -> None:
    """A little bar from the middle to the side that does more."""
    middle = x + columns // 2
    left = entry.left_percent
    if left is None or entry.left_standard_error is None or entry.balance in ("absent", "constant"):
        grid.write(middle, y, "·", "quiet")
        return
    grid.write(middle, y, "│", "quiet")
    reach = min(1.0, abs(left - 50) / _LEAN_REACH) * (columns // 2)
    full, half = divmod(round(reach * 2), 2)
    if left > 50:
        grid.write(middle - full, y, "█" * full, "left")
        grid.write(middle - full - 1, y, "▐" * half, "left")
    else:
        grid.write(middle + 1 + full, y, "▌" * half, "right")
        grid.write(middle + 1, y, "█" * full, "right")


def _bands(grid: TextGrid, x: int, y: int, columns: int, entry: Entry) -> None:
    """A block for each power band: its colour is the side that does more, its height how much."""
    del columns
    for i, band in enumerate(entry.bands[:6]):
        block, style = _block(band)
        grid.write(x + i, y, block, style)


def _block(band: BandGlance) -> tuple[str, str]:
    left = band.left_percent
    if left is None or band.left_standard_error is None or band.seconds < _LEAST_BAND_S:
        return "·", "quiet"
    eighths = min(len(_BLOCKS) - 1, int(abs(left - 50) / _BLOCK_POINTS))
    return _BLOCKS[eighths], "left" if left > 50 else "right"


def _meter(grid: TextGrid, x: int, y: int, columns: int, entry: Entry) -> None:
    meters = " + ".join(clean(meter, columns) for meter in entry.ride.meters)
    grid.write(x, y, cut(meters, columns), "plain")


def _state(grid: TextGrid, x: int, y: int, columns: int, entry: Entry) -> None:
    grid.write(x, y, cut(state(entry), columns), "quiet")


def _meter_or_state(grid: TextGrid, x: int, y: int, columns: int, entry: Entry) -> None:
    if state(entry):
        _state(grid, x, y, columns, entry)
    else:
        _meter(grid, x, y, columns, entry)


_DATE, _DAY = _Column("started", 16, _date), _Column("started", 10, _date)
_TITLE = _Column("title", 0, _title)
_DURATION = _Column("time", 7, _duration, True)
_SHARE = _Column("left %", 10, _share, True)
_LEAN = _Column(" left │ right", _LEAN_COLUMNS, _lean)
_BANDS = _Column("bands", 6, _bands)
_WIDE = (
    _DATE,
    _TITLE,
    _DURATION,
    _SHARE,
    _LEAN,
    _BANDS,
    _Column("meter", 16, _meter),
    _Column("", 13, _state),
)
_MIDDLE = (_DAY, _TITLE, _DURATION, _SHARE, _BANDS, _Column("meter", 13, _meter_or_state))
_ROOMY = (_DAY, _TITLE, _DURATION, _SHARE, _LEAN, _BANDS, _Column("meter", 16, _meter_or_state))
_NARROW = (_DAY, _TITLE, _DURATION, _SHARE)
_LEAST = (_TITLE, _SHARE)


def _places(width: int) -> list[tuple[_Column, int, int]]:
    """The columns that have room, each with its place and width."""
    shown: Sequence[_Column] = next(
        columns
        for least, columns in ((108, _WIDE), (92, _ROOMY), (76, _MIDDLE), (48, _NARROW), (0, _LEAST))
        if width >= least
    )
    fixed = sum(column.columns for column in shown) + _GAP * (len(shown) - 1)
    left_over = max(4, width - MARGIN - 1 - fixed)
    places, x = [], MARGIN
    for column in shown:
        columns = column.columns or left_over
        places.append((column, x, columns))
        x += columns + _GAP
    return places

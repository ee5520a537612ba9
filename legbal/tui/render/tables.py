"""The ride's intervals, and its power bands beside them."""

from __future__ import annotations

from legbal.present.grid import Line
from legbal.present.numbers import band as band_name
from legbal.present.numbers import clock, number
from legbal.present.text import width_of
from legbal.ride.view import RideView
from legbal.tui.frame import Frame
from legbal.tui.render.status import against_usual, course, has_balance, share_text
from legbal.tui.render.text_grid import TextGrid

Row = tuple[str, ...]

INTERVALS: Row = ("interval", "time", "watts", "left %", "vs usual", "in the interval")
BANDS: Row = ("power band", "time", "left %")
_INTERVAL_COLUMNS = (10, 8, 8, 14, 10, 26)
_BAND_COLUMNS = (13, 8, 11)
_SIDE_BY_SIDE = sum(_INTERVAL_COLUMNS) + sum(_BAND_COLUMNS) + 4


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """Both tables side by side; where that is too wide, one below the other. Of many intervals the newest."""
    view = frame.steady
    grid = TextGrid(width, height)
    bands = band_rows(view)
    if width >= _SIDE_BY_SIDE:
        x = 3
        write_table(grid, x, 0, INTERVALS, interval_rows(view)[-(height - 1) :], _INTERVAL_COLUMNS)
        write_table(grid, width - sum(_BAND_COLUMNS) - 1, 0, BANDS, bands[: height - 1], _BAND_COLUMNS)
        return grid.lines()
    room = max(2, height - len(bands) - 2)
    shown = interval_rows(view)[-(room - 1) :]
    y = write_table(grid, 1, 0, INTERVALS, shown, _INTERVAL_COLUMNS)
    write_table(grid, 1, y + 1, BANDS, bands, _BAND_COLUMNS)
    return grid.lines()


def interval_rows(view: RideView) -> list[Row]:
    """One row an interval; the one that runs has a mark."""
    rows: list[Row] = []
    for interval in view.intervals:
        running = interval.end_s is None
        end = view.t if interval.end_s is None else interval.end_s
        left, usual, slope = "—", "—", ""
        if has_balance(view.balance):
            left = share_text(interval.share)
        if left != "—":
            usual, slope = against_usual(interval), course(interval)
        name = f"{interval.number}{' ▸' if running else ''}"
        time, watts = clock(end - interval.start_s), number(interval.share.power_w)
        rows.append((name, time, watts, left, usual, slope))
    return rows


def band_rows(view: RideView) -> list[Row]:
    """One row a power band in which the rider has pedalled."""
    return [
        (band_name(band.low_ftp, band.high_ftp), clock(band.share.seconds), share_text(band.share))
        for band in view.bands
        if band.share.revolutions
    ]


def write_table(grid: TextGrid, x: int, y: int, head: Row, rows: list[Row], widths: tuple[int, ...]) -> int:
    """Write a head and its rows, if any, at (x, y); returns the row after them. A row with ▸ is set apart."""
    if not rows:
        return y
    for row_number, row in enumerate([head, *rows]):
        at = x
        style = "quiet" if row_number == 0 else "strong" if row[0].endswith("▸") else "plain"
        for cell, wide in zip(row, widths, strict=True):
            grid.write(at, y + row_number, cell if width_of(cell) < wide else cell[: wide - 1], style)
            at += wide
    return y + 1 + len(rows)

"""Months of rides in one power band: every ride as a dot, each month's mean with its error, changes as lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from legbal.analysis.change import BandEffect, ChangeReport
from legbal.analysis.months import Change
from legbal.analysis.noise_model import Z_95
from legbal.analysis.trend import BandTrend, MeterTrend, Trend
from legbal.library.changes import LONGEST_WORDS
from legbal.present.grid import Line
from legbal.present.numbers import DASH, signed
from legbal.present.text import clean, cut, width_of
from legbal.present.trend import of_effect, of_trend
from legbal.tui.render.document import Column, Document
from legbal.tui.render.status import BALANCE
from legbal.tui.render.text_grid import TextGrid

_AXIS = 5  # columns of the axis
_STEP = 1.0  # points: the axis begins and ends at whole ones
_LEAST_SPAN = 4.0  # points of the axis
_NAME_COLUMNS = 40
_BAND_COLUMNS = 16
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class TrendSelection(msgspec.Struct, frozen=True, eq=False):
    """What is shown of a trend: one meter's, and of it one band's."""

    trend: Trend
    changes: tuple[ChangeReport, ...]
    meter: int = 0
    band: int = 0

    @property
    def shown(self) -> MeterTrend | None:
        """The meter's rides; None where there is nothing yet."""
        return self.trend.meters[self.meter] if self.trend.meters else None

    @property
    def series(self) -> BandTrend | None:
        """The power band's."""
        shown = self.shown
        return shown.bands[self.band] if shown is not None and shown.bands else None

    def with_meter(self, by: int) -> TrendSelection:
        """The meter before or after."""
        count = len(self.trend.meters)
        if not count:
            return self
        moved = TrendSelection(self.trend, self.changes, (self.meter + by) % count)
        return moved.at_longest()

    def with_band(self, by: int) -> TrendSelection:
        """The band before or after."""
        count = len(self.shown.bands) if self.shown is not None else 0
        band = max(0, min(self.band + by, count - 1))
        return TrendSelection(self.trend, self.changes, self.meter, band)

    def at_longest(self) -> TrendSelection:
        """The band that was ridden most."""
        bands = self.shown.bands if self.shown is not None else ()
        if not bands:
            return self
        longest = max(range(len(bands)), key=lambda i: sum(row.seconds for row in bands[i].rows))
        return TrendSelection(self.trend, self.changes, self.meter, longest)


def head(selection: TrendSelection | None, width: int, height: int) -> list[Line]:
    """Whose rides, how many, since when."""
    grid = TextGrid(width, height)
    x = grid.write(1, 0, "Trend", "strong")
    shown = selection.shown if selection is not None else None
    if selection is None or shown is None:
        return grid.lines()
    rides = {row.ride: row.started for band in shown.bands for row in band.rows}
    about = f"{len(rides)} {'ride' if len(rides) == 1 else 'rides'}"
    if rides:
        about += f", {_day(min(rides.values()).date())} to {_day(max(rides.values()).date())}"
    if len(selection.trend.meters) > 1:
        about += f"   meter {selection.meter + 1} of {len(selection.trend.meters)}"
    name = f"{clean(shown.meter, _NAME_COLUMNS) or 'a meter without a name'} · {BALANCE[shown.balance]}"
    name += ", sides exchanged" if shown.swapped else ""
    if x + 3 + width_of(name) + 2 + width_of(about) < width:
        grid.write_to(width - 1, 0, about, "quiet")
    grid.write(x + 3, 0, cut(name, width - x - 4), "plain")
    return grid.lines()


def bands(selection: TrendSelection | None, width: int, height: int) -> list[Line]:
    """One row for each power band: how many rides, the last month, where it goes."""
    del height
    document = Document(width)
    shown = selection.shown if selection is not None else None
    if selection is None or shown is None or not shown.bands:
        return document.lines()
    all_bands = shown.bands
    last = [band.months[-1] if band.months else None for band in all_bands]
    document.table(
        [
            Column("of FTP", [clean(x.band, _BAND_COLUMNS) for x in all_bands], False, "strong"),
            Column("rides", [str(len(x.rows)) for x in all_bands]),
            Column(
                "last month",
                [
                    DASH if month is None else f"{month.left_percent:.1f} ± {month.standard_error:.1f}"
                    for month in last
                ],
            ),
            Column("points a month", [_slope(x) for x in all_bands], spare=1),
            Column("", [_verdict(x) for x in all_bands], False, spare=2),
        ],
        chosen=selection.band,
    )
    return document.lines()


def _slope(band: BandTrend) -> str:
    if band.slope_per_month is None or band.slope_error is None:
        return DASH
    return f"{signed(band.slope_per_month)} ± {band.slope_error:.1f}"


def _verdict(band: BandTrend) -> str:
    if band.verdict == "change" and band.slope_per_month is not None:
        return "the left share rises" if band.slope_per_month > 0 else "the left share falls"
    return {"change": "it changes", "no_change": "no change beyond noise", "too_few": "too few rides yet"}[
        band.verdict
    ]


def chart(selection: TrendSelection | None, width: int, height: int) -> list[Line]:
    """Left share over the calendar; the line of 50, changes with their words, the months below."""
    grid = TextGrid(width, height)
    series = selection.series if selection is not None else None
    if selection is None or series is None or not series.rows or width < 30 or height < 6:
        return grid.lines()
    days = _Days(series, selection.trend.changes, width, height)
    if days.low <= 50.0 <= days.high:
        grid.write(_AXIS, days.row(50.0), "┈" * (width - _AXIS - 1), "quiet")
    for row in series.rows:
        grid.write(days.column(row.started.date()), days.row(row.left_percent), "•", "usual")
    _changes(grid, days, selection.trend.changes)
    for month in series.months:
        x = days.column(month.first_day + timedelta(days=14))
        top, bottom = (days.row(month.left_percent + sign * Z_95 * month.standard_error) for sign in (1, -1))
        for y in range(top, bottom + 1):
            grid.write(x, y, "│", "plain")
        style = "left-strong" if month.left_percent > 50 else "right-strong"
        grid.write(x, days.row(month.left_percent), "●", style)
    _axes(grid, days)
    return grid.lines()


class _Days:
    """Days and left shares to columns and rows of the chart, whose last row is the calendar's."""

    def __init__(self, series: BandTrend, changes: Sequence[Change], width: int, height: int) -> None:
        self.width, self.rows = width, height - 1
        ridden = [row.started.date() for row in series.rows]
        self.first, self.last = min(ridden).replace(day=1), max(ridden)
        for change in changes:  # one just made is in sight before the first ride after it
            if self.last < change.first_day <= self.last + timedelta(days=62):
                self.last = change.first_day
        self.span = max(27, (self.last - self.first).days) + 3
        inner = sorted(row.left_percent for row in series.rows)
        spare = len(inner) // 50  # a few wild rides do not flatten the rest
        values = [inner[spare], inner[-1 - spare]]
        values += [x.left_percent + s * Z_95 * x.standard_error for x in series.months for s in (1, -1)]
        low, high = min(values), max(values)
        low, high = _STEP * (low // _STEP), _STEP * -(-high // _STEP)
        short = max(0.0, _LEAST_SPAN - (high - low))
        self.low, self.high = max(0.0, low - short / 2), min(100.0, high + short / 2)

    def column(self, day: date) -> int:
        """The column of a day, held within the chart."""
        part = (day - self.first).days / self.span
        return _AXIS + round(max(0.0, min(1.0, part)) * (self.width - _AXIS - 2))

    def row(self, left_percent: float) -> int:
        """The row of a left share, held within the chart."""
        part = (self.high - left_percent) / (self.high - self.low)
        return round(max(0.0, min(1.0, part)) * (self.rows - 1))


def _changes(grid: TextGrid, days: _Days, changes: Sequence[Change]) -> None:
    free_to = days.width
    for number, change in reversed(list(enumerate(changes, 1))):
        if not days.first <= change.first_day <= days.last:
            continue
        x = days.column(change.first_day)
        for y in range(days.rows):
            grid.write(x, y, "┆", "target")
        said = f"{number} {clean(change.words, 30)}"
        text = said if x + 1 + width_of(said) < free_to else str(number)
        if x + 1 + width_of(text) <= free_to:
            grid.write(x + 1, 0, text, "strong")
        free_to = x


def _axes(grid: TextGrid, days: _Days) -> None:
    for y in range(days.rows):
        grid.write(_AXIS - 1, y, "│", "quiet")
    step = next((x for x in (1, 2, 5, 10) if (days.high - days.low) / x * 2 <= days.rows), 20)
    for value in range(-(-int(days.low) // step) * step, int(days.high) + 1, step):
        grid.write_to(_AXIS - 1, days.row(value), f"{value}", "quiet")
        grid.write(_AXIS - 1, days.row(value), "┤", "quiet")
    free_from, month = 0, days.first
    while month <= days.last:
        x = days.column(month)
        text = f"╵{_MONTHS[month.month - 1]}" + (
            f" {month.year}" if month.month == 1 or not free_from else ""
        )
        if x >= free_from and x + width_of(text) < days.width:
            free_from = grid.write(x, days.rows, text, "quiet") + 1
        month = (month + timedelta(days=31)).replace(day=1)


def said(selection: TrendSelection | None, width: int, height: int) -> list[Line]:
    """What the chart says in words, and what became of each change in this band."""
    del height
    document = Document(width)
    if selection is None:
        return document.lines()
    series, shown = selection.series, selection.shown
    if series is None or shown is None:
        document.text("No rides with a balance yet: a trend needs rides on one meter, over weeks.")
        return document.lines()
    band = clean(series.band, _BAND_COLUMNS)
    document.text(f"At {band} of FTP: {of_trend(series)}.", "strong")
    for number, report in enumerate(selection.changes, 1):
        change = report.change
        day = _day(change.first_day)
        until = "" if change.last_day == change.first_day else f" to {_day(change.last_day)}"
        document.text(f"{number}  {day}{until}  {clean(change.words, LONGEST_WORDS)}", "strong")
        effect = _effect(report, shown, series)
        document.text(
            of_effect(effect, over=report.over) + "."
            if effect is not None
            else "No ride in this band around it.",
            indent=3,
        )
        for other in report.together:
            words = clean(other.words, LONGEST_WORDS)
            document.text(
                f"In the same days: {words}. Which of them did it cannot be told.", "quiet", indent=3
            )
    if not selection.changes:
        document.text(
            "Press c when you change something: cleats, position, a block of strength work.", "quiet"
        )
    if selection.trend.failed:
        document.text(f"{len(selection.trend.failed)} rides could not be derived and are not in it.", "quiet")
    return document.lines()


def _effect(report: ChangeReport, shown: MeterTrend, series: BandTrend) -> BandEffect | None:
    """What became of a change on this meter, in this band."""
    alike = (shown.meter, shown.balance, shown.reference, shown.swapped)
    return next(
        (
            effect
            for meter in report.meters
            if (meter.meter, meter.balance, meter.reference, meter.swapped) == alike
            for effect in meter.bands
            if (effect.low_ftp, effect.high_ftp) == (series.low_ftp, series.high_ftp)
        ),
        None,
    )


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

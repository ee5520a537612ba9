"""Months of rides in one power band: every ride as a dot, each month's mean with its error, changes as lines."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil, floor

from legbal.analysis.months import Change
from legbal.analysis.trend import BandTrend, Month
from legbal.present.balance_remarks import quality_word
from legbal.present.document import Block, Line, Paragraph
from legbal.present.intensity import intensity
from legbal.present.numbers import MONTHS, count, days
from legbal.present.sentences import say
from legbal.present.text import capitalized, clean, cut, width_of
from legbal.present.tiring import course_blocks
from legbal.present.trend import (
    answer_blocks,
    band_blocks,
    bands_table,
    left_out,
    of_trend,
    zeros_blocks,
)
from legbal.ride.share import Z_95
from legbal.tui.render.plot import Plot
from legbal.tui.render.selection import TrendSelection
from legbal.tui.render.text_grid import TextGrid, document, on_grid

ZERO = "0"  # at the foot of the chart, on days on which the meter's zero was set
_NAME_COLUMNS = 40  # of a meter's name


@on_grid
def head(grid: TextGrid, selection: TrendSelection) -> None:
    """Whose rides, how many, since when."""
    x = grid.write(1, 0, "Trend", "strong")
    shown = selection.shown
    if shown is None:
        return
    started = shown.rides.values()
    about = f"{count(len(started), 'ride')}, {days(min(started).date(), max(started).date())}"
    if len(selection.trend.meters) > 1:
        about += f"   {say('trend.meter', number=selection.meter + 1, meters=len(selection.trend.meters))}"
    name = f"{clean(shown.meter, _NAME_COLUMNS) or say('trend.no_name')} · {quality_word(shown.balance)}"
    name = say("trend.swapped", meter=name) if shown.swapped else name
    if x + 3 + width_of(name) + 2 + width_of(about) < grid.width:
        grid.write_to(grid.width - 1, 0, about, "quiet")
    grid.write(x + 3, 0, cut(name, grid.width - x - 4), "plain")


def bands(selection: TrendSelection, width: int, _height: int) -> list[Line]:
    """One row for each power band: how many rides, the last month, where it goes."""
    return document([bands_table(selection.bands, selection.band)], width)


@on_grid
def chart(grid: TextGrid, selection: TrendSelection) -> None:
    """Left share over the calendar; the line of 50, changes with their words, the months below."""
    series = selection.series
    if series is None or grid.width < 30 or grid.height < 6:
        return
    chart = _chart(grid, series, selection.trend.changes)
    chart.level(50.0, "┈", "quiet")
    for row in series.rows:
        x, y = chart.column(row.started.date().toordinal()), chart.row(row.share.left_percent or 0.0)
        grid.write(x, y, "•", "usual")
    _changes(chart, selection.trend.changes)
    for day, jump in selection.zeros.items():
        if chart.start <= day.toordinal() <= chart.end - 3:
            grid.write(chart.column(day.toordinal()), chart.foot - 1, ZERO, "alert" if jump else "quiet")
    for month in series.months:
        x = chart.column((month.first_day + timedelta(days=14)).toordinal())
        left = month.share.left_percent or 0.0
        bottom, top = map(chart.row, _bounds(month))
        for y in range(top, bottom + 1):
            grid.write(x, y, "│", "plain")
        grid.write(x, chart.row(left), "●", "left-strong" if left > 50 else "right-strong")
    _axes(chart)


def _bounds(month: Month) -> tuple[float, float]:
    left, reach = month.share.left_percent or 0.0, Z_95 * (month.share.standard_error or 0.0)
    return left - reach, left + reach


def _chart(grid: TextGrid, series: BandTrend, changes: Sequence[Change]) -> Plot:
    """Days and left shares to the cells of a grid, whose last row is the calendar's."""
    ride_days = [row.started.date() for row in series.rows]
    first, last = min(ride_days).replace(day=1), max(ride_days)
    for change in changes:  # one just made is in sight before the first ride after it
        if last < change.first_day <= last + timedelta(days=62):
            last = change.first_day
    times = first.toordinal(), max(last, first + timedelta(days=27)).toordinal() + 3
    inner = sorted(row.share.left_percent or 0.0 for row in series.rows)
    spare = len(inner) // 50  # a few wild rides do not flatten the rest
    values = [inner[spare], inner[-1 - spare]]
    for month in series.months:
        values += _bounds(month)
    low, high = floor(min(values)), ceil(max(values))
    short = max(0.0, 4.0 - (high - low))  # points that the axis has at least
    shares = max(0.0, low - short / 2), min(100.0, high + short / 2)
    top = 1 if any(times[0] <= x.first_day.toordinal() <= times[1] for x in changes) else 0  # for their words
    return Plot(grid, top, grid.height - 1 - top, times, shares, dots=(1, 1))  # no finer than a character


def _changes(chart: Plot, changes: Sequence[Change]) -> None:
    grid, free_to = chart.grid, chart.grid.width
    for change in reversed(changes):
        day = change.first_day.toordinal()
        if not chart.start <= day <= chart.end - 3:
            continue
        x = chart.column(day)
        grid.write(x, 0, "┆", "target")
        chart.upright(x, "┆", "target")
        words = f"{change.number} {clean(change.words, 30)}"
        text = words if x + 1 + width_of(words) < free_to else str(change.number)
        if x + 1 + width_of(text) <= free_to:
            grid.write(x + 1, 0, text, "strong")
        free_to = x


def _axes(chart: Plot) -> None:
    step = next((x for x in (1, 2, 5, 10) if (chart.high - chart.low) / x * 2 <= chart.rows), 20)
    chart.axis(range(-(-int(chart.low) // step) * step, int(chart.high) + 1, step))
    free_from, month = 0, date.fromordinal(int(chart.start))
    while month.toordinal() <= chart.end - 3:
        x = chart.column(month.toordinal())
        text = f"╵{MONTHS[month.month - 1]}"
        text += f" {month.year}" if month.month == 1 or not free_from else ""
        if x >= free_from and x + width_of(text) < chart.grid.width:
            free_from = chart.grid.write(x, chart.foot, text, "quiet") + 1
        month = (month + timedelta(days=31)).replace(day=1)


def words(selection: TrendSelection, width: int, _height: int) -> list[Line]:
    """What the chart says in words, and what became of each change in this band."""
    series, shown = selection.series, selection.shown
    if series is None or shown is None:
        return document([Paragraph(say("trend.no_rides")), Paragraph(say("trend.need"))], width)
    blocks: list[Block] = [*answer_blocks(shown.answer)]
    word = intensity(series.low_ftp, series.high_ftp)
    sentence = say("trend.found", band=capitalized(word), found=of_trend(series))
    blocks.append(Paragraph(sentence, "strong"))
    if selection.zeros:
        blocks.append(Paragraph(say("trend.zeros", mark=ZERO), "quiet"))
        blocks += zeros_blocks(shown, selection.trend.zeros, selection.trend.joined)
    for report in selection.changes:
        blocks += band_blocks(report, shown, series)
    if not selection.changes:
        blocks.append(Paragraph(say("trend.advice"), "quiet"))
    blocks += course_blocks(shown.tiring)
    return document([*blocks, *left_out(selection.trend.failed, wrong=selection.trend.meter_wrong)], width)

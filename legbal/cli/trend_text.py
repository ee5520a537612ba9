"""A trend and the effect of a change as lines of text, at most 80 columns wide unless names are very long."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from legbal.analysis.change import BandEffect, ChangeReport
from legbal.analysis.months import Alike, Change
from legbal.analysis.trend import MeanShare, MeterTrend, Trend
from legbal.present.document import Column, Table
from legbal.present.numbers import count, signed
from legbal.present.plain import table_lines
from legbal.present.text import printable
from legbal.present.trend import of_effect, of_many, of_trend

WIDTH = 80
_SIDE_BY_SIDE = 6  # bands in one table
_OF = {
    "left": "the meter names the left leg",
    "right": "the meter names the right leg",
    "assumed_left": "taken as the left leg's",
    "unknown": "read as the left leg's: the meter does not say",
}


def trend_lines(trend: Trend) -> Iterator[str]:
    """The trend: per meter a table of months and a sentence on each power band."""
    for number, meter in enumerate(trend.meters):
        if number:
            yield ""
        yield from _heading(meter, f"; {count(_rides(meter), 'ride')}")
        yield ""
        yield from _months(meter)
        yield ""
        for (rides, words), bands in groupby(meter.bands, lambda band: (len(band.rows), of_trend(band))):
            names = ", ".join(band.band for band in bands)
            yield from _wrapped(f"{names}, {count(rides, 'ride')}: {words}")
        yield from _wrapped(of_many(sum(band.slope is not None for band in meter.bands)))
    if trend.meters and trend.changes:
        yield ""
        yield from change_lines(trend.changes)
    if trend.failed:
        shown = ", ".join(trend.failed[:3]) + (", …" if len(trend.failed) > 3 else "")
        yield from _wrapped(
            f"Not counted: {count(len(trend.failed), 'ride')} that cannot be summarised ({shown})."
        )


def change_lines(changes: Sequence[Change]) -> list[str]:
    """The changes as a table, long words on lines of their own below each other."""
    rows = [(str(x.number), _days(x.first_day, x.last_day), x.kind, "|") for x in changes]
    # the bar says where the words begin
    before = table_lines(Table((Column("change"), *_left("days", "kind", "|")), rows))
    lines = []
    for head, words in zip(before, ["what", *(printable(x.words) for x in changes)], strict=True):
        begin = head.removesuffix("|")
        lines += textwrap.wrap(
            words, WIDTH, initial_indent=begin, subsequent_indent=" " * len(begin), break_on_hyphens=False
        )
    return lines


def report_lines(report: ChangeReport) -> Iterator[str]:
    """One change: which rides stand on each side, and per meter a table and a sentence on each power band."""
    change = report.change
    days = _days(change.first_day, change.last_day)
    yield from _wrapped(f"Change {change.number}, {days}, {change.kind}: {printable(change.words)}")
    for name, window in (("before", report.before), ("after", report.after)):
        told = f"rides of {_days(*window)}" if window else "none, for another change reaches into these days"
        yield f"{name + ':':8}{told}"
    for other in report.together:
        yield from _wrapped(
            f"Change {other.number} ({printable(other.words)}) was made in the same days: which of them did what"
            " follows cannot be told."
        )
    if report.before and report.after and not report.meters:
        yield "No ride with a balance on any of these days."
    for meter in report.meters:
        yield ""
        yield from _heading(meter)
        yield ""
        yield from _effects(meter.bands)
        yield ""
        for band in meter.bands:
            yield from _wrapped(f"{band.band}: {of_effect(band, over=report.over)}")
        yield from _wrapped(of_many(sum(band.difference is not None for band in meter.bands)))


def _effects(bands: Sequence[BandEffect]) -> list[str]:
    numbers = ("rides", "revolutions", "before %", "after %", "points", "95 %")
    rows = [
        (
            x.band,
            f"{x.before.rides} / {x.after.rides}",
            f"{x.before.share.revolutions} / {x.after.share.revolutions}",
            _share(x.before),
            _share(x.after),
            f"{signed(x.difference.value)} ±{x.difference.standard_error:.1f}" if x.difference else "—",
            f"{signed(x.difference.low)} … {signed(x.difference.high)}" if x.difference else "",
        )
        for x in bands
    ]
    return table_lines(Table((*_left("band"), *map(Column, numbers)), rows))


def _months(meter: MeterTrend) -> Iterator[str]:
    """Months down, power bands across, in as many tables as the bands need."""
    for begin in range(0, len(meter.bands), _SIDE_BY_SIDE):
        if begin:
            yield ""
        bands = meter.bands[begin : begin + _SIDE_BY_SIDE]
        months = [{month.first_day: month for month in band.months} for band in bands]
        rows = [
            (day.strftime("%Y-%m"), *(_share(found.get(day)) for found in months))
            for day in sorted(set().union(*months))
        ]
        yield from table_lines(Table((*_left("month"), *(Column(band.band) for band in bands)), rows))


def _left(*headings: str) -> Iterator[Column]:
    return (Column(heading, "left") for heading in headings)


def _rides(meter: MeterTrend) -> int:
    return len({row.ride for band in meter.bands for row in band.rows})


def _heading(of: Alike, more: str = "") -> list[str]:
    name = printable(of.meter) or "A meter that nothing names"
    swapped = ", sides exchanged as you said" if of.swapped else ""
    return _wrapped(f"{name}: {of.balance}, {_OF[of.reference]}{swapped}{more}")


def _share(of: MeanShare | None) -> str:
    if of is None or of.share.left_percent is None or of.share.standard_error is None:
        return "—"
    return f"{of.share.left_percent:.1f} ±{of.share.standard_error:.1f}"


def _days(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first} to {last}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False)

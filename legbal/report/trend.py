"""The report of months of rides: per meter and power band every ride, its months, and the line through them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

import numpy as np

from legbal.analysis.change import together
from legbal.analysis.meta_regression import Effect
from legbal.analysis.months import Change
from legbal.analysis.trend import (
    DAYS_A_MONTH,
    LEAST_DAYS,
    LEAST_RIDES,
    BandTrend,
    MeterTrend,
    Month,
    RideShare,
    Trend,
)
from legbal.present import meter as meters
from legbal.present.document import Column, Table
from legbal.present.html import Markup, foreign, join, table, tag
from legbal.present.numbers import DASH, count, day, interval_95, number, share_error, signed
from legbal.present.numbers import days as day_range
from legbal.present.trend import of_trend
from legbal.report.chart import Chart, Group, Marker, Readout, Span, figure, svg
from legbal.report.page import boxed, key, page
from legbal.report.plot import Axis, Series, days
from legbal.ride.view import Floats

_HEIGHT = 190.0
_LEAST_DAYS, _MARGIN = 92.0, 0.03  # of a meter's axis: three months
_LEAST_SHOWN_DAYS = 7.0
_LEAST_POINTS = 4.0  # of share from the lowest to the highest on an axis
_FITTED, _UNFITTED = "trend line", "trend line unsure"


def trend_page(trend: Trend) -> bytes:
    """The page in UTF-8. The same trend gives the same octets."""
    rides = {row.ride: row.started for meter in trend.meters for band in meter.bands for row in band.rows}
    if not rides:
        nothing = tag("p", "No ride with a balance is in it yet.")
        return page("Trend of the left share", join([nothing, _left_out(trend)]), (), count(0, "ride"))
    said = (
        f"{count(len(rides), 'ride')} from {day(min(rides.values()))} to {day(max(rides.values()))}. "
        "Only like is compared with like: one meter, one power band."
    )
    sections, groups = [], {}
    for i, meter in enumerate(trend.meters):
        name = f"m{i}"
        if drawn := _drawn(name, meter):
            groups[name] = _group(name, drawn, trend.changes)
            sections.append(_meter(name, meter, drawn, trend.changes, groups[name], hinted=len(groups) == 1))
        else:
            sections.append(_few(meter))
    body = join(
        [tag("p", said, class_="about"), *sections, _changes(trend.changes), _left_out(trend), _worth()]
    )
    return page("Trend of the left share", body, groups.values(), count(len(rides), "ride"))


Drawn = dict[str, BandTrend]  # the bands of a meter that have a chart, by its name


def _drawn(name: str, meter: MeterTrend) -> Drawn:
    """A chart shows what a table does not where there are rides enough for a trend."""
    return {f"{name}b{i}": band for i, band in enumerate(meter.bands) if band.verdict != "too_few"}


def _group(name: str, drawn: Drawn, changes: Sequence[Change]) -> Group:
    """The charts of one meter, on one axis: from its first ride to its last."""
    started = [row.started for band in drawn.values() for row in band.rows]
    return Group(
        name=name,
        x=_across(started),
        columns=_columns(drawn),
        readout=tuple(
            Readout(
                label=band.band,
                y=f"{chart}_left",
                x=f"{chart}_x",
                error=f"{chart}_error",
                unit=" %",
                quiet=True,
            )
            for chart, band in drawn.items()
        ),
        spans=tuple(Span(days_of(x)[0] - 0.5, days_of(x)[1] + 0.5, "change", x.words) for x in changes),
        rest=f"{min(started):%Y-%m-%d} – {max(started):%Y-%m-%d}",
        least=_LEAST_SHOWN_DAYS,
        near=0.01,  # days: rides of one moment are told together
    )


def _across(started: Sequence[datetime]) -> Axis:
    first, last = days(min(started)), days(max(started))
    spare = max(_LEAST_DAYS - (last - first), 0.0) / 2 + _MARGIN * (last - first)
    return Axis(first - spare, last + spare, "date")


def _columns(drawn: Drawn) -> dict[str, Floats]:
    columns: dict[str, Floats] = {}
    for name, band in drawn.items():
        fitted_x, fitted = _line(band)
        columns |= {
            f"{name}_x": np.array([days(row.started) for row in band.rows]),
            f"{name}_left": np.array([row.share.left_percent for row in band.rows]),
            f"{name}_error": np.array([row.share.standard_error for row in band.rows]),
            f"{name}_month_x": np.array([middle_of(band, month) for month in band.months]),
            f"{name}_month": np.array([month.share.left_percent for month in band.months]),
            f"{name}_month_error": np.array([month.share.standard_error for month in band.months]),
            f"{name}_fit_x": fitted_x,
            f"{name}_fit": fitted,
        }
    return columns


def _line(band: BandTrend) -> tuple[Floats, Floats]:
    """Both ends of the line that the trend's test has put through the rides: it passes their weighted middle."""
    if band.slope is None or len(band.rows) < 2:
        return np.empty(0), np.empty(0)
    x = np.array([days(row.started) for row in band.rows])
    y = np.array([row.share.left_percent for row in band.rows])
    weights = 1 / (np.array([row.share.standard_error for row in band.rows]) ** 2 + band.slope.between_sd**2)
    middle_x, middle_y = float(weights @ x / weights.sum()), float(weights @ y / weights.sum())
    ends = np.array([x.min(), x.max()])
    return ends, middle_y + band.slope.value / DAYS_A_MONTH * (ends - middle_x)


def middle_of(band: BandTrend, month: Month) -> float:
    """The middle of a month's rides, days since 1970: of a month that has just begun too it lies among them."""
    of_it = [days(row.started) for row in band.rows if row.started.date().replace(day=1) == month.first_day]
    return sum(of_it) / len(of_it)


def _days(day: date) -> float:
    return days(datetime.combine(day, time()))


def days_of(change: Change) -> tuple[float, float]:
    """Its first and its last day at noon, days since 1970."""
    return _days(change.first_day) + 0.5, _days(change.last_day) + 0.5


def _meter(
    name: str, meter: MeterTrend, drawn: Drawn, changes: Sequence[Change], group: Group, *, hinted: bool
) -> Markup:
    """One meter's charts and tables."""
    up = _up(drawn)
    there = [x for x in changes if days_of(x)[1] >= group.x.low and days_of(x)[0] <= group.x.high]
    charts = [_figure(chart, band, there, group, up) for chart, band in drawn.items()]
    label = "Charts over months" + (f", {meter.meter}" if meter.meter else "")
    return tag(
        "section",
        *_heading(meter),
        boxed(name, _legend(drawn, there), *charts, label=label, hinted=hinted),
        _slopes(meter),
        _months(meter),
    )


def _few(meter: MeterTrend) -> Markup:
    """A meter with too few rides in every band for a trend: they are told one by one."""
    said = (
        f"Too few rides yet: a trend needs {LEAST_RIDES} in a power band, "
        f"over {LEAST_DAYS // 7} weeks or more."
    )
    return tag("section", *_heading(meter), tag("p", said), _rides(meter))


def _heading(meter: MeterTrend) -> tuple[Markup, Markup]:
    swapped = "; sides exchanged, as you said" if meter.swapped else ""
    worth = f"Balance {meters.quality(meter.balance)}; {meters.reference(meter.reference)}{swapped}."
    return tag("h2", foreign(meter.meter or "Meter without a name")), tag("p", worth, class_="quiet")


def _up(drawn: Drawn) -> Axis:
    """One axis for all bands of a meter, so that their levels can be compared."""
    shares = np.array([row.share.left_percent for band in drawn.values() for row in band.rows])
    low, high = np.percentile(shares, (1, 99)).tolist()
    spare = max(_LEAST_POINTS - (high - low), 0.0) / 2 + 0.6
    return Axis(low - spare, high + spare, label="left share, %")


def _figure(name: str, band: BandTrend, changes: Sequence[Change], group: Group, up: Axis) -> Markup:
    """One power band: its rides, months and line."""
    series = [
        Series("dots", f"{name}_left", "whisker faint", f"{name}_error", f"{name}_x"),
        Series("dots", f"{name}_left", "dot", x=f"{name}_x"),
    ]
    if len(group.columns[f"{name}_fit"]):
        style = _FITTED if band.verdict == "change" else _UNFITTED
        series.append(Series("line", f"{name}_fit", style, x=f"{name}_fit_x"))
    series += [
        Series("dots", f"{name}_month", "whisker", f"{name}_month_error", f"{name}_month_x"),
        Series("dots", f"{name}_month", "mean", x=f"{name}_month_x"),
    ]
    chart = Chart(
        name=name,
        title=f"Left share at {band.band} of FTP over months",
        description=f"{count(len(band.rows), 'ride')}: {of_trend(band)}.",
        y=up,
        height=_HEIGHT,
        series=tuple(series),
        spans=tuple(Span(*days_of(x), "change", x.words) for x in changes if x.first_day != x.last_day),
        markers=_markers(changes),
        even=True,
    )
    caption = join(
        [tag("strong", f"{band.band} of FTP"), f", {count(len(band.rows), 'ride')}: {of_trend(band)}."]
    )
    return figure(caption, svg(chart, group))


def _markers(changes: Sequence[Change]) -> tuple[Marker, ...]:
    """A flag on each first day; changes of one day share it."""
    on: dict[float, list[Change]] = {}
    for change in changes:
        on.setdefault(days_of(change)[0], []).append(change)
    return tuple(
        Marker(
            at,
            "change",
            "; ".join(x.words for x in found),
            "flag",
            ", ".join(str(x.number) for x in found),
        )
        for at, found in on.items()
    )


def _legend(drawn: Drawn, changes: Sequence[Change]) -> Markup:
    verdicts = {band.verdict for band in drawn.values() if band.slope is not None}
    return tag(
        "p",
        key("dot", "a ride ± its error"),
        key("mean", "a month’s mean ± its error"),
        key("trend", "line through the rides") if "change" in verdicts else None,
        key("trend unsure", "line without a clear slope") if "no_change" in verdicts else None,
        key("note", "what you changed") if changes else None,
        class_="legend",
    )


def _slope(slope: Effect | None) -> tuple[str, str, str, str]:
    """A slope with its error, its 95 % range, its p, and how far days lie apart."""
    if slope is None:
        return DASH, DASH, DASH, DASH
    return (
        signed(slope.value, 2, slope.standard_error),
        interval_95(slope.low, slope.high, 2),
        "< 0.001" if slope.p_value < 0.001 else f"{slope.p_value:.3f}",
        number(slope.between_sd, 1),
    )


def _slopes(meter: MeterTrend) -> Markup:
    columns = [Column("power band, of FTP", "left"), Column("rides"), Column("points a month ± error"),
               Column("95 % range"), Column("p"), Column("day to day, points"), Column("", "left")]  # fmt: skip
    words = {"change": "changes", "no_change": "no clear change", "too_few": "too few rides"}
    rows = [
        (
            x.band,
            str(len(x.rows)),
            *_slope(x.slope),
            words[x.verdict],
        )
        for x in meter.bands
    ]
    return table(Table(columns, rows, "Whether it changes, per power band"))


def _months(meter: MeterTrend) -> Markup:
    found = [{month.first_day: month for month in band.months} for band in meter.bands]
    columns = [Column("month", "left"), *(Column(band.band) for band in meter.bands)]
    rows = [
        (f"{day:%Y-%m}", *(_month(months.get(day)) for months in found))
        for day in sorted({day for months in found for day in months})
    ]
    return table(Table(columns, rows, "Left share by month, % ± error (rides)"))


def _month(month: Month | None) -> str:
    return DASH if month is None else f"{_ride(month)} ({month.rides})"


def _ride(row: Month | RideShare | None) -> str:
    return DASH if row is None else share_error(row.share.left_percent, row.share.standard_error)


def _rides(meter: MeterTrend) -> Markup:
    """Every ride's share in each band, the earliest first."""
    found = [{row.ride: row for row in band.rows} for band in meter.bands]
    started = {row.ride: row.started for rows in found for row in rows.values()}
    columns = [Column("day", "left"), *(Column(band.band) for band in meter.bands)]
    rows = [
        (f"{started[ride]:%Y-%m-%d}", *(_ride(known.get(ride)) for known in found))
        for ride in sorted(started, key=started.__getitem__)
    ]
    return table(Table(columns, rows, "Left share by ride, % ± error"))


def _changes(changes: Sequence[Change]) -> Markup | None:
    if not changes:
        return None
    columns = (Column("change"), *(Column(heading, "left") for heading in ("days", "kind", "what")))
    rows = [(str(x.number), day_range(x.first_day, x.last_day), x.kind, foreign(x.words)) for x in changes]
    printed = table(Table(columns, rows, "Changes, the earliest first"))
    return tag("section", tag("h2", "What you changed"), printed, *_together(changes))


def _together(changes: Sequence[Change]) -> list[Markup]:
    """What cannot be told apart, said once of each two."""
    pairs = [(x, other) for x in changes for other in together(x, changes) if x.number < other.number]
    ambiguous = "were made in the same days: whose effect it was is not known."
    return [tag("p", f"Changes {x.number} and {other.number} {ambiguous}") for x, other in pairs]


def _left_out(trend: Trend) -> Markup | None:
    said = []
    if trend.pending:
        said.append(f"{count(trend.pending, 'ride')} not derived yet: not counted here.")
    if trend.failed:
        said.append(f"{count(len(trend.failed), 'ride')} that could not be read: not counted here.")
    return tag("p", " ".join(said), class_="quiet") if said else None


def _worth() -> Markup:
    said = (
        "A slope is a weighted line through rides; each ride counts by its own error and by how far days lie apart. "
        "A change is clear where a line without slope would look so less than once in twenty times.",
        "Of twenty bands that do not change, one will look as if it did.",
        "No study has shown that 50 : 50 is better.",
    )
    return tag(
        "section",
        tag("h2", "What the numbers are worth"),
        tag("ul", *(tag("li", x) for x in said)),
        class_="worth",
    )

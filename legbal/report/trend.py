"""The report of months of rides: per meter and power band every ride, its months, and the line through them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from itertools import groupby

import numpy as np

from legbal.analysis.meter_days import Effect
from legbal.analysis.months import Change, ComparisonKey
from legbal.analysis.pooled_rides import arrays
from legbal.analysis.rider_answers import RiderAnswers
from legbal.analysis.trend import (
    LEAST_DAYS,
    LEAST_RIDES,
    BandTrend,
    MeterTrend,
    Trend,
)
from legbal.present import numbers
from legbal.present.document import Paragraph, section
from legbal.present.html import Child, Markup, document, join, tag
from legbal.present.intensity import at, intensity
from legbal.present.me import me_blocks
from legbal.present.numbers import count, share_error
from legbal.present.sentences import say
from legbal.present.text import capitalized
from legbal.present.tiring import course_blocks
from legbal.present.trend import (
    LAST_MONTH,
    WORTH,
    answer_blocks,
    bands_table,
    changes_blocks,
    left_out,
    meter_head,
    months_table,
    of_trend,
    rides_table,
    zeros_blocks,
)
from legbal.report.chart import Chart, Group, Readout
from legbal.report.drawing import svg
from legbal.report.page import figure, key, linked, page
from legbal.report.pictures import with_second
from legbal.report.plot import Axis, Marker, Series, Span, days
from legbal.ride.view import Floats

_HEIGHT = 190.0
_LEAST_DAYS, _MARGIN = 92.0, 0.03  # of a meter's axis: three months
_1970 = date(1970, 1, 1).toordinal()
_LEAST_SHOWN_DAYS = 7.0
_LEAST_POINTS = 4.0  # of share from the lowest to the highest on an axis

# the bands of a meter that have a chart, and their slopes, by the chart's name
Drawn = dict[str, tuple[BandTrend, Effect]]


def trend_page(trend: Trend, answers: Sequence[RiderAnswers] = ()) -> bytes:
    """The page in UTF-8, above all the answers of the meter with the most rides. The same gives the same octets."""
    rides = {ride: started for meter in trend.meters for ride, started in meter.rides.items()}
    groups: list[Group] = []
    answered = [x.comparison_key for x in answers[:1]]
    not_counted = document(left_out(trend.failed, trend.pending, trend.meter_wrong))
    if rides:
        about = say("trend.about", rides=count(len(rides), "ride"), days=_first_to_last(rides.values()))
        meters = [_meter(f"m{i}", x, trend, groups, answered) for i, x in enumerate(trend.meters)]
        worth = section("What the numbers are worth", map(Paragraph, WORTH))
        parts = [
            tag("p", about, class_="about"),
            *(tag("section", document(me_blocks(x))) for x in answers[:1]),
            *meters,
            not_counted,
            tag("section", document(changes_blocks(trend.changes))),
            tag("section", document(worth), class_="worth"),
        ]
    else:
        parts = [tag("p", say("trend.no_rides")), not_counted]
    return page(say("trend.title"), join(parts), groups, count(len(rides), "ride"))


def _meter(
    name: str, meter: MeterTrend, trend: Trend, groups: list[Group], answered: Sequence[ComparisonKey]
) -> Markup:
    """One meter's charts and tables; where every band has too few rides for a trend they are told one by one."""
    drawn: Drawn = {
        f"{name}b{i}": (band, band.slope) for i, band in enumerate(meter.bands) if band.slope is not None
    }
    changes = trend.changes
    head = [
        *meter_head(meter, joined=trend.joined),
        *zeros_blocks(meter, trend.zeros, trend.joined),
    ]
    tires = course_blocks(meter.tiring, answered=meter.comparison_key in answered)
    if not drawn:
        needs = say("trend.too_few", rides=LEAST_RIDES, weeks=LEAST_DAYS // 7)
        return tag("section", document([*head, Paragraph(needs), rides_table(meter.bands), *tires]))
    group = _group(name, drawn, changes)
    up = _up(np.concatenate([group.columns[f"{chart}_left"] for chart in drawn]))
    there = [x for x in changes if days_of(x)[1] >= group.x.low and days_of(x)[0] <= group.x.high]
    figures = [_figure(chart, band, there, group, up) for chart, (band, _) in drawn.items()]
    label = say("trend.charts") + (f", {meter.meter}" if meter.meter else "")
    charts = linked(name, _legend(drawn, there), *figures, label=label, hinted=not groups)
    groups.append(group)
    tables = [with_second(bands_table(meter.bands), LAST_MONTH), months_table(meter.bands)]
    return tag(
        "section",
        document([*head, *answer_blocks(meter.answer), charts, *tables, *course_blocks(meter.tiring)]),
    )


def _group(name: str, drawn: Drawn, changes: Sequence[Change]) -> Group:
    started = {row.ride: row.started for band, _ in drawn.values() for row in band.rows}
    at = {ride: days(moment) for ride, moment in started.items()}
    first, last = min(at.values()), max(at.values())
    spare = max(_LEAST_DAYS - (last - first), 0.0) / 2 + _MARGIN * (last - first)
    return Group(
        name=name,
        x=Axis(first - spare, last + spare, "date"),
        columns={
            f"{chart}_{column}": values
            for chart, (band, _) in drawn.items()
            for column, values in _columns(band, np.array([at[row.ride] for row in band.rows])).items()
        },
        readout=tuple(
            Readout(
                code="chart.at_band",
                band=intensity(band.low_ftp, band.high_ftp),
                texts=[share_error(row.share) for row in band.rows],
                x=f"{chart}_x",
                quiet=True,
            )
            for chart, (band, _) in drawn.items()
        ),
        spans=tuple(Span(days_of(x)[0] - 0.5, days_of(x)[1] + 0.5, "change", x.words) for x in changes),
        rest=_first_to_last(started.values()),
        least=_LEAST_SHOWN_DAYS,
        near=0.01,  # days: rides of one moment are told together
    )


def _first_to_last(started: Collection[datetime]) -> str:
    return numbers.days(min(started).date(), max(started).date())


def _columns(band: BandTrend, x: Floats) -> dict[str, Floats]:
    """A band's rides, which are at `x`, its months, and where the level goes since its last change."""
    left, error = arrays(band.rows)
    month, month_error = arrays(band.months)
    path = np.array(band.path).reshape(-1, 2)
    return {
        "x": x,
        "left": left,
        "error": error,
        "month_x": middles_of(band, x),
        "month": month,
        "month_error": month_error,
        "fit_x": path[:, 0] - _1970,
        "fit": path[:, 1],
    }


def middles_of(band: BandTrend, x: Floats) -> Floats:
    """The middle of each month's rides, which are at `x`: of a month that has just begun too it lies among them."""
    months = [row.started.year * 12 + row.started.month for row in band.rows]
    _, place = np.unique(months, return_inverse=True)
    return np.bincount(place, x) / np.bincount(place)


def days_of(change: Change) -> tuple[float, float]:
    """Its first and its last day at noon, days since 1970."""
    first, last = (datetime.combine(day, time(12)) for day in (change.first_day, change.last_day))
    return days(first), days(last)


def _up(shares: Floats) -> Axis:
    """One axis for all bands of a meter, so that their levels can be compared."""
    low, high = np.percentile(shares, (1, 99)).tolist()
    spare = max(_LEAST_POINTS - (high - low), 0.0) / 2 + 0.6
    return Axis(low - spare, high + spare, label=say("chart.left_share"))


def _figure(name: str, band: BandTrend, changes: Sequence[Change], group: Group, up: Axis) -> Markup:
    word = intensity(band.low_ftp, band.high_ftp)
    caption = f"{count(len(band.rows), 'ride')}: {of_trend(band)}."
    line = "trend line" if band.verdict in ("clear", "likely") else "trend line unsure"
    chart = Chart(
        name=name,
        title=say("trend.chart", at_band=at(word)),
        description=caption,
        y=up,
        height=_HEIGHT,
        series=(
            Series("dots", f"{name}_left", "whisker faint", f"{name}_error", f"{name}_x"),
            Series("dots", f"{name}_left", "dot", x=f"{name}_x"),
            Series("line", f"{name}_fit", line, x=f"{name}_fit_x"),
            Series("dots", f"{name}_month", "whisker", f"{name}_month_error", f"{name}_month_x"),
            Series("dots", f"{name}_month", "mean", x=f"{name}_month_x"),
        ),
        spans=tuple(Span(*days_of(x), "change", x.words) for x in changes if x.first_day != x.last_day),
        markers=_markers(changes),
        even=True,
    )
    return figure(join([tag("strong", capitalized(word)), f", {caption}"]), svg(chart, group))


def _markers(changes: Sequence[Change]) -> tuple[Marker, ...]:
    by_day = [(at, list(on_day)) for at, on_day in groupby(changes, lambda x: days_of(x)[0])]
    return tuple(
        Marker(
            at,
            "change",
            "; ".join(x.words for x in on_day),
            ", ".join(str(x.number) for x in on_day),
        )
        for at, on_day in by_day
    )


def _legend(drawn: Drawn, changes: Sequence[Change]) -> tuple[Child, ...]:
    verdicts = {band.verdict for band, _ in drawn.values()}
    return (
        key("dot", say("trend.of_ride")),
        key("mean", say("trend.of_month")),
        key("trend", say("trend.line")) if verdicts & {"clear", "likely"} else None,
        key("trend unsure", say("trend.unsure")) if "unknown" in verdicts else None,
        key("note", say("trend.change")) if changes else None,
    )

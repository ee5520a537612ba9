"""The report of one ride."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from legbal.analysis.ride_analysis import RideAnalysis
from legbal.analysis.summary import DropOffSummary, Summary
from legbal.library.rides import RideRow
from legbal.present import findings, tables
from legbal.present.document import Column, Table
from legbal.present.events import alert_name, alert_over
from legbal.present.html import Markup, foreign, join, table, tag
from legbal.present.meter import has_balance
from legbal.present.numbers import clock, count, day, interval_95, points, share, signed, weekday
from legbal.present.remarks import remark
from legbal.report.against_power import against_power
from legbal.report.chart import figure
from legbal.report.cycling_dynamics import cycling_dynamics
from legbal.report.header import header
from legbal.report.page import page
from legbal.report.ride_charts import Columns, Note, around_dropoff, columns_of, held_alerts, over_time
from legbal.report.share_rows import ShareRow, with_drawings
from legbal.ride.events import MeterChange

# what is put on a page of a ride that has more of it than a ride has
_MOST_METERS, _MOST_INTERVALS, _MOST_LOGGED = 4, 500, 200
_MOST_DRAWN, _MOST_LISTED = 12, 100  # drop-offs
_LONGEST_NOTE = 10_000  # characters


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a ride beside its inputs; all texts come from outside.

    Attributes:
        title: of the ride, or its name.
        started: aware, in the rider's zone; None where that is not known.
        meters: names of those that sent something.
        note: what the rider wrote about it.
        notes: what the rider wrote during it.
        made_of: what stands for its raw data, a ride id or a file's name.
    """

    title: str
    started: datetime | None = None
    meters: tuple[str, ...] = ()
    note: str = ""
    notes: tuple[Note, ...] = ()
    made_of: str = ""


def about_kept(ride: RideRow) -> About:
    """What is known of a ride of the library, but for the notes of during and after it."""
    return About(
        title=ride.title or f"Ride of {day(ride.started)}",
        started=ride.started,
        meters=ride.meters,
        note=ride.note,
        made_of=ride.id,
    )


def ride_page(reading: RideAnalysis, about: About) -> bytes:
    """The page in UTF-8. The same reading gives the same octets."""
    summary = reading.summary
    columns = columns_of(reading.trace)
    charts, time = over_time(reading, columns, about.notes)
    groups = [time]
    against = against_power(columns)
    if against is not None:
        groups.append(against[1])
    body = join(
        [
            _head(about),
            header(summary.ride),
            _findings(summary),
            tag("section", tag("h2", "Over time"), charts),
            _drop_offs(summary, columns),
            tag("section", tag("h2", "Share against power"), against[0]) if against is not None else None,
            _bands(summary),
            _intervals(summary),
            cycling_dynamics(summary),
            _log(reading, about.notes),
            _worth(summary),
        ]
    )
    return page(about.title, body, groups, about.made_of)


def _head(about: About) -> Markup:
    known = []
    if about.started is not None:
        known.append(tag("time", weekday(about.started),
                         datetime=about.started.isoformat(timespec="minutes")))  # fmt: skip
    known += [foreign(meter, 80) for meter in about.meters[:_MOST_METERS]]
    line = join(x for i, part in enumerate(known) for x in ((" · ", part) if i else (part,)))
    note = tag("p", foreign(about.note, _LONGEST_NOTE), class_="note") if about.note else None
    return join([tag("p", line, class_="about") if known else None, note])


def _findings(summary: Summary) -> Markup | None:
    """What the ride says, a sentence for each finding; None where there is nothing to say."""
    said = list(_sentences(summary)) if summary.ride.share.left_percent is not None else []
    if not said:
        return None
    return tag(
        "section",
        tag("h2", "Findings"),
        tag("ul", *(tag("li", x) for x in said)),
        tag("p", "Shares are the left leg’s; ± is one standard error.", class_="quiet small"),
    )


def _sentences(summary: Summary) -> Iterator[str]:
    if summary.intervals:
        yield _drop_off_count(summary.dropoffs)
    yield from findings.of_contrasts(summary.contrasts)
    if summary.first_last is not None:
        yield findings.of_first_last(summary.first_last)
    if summary.drift is not None:
        yield findings.of_drift(summary.drift)
    smallest = findings.of_smallest(summary)
    if smallest is not None:
        yield smallest


def _drop_off_count(known: Sequence[DropOffSummary]) -> str:
    if not known:
        return "No drop-off: in no interval did a leg fall below its usual by more than noise explains."
    deepest = max(known, key=lambda x: x.points)
    when = f"the {deepest.side} leg was {points(deepest.points)} below its usual from {clock(deepest.since_s)} on"
    if len(known) == 1:
        return f"One drop-off: {when}."
    return f"{count(len(known), 'drop-off')}; at the deepest {when}."


def _drop_offs(summary: Summary, columns: Columns) -> Markup | None:
    if not summary.dropoffs:
        return None
    shown = summary.dropoffs[:_MOST_DRAWN]
    more = len(summary.dropoffs) - len(shown)
    return tag(
        "section",
        tag("h2", "Drop-offs"),
        tag(
            "p",
            "Times at which a leg fell below its usual share at that power by more than noise explains. Before and "
            "after are up to a minute of work each; during leaves out the ten seconds in which it came over.",
            class_="quiet small",
        ),
        *(_one(number, x, columns) for number, x in enumerate(shown, 1)),
        tag("p", f"{count(more, 'more drop-off')} in the table only.") if more else None,
        table(tables.dropoffs(summary.dropoffs[:_MOST_LISTED])),
    )


def _one(number: int, x: DropOffSummary, columns: Columns) -> Markup:
    *charts, (low, high) = around_dropoff(number, x, columns)
    show = tag("button", "show it above", type="button", data_show=f"time {low!r} {high!r}", hidden=True)
    when, covered = findings.of_dropoff(x)
    caption = join([tag("strong", f"{number}. {when[0].upper()}{when[1:]}."), f" {covered} ", show])
    return figure(caption, *charts, class_="pair")


def _intervals(summary: Summary) -> Markup | None:
    known = summary.intervals[:_MOST_INTERVALS]
    if not known:
        return None
    rows = [ShareRow(x.share, x.usual_percent) for x in known]
    printed, legend = with_drawings(tables.intervals(known, balance=has_balance(summary.ride.balance)), rows)
    return tag("section", tag("h2", "Intervals"), table(printed), _more(summary.intervals, known), legend)


def _bands(summary: Summary) -> Markup | None:
    known = [x for x in summary.bands if x.share.seconds > 0]
    if not known:
        return None
    printed, legend = with_drawings(tables.bands(known), [ShareRow(x.share) for x in known])
    return tag("section", tag("h2", "Power bands"), table(printed), legend, _contrasts(summary))


def _more(known: Sequence[object], shown: Sequence[object]) -> Markup | None:
    more = len(known) - len(shown)
    return tag("p", f"and {more} more", class_="quiet") if more else None


def _contrasts(summary: Summary) -> Markup | None:
    if not summary.contrasts:
        return None
    columns = (Column("band", "left"), Column("against", "left"), Column("left %"), Column("against it %"),
               Column("difference"), Column("95 % range"), Column("", "left"))  # fmt: skip
    rows = [
        (
            x.band,
            x.against,
            share(x.band_percent),
            share(x.against_percent),
            signed(x.difference.value, error=x.difference.standard_error),
            interval_95(x.difference.low, x.difference.high),
            "differ" if x.difference.real else "no clear difference",
        )
        for x in summary.contrasts
    ]
    return table(Table(columns, rows, "One power band against another, in points of left share"))


def _log(reading: RideAnalysis, notes: Sequence[Note]) -> Markup | None:
    end = float(reading.trace.t[-1]) if len(reading.trace.t) else 0.0
    known = [
        (alert.t, alert_name(alert.kind), alert_over(alert, alert.since, over))
        for alert, over in held_alerts(reading.events, end)
    ]
    known += [(t, "note", said) for t, said in notes]
    known += [
        (x.t, "meter", remark(x.remark))
        for x in reading.events
        if isinstance(x, MeterChange) and x.what in ("may_have_changed", "reference", "battery")
    ]
    known.sort()
    if not known:
        return None
    shown = known[:_MOST_LOGGED]
    columns = (Column("at"), Column("what", "left"), Column("", "left"))
    rows = [(clock(t), kind, foreign(said)) for t, kind, said in shown]
    return tag(
        "section",
        tag("h2", "Alerts and notes"),
        table(Table(columns, rows, "Alerts, notes and news of the meter")),
        _more(known, shown),
    )


def _worth(summary: Summary) -> Markup:
    said = [
        "A share is weighted by work, over pedalling. ± is one standard error; a 95 % range is 1.96 of them to "
        "either side.",
        "Compare a leg with itself, at equal power, on the same meter. No study has shown that 50 : 50 is better.",
    ]
    return tag(
        "section",
        tag("h2", "What the numbers are worth"),
        tag("ul", *(tag("li", x) for x in (*map(remark, summary.limits), *said))),
        class_="worth",
    )

"""The report of one ride."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from legbal.analysis.read import Reading
from legbal.analysis.summary import LEAST_SLOPE_S, BandSummary, IntervalSummary, Summary
from legbal.analysis.wander import SURE
from legbal.library.rides import KeptRide
from legbal.present.html import Markup, foreign, join, tag
from legbal.report import against_power, time_charts
from legbal.report.cycling_dynamics import cycling_dynamics
from legbal.report.dropoffs import drop_offs
from legbal.report.findings import findings
from legbal.report.header import header
from legbal.report.page import page
from legbal.report.scale import clock
from legbal.report.tables import Column, Drawn, common, drawn, table
from legbal.report.time_charts import Note
from legbal.report.words import DASH, share, signed, tenths, whole

# what is put on a page of a ride that has more of it than a ride has
_MOST_METERS, _MOST_INTERVALS, _MOST_TOLD = 4, 500, 200
_LONGEST_NOTE = 10_000  # characters
_DRAWN = Column("95 % range", numbers=False)


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


def about_kept(ride: KeptRide, notes: Iterable[Note]) -> About:
    """What is known of a ride of the library; `notes` are those of during and after it."""
    return About(
        title=ride.title or f"Ride of {ride.started.day} {ride.started:%B %Y}",
        started=ride.started,
        meters=ride.meters,
        note=ride.note,
        notes=tuple(sorted(notes, key=lambda note: note.t)),
        made_of=ride.id,
    )


def ride_page(reading: Reading, about: About) -> bytes:
    """The page in UTF-8. The same reading gives the same octets."""
    summary = reading.summary
    charts, time = time_charts.time_charts(reading, about.notes)
    groups = {time_charts.NAME: time}
    against = against_power.against_power(reading.trace)
    if against is not None:
        groups[against_power.NAME] = against[1]
    body = join(
        [
            _head(about),
            header(summary.ride),
            findings(summary),
            tag("section", tag("h2", "Over time"), charts),
            drop_offs(reading),
            tag("section", tag("h2", "Share against power"), against[0]) if against is not None else None,
            _bands(summary),
            _intervals(summary),
            cycling_dynamics(summary),
            _told(reading, about.notes),
            _worth(summary),
        ]
    )
    return page(about.title, body, groups, about.made_of)


def _head(about: About) -> Markup:
    known = []
    if about.started is not None:
        known.append(tag("time", f"{about.started:%A} {about.started.day} {about.started:%B %Y, %H:%M}",
                         datetime=about.started.isoformat(timespec="minutes")))  # fmt: skip
    known += [foreign(meter, 80) for meter in about.meters[:_MOST_METERS]]
    line = join(x for i, part in enumerate(known) for x in ((" · ", part) if i else (part,)))
    note = tag("p", foreign(about.note, _LONGEST_NOTE), class_="note") if about.note else None
    return join([tag("p", line, class_="about") if known else None, note])


def _intervals(summary: Summary) -> Markup | None:
    known = summary.intervals[:_MOST_INTERVALS]
    if not known:
        return None
    rows = [Drawn(x.left_percent, x.left_standard_error, x.usual_percent) for x in known]
    axis = common(rows)
    columns = [Column("interval"), Column("from"), Column("time"), Column("power W"), Column("left W"),
               Column("right W"), Column("left % ± error"), _DRAWN, Column("against usual"),
               Column("within it, a minute")]  # fmt: skip
    cells = [
        (
            str(x.number),
            clock(x.start_s),
            clock(x.end_s - x.start_s),
            whole(x.power_w),
            whole(x.left_w),
            whole(x.right_w),
            share(x.left_percent, x.left_standard_error),
            drawn(row, axis),
            _against_usual(x),
            _slope(x),
        )
        for x, row in zip(known, rows, strict=True)
    ]
    more = len(summary.intervals) - len(known)
    return tag(
        "section",
        tag("h2", "Intervals"),
        table("Left share of each interval", columns, cells),
        tag("p", f"and {more} more", class_="quiet") if more else None,
        _legend(rows),
    )


def _against_usual(x: IntervalSummary) -> str:
    if x.left_percent is None or x.left_standard_error is None or x.usual_percent is None:
        return DASH
    return signed(x.left_percent - x.usual_percent)


def _slope(x: IntervalSummary) -> str:
    """How the share moved within an interval of a minute and more, where that is more than noise."""
    if x.slope_per_minute is None or x.slope_error is None or x.end_s - x.start_s < LEAST_SLOPE_S:
        return DASH
    if abs(x.slope_per_minute) <= SURE * x.slope_error:
        return "level"
    return signed(x.slope_per_minute, x.slope_error)


def _bands(summary: Summary) -> Markup | None:
    known = [x for x in summary.bands if x.seconds > 0]
    if not known:
        return None
    rows = [Drawn(x.left_percent, x.left_standard_error) for x in known]
    axis = common(rows)
    columns = [Column("power band, of FTP", numbers=False), Column("time"), Column("power W"), Column("left W"),
               Column("right W"), Column("left % ± error"), _DRAWN]  # fmt: skip
    return tag(
        "section",
        tag("h2", "Power bands"),
        table("Left share in each power band", columns,
              [_band(x, drawn(row, axis)) for x, row in zip(known, rows, strict=True)]),
        _legend(rows),
        _contrasts(summary),
    )  # fmt: skip


def _band(x: BandSummary, drawing: Markup | None) -> tuple[str | None, ...]:
    return (
        x.name,
        clock(x.seconds),
        whole(x.power_w),
        whole(x.left_w),
        whole(x.right_w),
        share(x.left_percent, x.left_standard_error),
        drawing,
    )


def _legend(rows: list[Drawn]) -> Markup | None:
    if not any(row.known for row in rows):
        return None
    axis = common(rows)
    usual = ", the grey tick what was usual" if any(row.usual is not None for row in rows) else ""
    said = (
        f"Drawn from {tenths(axis.low)} to {tenths(axis.high)} %: the dashed line is 50 %, the point the share, "
        f"the bar its 95 % range{usual}."
    )
    return tag("p", said, class_="quiet small")


def _contrasts(summary: Summary) -> Markup | None:
    if not summary.contrasts:
        return None
    columns = [Column("band", numbers=False), Column("against", numbers=False), Column("left %"),
               Column("against it %"), Column("difference ± error"), Column("95 % range"),
               Column("", numbers=False)]  # fmt: skip
    rows = [
        (
            x.band,
            x.against,
            tenths(x.band_percent),
            tenths(x.against_percent),
            signed(x.difference, x.standard_error),
            f"{signed(x.low)} to {signed(x.high)}",
            "differ" if x.low > 0 or x.high < 0 else "not told from noise",
        )
        for x in summary.contrasts
    ]
    return table("One power band against another, in points of left share", columns, rows)


def _told(reading: Reading, notes: tuple[Note, ...]) -> Markup | None:
    told = time_charts.what_was_told(reading, notes)
    if not told:
        return None
    rows = [(clock(t), kind, foreign(said)) for t, kind, said in told[:_MOST_TOLD]]
    more = len(told) - len(rows)
    columns = [Column("at"), Column("what", numbers=False), Column("", numbers=False)]
    return tag(
        "section",
        tag("h2", "What was told and noted"),
        table("Alerts, notes and what was learnt of the meter", columns, rows),
        tag("p", f"and {more} more", class_="quiet") if more else None,
    )


def _worth(summary: Summary) -> Markup:
    said = [
        "A share is weighted by work, over pedalling. ± is one standard error; a 95 % range is 1.96 of them to "
        "either side.",
        "Compare a leg with itself, at equal power, on the same meter. That 50 : 50 is better, nobody has shown.",
    ]
    return tag(
        "section",
        tag("h2", "What the numbers are worth"),
        tag("ul", *(tag("li", x) for x in (*summary.limits, *said))),
        class_="worth",
    )

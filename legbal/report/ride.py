"""The report of one ride: what is said of it, with its charts."""

from datetime import datetime

import msgspec

from legbal.analysis.ride_analysis import RideAnalysis
from legbal.analysis.summary import DropOffSummary, Summary, gather_short
from legbal.library.rides import RideRow
from legbal.present.document import Block, Heading, Paragraph, Table
from legbal.present.headline import answer_blocks
from legbal.present.html import Markup, document, foreign, join, tag
from legbal.present.meter import has_balance
from legbal.present.numbers import meter_names, weekday
from legbal.present.ride import of_dropoff, sections
from legbal.present.sentences import say
from legbal.present.tables import has_pedalling
from legbal.report.page import figure, page
from legbal.report.pictures import header, power_phases, with_drawings
from legbal.report.ride_charts import Note, against_last, against_power, around_dropoff, time_charts
from legbal.report.ride_columns import Columns, columns_of

# what is put on a page of a ride that has more of it than a ride has
_MOST_METERS, _MOST_ROWS, _MOST_LOGGED, _MOST_DRAWN = 4, 500, 200, 12
_LONGEST_NOTE = 10_000  # characters


class RideDetails(msgspec.Struct, frozen=True, kw_only=True):
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


def about_ride(ride: RideRow) -> RideDetails:
    """What is known of a ride of the library, but for the notes of during and after it."""
    return RideDetails(
        title=ride.title or say("report.ride_of", day=ride.started),
        started=ride.started,
        meters=ride.meters,
        note=ride.note,
        made_of=ride.id,
    )


def ride_page(reading: RideAnalysis, about: RideDetails) -> bytes:
    """The page in UTF-8. The same reading gives the same octets."""
    summary = reading.summary
    columns, balance = columns_of(reading.trace), has_balance(summary.ride.balance)
    by_heading: dict[str, list[Block | Markup]] = {
        heading: [*blocks] for heading, blocks in sections(summary, reading.events, about.notes).items()
    }
    for heading, rows in (
        ("Intervals", [(x.share, x.usual_percent) for x in gather_short(summary.intervals)[0]]),
        ("Power bands", [(x.share, None) for x in summary.bands if has_pedalling(x, balance=balance)]),
    ):
        match by_heading[heading]:
            case [_, Table() as table, *_]:
                by_heading[heading][1:2] = with_drawings(table, rows)
    if summary.ride.dynamics is not None:
        by_heading["Cycling dynamics"][2:2] = power_phases(summary.ride.dynamics)
    for number, x in enumerate(summary.dropoffs[:_MOST_DRAWN], 1):
        by_heading["Drop-offs"][1 + number] = _with_charts(number, x, columns)
    over_time, time = time_charts(reading, columns, about.notes)
    against, groups = against_power(columns)
    parts: dict[str, list[Block | Markup]] = {
        "Over time": [Heading("Over time"), over_time],
        say("report.against_last"): _against_last(summary),
        "Intervals": by_heading.pop("Intervals"),
        "Notes and laps": by_heading.pop("Notes and laps"),
        "Drop-offs": by_heading.pop("Drop-offs"),
        say("report.against_power"): [Heading(say("report.against_power")), *against] if against else [],
        **by_heading,
    }
    body = [_head(about), tag("div", document(answer_blocks(summary)), class_="answer"), header(summary)]
    for heading, blocks in parts.items():
        most = _MOST_LOGGED if heading in ("Alerts", "Notes and laps") else _MOST_ROWS
        if blocks:
            body.append(tag("section", document(x for block in blocks for x in _bounded(block, most))))
    return page(about.title, join(body), [time, *groups], about.made_of)


def _head(about: RideDetails) -> Markup:
    parts = [meter_names(foreign(meter, 80) for meter in about.meters[:_MOST_METERS])]
    if about.started is not None:
        moment = about.started.isoformat(timespec="minutes")
        parts.insert(0, tag("time", weekday(about.started), datetime=moment))
    return join(
        [
            tag("p", Markup(" · ".join(filter(None, parts))), class_="about") if any(parts) else None,
            tag("p", foreign(about.note, _LONGEST_NOTE), class_="note") if about.note else None,
        ]
    )


def _against_last(summary: Summary) -> list[Block | Markup]:
    if summary.comparison is None or summary.meter_wrong:
        return []
    return [
        Heading(say("report.against_last")),
        against_last(summary.comparison),
    ]


def _with_charts(number: int, x: DropOffSummary, columns: Columns) -> Markup:
    *charts, (low, high) = around_dropoff(number, x, columns)
    show = tag("button", "show it above", type="button", data_show=f"time {low!r} {high!r}", hidden=True)
    return figure(join([of_dropoff(number, x), " ", show]), *charts, class_="pair")


def _bounded(block: Block | Markup, most: int) -> list[Block | Markup]:
    if not isinstance(block, Table) or len(block.rows) <= most:
        return [block]
    return [
        msgspec.structs.replace(block, rows=block.rows[:most]),
        Paragraph(f"and {len(block.rows) - most} more", "quiet"),
    ]

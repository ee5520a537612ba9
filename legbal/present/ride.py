"""What is said of one ride: the same sections on the terminal, on the screens and on the report's page.

Shares are the left leg's. "±" is one standard error, "95 %" an interval; where that includes zero, the difference is no
change that this meter can show.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from legbal.analysis.summary import (
    BandDifference,
    DropOffSummary,
    FirstLast,
    HeartRateSummary,
    IntervalSummary,
    ShortEfforts,
    Summary,
    gather_short,
    longest_band,
)
from legbal.meters.limits import Remark
from legbal.present import head_unit_tables, tables
from legbal.present.certainty import of_drift
from legbal.present.document import Block, Column, ForeignText, Paragraph, Table, section
from legbal.present.headline import (
    METER_WRONG,
    answer_blocks,
    caveat,
    essentials,
    made_up,
    pedalling,
)
from legbal.present.intensity import at, intensity
from legbal.present.meter import has_balance
from legbal.present.numbers import (
    DASH,
    clock,
    count,
    depth,
    duration,
    listed,
    number,
    points,
    reliable_share,
    share_error,
    signed,
    watts,
)
from legbal.present.remarks import remark
from legbal.present.sentences import alert_name, alert_sentence, say
from legbal.ride.events import ClearReason, Event, MeterChange, ended_alerts
from legbal.ride.share import Z_95, BandShare

_DROP_OFFS = (
    "Times when a leg fell below its usual share at that power, by more than chance. Before and after are up"
    " to a minute of work each; during leaves out the ten seconds in which it set in."
)
_DYNAMICS = "As the head unit measured them while you pedalled. The balance does not use them."
_WORTH = (
    "A share is weighted by work, over pedalling. ± is one standard error; a 95 % range is 1.96 of them to either"
    " side.",
    "Compare a leg with itself, at equal power, on the same meter. No study has shown that 50 : 50 is better.",
)
# of limits: those that say what the caveat says in brief, and those that are said above or below
_IN_FULL = {"limit.measured", "limit.estimated", "limit.unlisted", "limit.unexpected"}
_OMITTED = (*METER_WRONG, "limit.same_meter")
_FIRST = ("Intervals", "Notes and laps")  # what a rider looks at first
_NO_CHANGE = "no clear change"
_UNKNOWN = "it varies that much anyway, so who made up for it is not known"
_ENDED: dict[ClearReason | None, str] = {
    "rest": "the interval ended",
    "gap": "the balance was lost",
    "meter": "the meter could not be trusted",
}
_ANOTHER_POWER = 0.1  # of the power before: more than the leg alone can have done


def sections(
    summary: Summary,
    events: Sequence[Event] = (),
    notes: Iterable[tuple[float, str]] = (),
    at: int | None = None,
) -> dict[str, list[Block]]:
    """The sections of a ride by their headings, with which each begins; one that has nothing to say is empty.

    Args:
        summary: the ride.
        events: of the ride, as far as they are known.
        notes: ride seconds, and what the rider wrote of them.
        at: the number of the interval at the cursor.
    """
    ride, balance = summary.ride, has_balance(summary.ride.balance)
    dropoffs = [of_dropoff(number, x) for number, x in enumerate(summary.dropoffs, 1)]
    long, short = gather_short(summary.intervals)
    by_heading: dict[str, list[Block]] = {
        "Intervals": [
            tables.intervals(
                long, balance=balance, at=at, heart_rates={x.number: x.heart_rate for x in long}
            ),
            Paragraph("" if short is None else of_short(short)),
        ],
        "Notes and laps": [_notes(notes, summary.laps)],
        "Drop-offs": [
            Paragraph(_DROP_OFFS if dropoffs else "", "quiet"),
            *map(Paragraph, dropoffs),
            tables.dropoffs(summary.dropoffs),
        ],
        "Findings": [Paragraph(x) for x in findings(summary)] if balance else [],
        "Drills with one leg": [tables.drills(summary.drills)],
        "Power bands": [
            tables.bands(summary.bands, balance=balance),
            tables.band_differences(() if summary.meter_wrong else summary.contrasts, summary.bands),
        ],
        "Heart rate": [Paragraph("" if ride.heart_rate is None else of_heart_rate(ride.heart_rate))],
        "Laps": [head_unit_tables.laps(summary.head_unit, balance=balance)],
        "Seated and standing": [head_unit_tables.positions(summary.head_unit)] if balance else [],
        "Cycling dynamics": []
        if ride.dynamics is None
        else [
            Paragraph(_DYNAMICS, "quiet"),
            tables.dynamics(ride.dynamics),
            tables.interval_dynamics((x.number, x.dynamics) for x in summary.intervals if x.dynamics),
        ],
        "Alerts": [_log(summary, events)],
        "What the numbers are worth": [*map(Paragraph, dict.fromkeys(worth(summary)))],
    }
    return {heading: section(heading, blocks) for heading, blocks in by_heading.items()}


def review_blocks(
    summary: Summary,
    events: Sequence[Event],
    notes: Iterable[tuple[float, str]],
    note: str = "",
    more: str = "",
) -> list[Block]:
    """What a ride was: the answer, its intervals, and on demand all the rest.

    Args:
        summary, events, notes: as of `sections`.
        note: of the rider, on the ride as a whole.
        more: all sections; or else the code of the sentence that says how to see those that a rider does not look at
            first, below one line of what the numbers are worth.
    """
    return [*answer_blocks(summary, note), *tables_below(summary, events, notes, more)]


def tables_below(
    summary: Summary, events: Sequence[Event], notes: Iterable[tuple[float, str]], more: str
) -> list[Block]:
    """What stands below the answer; arguments as of `review_blocks`."""
    by_heading = sections(summary, events, notes)
    if not more:
        return [*chain.from_iterable(by_heading.values())]
    first = [*chain.from_iterable(by_heading.pop(heading) for heading in _FIRST)]
    others = [f"{heading[:1].lower()}{heading[1:]}" for heading, blocks in by_heading.items() if blocks]
    line = caveat(summary)
    closing = [Paragraph(line)] if line else []
    if others:
        closing.append(Paragraph(say(more, sections=listed(others)), "quiet"))
    return [*first, Paragraph(""), *closing] if closing else first


def of_short(efforts: ShortEfforts) -> str:
    """The efforts under a minute, of which outdoor rides have many, in one sentence."""
    share = share_error(efforts.share)
    left = "" if share == DASH else f", left {share}"
    times = f"{count(efforts.number, 'effort')} under a minute, median {duration(efforts.median_s)}"
    return f"{times}: {watts(efforts.share.power_w)}{left}."


def of_heart_rate(heart_rate: HeartRateSummary) -> str:
    """That of a ride, in one sentence."""
    return f"{number(heart_rate.mean_bpm)} bpm in the mean, {number(heart_rate.max_bpm)} bpm at most."


def _notes(notes: Iterable[tuple[float, str]], laps: Sequence[float]) -> Table:
    """What the rider wrote, and when lap was pressed."""
    entries = [(t, "✎ note", ForeignText(text)) for t, text in notes]
    entries += [(t, f"lap {place}", ForeignText("")) for place, t in enumerate(laps, 1)]
    columns = (Column("at"), Column("what", "left"), Column("", "left", overflow="wrap"))
    return Table(
        columns, [(clock(t), *cells) for t, *cells in sorted(entries)], "What was noted, and the laps"
    )


def _log(summary: Summary, events: Sequence[Event]) -> Table:
    entries: list[tuple[float, str, str, str]] = []
    for alert, clear in ended_alerts(events):
        within = next((str(x.number) for x in summary.intervals if x.start_s <= alert.t <= x.end_s), "")
        entries.append((alert.t, f"▼ {alert_name(alert.kind)}", within, alert_sentence(alert, clear)))
    for event in events:
        if isinstance(event, MeterChange) and event.what in ("may_have_changed", "reference", "battery"):
            entries.append((event.t, "meter", "", remark(event.remark)))
    return Table(
        (
            Column("at"),
            Column("what", "left"),
            Column("int.", drop=1),
            Column("", "left", overflow="wrap"),
        ),
        [(clock(t), *cells) for t, *cells in sorted(entries)],
        "Alerts, and news of the meter",
    )


def worth(summary: Summary) -> Iterator[str]:
    """Between which bounds a ride's left share lies, and what else bounds what can be known of it."""
    codes = {x.code for x in summary.limits if isinstance(x, Remark)}
    yield "" if codes & _IN_FULL else caveat(summary)
    ride, shown = summary.ride, reliable_share(summary.ride.share)
    if has_balance(ride.balance) and shown is not None:
        left, error = shown
        low, high = max(0.0, left - Z_95 * error), min(100.0, left + Z_95 * error)
        yield (
            f"The ride's left share lies between {number(low, 1)} and {number(high, 1)} % with 95 % confidence, by the"
            f" scatter over {pedalling(summary)}; what the meter itself gets wrong comes on top."
        )
    yield from (remark(x) for x in summary.limits if isinstance(x, str) or x.code not in _OMITTED)
    yield of_smallest(summary) if shown else ""
    if has_balance(ride.balance):
        yield from _WORTH


def of_smallest(summary: Summary) -> str:
    """What change could be shown in how many rides: whether it is worth it; nothing where that is not known."""
    band = longest_band(summary.bands)
    if summary.smallest is None or band is None:
        return ""
    shown = [
        f"{points(x.points)} in {x.rides} rides before and {x.rides} after"
        for x in summary.smallest.each
        if x.points is not None
    ]
    scatter, where = summary.smallest.scatter, at(intensity(band.low_ftp, band.high_ftp))
    return (
        f"The smallest lasting change that this meter could show {where}: {', '.join(shown)}; "
        f"one ride before and one after are too few. This rests on an error of {points(scatter.within_se)} within a "
        f"ride, and {points(scatter.between_sd)} between days."
    )


def findings(summary: Summary) -> Iterator[str]:
    """What the ride says beside its headline and the lines below that, a sentence for each finding."""
    if summary.meter_wrong:
        return
    yield from of_band_differences(summary.contrasts, summary.bands)
    if summary.first_last is not None:
        yield of_first_last(summary.first_last, summary.intervals)
    if summary.drift is not None and (moved := of_drift(summary.drift)) not in essentials(summary):
        yield moved


def of_first_last(comparison: FirstLast, intervals: Iterable[IntervalSummary]) -> str:
    """The last comparable interval against the first, of these."""
    power = {interval.number: round(interval.share.power_w or 0) for interval in intervals}
    first_w, last_w = power[comparison.first], power[comparison.last]
    at = f"both at {first_w} W" if first_w == last_w else f"{last_w} W and {first_w} W"
    unclear = "" if comparison.difference.real else f"{_NO_CHANGE}, "
    difference = f"{unclear}{tables.with_error(comparison.difference)} points"
    return f"Interval {comparison.last} against interval {comparison.first} ({at}): {difference}."


def of_band_differences(differences: Sequence[BandDifference], bands: Iterable[BandShare]) -> list[str]:
    """Which of the power bands differ, a sentence each, and one for all that do not."""
    left = {band.name: share_error(band.share) for band in bands}
    word = {band.name: intensity(band.low_ftp, band.high_ftp) for band in bands}
    sentences = [
        f"{left[x.band]} {at(word[x.band])} against {left[x.against]} {at(word[x.against])}: "
        f"{tables.with_error(x.difference)}."
        for x in differences
        if x.difference.real
    ]
    unclear = [
        f"{word[x.band]} against {word[x.against]} ({signed(x.difference.value, error=x.difference.standard_error)})"
        for x in differences
        if not x.difference.real
    ]
    if unclear:
        sentences.append(f"No clear difference: {', '.join(unclear)}.")
    return sentences


def of_dropoff(place: int, dropoff: DropOffSummary) -> str:
    """When a drop-off was and for how long; and what became of the share and of the leg's watts."""
    sure = "" if dropoff.sure is None else f", {number(100 * dropoff.sure, unit=' %')} sure"
    low_s = dropoff.back_after_s
    lasted = "" if low_s is None else f" for about {duration(low_s)}"
    ended = f"; not back when {_ENDED.get(dropoff.ended, 'the ride ended')}" if low_s is None else ""
    sentences = [
        f"Drop-off {place}: {dropoff.side} leg from {clock(dropoff.since_s)}{lasted}, {depth(dropoff.points)} below"
        f" usual{sure}; alert after {duration(dropoff.told_s - dropoff.since_s)}{ended}."
    ]
    if dropoff.difference is not None:
        sentences.append(f"Left share: {tables.with_error(dropoff.difference)} during against before.")
    was, now = dropoff.before.share.power_w, dropoff.during.share.power_w
    if was is not None and now is not None:
        differs = abs(now - was) > _ANOTHER_POWER * was
        unknown = "a different effort, so who made up for it is not known" if differs else _UNKNOWN
        sentences.append(f"Power: {number(was)} to {watts(now)}; {made_up(dropoff) or unknown}.")
    return " ".join(sentences)

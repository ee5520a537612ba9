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
    IntervalSummary,
    Summary,
    longest_band,
)
from legbal.meters.limits import Remark
from legbal.present import tables
from legbal.present.balance_remarks import quality_word
from legbal.present.document import Block, Column, ForeignText, Paragraph, Table, section
from legbal.present.meter import REFERENCE, has_balance
from legbal.present.numbers import (
    clock,
    count,
    duration,
    leg_watts,
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
from legbal.ride.events import Alert, ClearReason, Event, MeterChange, ended_alerts
from legbal.ride.share import RELIABLE_REVOLUTIONS, Z_95, BandShare, Estimate

_TOO_FEW = f"With fewer than {RELIABLE_REVOLUTIONS} revolutions that carry a balance nothing can be said."
_ONE_LEG = "No balance: one leg pedalled alone all ride."
_NO_BALANCE = "No balance: this meter gave none."
# why a pair gave none, where that is known
_NONE_OF_PAIR = (
    "pair.never_heard",
    "pair.never_together",
    "pair.same_power",
    "pair.constant",
    "limit.half_missing",
)
_METER_WRONG = ("ride.meter_wrong", "ride.meter_was_wrong", "ride.other_level")
_DROP_OFFS = (
    "Times at which a leg fell below its usual share at that power by more than noise explains. Before and after are up"
    " to a minute of work each; during leaves out the ten seconds in which it came over."
)
_DYNAMICS = "As the head unit measured them, over pedalling. They take no part in the balance."
_WORTH = (
    "A share is weighted by work, over pedalling. ± is one standard error; a 95 % range is 1.96 of them to either"
    " side.",
    "Compare a leg with itself, at equal power, on the same meter. No study has shown that 50 : 50 is better.",
)
_NO_CHANGE = "no change that this meter can show"
_COVERED = {
    "other leg": "the other leg covered: it gave the watts that this leg no longer gave.",
    "power fell": "power fell with it: nobody gave the watts that this leg no longer gave.",
    "both": "the other leg gave a part of the missing watts, and power fell by the rest.",
    "another effort": "a different effort, so whether the other leg covered is not known.",
    None: "it varies that much anyway, so whether the other leg covered is not known.",
}
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
    by_heading: dict[str, list[Block]] = {
        "Findings": [Paragraph(x) for x in findings(summary, events)] if balance else [],
        "Drills with one leg": [tables.drills(summary.drills)],
        "Drop-offs": [
            Paragraph(_DROP_OFFS if dropoffs else "", "quiet"),
            *map(Paragraph, dropoffs),
            tables.dropoffs(summary.dropoffs),
        ],
        "Intervals": [tables.intervals(summary.intervals, balance=balance, at=at)],
        "Power bands": [
            tables.bands(summary.bands, balance=balance),
            tables.band_differences(() if summary.meter_wrong else summary.contrasts, summary.bands),
        ],
        "Cycling dynamics": []
        if ride.dynamics is None
        else [
            Paragraph(_DYNAMICS, "quiet"),
            tables.dynamics(ride.dynamics),
            tables.interval_dynamics((x.number, x.dynamics) for x in summary.intervals if x.dynamics),
        ],
        "Alerts and notes": [_log(summary, events, notes)],
        "What the numbers are worth": [*map(Paragraph, dict.fromkeys(worth(summary)))],
    }
    return {heading: section(heading, blocks) for heading, blocks in by_heading.items()}


def review_blocks(
    summary: Summary, events: Sequence[Event], notes: Iterable[tuple[float, str]]
) -> list[Block]:
    """What a ride was, from the ride as a whole to what that is worth; arguments as of `sections`."""
    ride, share = summary.ride, summary.ride.share
    whose = "" if share.left_percent is None else f", {REFERENCE[ride.reference]}"
    left = f"left {share_error(share)}   {quality_word(ride.balance)}{whose}"
    left_w, right_w = leg_watts(share)
    legs = "" if left_w is None else f" (left {number(left_w)}, right {number(right_w)})"
    over = f" over {pedalling(summary)}" if share.revolutions else ""
    return [
        Paragraph(left if has_balance(ride.balance) else no_balance(summary)),
        Paragraph(f"{power(summary)}{legs}{over} in {clock(ride.duration_s)}"),
        *chain.from_iterable(sections(summary, events, notes).values()),
    ]


def no_balance(summary: Summary, otherwise: str = _NO_BALANCE) -> str:
    """Why a ride on two meters has no balance; `otherwise` of any other."""
    reasons = (x for x in summary.limits if isinstance(x, Remark) and x.code in _NONE_OF_PAIR)
    return next(map(remark, reasons), otherwise)


def too_few(summary: Summary) -> str:
    """Why nothing can be said of the share of a ride that has a balance, and too few revolutions of both legs."""
    return _ONE_LEG if summary.drills else _TOO_FEW


def power(summary: Summary) -> str:
    """A ride's watts; of a pair whose sides were never heard together, each leg's alone."""
    if summary.ride.share.power_w is None:
        alone = [x.values for x in summary.limits if isinstance(x, Remark) and x.code == "pair.alone"]
        if alone:
            return listed([say("pair.leg_alone", **values) for values in alone])
    return watts(summary.ride.share.power_w)


def pedalling(summary: Summary) -> str:
    """What stands behind a ride's share: its revolutions, or time where nothing counted them, as in FIT files."""
    share = summary.ride.share
    if any(isinstance(x, Remark) and x.code == "limit.by_time" for x in summary.limits):
        return f"{clock(share.seconds)} of pedalling"
    return count(share.revolutions or 0, "revolution")


def _log(summary: Summary, events: Sequence[Event], notes: Iterable[tuple[float, str]]) -> Table:
    entries: list[tuple[float, str, str, str]] = [(t, "✎ note", "", ForeignText(text)) for t, text in notes]
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
        "Alerts, notes and news of the meter",
    )


def worth(summary: Summary) -> Iterator[str]:
    """Between which bounds a ride's left share lies, and what else bounds what can be known of it."""
    ride, share = summary.ride, summary.ride.share
    shown = reliable_share(share)
    if not has_balance(ride.balance):
        yield no_balance(summary)
    elif shown is None:
        yield too_few(summary)
    else:
        left, error = shown
        low, high = max(0.0, left - Z_95 * error), min(100.0, left + Z_95 * error)
        yield (
            f"The ride's left share lies between {number(low, 1)} and {number(high, 1)} % with 95 % confidence, by the"
            f" scatter over {pedalling(summary)}; what the meter itself gets wrong comes on top."
        )
    for code, holds in (
        ("limit.change_matters", ride.balance == "estimated"),
        ("limit.unlisted", ride.balance == "unknown"),
        ("limit.reference_unknown", ride.reference == "unknown"),
        ("limit.reference_assumed_left", ride.reference == "assumed_left"),
    ):
        if holds and has_balance(ride.balance):
            yield say(code)
    yield from (
        remark(x) for x in summary.limits if isinstance(x, str) or x.code not in _METER_WRONG
    )  # those are findings
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
    scatter = summary.smallest.scatter
    return (
        f"The smallest lasting change that this meter could show at {band.name}: {', '.join(shown)}; "
        f"one ride before and one after are too few. This rests on an error of {points(scatter.within_se)} within a "
        f"ride, and {points(scatter.between_sd)} between days."
    )


def findings(summary: Summary, events: Iterable[Event] = ()) -> Iterator[str]:
    """What the ride says, a sentence for each finding; first what is in none of its numbers.

    Of a ride in which the meter looked wrong no differences are claimed: they would be the meter's, not the legs'.
    """
    yield from (remark(x) for x in summary.limits if isinstance(x, Remark) and x.code in _METER_WRONG)
    yield from of_drills(summary)
    fell = [(x.points, str(x.side), x.since_s) for x in summary.dropoffs]
    if not fell:  # of a ride that has just ended they are not looked into yet
        fell = [
            (x.points, str(x.side), x.since) for x in events if isinstance(x, Alert) and x.kind == "dropoff"
        ]
    if fell:
        deepest, side, since_s = max(fell)
        opening = "One drop-off: " if len(fell) == 1 else f"{count(len(fell), 'drop-off')}; at the deepest "
        yield f"{opening}the {side} leg was {points(deepest)} below its usual from {clock(since_s)} on."
    elif summary.intervals and not summary.meter_wrong:
        yield "No drop-off."
    if summary.meter_wrong:
        return
    yield from of_band_differences(summary.contrasts, summary.bands)
    if summary.first_last is not None:
        yield of_first_last(summary.first_last, summary.intervals)
    if summary.drift is not None:
        yield of_drift(summary.drift)


def of_drills(summary: Summary) -> Iterator[str]:
    """How long each leg pedalled alone, and at what power; nothing where neither did."""
    alone = []
    for side in ("left", "right"):
        seconds = sum(x.seconds for x in summary.drills if x.side == side)
        work = sum(x.seconds * x.power_w for x in summary.drills if x.side == side)
        if seconds:
            alone.append(f"the {side} leg {clock(seconds)} at {watts(work / seconds)}")
    if alone:
        yield f"One leg alone: {listed(alone)}. That is in none of the other numbers."


def of_drift(drift: Estimate) -> str:
    """How the share moved over the ride, points an hour."""
    text = f"{tables.with_error(drift)} points an hour"
    if not drift.real:
        return f"Over the ride: {_NO_CHANGE}, {text}."
    return f"Over the ride the left share {'rose' if drift.value > 0 else 'fell'}: {text}."


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
    sentences = [
        f"{left[x.band]} at {x.band} against {left[x.against]} at {x.against}: "
        f"{tables.with_error(x.difference)}."
        for x in differences
        if x.difference.real
    ]
    unclear = [
        f"{x.band} against {x.against} ({signed(x.difference.value, error=x.difference.standard_error)})"
        for x in differences
        if not x.difference.real
    ]
    if unclear:
        sentences.append(f"No difference that this meter can show: {', '.join(unclear)}.")
    return sentences


def of_dropoff(place: int, dropoff: DropOffSummary) -> str:
    """When a drop-off was and for how long; and what became of the share and of the leg's watts."""
    sure = "" if dropoff.sure is None else f", {number(100 * dropoff.sure, unit=' %')} sure"
    low_s = dropoff.back_after_s
    lasted = "" if low_s is None else f" for about {duration(low_s)}"
    ended = f"; not back when {_ENDED.get(dropoff.ended, 'the ride ended')}" if low_s is None else ""
    sentences = [
        f"Drop-off {place}: {dropoff.side} leg from {clock(dropoff.since_s)}{lasted}, {points(dropoff.points)} below"
        f" usual{sure}; alert after {duration(dropoff.told_s - dropoff.since_s)}{ended}."
    ]
    if dropoff.difference is not None:
        sentences.append(f"Left share: {tables.with_error(dropoff.difference)} during against before.")
    was, now = dropoff.before.share.power_w, dropoff.during.share.power_w
    if was is not None and now is not None:
        differs = dropoff.covered is None and abs(now - was) > _ANOTHER_POWER * was
        became = _COVERED["another effort" if differs else dropoff.covered]
        sentences.append(f"Power: {number(was)} to {watts(now)}; {became}")
    return " ".join(sentences)

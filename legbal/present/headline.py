"""What a ride was in one sentence, then in a few lines, and in one more what that is worth: the same on all surfaces.

Whatever a meter's number names, these say left and right. How sure a difference is comes in one of three words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from legbal.analysis.summary import Summary, numbered_dropoffs
from legbal.meters.balance_octet import Reference
from legbal.meters.limits import Remark
from legbal.present.balance_remarks import quality_sentence
from legbal.present.certainty import ADVERBS, of_drift, size_bounds, sized
from legbal.present.document import Block, Paragraph
from legbal.present.meter import has_balance
from legbal.present.numbers import (
    DASH,
    clock,
    count,
    depth,
    duration,
    leg_watts,
    listed,
    number,
    reliable_share,
    share_error,
    signed,
    watts,
)
from legbal.present.remarks import lacks, remark
from legbal.present.sentences import say
from legbal.present.text import capitalized
from legbal.ride.share import RELIABLE_REVOLUTIONS, BalanceQuality

if TYPE_CHECKING:  # nothing is computed here, nor loaded that does
    from legbal.analysis.summary import DropOffSummary, RideComparison
    from legbal.ride.work_interval import IntervalDropOff

MOST_LINES = 5
_TOO_FEW = f"Too short to say: fewer than {RELIABLE_REVOLUTIONS} revolutions with a balance."
_TOO_SHORT = "Too short to say: only {time} of pedalling with a balance."
_ONE_LEG = "No balance: one leg pedalled alone all ride."
# why a pair gave none, where that is known
_NONE_OF_PAIR = (
    "pair.never_heard",
    "pair.never_together",
    "pair.same_power",
    "pair.constant",
    "limit.half_missing",
)
METER_WRONG = ("ride.meter_wrong", "ride.meter_was_wrong", "ride.other_level")
# who gave the watts that a leg no longer gave
MADE_UP = {
    "other leg": "the {other} leg took over",
    "power fell": "nobody made up for it",
    "both": "the {other} leg made up part of it",
}
_UNKNOWN_WHO = "who made up for it is not known"
_OTHER = {"left": "right", "right": "left"}
_WORTH: dict[BalanceQuality, str] = {
    "measured": "measured; the sides are right to about half a point",
    "estimated": "estimated by one sensor: its changes tell more than its value",
    "unknown": "unverified: accuracy unknown",
}
_READ_AS_LEFT: dict[Reference, str] = {
    "unknown": "the meter does not say which leg its number is: read as left",
    "assumed_left": "read as the left leg's number, as you said",
}
_FTP = {
    "ftp.guessed": "FTP guessed from this ride: about",
    "ftp.estimated": "FTP estimated from your rides: about",
    "ftp.disproved": "the stated FTP is too low: taken as about",
}
_WHERE = {True: " indoors", False: " outdoors", None: ""}
_BLOCKS = "▁▂▃▄▅▆▇█"


def headline(summary: Summary) -> str:
    """The ride in one sentence: the left share, how far it is from usual at that power, and what fell.

    Of a ride without a balance, why it has none; of one with too little of it, or a meter that looked wrong, that.
    """
    ride = summary.ride
    if not has_balance(ride.balance):
        return no_balance(summary)
    shown = reliable_share(ride.share)
    if shown is None:
        return too_few(summary)
    left = number(shown[0], 1, " %")
    if summary.meter_wrong:
        since_s = summary.meter_wrong[0].since_s
        return f"The meter looked wrong{f' from {clock(since_s)} on' if since_s else ''}: do not trust its {left} left."
    return f"Left {left}{_beside_usual(shown[0], ride.usual_percent)}{_what_fell(summary)}."


def _beside_usual(left: float, usual: float | None) -> str:
    if usual is None:
        return ""
    apart = number(abs(left - usual), 1)
    return (
        ", your usual" if apart == "0.0" else f", {apart} {'below' if left < usual else 'above'} your usual"
    )


def _what_fell(summary: Summary) -> str:
    dropoffs = numbered_dropoffs(summary)
    if not dropoffs:
        return f"; no drop-off in {count(len(summary.intervals), 'interval')}" if summary.intervals else ""
    at, deepest = max(dropoffs, key=lambda x: x[1].points)
    times = {side: sum(x.side == side for _, x in dropoffs) for side in ("left", "right")}
    extent = f"{depth(deepest.points)} {_how_long(deepest)}"
    if all(times.values()):
        fell = f"the left leg fell {_times(times['left'])}, the right {_times(times['right'])}"
        return f"; {fell}; the deepest: {deepest.side}, interval {at}, {extent}"
    who = "it" if times["left"] else "the right leg"
    if len(dropoffs) == 1:
        return f"; {who} fell once, in interval {at}, by {extent}"
    return f"; {who} fell {_times(len(dropoffs))}; the deepest, in interval {at}: {extent}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _how_long(dropoff: IntervalDropOff) -> str:
    if dropoff.back_s is None:
        return "until it ended"
    return f"for {duration(dropoff.back_s - dropoff.since_s)}"


def answer_blocks(summary: Summary, note: str = "") -> list[Block]:
    """The sentence, the rider's note on the ride, and what matters most beside it, as of `essentials`."""
    texts = [note and f"✎ {note}", *essentials(summary)]
    return [Paragraph(headline(summary), "strong"), *map(Paragraph, filter(None, texts))]


def essentials(summary: Summary) -> list[str]:
    """What matters most beside the headline, at most `MOST_LINES` sentences.

    Of a ride in which the meter looked wrong no differences are claimed: they would be the meter's, not the legs'.
    """
    return list(_essentials(summary))[:MOST_LINES]


def _essentials(summary: Summary) -> Iterator[str]:
    yield from (remark(x) for x in summary.limits if isinstance(x, Remark) and x.code in METER_WRONG)
    yield facts(summary)
    yield from (x for x in lacks(summary.limits) if x != headline(summary))
    yield from of_drills(summary)
    if summary.meter_wrong or not has_balance(summary.ride.balance):
        return
    if summary.comparison is not None:
        yield of_comparison(summary.comparison)
    if summary.dropoffs:
        yield from filter(None, [_of_deepest(max(summary.dropoffs, key=lambda x: x.points))])
    if summary.drift is not None and summary.drift.real:
        yield of_drift(summary.drift)
    elif summary.first_last is not None and summary.first_last.difference.real:
        between = f"Interval {summary.first_last.last} against {summary.first_last.first}"
        yield f"{between}, at equal power: {sized(summary.first_last.difference)}."


def facts(summary: Summary) -> str:
    """How long a ride was, at what power, and its share with its error and what stands behind that."""
    ride = summary.ride
    left_w, right_w = leg_watts(ride.share)
    legs = "" if left_w is None else f" (left {number(left_w)}, right {number(right_w)})"
    has_share = has_balance(ride.balance) and reliable_share(ride.share) is not None
    share = f"; left share {share_error(ride.share)} over {pedalling(summary)}" if has_share else ""
    at = ", " if ride.share.power_w is None else " at "  # of one leg alone, words stand there
    of_power = "" if (how_hard := power(summary)) == DASH else f"{at}{how_hard}"
    where = _WHERE[None if summary.head_unit is None else summary.head_unit.indoors]
    return f"{clock(ride.duration_s)}{where}{of_power}{legs}{share}."


def of_comparison(comparison: RideComparison) -> str:
    """How a ride stands against the last ones at equal power, drawn: the last mark is this ride."""
    low, high = min(comparison.shares), max(comparison.shares)
    steps = (len(_BLOCKS) - 1) / max(high - low, 2.0)  # points: less would draw noise large
    drawn = "".join(_BLOCKS[round((x - low) * steps)] for x in comparison.shares)
    reach = f"{number(low, 1)} to {number(high, 1)} %"
    return f"{against_last(comparison)} {drawn} ({reach})"


def against_last(comparison: RideComparison) -> str:
    """How a ride stands against the last ones at equal power, in words."""
    last, apart = count(len(comparison.shares) - 1, "ride"), comparison.difference
    if apart.certainty == "unknown":
        return f"Against your last {last} at equal power: {sized(apart)}."
    size = f"{number(abs(apart.value), 1)} points {'higher' if apart.value > 0 else 'lower'}"
    sure = ADVERBS[apart.certainty]
    return f"The left share is {sure} {size} than on your last {last} at equal power ({size_bounds(apart)})."


def _of_deepest(dropoff: DropOffSummary) -> str:
    """What became of each leg's watts; empty where that is not known, as its row says when it was."""
    changes = [
        None if now is None or was is None else now - was
        for now, was in zip(leg_watts(dropoff.during.share), leg_watts(dropoff.before.share), strict=True)
    ]
    legs = listed(
        [
            f"{side} {signed(x, 0)} W"
            for side, x in zip(("left", "right"), changes, strict=True)
            if x is not None
        ]
    )
    end_s = dropoff.cleared_s if dropoff.back_after_s is None else dropoff.since_s + dropoff.back_after_s
    when = f"{clock(dropoff.since_s)}{'' if end_s is None else f' to {clock(end_s)}'}"
    return f"Drop-off {when}: {legs}; {made_up(dropoff) or _UNKNOWN_WHO}." if legs else ""


def made_up(dropoff: DropOffSummary) -> str:
    """Who gave the watts that a leg no longer gave; empty where that is not known."""
    return "" if dropoff.covered is None else MADE_UP[dropoff.covered].format(other=_OTHER[dropoff.side])


def caveat(summary: Summary) -> str:
    """What a ride's numbers are worth, in one line; empty where there is no balance."""
    ride = summary.ride
    if not has_balance(ride.balance):
        return ""
    parts = [_WORTH[ride.balance], _READ_AS_LEFT.get(ride.reference, "")]
    for x in summary.limits:
        if isinstance(x, Remark) and x.code in _FTP and isinstance(ftp_w := x.values["ftp_w"], float):
            low_w, high_w = x.values.get("low_w"), x.values.get("high_w")
            between = ""
            if isinstance(low_w, float) and isinstance(high_w, float):
                between = f" ({number(low_w)} to {number(high_w)})"
            parts.append(f"{_FTP[x.code]} {watts(ftp_w)}{between}")
    line = "; ".join(filter(None, parts))
    return f"{capitalized(line)}."


def no_balance(summary: Summary) -> str:
    """Why a ride has no balance."""
    reasons = (x for x in summary.limits if isinstance(x, Remark) and x.code in _NONE_OF_PAIR)
    return next(map(remark, reasons), f"{quality_sentence(summary.ride.balance)}.")


def too_few(summary: Summary) -> str:
    """Why nothing can be said of the share of a ride that has a balance, and too few revolutions of both legs."""
    if summary.drills:
        return _ONE_LEG
    return _TOO_SHORT.format(time=duration(summary.ride.share.seconds)) if summary.is_timed else _TOO_FEW


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
    if summary.is_timed:
        turns = summary.head_unit and summary.head_unit.turns
        counted = f" ({count(turns, 'turn')})" if turns else ""
        return f"{clock(share.seconds)} of pedalling{counted}"
    return count(share.revolutions or 0, "revolution")


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

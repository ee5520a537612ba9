"""What one ride shows, in sentences: its drop-offs, its intervals, its power bands, its drift.

Shares are the left leg's. "±" is one standard error, "95 %" an interval; where that includes zero, the difference is no
change that this meter can show.
"""

from collections.abc import Iterable, Iterator, Sequence

from legbal.analysis.summary import BandDifference, DropOffSummary, FirstLast, Summary
from legbal.present import tables
from legbal.present.numbers import DASH, clock, count, listed, number, points, signed
from legbal.ride.events import Alert, Event
from legbal.ride.share import Estimate

_NO_CHANGE = "no change that this meter can show"
_COVERED = {
    "other leg": "the other leg covered: it gave the watts that this leg no longer gave.",
    "power fell": "power fell with it: nobody gave the watts that this leg no longer gave.",
    "both": "the other leg gave a part of the missing watts, and power fell by the rest.",
    None: "it varies that much anyway, so whether the other leg covered is not known.",
}
_ANOTHER_POWER = 0.1  # of the power before: more than the leg alone can have done


def findings(summary: Summary, events: Iterable[Event] = ()) -> Iterator[str]:
    """What the ride says, a sentence for each finding."""
    fell = [(x.points, x.side, x.since_s) for x in summary.dropoffs]
    if not fell:  # of a ride that has just ended they are not looked into yet
        fell = [(x.points, x.side, x.since) for x in events if isinstance(x, Alert) and x.kind == "dropoff"]
    if fell:
        deepest, side, since_s = max(fell)
        opening = "One drop-off: " if len(fell) == 1 else f"{count(len(fell), 'drop-off')}; at the deepest "
        yield f"{opening}the {side} leg was {points(deepest)} below its usual from {clock(since_s)} on."
    elif summary.intervals:
        yield "No drop-off."
    slopes = ((x.number, tables.slope(x)) for x in summary.intervals)
    moved = [f"interval {number} by {slope}" for number, slope in slopes if slope not in (DASH, "level")]
    if moved:
        yield f"The left share moved within {listed(moved)} points a minute."
    yield from of_band_differences(summary.contrasts)
    if summary.first_last is not None:
        yield of_first_last(summary.first_last)
    if summary.drift is not None:
        yield of_drift(summary.drift)


def of_drift(drift: Estimate) -> str:
    """How the share moved over the ride, points an hour."""
    text = f"{tables.with_error(drift)} points an hour"
    if not drift.real:
        return f"Over the ride: {_NO_CHANGE}, {text}."
    return f"Over the ride the left share {'rose' if drift.value > 0 else 'fell'}: {text}."


def of_first_last(comparison: FirstLast) -> str:
    """The last comparable interval against the first."""
    first_w, last_w = (round(power) for power in comparison.power_w)
    at = f"both at {first_w} W" if first_w == last_w else f"{last_w} W and {first_w} W"
    difference = f"{tables.with_error(comparison.difference)} points"
    if not comparison.difference.real:
        difference = f"{_NO_CHANGE}, {difference}"
    return f"Interval {comparison.last} against interval {comparison.first} ({at}): {difference}."


def of_band_differences(differences: Sequence[BandDifference]) -> list[str]:
    """Which power bands differ, a sentence each, and one for all that do not."""
    sentences = [
        f"{number(x.band_percent, 1)} at {x.band} against {number(x.against_percent, 1)} at {x.against}: "
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


def of_dropoff(number: int, dropoff: DropOffSummary) -> str:
    """When a drop-off was and how it ended; and what became of the share and of the leg's watts."""
    sure = "" if dropoff.sure is None else f", {100 * dropoff.sure:.0f} % sure"
    back_s = dropoff.back_after_s
    ended = "not back while work went on" if back_s is None else f"back after {back_s:.0f} s"
    sentences = [
        f"Drop-off {number}: {dropoff.side} leg from {clock(dropoff.since_s)}, {points(dropoff.points)} below usual"
        f"{sure}; alert after {dropoff.told_s - dropoff.since_s:.0f} s, {ended}."
    ]
    if dropoff.difference is not None:
        sentences.append(f"Left share: {tables.with_error(dropoff.difference)} during against before.")
    was, now = dropoff.before.share.power_w, dropoff.during.share.power_w
    if was is not None and now is not None:
        became = _COVERED[dropoff.covered]
        if dropoff.covered is None and abs(now - was) > _ANOTHER_POWER * was:
            became = "a different effort, so whether the other leg covered is not known."
        sentences.append(f"Power: {was:.0f} to {now:.0f} W; {became}")
    return " ".join(sentences)

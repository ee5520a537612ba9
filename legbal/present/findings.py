"""What a review found, in plain words: the same on the command line, on the screen and in the report.

Shares are the left leg's. "±" is one standard error, "95 %" an interval; where that includes zero, the difference is no
change that this meter can show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from legbal.analysis.summary import BandDifference, DropOffSummary, FirstLast, Summary, longest_band
from legbal.present.numbers import clock, points, signed
from legbal.present.trend import interval
from legbal.ride.share import Estimate

_NO_CHANGE = "no change that this meter can show"
_COVERED = {
    "other leg": "the other leg covered: it gave the watts that this leg no longer gave.",
    "power fell": "power fell with it: nobody gave the watts that this leg no longer gave.",
    "both": "the other leg gave a part of the missing watts, and power fell by the rest.",
    None: "no more than power varies anyway, so who gave the missing watts cannot be told.",
}
_ANOTHER_POWER = 0.1  # of the power before: more than the leg alone can have done


def with_error(found: Estimate) -> str:
    """A difference with its error and its 95 % interval: "−1.7 ± 0.5 (95 %: −2.7 to −0.7)"."""
    return f"{signed(found.value)} ± {found.standard_error:.1f} ({interval(found.low, found.high)})"


def of_drift(drift: Estimate) -> str:
    """How the share moved over the ride, points an hour."""
    found = f"{with_error(drift)} points an hour"
    if not drift.real:
        return f"Over the ride: {_NO_CHANGE}, {found}."
    return f"Over the ride the left share {'rose' if drift.value > 0 else 'fell'}: {found}."


def of_first_last(found: FirstLast) -> str:
    """The last comparable interval against the first."""
    first_w, last_w = (round(power) for power in found.power_w)
    at = f"both at {first_w} W" if first_w == last_w else f"{last_w} W and {first_w} W"
    difference = f"{with_error(found.difference)} points"
    if not found.difference.real:
        difference = f"{_NO_CHANGE}, {difference}"
    return f"Interval {found.last} against interval {found.first} ({at}): {difference}."


def of_contrasts(contrasts: Sequence[BandDifference]) -> list[str]:
    """Which power bands differ, a sentence each, and one for all that do not."""
    said = [
        f"{x.band_percent:.1f} at {x.band} against {x.against_percent:.1f} at {x.against}: "
        f"{with_error(x.difference)}."
        for x in contrasts
        if x.difference.real
    ]
    alike = [
        f"{x.band} against {x.against} ({signed(x.difference.value)} ± {x.difference.standard_error:.1f})"
        for x in contrasts
        if not x.difference.real
    ]
    if alike:
        said.append(f"No difference that this meter can show: {', '.join(alike)}.")
    return said


def of_dropoff(dropoff: DropOffSummary) -> tuple[str, str]:
    """When a drop-off was and how it ended; and what became of the share and of the leg's watts."""
    sure = "" if dropoff.sure is None else f", {100 * dropoff.sure:.0f} % sure"
    told = dropoff.told_s - dropoff.since_s
    ended = "not back while work went on"
    if dropoff.back_after_s is not None:
        ended = f"back after {dropoff.back_after_s:.0f} s"
    when = (
        f"{dropoff.side} leg from {clock(dropoff.since_s)}, {points(dropoff.points)} below usual"
        f"{sure}; told after {told:.0f} s, {ended}"
    )
    return when, " ".join(_what_became(dropoff))


def _what_became(dropoff: DropOffSummary) -> Iterator[str]:
    if dropoff.difference is not None:
        yield f"Left share: {with_error(dropoff.difference)} during against before."
    was, now = dropoff.before.share.power_w, dropoff.during.share.power_w
    if was is not None and now is not None:
        became = _COVERED[dropoff.covered]
        if dropoff.covered is None and abs(now - was) > _ANOTHER_POWER * was:
            became = "another effort, so who gave the missing watts cannot be told."
        yield f"Power: {was:.0f} to {now:.0f} W; {became}"


def of_smallest(summary: Summary) -> str | None:
    """What change could be shown in how many rides: whether it is worth it."""
    band = longest_band(summary.bands)
    if summary.smallest is None or band is None:
        return None
    shown = [
        f"{points(x.points)} in {x.rides} rides before and {x.rides} after"
        for x in summary.smallest.each
        if x.points is not None
    ]
    scatter = summary.smallest.scatter
    rests = f"an error of {scatter.within_se:.1f} within a ride, and {scatter.between_sd:.1f} between days"
    return (
        f"The smallest lasting change that this meter could show at {band.name}: {', '.join(shown)}; "
        f"one ride before and one after show none. This rests on {rests}."
    )

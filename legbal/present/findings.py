"""What a review found, in plain words: the same on the command line, on the screen and in the report.

Shares are the left leg's. "±" is one standard error, "95 %" an interval; where that includes zero, the difference is no
change that this meter can show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from legbal.analysis.noise_model import Z_95
from legbal.analysis.summary import BandDifference, Drift, DropOffSummary, FirstLast, Summary, longest_band
from legbal.present.numbers import clock, points, signed
from legbal.present.trend import interval

_NO_CHANGE = "no change that this meter can show"
_COVERED = {
    "other leg": "the other leg covered: it gave the watts that this leg no longer gave.",
    "power fell": "power fell with it: nobody gave the watts that this leg no longer gave.",
    "both": "the other leg gave a part of the missing watts, and power fell by the rest.",
    None: "no more than power varies anyway, so who gave the missing watts cannot be told.",
}
_ANOTHER_POWER = 0.1  # of the power before: more than the leg alone can have done


def with_error(difference: float, error: float) -> str:
    """A difference with its error and its 95 % interval: "−1.7 ± 0.5 (95 %: −2.7 to −0.7)"."""
    bounds = interval(difference - Z_95 * error, difference + Z_95 * error)
    return f"{signed(difference)} ± {error:.1f} ({bounds})"


def shows(difference: float, error: float) -> bool:
    """Whether the 95 % interval leaves zero out."""
    return abs(difference) > Z_95 * error


def of_drift(drift: Drift) -> str:
    """How the share moved over the ride."""
    found = f"{with_error(drift.slope_per_hour, drift.slope_error)} points an hour"
    if not shows(drift.slope_per_hour, drift.slope_error):
        return f"Over the ride: {_NO_CHANGE}, {found}."
    way = "rose" if drift.slope_per_hour > 0 else "fell"
    return f"Over the ride the left share {way}: {found}."


def of_first_last(found: FirstLast) -> str:
    """The last comparable interval against the first."""
    first_w, last_w = (round(power) for power in found.power_w)
    at = f"both at {first_w} W" if first_w == last_w else f"{last_w} W and {first_w} W"
    difference = f"{with_error(found.difference, found.standard_error)} points"
    if not shows(found.difference, found.standard_error):
        difference = f"{_NO_CHANGE}, {difference}"
    return f"Interval {found.last} against interval {found.first} ({at}): {difference}."


def of_contrasts(contrasts: Sequence[BandDifference]) -> list[str]:
    """Which power bands differ, a sentence each, and one for all that do not."""
    said = [
        f"{x.band_percent:.1f} at {x.band} against {x.against_percent:.1f} at {x.against}: "
        f"{with_error(x.difference, x.standard_error)}."
        for x in contrasts
        if shows(x.difference, x.standard_error)
    ]
    alike = [
        f"{x.band} against {x.against} ({signed(x.difference)} ± {x.standard_error:.1f})"
        for x in contrasts
        if not shows(x.difference, x.standard_error)
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
    if dropoff.difference is not None and dropoff.standard_error is not None:
        yield f"Left share: {with_error(dropoff.difference, dropoff.standard_error)} during against before."
    was, now = dropoff.before.power_w, dropoff.during.power_w
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

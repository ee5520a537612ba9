"""What a trend and a change say in plain words; the same on the command line, the screen and in the report.

Shares are the left leg's. "±" is one standard error, "95 %" an interval; a minus sign is U+2212.
"""

from __future__ import annotations

from legbal.analysis.change import WORTH_POINTS, BandEffect
from legbal.analysis.meta_regression import Effect
from legbal.analysis.trend import LEAST_DAYS, LEAST_RIDES, BandTrend
from legbal.present.numbers import count, interval_95, points, signed


def interval(low: float, high: float, digits: int = 1) -> str:
    """The 95 % interval: "95 %: −0.5 to +0.3"."""
    return f"95 %: {interval_95(low, high, digits)}"


def _with_interval(found: Effect, digits: int, what: str) -> str:
    bounds = interval(found.low, found.high, digits)
    return f"{signed(found.value, digits, found.standard_error)} {what} ({bounds})"


def of_trend(band: BandTrend) -> str:
    """What the line over a band's rides says, or why there is none yet."""
    if band.slope is not None:
        slope = _with_interval(band.slope, 2, "points a month")
        if band.verdict == "no_change":
            return f"no change that can be told from noise: {slope}"
        return f"the left share {'rises' if band.slope.value > 0 else 'falls'}: {slope}"
    if len(band.rows) < LEAST_RIDES:
        return f"too few rides yet: {len(band.rows)}; a trend is told from {LEAST_RIDES} on"
    days = (band.rows[-1].started - band.rows[0].started).days
    return f"too short a time yet: {count(days, 'day')}; a trend is told from {LEAST_DAYS // 7} weeks on"


def verdict_sentence(band: BandTrend) -> str:
    """Where the line over a band's rides goes, in a few words."""
    if band.verdict == "change" and band.slope is not None:
        return "the left share rises" if band.slope.value > 0 else "the left share falls"
    short = {"change": "it changes", "no_change": "no change beyond noise", "too_few": "too few rides yet"}
    return short[band.verdict]


def of_effect(found: BandEffect, *, over: bool) -> str:
    """What before against after says of a band: a change, none of a size that is worth it, or which rides are missing.

    Args:
        found: the band.
        over: whether no more rides can come to count.
    """
    if found.difference is None or found.smallest is None or found.verdict == "too_few":
        return _of_short_effect(found, over)
    if found.verdict == "change":  # a bound that is not 0 must not look so
        way = "rose" if found.difference.value > 0 else "fell"
        return f"the left share {way}: {_with_interval(found.difference, 2, 'points')}"
    difference = _with_interval(found.difference, 1, "points")
    return (
        f"no change that can be told from noise: {difference}; one of {points(found.smallest)} would have shown"
        " four times of five"
    )


def _of_short_effect(found: BandEffect, over: bool) -> str:
    before, after, difference = found.before.rides, found.after.rides, found.difference
    so_far = ""
    if difference is not None:
        so_far = f"; so far {signed(difference.value)} points ({interval(difference.low, difference.high)})"
    to_show = f"to show a change of {points(WORTH_POINTS)}"
    if before == 0:
        return "no ride before it to compare with"
    if found.needed is None:
        return f"too few before it ({count(before, 'ride')}) {to_show}, however many follow{so_far}"
    missing = max(found.needed, 1)
    if over:
        return f"too few rides: about {missing} more after it would have been needed {to_show}{so_far}"
    if after == 0:
        return f"no ride after it yet: needs about {missing} {to_show}"
    return f"too few rides yet: needs about {missing} more {to_show}{so_far}"


def of_many(tests: int) -> str:
    """What to think of several bands that are each tested by themselves; nothing of one."""
    if tests < 2:
        return ""
    return f"({tests} bands are tested at 5 % each: of 20 such lines one shows a change by chance.)"

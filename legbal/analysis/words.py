"""What a trend and a change say in plain words; the same on the command line, the screen and in the report.

Shares are the left leg's. "±" is one standard error, "95 %" an interval; a minus sign is U+2212.
"""

from __future__ import annotations

from legbal.analysis.between import Effect


def signed(value: float, digits: int = 1) -> str:
    """A difference in points with its sign: "+0.4", "−1.2", "0.0"."""
    shown = f"{value:+.{digits}f}"
    return shown[1:] if float(shown) == 0 else shown.replace("-", "−")


def interval(low: float, high: float, digits: int = 1) -> str:
    """The 95 % interval: "95 %: −0.5 to +0.3"."""
    return f"95 %: {signed(low, digits)} to {signed(high, digits)}"


def counted(number: int, what: str) -> str:
    """A number of things: "1 ride", "2 rides"."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def points(value: float) -> str:
    """A distance: "1 point", "0.8 points"."""
    shown = f"{value:.1f}".removesuffix(".0")
    return f"{shown} point" if shown == "1" else f"{shown} points"


def of_trend(found: Effect) -> str:
    """What the slope of a line over time says, `found` in points a month."""
    slope = f"{signed(found.value, 2)} ± {found.standard_error:.2f} points a month"
    bounds = interval(found.low, found.high, 2)
    if not found.real:
        return f"no change that can be told from noise: {slope} ({bounds})"
    return f"the left share {'rises' if found.value > 0 else 'falls'}: {slope} ({bounds})"


def of_short_trend(rides: int, days: int, least_rides: int, least_days: int) -> str:
    """Why no trend is told yet."""
    if rides < least_rides:
        return f"too few rides yet: {rides}; a trend is told from {least_rides} on"
    return f"too short a time yet: {counted(days, 'day')}; a trend is told from {least_days // 7} weeks on"


def of_change(found: Effect, smallest: float) -> str:
    """What before against after says where that settles it: a change, or none of a size that is worth telling."""
    digits = 2 if found.real else 1  # a bound that is not 0 must not look so
    bounds = interval(found.low, found.high, digits)
    told = f"{signed(found.value, digits)} ± {found.standard_error:.{digits}f} points ({bounds})"
    if found.real:
        return f"the left share {'rose' if found.value > 0 else 'fell'}: {told}"
    return (
        f"no change that can be told from noise: {told}; one of {points(smallest)} would have shown"
        " four times of five"
    )


def of_short_change(
    found: Effect | None, before: int, after: int, needed: int | None, worth_points: float, over: bool
) -> str:
    """What is missing where rides are too few.

    Args:
        found: what can be said so far.
        before: rides before the change; `after`: after it.
        needed: so many more after it would show a change of `worth_points`; None: no number that can be had will.
        worth_points: see there.
        over: whether no more rides can come to count.
    """
    so_far = ""
    if found is not None:
        so_far = f"; so far {signed(found.value)} points ({interval(found.low, found.high)})"
    to_show = f"to show a change of {points(worth_points)}"
    if before == 0:
        return "no ride before it to compare with"
    if needed is None:
        rides = counted(before, "ride")
        return f"too few before it ({rides}) {to_show}, however many follow{so_far}"
    missing = max(needed, 1)
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

"""What became of the left share within an interval, in a few words: live, in tables and on the report's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from legbal.present.numbers import DASH, clock, count, depth, number, reliable_share, signed
from legbal.ride.share import Estimate, Share

if TYPE_CHECKING:
    from legbal.analysis.efforts import Efforts
    from legbal.ride.work_interval import Interval, IntervalDropOff

# Seconds an interval must have lasted before a slope within it is more than its noise.
LEAST_SLOPE_S = 60.0
VS_USUAL, HAPPENED = "vs usual", "what happened"  # headings
FIRST_DEFICIT, BELOW, BACK_AFTER = "first 2-point drop", "below per hour", "back after"
NO_DEFICIT = "none"  # in all of the effort, which is more than not to know


def vs_usual(share: Share, usual_percent: float | None) -> str:
    """How far a left share lies from the usual one; a dash where either says nothing."""
    if share.left_percent is None or usual_percent is None or not reliable_share(share):
        return DASH
    return signed(share.left_percent - usual_percent)


def happened(in_interval: Interval, now_s: float | None = None) -> str:
    """What became of the left share within an interval, in a few words: the drop-offs that were told, else a slope.

    A slope is said where a line fits and is more than noise, else the share was steady. A dash where the interval
    lasted less than `LEAST_SLOPE_S`, no line fits, or its share says nothing.
    """
    x = in_interval
    if x.dropoffs:
        return "; ".join(_fell(dropoff, is_over=x.end_s is not None) for dropoff in x.dropoffs)
    end_s = now_s if x.end_s is None else x.end_s
    is_short = end_s is not None and end_s - x.start_s < LEAST_SLOPE_S
    if x.slope_per_minute is None or x.slope_error is None or is_short or not reliable_share(x.share):
        return DASH
    slope = Estimate(x.slope_per_minute, x.slope_error)
    if not slope.real or not round(slope.value, 1):
        return "steady"
    return f"{'rose' if slope.value > 0 else 'fell'} {number(abs(slope.value), 1)} a minute"


def _fell(dropoff: IntervalDropOff, *, is_over: bool) -> str:
    """One drop-off in the row of its interval; the leg is named where it is not the left one, whose shares stand there.

    >>> from legbal.ride.work_interval import IntervalDropOff
    >>> _fell(IntervalDropOff("left", 356.0, 433.0, 4.5), is_over=True)
    'fell 5:56–7:13, −4.5'
    >>> _fell(IntervalDropOff("right", 356.0, None, 4.0), is_over=True)
    'right fell 5:56, −4.0, not back'
    """
    whose = "" if dropoff.side == "left" else f"{dropoff.side} "
    until = "" if dropoff.back_s is None else f"–{clock(dropoff.back_s)}"
    stays = ", not back" if is_over and dropoff.back_s is None else ""
    return f"{whose}fell {clock(dropoff.since_s)}{until}, {signed(-dropoff.points)}{stays}"


def of_deficits(efforts: Efforts) -> tuple[str, str, str]:
    """Of a ride in a list: effort before a leg's first drop-off of 2 points, time below an hour, and until it was back.

    The leg is the one that fell first. Dashes where there was no effort.

    >>> from legbal.analysis.efforts import Deficit, Efforts
    >>> of_deficits(Efforts(seconds=1800.0, deficits=(Deficit("left", 900.0, 3.0, 60.0, 50.0),)))
    ('left 15:00', '2:00', '0:50')
    """
    if not efforts.seconds:
        return DASH, DASH, DASH
    if not efforts.deficits:
        return NO_DEFICIT, DASH, DASH
    side = efforts.deficits[0].side
    below_s = efforts.below(side) * 3600.0 / efforts.seconds
    return f"{side} {clock(efforts.first(side))}", clock(below_s), clock(efforts.back(side))


def in_brief(intervals: int, depths: Sequence[float], *, balance: bool = True) -> str:
    """What happened in a ride, for a line in a list; `depths` are those of its drop-offs, points.

    Of a ride without a `balance` nothing is said of drop-offs: nobody looked for them.

    >>> in_brief(9, ()), in_brief(12, (4.3, 5.42)), in_brief(0, ())
    ('9 intervals, no drop-off', '12 intervals, 2 drop-offs, up to 5.4 points', 'no interval')
    >>> in_brief(1, (4.3,)), in_brief(8, (), balance=False)
    ('1 interval, 1 drop-off, 4.3 points', '8 intervals')
    """
    if not intervals:
        return "no interval"
    if not balance:
        return count(intervals, "interval")
    up_to = "up to " if len(depths) > 1 else ""
    fell = f"{count(len(depths), 'drop-off')}, {up_to}{depth(max(depths))}" if depths else "no drop-off"
    return f"{count(intervals, 'interval')}, {fell}"

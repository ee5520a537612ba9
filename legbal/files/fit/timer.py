"""When a head unit's timer would have run: while something was recorded. Between its runs it was paused."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median_low

import msgspec

from legbal.gatt.uuids import MEASUREMENT
from legbal.ride.inputs import FIT_RECORD, Input, Notification

# A head unit records every second, also while the cranks rest, unless it is paused; an old one every few seconds.
_HEAD_UNIT_S, _STEPS, _LONGEST_STEP_S = 3.0, 3, 10.0
_METER_S = 60.0  # a meter may be silent on a descent, or out of reach for a moment: the rider rides on


class Run(msgspec.Struct, frozen=True):
    """A stretch without a pause, in whole ride seconds; one at which only one record lies has no length."""

    start: int
    stop: int


def runs(inputs: Iterable[Input], end: int) -> tuple[Run, ...]:
    """The stretches of a ride in which its power was recorded, in order; of a ride without any, all of it.

    Args:
        inputs: of the whole ride, in order.
        end: of the ride, whole seconds.
    """
    told = [x for x in inputs if isinstance(x, Notification) and x.uuid in (MEASUREMENT, FIT_RECORD)]
    if not told:
        return (Run(0, end),)
    longest = _of_head_unit(told) if any(x.uuid == FIT_RECORD for x in told) else _METER_S
    begun = 0 if told[0].t <= longest else math.floor(told[0].t)
    found: list[Run] = []
    for before, after in pairwise(x.t for x in told):
        if after - before > longest:
            found.append(Run(begun, min(end, math.ceil(before))))
            begun = math.floor(after)
    last = told[-1].t
    found.append(Run(begun, end if end - last <= longest else math.ceil(last)))
    return tuple(found)


def _of_head_unit(told: Sequence[Notification]) -> float:
    """For how many seconds it may write nothing without being paused: for some of its usual steps."""
    steps = [after.t - before.t for before, after in pairwise(told)]
    usual = min(median_low(steps), _LONGEST_STEP_S) if steps else 0.0
    return max(_HEAD_UNIT_S, _STEPS * usual)


def timed_s(timer: Sequence[Run], start: int, stop: int) -> int:
    """For how many seconds the timer ran between two moments."""
    return sum(max(0, min(stop, run.stop) - max(start, run.start)) for run in timer)


def running(timer: Sequence[Run]) -> set[int]:
    """The whole seconds at which the timer ran, was started or stopped."""
    return {second for run in timer for second in range(run.start, run.stop + 1)}

"""Two halves laid beside each other, turn by turn: what both legs did over the same turning of the crank.

Both count the same crank, each from a start of its own and about half a turn apart. How far the counts are
apart is told from when their events were, and then holds, whatever packets are late, skipped or repeated: from
one turn that both have told to the next, share = left work / (left work + right work).
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

from legbal.ride.inputs import Side
from legbal.ride.one_sided import OTHER, News, OneSided, Stretch

_LONGEST_S = 1.0  # crank time that waits for a turn that both tell; then a longer stretch is taken apart
_IDLE_S = 3.0  # at 0 W and without a crank event while the other leg turns: this leg rests
_TURNING_S = 2.0
_SMOOTHED = 0.1  # how much one packet moves the belief of how far the counts are apart
_MISCOUNTED = 0.9  # turns off, from which the counts are laid beside each other anew
_AHEAD = 4.0  # turns beyond its last event that a crank is believed to turn on


class Common(NamedTuple):
    """What the legs did in the same turning of the crank: joules, seconds; turns that no stretch told singly."""

    left_j: float
    right_j: float
    seconds: float
    skipped: int


class Alignment:
    """Takes the news of two halves and gives the stretches that they have in common, each once.

    Attributes:
        halves: by side, from when they are heard.
        timed: one of them has no crank events, so that ride seconds take the place of counts.
    """

    def __init__(self) -> None:
        self.halves: dict[Side, OneSided] = {}
        self.timed = False
        self._shift: float | None = None  # right count minus left count, at the same turn
        self._apart = 0.0  # the same, smoothed, as the events' times say it
        self._settled: float | None = None  # left count up to which all is told

    def by_time(self, t: float) -> None:
        """One of them turns out to have no crank events: both set out anew, by ride seconds."""
        if not self.timed:
            self.timed, self._shift, self._settled = True, 0.0, t

    def exchange(self) -> None:
        """Left is right."""
        self.halves = {OTHER[side]: half for side, half in self.halves.items()}
        self._shift, self._settled = (0.0, self._settled) if self.timed else (None, None)
        for half in self.halves.values():
            half.stretches.clear()

    def feed(self, t: float, side: Side, news: News) -> Common | None:
        """What both have told by now, after a packet of one side; the other is heard, too."""
        if self.timed:
            return self._together()
        if news == "reset":
            self._shift = None
        self._align()
        if news == "still":
            # A side that stands at 0 W, packet for packet, while the other one turns: a one-leg drill.
            resting, turning = self.halves[side], self.halves[OTHER[side]]
            idle_s = t - max(resting.moved_t, turning.turning_since)
            if resting.power_w <= 0 and idle_s >= _IDLE_S and t - turning.moved_t < _TURNING_S:
                return self._rest(OTHER[side])
        return self._together()

    def alone(self, side: Side) -> tuple[float, float]:
        """Joules and seconds that one side has told while the other is not heard; they are settled with that."""
        half = self.halves[side]
        work, seconds = _part(half.stretches, -math.inf, math.inf)
        half.stretches.clear()
        if side == "left":
            self._settled = half.place
        elif self._shift is not None:
            self._settled = half.place - self._shift
        return work, seconds

    def _align(self) -> None:
        """How far the counts are apart: once from the events' times, anew where they no longer agree."""
        left, right = self.halves["left"], self.halves["right"]
        if left.turn_s is None or right.turn_s is None:
            return
        now = max(left.at, right.at)
        left_ahead, right_ahead = (now - left.at) / left.turn_s, (now - right.at) / right.turn_s
        if max(left_ahead, right_ahead) > _AHEAD:
            return
        apart = right.place + right_ahead - left.place - left_ahead
        if self._shift is not None:
            apart = self._apart + _SMOOTHED * (apart - self._apart)
            if abs(apart - self._shift) <= _MISCOUNTED:
                self._apart = apart
                return
        self._apart, self._shift = apart, float(round(apart))

    def _together(self) -> Common | None:
        """The newest stretch that both have told."""
        left, right, shift = self.halves["left"].stretches, self.halves["right"].stretches, self._shift
        if shift is None or not left or not right:
            return None
        begin, end = max(left[0].begin, right[0].begin - shift), min(left[-1].end, right[-1].end - shift)
        if self._settled is not None:
            begin = max(begin, self._settled)
        if end <= begin:
            return None
        left_j, left_s = _part(left, begin, end)
        reported_by_both = left[-1].end == end and any(x.end - shift == end for x in right)
        reported_by_both |= right[-1].end - shift == end and any(x.end == end for x in left)
        if not reported_by_both and left_s <= _LONGEST_S:
            return None
        right_j, right_s = _part(right, begin + shift, end + shift)
        since = begin if self._settled is None else self._settled
        self._settled = end
        for stretches, settled in ((left, end), (right, end + shift)):
            while stretches and stretches[0].end <= settled:
                stretches.popleft()
        skipped = 0 if self.timed else max(0, round(end - since) - 1)
        return Common(left_j, right_j, (left_s + right_s) / 2, skipped)

    def _rest(self, turning: Side) -> Common | None:
        """What the turning leg did while the other rested; the resting one's count has stood still meanwhile."""
        work, seconds = self.alone(turning)
        self.halves[OTHER[turning]].stretches.clear()
        self._shift = None
        legs = (work, 0.0) if turning == "left" else (0.0, work)
        return Common(*legs, seconds, 0) if seconds else None


def _part(stretches: Iterable[Stretch], begin: float, end: float) -> tuple[float, float]:
    """Joules and seconds between two places; a stretch that reaches over one gives its part."""
    work = seconds = 0.0
    for stretch in stretches:
        inside = min(end, stretch.end) - max(begin, stretch.begin)
        if inside > 0:
            part = inside / (stretch.end - stretch.begin)
            work += part * stretch.work_j
            seconds += part * stretch.seconds
    return work, seconds

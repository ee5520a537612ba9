"""Two halves laid beside each other, turn by turn: what both legs did over the same turning of the crank.

Both count the same crank, each from a start of its own and about half a turn apart. How far the counts are
apart is told from when their events were, and then holds, whatever packets are late, skipped or repeated: from
one turn that both have told to the next, share = left work / (left work + right work).

Devices that were taken for left and right may each send the power of both legs already: these shares give them away.
"""

import math
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from legbal.ride.inputs import Side
from legbal.ride.one_sided import OTHER, CrankSpan, News, OneSided

_LONGEST_S = 1.0  # crank time that waits for a turn that both tell; then a longer span is taken apart
_IDLE_S = 3.0  # at 0 W and without a crank event while the other leg turns: this leg rests
_TURNING_S = 2.0
_SMOOTHED = 0.1  # how much one packet moves the belief of how far the counts are apart
_MISCOUNTED = 0.9  # turns off, from which the counts are laid beside each other anew
_AHEAD = 4.0  # turns beyond its last event that a crank is believed to turn on
# Legs differ from one revolution to the next by 2 points at the least; two meters that weigh the same do not.
_TURNS = 120
_SAME_SD_POINTS = 1.0
_EVEN_POINTS = 1.0  # off 50 %, on average
_SPAN_W = 25.0  # of power meanwhile: at steady power two steady legs may look alike
# Power is held for these minutes; more than so much of FTP is hardly ever ridden, twice the usual easily.
_HELD = ((2, 1.75), (10, 1.25))
_MINUTE_S = 60.0
_ALIKE_POINTS = 8.0
_STRONG_FTP_W = 400.0  # where none is known


class PairedSpan(NamedTuple):
    """What the legs did in the same turning of the crank: joules, seconds; turns that no span told singly."""

    left_j: float
    right_j: float
    seconds: float
    skipped: int


class Alignment:
    """Takes the news of two halves and gives the spans that they have in common, each once.

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

    def by_count(self) -> None:
        """All have crank events after all: the first of them had been lost."""
        self.timed, self._shift, self._settled = False, None, None

    def exchange(self) -> None:
        """Left is right."""
        self.halves = {OTHER[side]: half for side, half in self.halves.items()}
        self._shift, self._settled = (0.0, self._settled) if self.timed else (None, None)
        for half in self.halves.values():
            half.spans.clear()

    def feed(self, t: float, side: Side, news: News) -> PairedSpan | None:
        """What both have told by now, after a packet of one side; the other is heard, too."""
        if self.timed:
            return self._settle_common()
        if news == "reset":
            self._shift = None
        self._align()
        if news == "still":
            # A side that stands at 0 W, packet for packet, while the other one turns: a one-leg drill.
            resting, turning = self.halves[side], self.halves[OTHER[side]]
            idle_s = t - max(resting.moved_t, turning.turning_since)
            if resting.power_w <= 0 and idle_s >= _IDLE_S and t - turning.moved_t < _TURNING_S:
                work, seconds = self.settle_single(OTHER[side])
                resting.spans.clear()  # its count has stood still meanwhile
                self._shift = None
                legs = (0.0, work) if side == "left" else (work, 0.0)
                return PairedSpan(*legs, seconds, 0) if seconds else None
        return self._settle_common()

    def settle_single(self, side: Side) -> tuple[float, float]:
        """Settles what one side sent while the other is not heard: joules, seconds."""
        half = self.halves[side]
        work, seconds = _part(half.spans, -math.inf, math.inf)
        half.spans.clear()
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

    def _settle_common(self) -> PairedSpan | None:
        """The newest span that both have told."""
        left, right, shift = self.halves["left"].spans, self.halves["right"].spans, self._shift
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
        for spans, settled in ((left, end), (right, end + shift)):
            while spans and spans[0].end <= settled:
                spans.popleft()
        skipped = 0 if self.timed else max(0, round(end - since) - 1)
        return PairedSpan(left_j, right_j, (left_s + right_s) / 2, skipped)


class DuplicatePower:
    """Whether two devices that were taken for left and right each send the power of both legs already.

    Then they tell the same watts twice, and adding them up gives a power that nobody rides.

    Args:
        ftp_w: the rider's functional threshold power, watts; None: a very strong rider's is taken.
    """

    def __init__(self, ftp_w: float | None) -> None:
        self._ftp_w = ftp_w or _STRONG_FTP_W
        self._turns: list[tuple[float, float]] = []  # left share, power
        self._minutes: deque[float] = deque(maxlen=_HELD[-1][0])
        self._work = self._left_j = self._s = 0.0

    def feed(self, left_percent: float, work_j: float, seconds: float) -> bool:
        """Whether the two turn out to tell the same power, after one more revolution of both."""
        self._turns.append((left_percent, work_j / seconds))
        self._work += work_j
        self._left_j += work_j * left_percent / 100
        self._s += seconds
        return self._steady() or self._beyond()

    def _steady(self) -> bool:
        """Whether the legs differ less from turn to turn than legs can, while power moves."""
        if len(self._turns) < _TURNS:
            return False
        shares, powers = np.array(self._turns).T
        self._turns.clear()
        even = abs(shares.mean() - 50) <= _EVEN_POINTS and shares.std() < _SAME_SD_POINTS
        return bool(even and np.ptp(powers) >= _SPAN_W)

    def _beyond(self) -> bool:
        """Whether more power is held than the rider can, with legs nearly alike."""
        if self._s < _MINUTE_S:
            return False
        alike = abs(100 * self._left_j / self._work - 50) <= _ALIKE_POINTS
        self._minutes.append(self._work / self._s if alike else 0.0)
        self._work = self._left_j = self._s = 0.0
        latest = list(self._minutes)
        return any(
            len(latest) >= count and sum(latest[-count:]) / count > times * self._ftp_w
            for count, times in _HELD
        )


def _part(spans: Iterable[CrankSpan], begin: float, end: float) -> tuple[float, float]:
    """Joules and seconds between two places; a span that reaches over one gives its part."""
    work = seconds = 0.0
    for span in spans:
        inside = min(end, span.end) - max(begin, span.begin)
        if inside > 0:
            part = inside / (span.end - span.begin)
            work += part * span.work_j
            seconds += part * span.seconds
    return work, seconds

"""How a leg fell in a drop-off, and when it was back: the all-clear comes later, when that is sure."""

import math
from collections.abc import Iterable
from typing import Literal

from legbal.ride.inputs import Side
from legbal.ride.revolution import Bin

_COMES_OVER_S = 10.0  # in which a drop-off sets in: they are of neither level


class Fall:
    """One drop-off, second by second until it is over.

    Of all moments the likeliest to part two levels, the one below and the one before, is where the sum of distances
    from their middle, taken from that moment on and weighted by work, is greatest. That is where what was summed until
    then is least: nothing need be kept.

    Args:
        side: the leg.
        pattern: whether it dropped at once, or faded.

    Attributes:
        back_s: the latest ride second by which it was not back yet, as far as is known now.
    """

    def __init__(self, side: Side, pattern: Literal["drop", "fade"] = "drop") -> None:
        self.side, self.pattern = side, pattern
        self.back_s = self._from_s = self._middle = self._sign = self._sum = self._least = 0.0

    def begin(self, points: float, seconds: Iterable[Bin]) -> None:
        """The leg is told to be down.

        Args:
            points: by how much the left share is, negative where it is up.
            seconds: of work from the onset until now.
        """
        down = [x for x in seconds if x.left_percent is not None]
        work = sum(x.power_w for x in down) or 1.0
        fallen = sum(x.power_w * (x.left_percent or 0.0) for x in down) / work
        self._middle, self._sign = fallen + points / 2, math.copysign(1.0, points)
        self._from_s, self.back_s = down[0].t + _COMES_OVER_S, down[-1].t
        self._sum = self._least = 0.0
        for second in down:
            self.feed(second)

    def feed(self, second: Bin) -> None:
        """Takes in a second of work in which the leg is down, or is said to be."""
        if second.left_percent is None or second.t <= self._from_s:
            return
        self._sum += second.power_w * (second.left_percent - self._middle) * self._sign
        if self._sum <= self._least:
            self._least, self.back_s = self._sum, second.t

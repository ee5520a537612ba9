"""A few seconds that are weighed together: their means, each share kept within where a second may lie.

Weighing costs ten times what gathering does, and a leg does not drop off within a second.
"""

from __future__ import annotations

from legbal.ride.seconds import Second


class Together:
    """Gathers seconds until they are weighed.

    Attributes:
        count: seconds gathered; 0: the next one begins anew.
        t: of the last of them.
        working: whether they lie within an interval.
    """

    __slots__ = ("_cadence", "_least", "_left", "_most", "_power", "_turned", "count", "t", "working")

    def __init__(self) -> None:
        self.count = self._turned = 0
        self.t = 0.0
        self.working = False
        self._left = self._power = self._cadence = self._least = self._most = 0.0

    def begin(self, usual: float, below: float, most: float, working: bool) -> None:
        """Sets out anew; shares are expected `below` points under `usual`, and count no further than `most` off."""
        self._least, self._most = usual - below - most, usual - below + most
        self.working = working
        self._turned = 0
        self._left = self._power = self._cadence = 0.0

    def add(self, second: Second, left: float) -> None:
        """Takes in a second and its left share."""
        self.count += 1
        self.t = second.t
        self._power += second.power_w
        self._left += self._least if left < self._least else self._most if left > self._most else left
        cadence = second.cadence_rpm
        if cadence is not None:
            self._cadence += cadence
            self._turned += 1

    @property
    def left_percent(self) -> float:
        """Mean left share."""
        return self._left / self.count

    @property
    def power_w(self) -> float:
        """Mean power."""
        return self._power / self.count

    @property
    def cadence_rpm(self) -> float | None:
        """Mean cadence of those that told one."""
        return self._cadence / self._turned if self._turned else None

"""Seconds of pedalling: what notifications tell, gathered into bins of about one, whatever the meter's rate.

A meter that notifies once a second gives a bin a notification; one that notifies four times a second gives a
bin every fourth. Bins follow the notifications rather than a clock's seconds, so that jitter neither doubles
nor empties one.
"""

from __future__ import annotations

import msgspec

from legbal.ride.revolution import SHORTEST_REVOLUTION_S, Revolution

_EARLY_S = 0.25  # a notification may close a bin so much before it is due
_SHIFT_S = 0.1  # so much may the next be due off a second from now: follows a meter that is not exact
_LONGEST_S = 3.0


class Second(msgspec.Struct, gc=False):
    """About a second of riding.

    Attributes:
        t: ride seconds of the notification that closed it.
        power_w: as the closing notification stated it.
        left_percent: work-weighted over its revolutions; None where none told a balance.
        revolutions: how many stand behind the share.
        cadence_rpm: of these revolutions; None without crank data.
    """

    t: float
    power_w: float
    left_percent: float | None
    revolutions: int
    cadence_rpm: float | None = None


class SecondBins:
    """Gathers notifications and closes a bin about every second."""

    __slots__ = ("_due", "_left_work", "_opened", "_revolutions", "_turning", "_turns", "_work")

    def __init__(self) -> None:
        self._opened: float | None = None
        self._due = 0.0
        self._work = self._left_work = self._turning = 0.0
        self._revolutions = self._turns = 0

    def feed(self, t: float, power_w: float, revolution: Revolution | None) -> Second | None:
        """Takes in one notification; gives the second that it closes, if it does.

        Args:
            t: ride seconds.
            power_w: as stated.
            revolution: what the notification told anew, if anything.
        """
        if self._opened is None:
            self._opened, self._due = t - 1.0, t
        if revolution is not None:
            left = revolution.left_percent
            if left is not None and revolution.work_j > 0:
                self._work += revolution.work_j
                self._left_work += revolution.work_j * left
                self._revolutions += 1
                if revolution.basis == "crank":
                    self._turning += revolution.duration_s
                    turns = 1 + revolution.not_seen
                    # After a long gap the revolution stands for itself alone.
                    self._turns += turns if revolution.duration_s >= turns * SHORTEST_REVOLUTION_S else 1
        if t < self._due - _EARLY_S:
            return None
        waited = t - self._opened
        self._opened = t
        shift = self._due - t
        self._due = t + 1 + (_SHIFT_S if shift > _SHIFT_S else -_SHIFT_S if shift < -_SHIFT_S else shift)
        left = None
        if self._work > 0 and waited <= _LONGEST_S:
            left = self._left_work / self._work
        cadence = 60 * self._turns / self._turning if self._turning else None
        told = Second(t, power_w, left, self._revolutions, cadence)
        self._work = self._left_work = self._turning = 0.0
        self._revolutions = self._turns = 0
        return told


class Block:
    """A few seconds that are weighed together: their means, each share kept within where a second may lie.

    Weighing costs ten times what gathering does, and a leg does not drop off within a second.

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

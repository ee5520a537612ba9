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


class Block(msgspec.Struct, gc=False):
    """A few seconds that are weighed together: their means, each share kept within where a second may lie.

    Weighing costs ten times what gathering does, and a leg does not drop off within a second.

    Attributes:
        least, most: within which a share counts, percent.
        working: whether they lie within an interval.
        count: seconds gathered; 0: the next one begins anew.
        t: of the last of them.
        left_sum, power_sum: of all of them.
        cadence_sum, turned: of those that told a cadence, and how many they are.
    """

    least: float
    most: float
    working: bool
    count: int = 0
    t: float = 0.0
    left_sum: float = 0.0
    power_sum: float = 0.0
    cadence_sum: float = 0.0
    turned: int = 0

    def add(self, second: Second, left: float) -> None:
        """Takes in a second and its left share."""
        self.count += 1
        self.t = second.t
        self.power_sum += second.power_w
        self.left_sum += self.least if left < self.least else self.most if left > self.most else left
        cadence = second.cadence_rpm
        if cadence is not None:
            self.cadence_sum += cadence
            self.turned += 1

    @property
    def left_percent(self) -> float:
        """Mean left share."""
        return self.left_sum / self.count

    @property
    def power_w(self) -> float:
        """Mean power."""
        return self.power_sum / self.count

    @property
    def cadence_rpm(self) -> float | None:
        """Mean cadence of those that told one."""
        return self.cadence_sum / self.turned if self.turned else None

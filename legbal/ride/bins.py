"""Bins of about a second, into which a ride's notifications are gathered.

What notifications tell is gathered into bins of about a second, whatever the meter's rate: a meter that notifies once a
second gives a bin a notification; one that notifies four times a second gives a bin every fourth. Bins follow the
notifications rather than a clock's seconds, so that jitter neither doubles nor empties one.
"""

import msgspec

from legbal.ride.revolution import SHORTEST_REVOLUTION_S, Revolution

_EARLY_S = 0.25  # a notification may close a bin so much before it is due
_SHIFT_S = 0.1  # so much may the next be due off a second from now: follows a meter that is not exact
_LONGEST_S = 3.0


class Bin(msgspec.Struct, gc=False):
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

    def __init__(self) -> None:
        self._opened: float | None = None
        self._due = 0.0
        self._turns: list[tuple[Revolution, float]] = []  # with their left shares

    def feed(self, t: float, power_w: float, revolution: Revolution | None) -> Bin | None:
        """Takes in one notification; gives the bin that it closes, if it does.

        Args:
            t: ride seconds.
            power_w: as stated.
            revolution: what the notification told anew, if anything.
        """
        if self._opened is None:
            self._opened, self._due = t - 1.0, t
        if revolution is not None and revolution.left_percent is not None:
            self._turns.append((revolution, revolution.left_percent))
        if t < self._due - _EARLY_S:
            return None
        work = left_work = turning = 0.0
        turned = 0
        for turn, left in self._turns:
            work += turn.work_j
            left_work += turn.work_j * left
            if turn.basis == "crank":
                turning += turn.duration_s
                turns = 1 + turn.skipped
                # After a long gap the revolution stands for itself alone.
                turned += turns if turn.duration_s >= turns * SHORTEST_REVOLUTION_S else 1
        share = left_work / work if work > 0 and t - self._opened <= _LONGEST_S else None
        closed = Bin(t, power_w, share, len(self._turns), 60 * turned / turning if turning else None)
        shift = self._due - t
        self._opened = t
        self._due = t + 1 + (_SHIFT_S if shift > _SHIFT_S else -_SHIFT_S if shift < -_SHIFT_S else shift)
        self._turns.clear()
        return closed

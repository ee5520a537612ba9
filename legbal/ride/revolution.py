"""From notifications to crank revolutions, each counted once, and on to bins of about a second.

A meter repeats a revolution in several notifications, or skips some between two of them. A notification tells of
the last revolution only: that one is *seen*, those *skipped* are counted. What is seen stands for the few
skipped just before it, in time and work, so that fast pedalling weighs no less than slow; never for a gap.

What notifications tell is gathered into bins of about a second, whatever the meter's rate: a meter that notifies once a
second gives a bin a notification; one that notifies four times a second gives a bin every fourth. Bins follow the
notifications rather than a clock's seconds, so that jitter neither doubles nor empties one.
"""

import math
from typing import Literal

import msgspec

from legbal.gatt.fields import CRANK_TIME_PER_S, TORQUE_PER_NM
from legbal.meters.balance_octet import ONE_LEG_PERCENT, OTHER_LEG_PERCENT
from legbal.meters.profile import Side

HALF_A_WRAP_S = 32.0  # crank event time: 1/1024 s in 16 bits (0x2A63), so it wraps every 64 s
_TURN_J = 2 * math.pi / TORQUE_PER_NM  # work of one turn, for each unit of accumulated torque

# A longer "revolution" has a standstill in it: its power says nothing about the time it spans.
LONGEST_REVOLUTION_S = 3.0
# Faster than any sprint: the counters were reset or belong to another meter.
SHORTEST_REVOLUTION_S = 0.2
# So long a stretch may one seen revolution stand for; in a longer one nobody knows what the legs did.
STANDS_FOR_S = 5.0
# So often must time move while the count stands still until a source is known to stamp its packets' time.
_STAMPS_PACKETS = 3
# Accumulated torque is believed where it agrees with power × time this well (a ratio).
_TORQUE_AGREES = 0.25
# A notification may close a bin so much before it is due.
_EARLY_S = 0.25
# So much may the next be due off a second from now: follows a meter that is not exact.
_SHIFT_S = 0.1
_LONGEST_BIN_S = 3.0
_NOTHING = 0.0, 0.0, 0.0, 0, 0


class Revolution(msgspec.Struct, gc=False):
    """One crank revolution, or the interval between two notifications that stands in for it.

    Attributes:
        t: ride seconds at which the notification that told it arrived.
        duration_s: crank time that it stands for: its own, and that of revolutions skipped just before it.
        work_j: done by both legs in that time.
        power_w: as the meter stated it.
        left_percent: the left share, None where the meter gave none.
        skipped: revolutions since the one before that no notification told.
        basis: "crank" where a new crank event was counted, "time" where time alone tells pedalling.
    """

    t: float
    duration_s: float
    work_j: float
    power_w: float
    left_percent: float | None
    skipped: int
    basis: Literal["crank", "time"]


def cadence_of(rpm: float | None) -> float | None:
    """A cadence, revolutions a minute; None for what no crank can do."""
    return rpm if rpm is not None and 0 <= rpm <= 60 / SHORTEST_REVOLUTION_S else None


def one_leg(left_percent: float | None) -> Side | None:
    """The leg that pedals alone at such a left share, if one does."""
    if left_percent is None or ONE_LEG_PERCENT < left_percent < OTHER_LEG_PERCENT:
        return None
    return "left" if left_percent > 50 else "right"


class Reading(msgspec.Struct, gc=False):
    """What one notification settles for what is ridden on.

    Attributes:
        revolution: the new one, if it tells one that counts.
        power_w: watts as stated; None: what they stand for is not known yet.
        effort_w: what both legs do as far as can be told: the power, unless one of them is not heard.
        other_legs: the power is that of other legs than before, of one or of both: they have no mean.
        disproved: the power so far was not that of both legs.
    """

    revolution: Revolution | None
    power_w: float | None
    effort_w: float
    other_legs: bool = False
    disproved: bool = False


class CrankCounter:
    """Tells the new revolutions in the notifications of one meter; never mixes the counters of two.

    After a stop, a gap of unknown length or a reset of the counters the next notification only sets the start.
    """

    __slots__ = (
        "_standing_counts", "_t", "_torque",
        "count", "event", "events", "longest_s", "repeats", "revolved", "skipped", "timed",
    )  # fmt: skip

    def __init__(self) -> None:
        self._t: float | None = None
        self.count: int | None = None  # as last stated: revolutions, and the time of the last, 1/1024 s
        self.event = 0
        self._torque: int | None = None
        self.longest_s = LONGEST_REVOLUTION_S  # a longer wait without crank data has a gap or a stop in it
        self.repeats = self.skipped = self._standing_counts = 0
        self.timed = False  # the latest revolution is one of time alone
        self.revolved = 0  # crank revolutions since the first notification, skipped ones included
        self.events = 0.0  # the crank's own time, seconds since the first notification

    def feed(
        self,
        t: float,
        power_w: int,
        left_percent: float | None,
        revolutions: int | None,
        event: int | None,
        torque: int | None,
    ) -> Revolution | None:
        """The new revolution that a measurement tells, or None (a repeat, coasting, the first of its kind).

        Args:
            t: ride seconds of arrival.
            power_w: watts, both legs.
            left_percent: the left share, None where there is none.
            revolutions: cumulative crank revolutions, 16 bits, None without crank data.
            event: last crank event time, 1/1024 s, 16 bits, None without crank data.
            torque: accumulated torque of the crank, 1/32 N·m, 16 bits, None without.
        """
        if revolutions is None or event is None:  # what counts turns is never counted by time
            return self._by_time(t, power_w, left_percent) if self.count is None else None
        last_t, self._t = self._t, t
        last_torque, self._torque = self._torque, torque
        if revolutions == self.count and event == self.event:
            self.repeats += 1
            return None
        last_revolutions, self.count = self.count, revolutions
        last_event, self.event = self.event, event
        if last_t is None or last_revolutions is None:
            return None
        turned = (revolutions - last_revolutions) & 0xFFFF
        took = ((event - last_event) & 0xFFFF) / CRANK_TIME_PER_S
        elapsed = t - last_t
        if elapsed > HALF_A_WRAP_S and (turned or took):
            took += 2 * HALF_A_WRAP_S * max(0, round((elapsed - took) / (2 * HALF_A_WRAP_S)))
        if took == 0.0:
            return None  # an SRM at rest counts revolutions while its time stands still
        self.events += took
        if not turned:
            self._standing_counts += 1
        # A source that stamps its packets' time tells no turns apart.
        by_time = not turned or self._standing_counts >= _STAMPS_PACKETS
        each = took if by_time else took / turned
        if each > LONGEST_REVOLUTION_S or (each < SHORTEST_REVOLUTION_S and not by_time):
            self.skipped += turned if each > LONGEST_REVOLUTION_S and not by_time else 0
            return None
        self.revolved += turned
        if turned > 1 and not by_time:
            self.skipped += turned - 1
        if power_w <= 0:
            return None
        work = power_w * took
        self.timed = by_time
        if by_time:
            return Revolution(t, took, work, power_w, left_percent, 0, "time")
        if torque is not None and last_torque is not None:
            # CPS: torque accumulates once a revolution, so the work of a turn is 2π × its torque.
            turned_work = _TURN_J * ((torque - last_torque) & 0xFFFF)
            if abs(turned_work - work) <= _TORQUE_AGREES * work:
                work = turned_work
        if took > STANDS_FOR_S:
            took, work = each, work / turned
        return Revolution(t, took, work, power_w, left_percent, turned - 1, "crank")

    def _by_time(self, t: float, power_w: int, left_percent: float | None) -> Revolution | None:
        last_t, self._t = self._t, t
        if last_t is None or power_w <= 0 or not 0 < t - last_t <= self.longest_s:
            return None
        self.events += t - last_t
        self.timed = True
        return Revolution(t, t - last_t, power_w * (t - last_t), power_w, left_percent, 0, "time")


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
        # Of the revolutions with a left share: work, work × share, crank time, crank turns; how many there are.
        self._sums = _NOTHING

    def copy(self) -> "SecondBins":
        """Bins that close when these do, with what these have gathered."""
        other = SecondBins()
        other._opened, other._due, other._sums = self._opened, self._due, self._sums
        return other

    def feed(self, t: float, power_w: float, revolution: Revolution | None) -> Bin | None:
        """Takes in one notification; gives the bin that it closes, if it does.

        Args:
            t: ride seconds.
            power_w: as stated.
            revolution: what the notification told anew, if anything.
        """
        if self._opened is None:
            self._opened, self._due = t - 1.0, t
        work, left_work, turning, turned, count = self._sums
        if revolution is not None and (left := revolution.left_percent) is not None:
            work_j = revolution.work_j
            work += work_j
            left_work += work_j * left
            count += 1
            if revolution.basis == "crank":
                seconds, turns = revolution.duration_s, 1 + revolution.skipped
                turning += seconds
                # After a long gap the revolution stands for itself alone.
                turned += turns if seconds >= turns * SHORTEST_REVOLUTION_S else 1
        due = self._due
        if t < due - _EARLY_S:
            self._sums = work, left_work, turning, turned, count
            return None
        self._sums = _NOTHING
        share = left_work / work if work > 0 and t - self._opened <= _LONGEST_BIN_S else None
        shift = due - t
        self._opened = t
        self._due = t + 1 + (_SHIFT_S if shift > _SHIFT_S else -_SHIFT_S if shift < -_SHIFT_S else shift)
        return Bin(t, power_w, share, count, 60 * turned / turning if turning else None)

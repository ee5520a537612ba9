"""One measurement in two notifications: its parts are joined, and each is counted once, however the fields are divided.

What is too long for one notification a meter sends in two (Cycling Power Service 1.1, 3.2.1): both repeat flags and
power, and each sets the presence bits of its own fields. They follow each other at once; where one is lost, what the
other one has counts alone.
"""

from collections import deque
from typing import Any, Final

import msgspec

from legbal.gatt.fields import PRESENCE, REFERENCE_LEFT, TORQUE_AT_CRANK
from legbal.gatt.measurement import Measurement

CRANK: Final = 1 << 5
_COUNTED: Final = CRANK | 1 << 2 | 1 << 0  # the fields that are counted: with them torque and balance
# Bits that say what a field means, in the notification that has it; of all others both parts have the same.
_OF_FIELDS: Final = PRESENCE | REFERENCE_LEFT | TORQUE_AT_CRANK
_LONGEST_S: Final = 1.0  # between two parts, before it is known how often the meter measures
_NEARER: Final = 0.6  # of the time between two measurements: a part after that is nearer to the next one
_LATEST: Final = (
    9  # such times, of which a third is shorter than the one believed: many are lost, few come in a heap
)
_STOPPED_S: Final = 3.0  # what waited longer than that is followed by a gap in any case

Timed = tuple[float, Measurement]


class Reassembler:
    """Joins the measurements of one meter, in order.

    A first part is given at once, unless the one before it had a second part with something to count: then it waits.

    Attributes:
        latest: the notification that came last, and when, while a second part may follow it.
        usual: the flags of all notifications, while they come in no parts: of one with these only `latest` is kept up.
        pending: whether the last one is a part of a measurement, of which the other part will tell all, or has told it.
    """

    __slots__ = ("_given", "_in_parts", "_kinds", "_together_s", "_waits", "latest", "pending", "usual")

    def __init__(self) -> None:
        self.latest: Timed | None = None
        self.usual, self.pending = -1, False
        self._given = True  # the latest
        self._in_parts = set[int]()  # the fields of parts that wait for the other one, where they come first
        self._kinds = dict[int, float]()  # by its fields, when a part last came
        self._waits = deque[float](maxlen=_LATEST)
        self._together_s = _LONGEST_S

    def feed(self, t: float, m: Measurement) -> Timed | None:
        """Takes in a notification; gives the measurement that is as whole as it will be, and when it came."""
        whole = self._join(t, m)
        self.pending = whole is None
        plain = self.latest is not None and self._given and m.flags & PRESENCE not in self._in_parts
        self.usual = m.flags if plain else -1
        return whole

    def _join(self, t: float, m: Measurement) -> Timed | None:
        fields, before = m.flags & PRESENCE, self.latest
        self._follow(t, fields)
        if before is not None and self._is_second(*before, t, m):
            first, self.latest = before[1], None
            for part, other in ((first.flags & PRESENCE, fields), (fields, first.flags & PRESENCE)):
                if other & _COUNTED:  # whichever comes first the next time
                    self._in_parts.add(part)
            counts, self._given = not self._given or fields & CRANK, True
            return (t, _joined(first, m)) if counts else None
        left_over = None if self._given else before
        overtaken = False
        if left_over is not None:
            overtaken = bool(left_over[1].flags & CRANK) and (
                not fields & CRANK or t - left_over[0] <= _STOPPED_S
            )
        # Of two at once that count turns the later one waits; of others the one is given that counts any.
        self.latest, self._given = (t, m), fields not in self._in_parts and not (overtaken and fields & CRANK)
        return (t, m) if self._given and not overtaken else left_over

    def _is_second(self, before_t: float, before: Measurement, t: float, m: Measurement) -> bool:
        """Whether this is the rest of the measurement before it."""
        return (
            m.power_w == before.power_w
            and not m.flags & before.flags & PRESENCE
            and (m.flags ^ before.flags) & PRESENCE != 0
            and not (m.flags ^ before.flags) & ~_OF_FIELDS
            and t - before_t <= self._together_s
        )

    def _follow(self, t: float, fields: int) -> None:
        """Learns how often the meter measures: how long after a part one with the same fields comes."""
        if fields in self._kinds:
            self._waits.append(t - self._kinds[fields])
            self._together_s = min(_LONGEST_S, _NEARER * sorted(self._waits)[len(self._waits) // 3])
        self._kinds[fields] = t


def _joined(first: Measurement, second: Measurement) -> Measurement:
    """The measurement of which these are parts."""
    fields: dict[str, Any] = {
        name: value for name, value in msgspec.structs.asdict(second).items() if value is not None
    }
    flags = second.flags | first.flags & PRESENCE
    for mine, bit in ((0, REFERENCE_LEFT), (2, TORQUE_AT_CRANK)):
        owner = first if first.flags >> mine & 1 else second
        flags = flags & ~bit | owner.flags & bit
    return msgspec.structs.replace(
        first, **fields | {"flags": flags, "unparsed": first.unparsed or second.unparsed}
    )

"""Measurements with all fields, as bytes: whole, in two parts of which some are lost, or cut short."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from legbal.gatt.fields import FIELDS, PRESENCE
from legbal.gatt.measurement import Measurement, encode
from legbal.ride.inputs import Input, Notification

CRANK, BALANCE, TORQUE = 1 << 5, 1 << 0, 1 << 2
OTHERS = PRESENCE & ~(CRANK | BALANCE | TORQUE)
STATUS = 0b1010  # the balance is the left leg's, the torque is the crank's


class Turned(NamedTuple):
    """One measurement as a meter would send it whole, and the gap between its parts where it sends two."""

    t: float
    whole: Measurement
    gap_s: float = 0.03


def ridden(
    count: int,
    powers: Sequence[int] = (180, 200, 200, 220),
    octets: Sequence[int] = (92, 88, 96, 90, 94),
    fields: int = PRESENCE,
    turn_s: float = 0.7,
    gap_s: float = 0.03,
) -> list[Turned]:
    """A measurement for each turn of the crank; the counters begin just before they wrap."""
    made = []
    torque = 65_000.0
    for turn in range(count):
        power = powers[turn % len(powers)]
        torque += power * turn_s / math.tau * 32
        values = {
            "balance_raw": octets[turn % len(octets)],
            "accumulated_torque_raw": round(torque) & 0xFFFF,
            "wheel_revolutions": 3 * turn,
            "wheel_event_time_raw": round(turn * turn_s * 2048) & 0xFFFF,
            "crank_revolutions": (65_530 + turn) & 0xFFFF,
            "crank_event_time_raw": round((60 + turn * turn_s) * 1024) & 0xFFFF,
        }
        there: dict[str, Any] = {
            field.name: values.get(field.name, 5)
            for field in FIELDS
            if field.bit is not None and fields >> field.bit & 1
        }
        made.append(Turned(turn * turn_s, Measurement(STATUS | fields, power, **there), gap_s))
    return made


def part(m: Measurement, fields: int) -> Measurement:
    """The same with these of its fields alone."""
    names = {field.name for field in FIELDS if field.bit is None or fields >> field.bit & 1}
    values = {name: value for name, value in msgspec.structs.asdict(m).items() if name in names}
    return msgspec.convert(values | {"flags": m.flags & ~PRESENCE | m.flags & fields}, Measurement)


def sent(m: Measurement, t: float, meter: str = "meter") -> Notification:
    return Notification(t, encode(m), meter=meter)


def split(
    ride: Sequence[Turned],
    first: int,
    swapped: Sequence[bool] = (False,),
    lost: Sequence[str] = ("",),
    meter: str = "meter",
) -> tuple[list[Input], list[Input]]:
    """The ride in two parts, of which the one has the fields `first`; and what of each arrives, in one."""
    parts, wholes = list[Input](), list[Input]()
    for number, (t, m, gap_s) in enumerate(ride):
        fields = [first, PRESENCE & ~first]
        if swapped[number % len(swapped)]:
            fields.reverse()
        fate = lost[number % len(lost)]
        arrived = [x for i, x in enumerate(fields) if str(i) not in fate]
        times = [t + gap_s * i for i in range(2) if str(i) not in fate]
        parts += [sent(part(m, x), when, meter) for x, when in zip(arrived, times, strict=True)]
        if arrived:
            wholes.append(sent(part(m, sum(arrived)), times[-1], meter))
    return parts, wholes

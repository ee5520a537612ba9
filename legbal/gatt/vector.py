"""Cycling Power Vector (0x2A64): force or torque around one crank revolution.

Source: Bluetooth SIG, the definition of this characteristic.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from legbal.gatt.characteristics import ByteReader
from legbal.gatt.fields import CRANK_TIME_PER_S, TORQUE_PER_NM

DIRECTIONS: Final = ("unknown", "tangential", "radial", "lateral")


class Vector(msgspec.Struct, frozen=True):
    """One vector; None where the flags say that a field is not there.

    Attributes:
        flags: as sent.
        crank_revolutions: 16 bits.
        crank_event_time_s: of the last crank event, seconds; wraps at 64 s.
        first_angle_deg: of the crank at the first value.
        force_n, torque_nm: oldest first, N or N·m; at most one of them is there.
        unparsed: octets that follow the known fields, which only a reserved flag bit allows.
    """

    flags: int
    crank_revolutions: int | None = None
    crank_event_time_s: float | None = None
    first_angle_deg: int | None = None
    force_n: tuple[int, ...] | None = None
    torque_nm: tuple[float, ...] | None = None
    unparsed: bytes = b""

    @property
    def direction(self) -> int:
        """Which component of the force is measured (flag bits 4 and 5): an index of DIRECTIONS."""
        return self.flags >> 4 & 3

    @property
    def direction_name(self) -> str:
        """The direction in words, one of DIRECTIONS."""
        return DIRECTIONS[self.direction]


def decode_vector(payload: bytes | bytearray | memoryview) -> Vector:
    """The vector in the octets of one 0x2A64 notification.

    Raises:
        DecodeError: a field is cut short, force and torque are both announced, or octets are left over though
            no reserved flag bit is set.
    """
    octets = ByteReader(payload)
    flags = octets.integer("flags", 1)
    has_crank, has_angle, has_force, has_torque = (flags >> bit & 1 for bit in range(4))
    if has_force and has_torque:
        raise octets.error("flags", "force and torque arrays exclude each other", offset=0)
    revolutions = time = angle = force = torque = None
    if has_crank:
        revolutions = octets.integer("crank revolutions", 2)
        time = octets.integer("crank event time", 2) / CRANK_TIME_PER_S
    if has_angle:
        angle = octets.integer("first crank measurement angle", 2)
    # An array runs to the end of the value; an odd octet there is an error unless a reserved bit may speak of it.
    whole = not flags >> 6
    if has_force:
        force = tuple(_magnitudes(octets, "force magnitudes", whole))
    elif has_torque:
        torque = tuple(raw / TORQUE_PER_NM for raw in _magnitudes(octets, "torque magnitudes", whole))
    unparsed = b"" if whole else octets.rest()
    octets.end("end of vector")
    return Vector(flags, revolutions, time, angle, force, torque, unparsed)


def _magnitudes(octets: ByteReader, words: str, whole: bool) -> Iterator[int]:
    while octets.left >= 2 or (whole and octets.left):
        yield octets.integer(words, 2, signed=True)

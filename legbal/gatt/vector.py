"""Cycling Power Vector (0x2A64): force or torque around one crank revolution.

Source: Bluetooth SIG, characteristic 0x2A64.
"""

from __future__ import annotations

from typing import Final

import msgspec

from legbal.gatt.byte_reader import ByteReader
from legbal.gatt.fields import CRANK_TIME_PER_S, TORQUE_PER_NM

_CRANK: Final = 1 << 0
_ANGLE: Final = 1 << 1
_FORCE: Final = 1 << 2
_TORQUE: Final = 1 << 3
_RESERVED: Final = 0b11 << 6

DIRECTIONS: Final = ("unknown", "tangential", "radial", "lateral")


class Vector(msgspec.Struct, frozen=True):
    """One vector in the wire's units; None where the flags say that a field is not there.

    `magnitudes_raw` are oldest first, in N (force) or 1/32 N·m (torque). `unparsed` holds octets that follow
    the known fields, which only a reserved flag bit allows.
    """

    flags: int
    crank_revolutions: int | None = None
    crank_event_time_raw: int | None = None
    first_angle_deg: int | None = None
    magnitudes_raw: tuple[int, ...] | None = None
    unparsed: bytes = b""

    @property
    def crank_event_time_s(self) -> float | None:
        """Time of the last crank event in seconds; wraps at 64 s."""
        return None if self.crank_event_time_raw is None else self.crank_event_time_raw / CRANK_TIME_PER_S

    @property
    def force_n(self) -> tuple[int, ...] | None:
        """Forces in N, oldest first; None when there are none."""
        return self.magnitudes_raw if self.flags & _FORCE else None

    @property
    def torque_nm(self) -> tuple[float, ...] | None:
        """Torques in N·m, oldest first; None when there are none."""
        if not self.flags & _TORQUE or self.magnitudes_raw is None:
            return None
        return tuple(raw / TORQUE_PER_NM for raw in self.magnitudes_raw)

    @property
    def direction(self) -> int:
        """Which component of the force is measured (flag bits 4 and 5): an index of DIRECTIONS."""
        return self.flags >> 4 & 3

    @property
    def direction_name(self) -> str:
        """The direction in words, one of DIRECTIONS."""
        return DIRECTIONS[self.direction]


def decode(payload: bytes | bytearray | memoryview) -> Vector:
    """The vector in the octets of one 0x2A64 notification.

    Raises:
        DecodeError: a field is cut short, force and torque are both announced, or octets are left over though
            no reserved flag bit is set.
    """
    octets = ByteReader(payload)
    flags = octets.unsigned("flags", 1)
    if flags & _FORCE and flags & _TORQUE:
        raise octets.error("flags", "force and torque arrays exclude each other", offset=0)
    revolutions = time = angle = magnitudes = None
    if flags & _CRANK:
        revolutions = octets.unsigned("crank revolutions", 2)
        time = octets.unsigned("crank event time", 2)
    if flags & _ANGLE:
        angle = octets.unsigned("first crank measurement angle", 2)
    if flags & (_FORCE | _TORQUE):
        words = "force magnitudes" if flags & _FORCE else "torque magnitudes"
        magnitudes = _magnitudes(octets, words, whole=not flags & _RESERVED)
    unparsed = octets.rest() if flags & _RESERVED else b""
    octets.end("end of vector")
    return Vector(flags, revolutions, time, angle, magnitudes, unparsed)


def _magnitudes(octets: ByteReader, words: str, *, whole: bool) -> tuple[int, ...]:
    """The array runs to the end of the value; an odd octet there is an error when it has to be `whole`."""
    found: list[int] = []
    while octets.left >= 2 or (whole and octets.left):
        found.append(octets.signed(words, 2))
    return tuple(found)


def encode(vector: Vector) -> bytes:
    """The octets of a Vector: the inverse of `decode`.

    Raises:
        ValueError: the flags do not tell which fields are there, or a value does not fit.
    """
    flags = vector.flags
    told = (flags & _CRANK, flags & _CRANK, flags & _ANGLE, flags & (_FORCE | _TORQUE))
    there = (
        vector.crank_revolutions,
        vector.crank_event_time_raw,
        vector.first_angle_deg,
        vector.magnitudes_raw,
    )
    if any(bool(bit) != (value is not None) for bit, value in zip(told, there, strict=True)):
        raise ValueError(f"flags 0x{flags:02x} do not tell which fields are there: {vector}")
    if vector.unparsed and not flags & _RESERVED:
        raise ValueError(f"unparsed octets need a reserved bit, flags are 0x{flags:02x}")
    try:
        head = b"".join(value.to_bytes(2, "little") for value in there[:3] if value is not None)
        tail = b"".join(raw.to_bytes(2, "little", signed=True) for raw in vector.magnitudes_raw or ())
        return flags.to_bytes(1, "little") + head + tail + vector.unparsed
    except OverflowError as error:
        raise ValueError(f"{vector} does not fit the wire: {error}") from error

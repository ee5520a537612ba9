"""Heart Rate Measurement (0x2A37): decode one value, encode it.

A `HeartRate` keeps the wire's own integers, so that encoding it gives back every octet it was decoded from.

Source: Bluetooth SIG, Heart Rate Service 1.0 and the definition of characteristic 0x2A37.
"""

import struct
from typing import Final

import msgspec

from legbal.gatt.characteristics import ByteReader

_WIDE, _CONTACT, _CONTACT_SUPPORTED, _ENERGY, _INTERVALS = (1 << bit for bit in range(5))
_RESERVED: Final = 0b111 << 5

RR_PER_S: Final = 1024


class HeartRate(msgspec.Struct, frozen=True):
    """One measurement; None where the flags say that a field is not there.

    Attributes:
        flags: as sent.
        bpm: beats a minute, as sent: what a strap without skin contact sends is none.
        energy_kj: expended since it was reset; stops at 65535.
        rr_raw: durations of the beats since the last measurement, oldest first, 1/1024 s.
        unparsed: octets that follow the known fields, which only a reserved flag bit allows.
    """

    flags: int
    bpm: int
    energy_kj: int | None = None
    rr_raw: tuple[int, ...] | None = None
    unparsed: bytes = b""

    @property
    def contact(self) -> bool | None:
        """Whether the sensor touches skin; None where it cannot tell."""
        return bool(self.flags & _CONTACT) if self.flags & _CONTACT_SUPPORTED else None

    @property
    def rr_s(self) -> tuple[float, ...] | None:
        """The durations of the beats in seconds."""
        return None if self.rr_raw is None else tuple(raw / RR_PER_S for raw in self.rr_raw)


def decode(payload: bytes | bytearray | memoryview) -> HeartRate:
    """The heart rate in the octets of one 0x2A37 notification.

    Raises:
        DecodeError: a field is cut short, beats are announced and none is there, or octets are left over though no
            reserved flag bit is set.
    """
    octets = ByteReader(payload)
    flags = octets.integer("flags", 1)
    bpm = octets.integer("heart rate", 2 if flags & _WIDE else 1)
    energy = octets.integer("energy expended", 2) if flags & _ENERGY else None
    intervals = None
    if flags & _INTERVALS:
        first = octets.integer("RR-interval", 2)
        # they run to the end; an odd octet there is an error unless a reserved bit may speak of it
        least = 2 if flags & _RESERVED else 1
        more = []
        while octets.left >= least:
            more.append(octets.integer("RR-interval", 2))
        intervals = (first, *more)
    unparsed = octets.rest() if flags & _RESERVED else b""
    octets.end("end of heart rate")
    return HeartRate(flags, bpm, energy, intervals, unparsed)


def encode(measurement: HeartRate) -> bytes:
    """The octets of a measurement: `encode(decode(octets)) == octets` for all that can be decoded.

    Raises:
        ValueError: a field is there though its flag is clear, missing though it is set, or does not fit.
    """
    flags, energy, intervals = measurement.flags, measurement.energy_kj, measurement.rr_raw
    if (energy is not None, bool(intervals)) != (bool(flags & _ENERGY), bool(flags & _INTERVALS)):
        raise ValueError(f"flags 0x{flags:02x} do not tell which fields are there: {measurement}")
    if measurement.unparsed and not flags & _RESERVED:
        raise ValueError(f"unparsed octets need a reserved bit, flags are 0x{flags:02x}")
    code = "<BH" if flags & _WIDE else "<BB"
    numbers = (*(() if energy is None else (energy,)), *(intervals or ()))
    try:
        packed = struct.pack(f"{code}{len(numbers)}H", flags, measurement.bpm, *numbers)
    except struct.error as error:
        raise ValueError(f"{measurement} does not fit the wire: {error}") from error
    return packed + measurement.unparsed

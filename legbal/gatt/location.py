"""Sensor Location (0x2A5D): where the meter says it sits. A hint only: left pedals answer "other", too.

Source: Bluetooth SIG, characteristic 0x2A5D.
"""

from __future__ import annotations

from typing import Final

from legbal.gatt.byte_reader import ByteReader

LOCATIONS: Final = (
    "other",
    "top of shoe",
    "in shoe",
    "hip",
    "front wheel",
    "left crank",
    "right crank",
    "left pedal",
    "right pedal",
    "front hub",
    "rear dropout",
    "chainstay",
    "rear wheel",
    "rear hub",
    "chest",
    "spider",
    "chain ring",
)


def name(number: int) -> str:
    """The location's name; "reserved 17" and so on for numbers without a meaning yet."""
    return LOCATIONS[number] if number < len(LOCATIONS) else f"reserved {number}"


def decode(payload: bytes | bytearray | memoryview) -> str:
    """The name of the location in the octet of a 0x2A5D value; raises DecodeError for any other length."""
    octets = ByteReader(payload)
    number = octets.unsigned("sensor location", 1)
    octets.end("end of sensor location")
    return name(number)


def encode(location: str) -> bytes:
    """The octet for a location's name, one of LOCATIONS; raises ValueError for any other."""
    return bytes([LOCATIONS.index(location)])

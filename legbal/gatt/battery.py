"""Battery Level (0x2A19): what is left in the meter's battery.

Source: Bluetooth SIG, characteristic 0x2A19.
"""

from __future__ import annotations

from legbal.gatt.byte_reader import ByteReader


def decode(payload: bytes | bytearray | memoryview) -> int:
    """The level in percent, 0…100; raises DecodeError for any other value or length."""
    octets = ByteReader(payload)
    level = octets.unsigned("battery level", 1)
    if level > 100:
        raise octets.error("battery level", f"{level} is more than 100 %", offset=0)
    octets.end("end of battery level")
    return level


def encode(percent: int) -> bytes:
    """The octet for a level of 0…100 percent."""
    if not 0 <= percent <= 100:
        raise ValueError(f"a battery level of {percent} % is not within 0…100")
    return bytes([percent])

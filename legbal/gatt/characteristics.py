"""The characteristics that say who a meter is and how it stands: each a number of a few octets, or a text.

Features (0x2A65): four octets; an old trainer sends two, which leaves the upper bits 0. Sensor location (0x2A5D): a
hint only; left pedals answer "other", too. Battery level (0x2A19). Device information (service 0x180A): maker, model,
serial number and versions; the strings come from outside, so they are cut short, and whatever could steer a terminal
or turn the line's direction is taken out.

Source: Bluetooth SIG, the definitions of these characteristics.
"""

from __future__ import annotations

import unicodedata
from typing import Final, Literal, get_args

import msgspec

from legbal.errors import DecodeError
from legbal.gatt.byte_reader import ByteReader

FEATURES: Final = (
    "balance",
    "accumulated torque",
    "wheel",
    "crank",
    "extreme magnitudes",
    "extreme angles",
    "dead spots",
    "energy",
    "offset indicator",
    "offset compensation",
    "content masking",
    "multiple locations",
    "crank length",
    "chain length",
    "chain weight",
    "span length",
    "context",  # set: torque-based, clear: force-based
    "direction",
    "factory calibration date",
    "enhanced offset compensation",
)

Distributed = Literal["unspecified", "not for distributed", "can be used in one", "reserved"]
_DISTRIBUTED: Final[tuple[Distributed, ...]] = get_args(Distributed)
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
LONGEST_TEXT: Final = 64


class Feature(msgspec.Struct, frozen=True, gc=False):
    """The feature bits as sent, and how many octets brought them: 4, or 2 from old devices."""

    bits: int
    size: int = 4

    @property
    def features(self) -> tuple[str, ...]:
        """The names, of FEATURES, whose bits are set, lowest bit first."""
        return tuple(name for bit, name in enumerate(FEATURES) if self.bits >> bit & 1)

    @property
    def context(self) -> Literal["force", "torque"]:
        """What the meter measures at its sensor."""
        return "torque" if self.has("context") else "force"

    @property
    def distributed_system(self) -> Distributed:
        """Whether the meter may be one of a pair that together make the rider's power (bits 20 and 21)."""
        return _DISTRIBUTED[self.bits >> 20 & 3]

    def has(self, name: str) -> bool:
        """Whether the feature of this name, one of FEATURES, is there."""
        return bool(self.bits >> FEATURES.index(name) & 1)


def decode_feature(payload: bytes | bytearray | memoryview) -> Feature:
    """The features in the octets of a 0x2A65 value; raises DecodeError unless there are 4 or 2 of them."""
    size = 2 if len(payload) == 2 else 4
    return Feature(_integer(payload, "features", size), size)


def encode_feature(feature: Feature) -> bytes:
    """The octets of a Feature: the inverse of `decode_feature`; raises OverflowError when they do not fit."""
    return feature.bits.to_bytes(feature.size, "little")


def location_name(number: int) -> str:
    """The location's name; "reserved 17" and so on for numbers without a meaning yet."""
    return LOCATIONS[number] if number < len(LOCATIONS) else f"reserved {number}"


def decode_location(payload: bytes | bytearray | memoryview) -> str:
    """The name of the location in the octet of a 0x2A5D value; raises DecodeError for any other length."""
    return location_name(_integer(payload, "sensor location", 1))


def encode_location(location: str) -> bytes:
    """The octet for a location's name, one of LOCATIONS; raises ValueError for any other."""
    return bytes([LOCATIONS.index(location)])


def decode_battery_level(payload: bytes | bytearray | memoryview) -> int:
    """The level in percent, 0…100; raises DecodeError for any other value or length."""
    level = _integer(payload, "battery level", 1)
    if level > 100:
        raise DecodeError("battery level", 0, bytes(payload), f"{level} is more than 100 %")
    return level


def decode_text(payload: bytes | bytearray | memoryview) -> str:
    """The text of a device information string up to its first NUL; octets that are no UTF-8 become "�"."""
    octets = bytes(payload[: 4 * LONGEST_TEXT])
    return clean_text(octets.split(b"\0", 1)[0].decode("utf-8", errors="replace"))


def clean_text(raw: str) -> str:
    """A string from outside without control or formatting characters, 64 characters at most."""
    shown = "".join(
        " " if unicodedata.category(letter)[0] in "CZ" else letter for letter in raw[: 4 * LONGEST_TEXT]
    )
    return " ".join(shown.split())[:LONGEST_TEXT].rstrip()


def _integer(payload: bytes | bytearray | memoryview, words: str, size: int) -> int:
    """The integer that a value of `size` octets is; `words` name it in an error."""
    octets = ByteReader(payload)
    value = octets.unsigned(words, size)
    octets.end(f"end of {words}")
    return value

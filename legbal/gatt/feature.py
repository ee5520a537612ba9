"""Cycling Power Feature (0x2A65): what the meter says it can do.

Source: Bluetooth SIG, characteristic 0x2A65. Four octets; an old trainer sends two, which leaves the upper
bits 0.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

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
_DISTRIBUTED: Final[tuple[Distributed, ...]] = (
    "unspecified",
    "not for distributed",
    "can be used in one",
    "reserved",
)


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


def decode(payload: bytes | bytearray | memoryview) -> Feature:
    """The features in the octets of a 0x2A65 value; raises DecodeError unless there are 4 or 2 of them."""
    octets = ByteReader(payload)
    size = 2 if octets.left == 2 else 4
    bits = octets.unsigned("features", size)
    octets.end("end of features")
    return Feature(bits, size)


def encode(feature: Feature) -> bytes:
    """The octets of a Feature: the inverse of `decode`; raises OverflowError when they do not fit."""
    return feature.bits.to_bytes(feature.size, "little")

"""The characteristics besides measurement and control point, none of which arrives often in a ride.

Features (0x2A65): four octets; an old trainer sends two, which leaves the upper bits 0. Sensor location (0x2A5D): a
hint only; left pedals answer "other", too. Battery level (0x2A19). Device information (service 0x180A): maker, model,
serial number and versions; the strings come from outside, so they are cut short, and whatever could steer a terminal
or turn the line's direction is taken out. Cycling Power Vector (0x2A64): force or torque around one crank revolution.

Source: Bluetooth SIG, the definitions of these characteristics.
"""

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from legbal.errors import DecodeError
from legbal.gatt.fields import CRANK_TIME_PER_S, TORQUE_PER_NM

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

# Whether the device may be one of a pair: bits 20 and 21.
DISTRIBUTED: Final = ("unspecified", "not for distributed", "can be used in one", "reserved")
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
DIRECTIONS: Final = ("unknown", "tangential", "radial", "lateral")


class ByteReader:
    """A cursor over the octets of a characteristic: little endian; what is missing or left over is a DecodeError.

    For the characteristics that arrive rarely; 0x2A63 has compiled layouts instead.
    """

    def __init__(self, payload: bytes | bytearray | memoryview) -> None:
        self.payload = bytes(payload)
        self.at = 0

    @property
    def left(self) -> int:
        """How many octets have not been read."""
        return len(self.payload) - self.at

    def integer(self, words: str, size: int, *, signed: bool = False) -> int:
        """The next `size` octets as an integer; `words` name the field in an error."""
        return int.from_bytes(self._take(words, size), "little", signed=signed)

    def rest(self) -> bytes:
        """All octets that are left."""
        return self._take("", self.left)

    def error(self, words: str, problem: str, offset: int | None = None) -> DecodeError:
        """A DecodeError at `offset`, by default where the cursor stands."""
        return DecodeError(words, self.at if offset is None else offset, self.payload, problem)

    def end(self, words: str) -> None:
        """Raises DecodeError when octets are left over."""
        if self.left:
            raise self.error(words, f"{self.left} octets left over")

    def _take(self, words: str, size: int) -> bytes:
        if self.left < size:
            raise self.error(words, f"{size} octets expected, {self.left} there")
        self.at += size
        return self.payload[self.at - size : self.at]


class Feature(msgspec.Struct, frozen=True, gc=False):
    """The feature bits as sent."""

    bits: int

    @property
    def features(self) -> tuple[str, ...]:
        """The names, of FEATURES, whose bits are set, lowest bit first."""
        return tuple(name for bit, name in enumerate(FEATURES) if self.bits >> bit & 1)

    @property
    def context(self) -> Literal["force", "torque"]:
        """What the meter measures at its sensor."""
        return "torque" if "context" in self.features else "force"

    @property
    def distributed_system(self) -> str:
        """Whether the meter may be one of a pair that together make the rider's power: one of DISTRIBUTED."""
        return DISTRIBUTED[self.bits >> 20 & 3]


def decode_feature(payload: bytes | bytearray | memoryview) -> Feature:
    """The features in the octets of a 0x2A65 value; raises DecodeError unless there are 4 or 2 of them."""
    return Feature(_integer(payload, "features", 2 if len(payload) == 2 else 4))


def location_name(number: int) -> str:
    """The location's name; "reserved 17" and so on for numbers without a meaning yet."""
    return LOCATIONS[number] if number < len(LOCATIONS) else f"reserved {number}"


def decode_location(payload: bytes | bytearray | memoryview) -> str:
    """The name of the location in the octet of a 0x2A5D value; raises DecodeError for any other length."""
    return location_name(_integer(payload, "sensor location", 1))


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
    shown = "".join(letter if letter.isprintable() else " " for letter in raw[: 4 * LONGEST_TEXT])
    return " ".join(shown.split())[:LONGEST_TEXT].rstrip()


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


def _integer(payload: bytes | bytearray | memoryview, words: str, size: int) -> int:
    octets = ByteReader(payload)
    value = octets.integer(words, size)
    octets.end(f"end of {words}")
    return value

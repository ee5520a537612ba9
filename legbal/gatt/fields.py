"""The fields of a Cycling Power Measurement (0x2A63): the one table from which decoding and encoding follow.

After the flags and the power, which are always there, the fields follow one another in the order of their
flag bits, little endian, without padding. So a packet's flags alone fix where everything lies: that is its
`Layout`.

Source: Bluetooth SIG, Cycling Power Service 1.1 and the definition of characteristic 0x2A63.
"""

import struct
from functools import cache
from itertools import groupby
from typing import Final, NamedTuple

from legbal.errors import DecodeError

REFERENCE_LEFT: Final = 1 << 1
TORQUE_AT_CRANK: Final = 1 << 3
OFFSET_COMPENSATION: Final = 1 << 12
RESERVED: Final = 0b111 << 13
EXTREME_ANGLES: Final = 1 << 8

BALANCE_PER_PERCENT: Final = 2
BALANCE_GREATEST: Final = 200
TORQUE_PER_NM: Final = 32
WHEEL_TIME_PER_S: Final = 2048
CRANK_TIME_PER_S: Final = 1024


class Field(NamedTuple):
    """One integer of the measurement.

    `code` is its struct format character, `bit` the flag that says it is there (None: always), `words` what
    the definition calls it, `scaled` and `per_unit` the name and the divisor of its value in physical units
    where these differ from the wire's.
    """

    name: str
    bit: int | None
    code: str
    words: str
    scaled: str | None = None
    per_unit: int = 1


FIELDS: Final = (
    Field("flags", None, "H", "flags"),
    Field("power_w", None, "h", "instantaneous power"),
    Field("balance_raw", 0, "B", "pedal power balance", "balance_percent", BALANCE_PER_PERCENT),
    Field("accumulated_torque_raw", 2, "H", "accumulated torque", "accumulated_torque_nm", TORQUE_PER_NM),
    Field("wheel_revolutions", 4, "I", "wheel revolutions"),
    Field("wheel_event_time_raw", 4, "H", "wheel event time", "wheel_event_time_s", WHEEL_TIME_PER_S),
    Field("crank_revolutions", 5, "H", "crank revolutions"),
    Field("crank_event_time_raw", 5, "H", "crank event time", "crank_event_time_s", CRANK_TIME_PER_S),
    Field("maximum_force_n", 6, "h", "maximum force"),
    Field("minimum_force_n", 6, "h", "minimum force"),
    Field("maximum_torque_raw", 7, "h", "maximum torque", "maximum_torque_nm", TORQUE_PER_NM),
    Field("minimum_torque_raw", 7, "h", "minimum torque", "minimum_torque_nm", TORQUE_PER_NM),
    # Two uint12 in three octets, read as uint16 + uint8 and taken apart as `ANGLES_APART` says.
    Field("maximum_angle_deg", 8, "H", "extreme angles"),
    Field("minimum_angle_deg", 8, "B", "extreme angles"),
    Field("top_dead_spot_angle_deg", 9, "H", "top dead spot angle"),
    Field("bottom_dead_spot_angle_deg", 10, "H", "bottom dead spot angle"),
    Field("accumulated_energy_kj", 11, "H", "accumulated energy"),
)
BY_NAME: Final = {field.name: field for field in FIELDS}

# How the two extreme angles follow from those two integers, as expressions for the compiled decoder.
ANGLES_APART: Final = {
    "maximum_angle_deg": "maximum_angle_deg & 0xFFF",
    "minimum_angle_deg": "maximum_angle_deg >> 12 | minimum_angle_deg << 4",
}

# The flags that add octets; two packets that agree in them have the same layout.
PRESENCE: Final = sum({1 << field.bit for field in FIELDS if field.bit is not None})


class Layout(NamedTuple):
    """Where the fields of packets with certain flags lie: `fields[i]` begins at octet `starts[i]`, all in `packed`."""

    fields: tuple[Field, ...]
    starts: tuple[int, ...]
    packed: struct.Struct


@cache
def _layout(presence: int) -> Layout:
    fields = tuple(field for field in FIELDS if field.bit is None or presence >> field.bit & 1)
    codes = "".join(field.code for field in fields)
    starts = tuple(struct.calcsize("<" + codes[:index]) for index in range(len(codes)))
    return Layout(fields, starts, struct.Struct("<" + codes))


def layout(flags: int) -> Layout:
    """The layout of packets with these flags (0…0xFFFF); status and reserved bits do not matter for it."""
    return _layout(flags & PRESENCE)


def decode_error(payload: bytes) -> DecodeError:
    """What is wrong with the octets of a measurement that cannot be read."""
    if len(payload) < 2:
        return DecodeError("flags", 0, payload, f"2 octets expected, {len(payload)} there")
    flags = int.from_bytes(payload[:2], "little")
    offset = 0
    for words, fields in groupby(layout(flags).fields, key=lambda field: field.words):
        size = struct.calcsize("<" + "".join(field.code for field in fields))
        if (there := len(payload) - offset) < size:
            return DecodeError(
                words, offset, payload, f"flags 0x{flags:04x} ask for {size} octets, {there} there"
            )
        offset += size
    return DecodeError(
        "end of measurement",
        offset,
        payload,
        f"{len(payload) - offset} more octets than flags 0x{flags:04x} tell of",
    )

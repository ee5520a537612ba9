"""Cycling Power Measurement (0x2A63): decode one packet, decode many (`decode_batch`), encode.

A `Measurement` keeps the wire's own integers, so that encoding it gives back every octet it was decoded from.
Values in physical units are properties of it.
"""

import struct
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import msgspec

from legbal.errors import DecodeError
from legbal.gatt.fields import (
    ANGLES_APART,
    BALANCE_GREATEST,
    BALANCE_PER_PERCENT,
    CRANK_TIME_PER_S,
    EXTREME_ANGLES,
    OFFSET_COMPENSATION,
    PRESENCE,
    REFERENCE_LEFT,
    RESERVED,
    TORQUE_AT_CRANK,
    TORQUE_PER_NM,
    WHEEL_TIME_PER_S,
    decode_error,
    layout,
)

if TYPE_CHECKING:
    from legbal.gatt.batch import Columns, decode_batch

__all__ = [
    "Columns",
    "CutShort",
    "DecodeError",
    "Measurement",
    "decode",
    "decode_batch",
    "decode_cut_short",
    "decode_whole",
    "encode",
]


def __getattr__(name: str) -> object:
    """`decode_batch` and its `Columns`, which alone need numpy: who decodes single packets is spared its loading."""
    if name in ("Columns", "decode_batch"):
        from legbal.gatt import batch  # with numpy, which single packets do without

        return getattr(batch, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Measurement(msgspec.Struct, frozen=True, gc=False):
    """One measurement in the wire's units; None where the flags say that a field is not there.

    Units: `power_w` W (signed); `balance_raw` 1/2 % (above 200: no balance); `*_torque_raw` 1/32 N·m;
    `wheel_event_time_raw` 1/2048 s and `crank_event_time_raw` 1/1024 s, both wrapping at 65536, as do
    `accumulated_torque_raw` and `crank_revolutions`; `wheel_revolutions` wraps at 2³²; forces N; angles whole
    degrees; energy kJ. `unparsed` holds the octets after the last known field, which only a reserved flag bit
    allows.
    """

    flags: int
    power_w: int
    balance_raw: int | None = None
    accumulated_torque_raw: int | None = None
    wheel_revolutions: int | None = None
    wheel_event_time_raw: int | None = None
    crank_revolutions: int | None = None
    crank_event_time_raw: int | None = None
    maximum_force_n: int | None = None
    minimum_force_n: int | None = None
    maximum_torque_raw: int | None = None
    minimum_torque_raw: int | None = None
    maximum_angle_deg: int | None = None
    minimum_angle_deg: int | None = None
    top_dead_spot_angle_deg: int | None = None
    bottom_dead_spot_angle_deg: int | None = None
    accumulated_energy_kj: int | None = None
    unparsed: bytes = b""

    @property
    def balance_percent(self) -> float | None:
        """The balance octet as percent, 0…100; None when it is absent or above 200, which is no balance."""
        raw = self.balance_raw
        return None if raw is None or raw > BALANCE_GREATEST else raw / BALANCE_PER_PERCENT

    @property
    def balance_reference(self) -> Literal["left", "unknown"] | None:
        """Which side the balance octet names, None without one; the wire has no word for "right"."""
        if self.balance_raw is None:
            return None
        return "left" if self.flags & REFERENCE_LEFT else "unknown"

    @property
    def accumulated_torque_nm(self) -> float | None:
        """Accumulated torque in N·m; wraps at 2048."""
        return _scaled(self.accumulated_torque_raw, TORQUE_PER_NM)

    @property
    def torque_source(self) -> Literal["wheel", "crank"] | None:
        """Where the accumulated torque is measured; None when there is none."""
        if self.accumulated_torque_raw is None:
            return None
        return "crank" if self.flags & TORQUE_AT_CRANK else "wheel"

    @property
    def wheel_event_time_s(self) -> float | None:
        """Time of the last wheel event in seconds; wraps at 32 s."""
        return _scaled(self.wheel_event_time_raw, WHEEL_TIME_PER_S)

    @property
    def crank_event_time_s(self) -> float | None:
        """Time of the last crank event in seconds; wraps at 64 s."""
        return _scaled(self.crank_event_time_raw, CRANK_TIME_PER_S)

    @property
    def maximum_torque_nm(self) -> float | None:
        """Greatest torque of the last revolution in N·m."""
        return _scaled(self.maximum_torque_raw, TORQUE_PER_NM)

    @property
    def minimum_torque_nm(self) -> float | None:
        """Least torque of the last revolution in N·m."""
        return _scaled(self.minimum_torque_raw, TORQUE_PER_NM)

    @property
    def offset_compensation(self) -> bool:
        """Whether the meter says that its offset compensation is due or done (flag bit 12)."""
        return bool(self.flags & OFFSET_COMPENSATION)


def _scaled(raw: int | None, per_unit: int) -> float | None:
    return None if raw is None else raw / per_unit


_Reader = tuple[Callable[[Any], tuple[Any, ...]], Callable[..., Measurement]]


@cache
def _reader(presence: int) -> _Reader:
    """What takes the octets of a packet apart, and what makes a Measurement of the parts.

    The builder is compiled from the field table, with None where a field is absent: that saves arranging the
    arguments anew for every packet.
    """
    place = layout(presence)
    parts = [field.name for field in place.fields]
    values = {name: name for name in parts}
    if presence & EXTREME_ANGLES:
        values |= ANGLES_APART
    names = Measurement.__struct_fields__
    arguments = [values.get(name, "None") for name in names[: max(map(names.index, values)) + 1]]
    # Nothing but the names of the field table goes into the expression.
    expression = f"lambda {', '.join(parts)}: Measurement({', '.join(arguments)})"
    return place.packed.unpack, eval(expression, {"Measurement": Measurement})


class _Readers(dict[int, _Reader]):
    """Readers by flags, each looked up in full only once; at most 65536 keys share 1024 readers."""

    def __missing__(self, flags: int) -> _Reader:
        reader = self[flags] = _reader(flags & PRESENCE)
        return reader


_READERS: Final = _Readers()


def decode(payload: bytes | bytearray | memoryview) -> Measurement:
    """The measurement in the octets of one 0x2A63 notification.

    Raises:
        DecodeError: a field is cut short, or octets are left over though no reserved flag bit is set. It says
            which field, where, and which octets.
    """
    try:
        unpack, build = _READERS[payload[0] | payload[1] << 8]
        return build(*unpack(payload))
    except (IndexError, struct.error):
        octets = bytes(payload)
        flags = int.from_bytes(octets[:2], "little")
        size = layout(flags).packed.size
        # Only a reserved flag bit allows more octets than the fields take.
        if len(octets) <= size or not flags & RESERVED:
            raise decode_error(octets) from None
        return msgspec.structs.replace(decode(octets[:size]), unparsed=octets[size:])


class CutShort(NamedTuple):
    """What is whole in a measurement that was cut short, and the definition's words for what is not."""

    measurement: Measurement
    missing: tuple[str, ...]


def decode_cut_short(payload: bytes | bytearray | memoryview) -> CutShort | None:
    """What is whole in a measurement that was cut short: of a longer one an MTU of 23 leaves 20 octets.

    The flags of what is whole speak of that alone. None where not even the power is whole, or no octet is missing.
    """
    octets = bytes(payload)
    flags = announced = int.from_bytes(octets[:2], "little")
    if not layout(0).packed.size <= len(octets) < layout(flags).packed.size:
        return None
    while layout(flags).packed.size > len(octets):
        flags &= ~(1 << (flags & PRESENCE).bit_length() - 1)  # what was cut off are the last fields
    words = dict.fromkeys(field.words for field in layout(announced & ~flags).fields[2:])
    whole = flags.to_bytes(2, "little") + octets[2 : layout(flags).packed.size]
    return CutShort(decode(whole), tuple(words))


def decode_whole(payload: bytes | bytearray | memoryview) -> Measurement:
    """The measurement, or what is whole in it where it was cut short; raises DecodeError for any other."""
    try:
        return decode(payload)
    except DecodeError:
        cut = decode_cut_short(payload)
        if cut is None:
            raise
        return cut.measurement


def encode(measurement: Measurement) -> bytes:
    """The octets of a measurement: `encode(decode(octets)) == octets` for all that can be decoded.

    Raises:
        ValueError: a field is there though its flag is clear, missing though it is set, or does not fit.
    """
    place = layout(measurement.flags)
    values = {name: value for name, value in msgspec.structs.asdict(measurement).items() if value is not None}
    unparsed = values.pop("unparsed")
    if [*values] != [field.name for field in place.fields]:
        raise ValueError(f"flags 0x{measurement.flags:04x} do not tell which fields are there: {measurement}")
    if unparsed and not measurement.flags & RESERVED:
        raise ValueError(f"unparsed octets need a reserved bit, flags are 0x{measurement.flags:04x}")
    if measurement.flags & EXTREME_ANGLES:
        # the inverse of `ANGLES_APART`
        maximum, minimum = values["maximum_angle_deg"], values["minimum_angle_deg"]
        if not (0 <= maximum <= 0xFFF and 0 <= minimum <= 0xFFF):
            raise ValueError(f"extreme angles of {maximum} and {minimum} degrees do not fit 12 bits")
        values |= {"maximum_angle_deg": maximum | (minimum & 0xF) << 12, "minimum_angle_deg": minimum >> 4}
    try:
        return place.packed.pack(*values.values()) + bytes(unparsed)
    except struct.error as error:
        raise ValueError(f"{measurement} does not fit the wire: {error}") from error

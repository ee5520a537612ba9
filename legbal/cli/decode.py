"""`legbal decode`: one JSON object for each characteristic value, from the command line or standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click

from legbal.errors import DecodeError, UsageError
from legbal.files.capture import LONGEST_LINE, lines, short_uuid
from legbal.gatt import characteristics, control_point, uuids, vector
from legbal.gatt.measurement import decode

Fields = dict[str, Any]

_MEASUREMENT = (
    "flags",
    "power_w",
    "balance_percent",
    "balance_reference",
    "accumulated_torque_nm",
    "torque_source",
    "wheel_revolutions",
    "wheel_event_time_s",
    "crank_revolutions",
    "crank_event_time_s",
    "maximum_force_n",
    "minimum_force_n",
    "maximum_torque_nm",
    "minimum_torque_nm",
    "maximum_angle_deg",
    "minimum_angle_deg",
    "top_dead_spot_angle_deg",
    "bottom_dead_spot_angle_deg",
    "accumulated_energy_kj",
)
_VECTOR = (
    "flags",
    "crank_revolutions",
    "crank_event_time_s",
    "first_angle_deg",
    "force_n",
    "torque_nm",
    "direction",
    "direction_name",
)
_FEATURES = ("features", "context", "distributed_system")


def decode_values(values: tuple[str, ...], uuid: str) -> int:
    """Say what the octets of a characteristic mean, as one JSON object for each HEX.

    Without HEX, reads one value from each line of standard input. A value that cannot be read gives its "hex"
    and an "error", the others are still decoded, and the exit code is 1.
    """
    describe = describer(uuid)
    status = 0
    for value in values or _from_standard_input():
        text = value.strip()
        try:
            fields = describe(_octets(text))
        except (DecodeError, ValueError) as error:
            fields = {"hex": text[:1024], "error": str(error)}
            status = 1
        click.echo(json.dumps(fields))
    return status


def _from_standard_input() -> Iterator[str]:
    for line in lines(sys.stdin.buffer):
        if line is None:
            yield f"(a line of more than {LONGEST_LINE} octets)"
        elif isinstance(line, bytes) and line.strip():
            yield line.decode("utf-8", errors="replace")


def _octets(text: str) -> bytes:
    try:
        return bytes.fromhex(text.removeprefix("0x").removeprefix("0X"))
    except ValueError:
        raise ValueError("not pairs of hexadecimal digits") from None


def describer(uuid: str) -> Callable[[bytes], Fields]:
    """What turns the octets of this characteristic into the fields that are printed; raises UsageError."""
    try:
        return DESCRIBERS[short_uuid(uuid)]
    except (KeyError, ValueError):
        known = ", ".join(DESCRIBERS)
        raise UsageError(f"--uuid {uuid!r} is not among what can be decoded", hint=f"Use {known}.") from None


def _fields(value: object, names: tuple[str, ...]) -> Fields:
    """The attributes of these names that are not None, and the octets that nothing is known of."""
    found = ((name, getattr(value, name)) for name in names)
    fields = {name: item for name, item in found if item is not None}
    if unparsed := getattr(value, "unparsed", b""):
        fields["unparsed"] = unparsed.hex()
    return fields


def _measurement(payload: bytes) -> Fields:
    measurement = decode(payload)
    names: tuple[str, ...] = _MEASUREMENT
    if measurement.balance_percent is None:
        names = (*names, "balance_raw")
    if measurement.offset_compensation:
        names = (*names, "offset_compensation")
    return _fields(measurement, names)


def _control(payload: bytes) -> Fields:
    found = control_point.decode(payload)
    fields: Fields = {"request": found.request, "request_name": found.request_name}
    fields |= ({} if found.result_name is None else {"result": found.result_name}) | found.values
    return fields | ({"malformed": True} if found.malformed else {})


# A characteristic's UUID in its short form → what turns its octets into fields, or raises DecodeError.
DESCRIBERS: dict[str, Callable[[bytes], Fields]] = {
    uuids.MEASUREMENT: _measurement,
    uuids.VECTOR: lambda payload: _fields(vector.decode(payload), _VECTOR),
    uuids.FEATURES: lambda payload: _fields(characteristics.decode_feature(payload), _FEATURES),
    uuids.LOCATION: lambda payload: {"location": characteristics.decode_location(payload)},
    uuids.CONTROL_POINT: _control,
}

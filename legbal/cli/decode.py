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
_VECTOR = ("flags", "crank_revolutions", "crank_event_time_s", "first_angle_deg", "force_n", "torque_nm")


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


def _there(value: object, names: tuple[str, ...]) -> Fields:
    """The attributes of these names that are not None."""
    found = ((name, getattr(value, name)) for name in names)
    return {name: item for name, item in found if item is not None}


def _measurement(payload: bytes) -> Fields:
    measurement = decode(payload)
    fields = _there(measurement, _MEASUREMENT)
    if measurement.balance_percent is None and measurement.balance_raw is not None:
        fields["balance_raw"] = measurement.balance_raw
    if measurement.offset_compensation:
        fields["offset_compensation"] = True
    if measurement.unparsed:
        fields["unparsed"] = measurement.unparsed.hex()
    return fields


def _vector(payload: bytes) -> Fields:
    found = vector.decode(payload)
    fields = _there(found, _VECTOR) | {"direction": found.direction, "direction_name": found.direction_name}
    if found.unparsed:
        fields["unparsed"] = found.unparsed.hex()
    return fields


def _feature(payload: bytes) -> Fields:
    return _there(characteristics.decode_feature(payload), ("features", "context", "distributed_system"))


def _location(payload: bytes) -> Fields:
    return {"location": characteristics.decode_location(payload)}


def _control(payload: bytes) -> Fields:
    found = control_point.decode(payload)
    fields: Fields = {"request": found.request, "request_name": found.request_name}
    if found.result_name is not None:
        fields["result"] = found.result_name
    fields |= found.values
    if found.malformed:
        fields["malformed"] = True
    return fields


# A characteristic's UUID in its short form → what turns its octets into fields, or raises DecodeError.
DESCRIBERS: dict[str, Callable[[bytes], Fields]] = {
    uuids.MEASUREMENT: _measurement,
    uuids.VECTOR: _vector,
    uuids.FEATURES: _feature,
    uuids.LOCATION: _location,
    uuids.CONTROL_POINT: _control,
}

"""Every characteristic that is known: what its octets say, and whether a ride reads it or subscribes to it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from legbal.gatt import characteristics, control_point, heart_rate, uuids
from legbal.gatt.measurement import Measurement, decode

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
_HEART_RATE = ("flags", "bpm", "contact", "energy_kj", "rr_s")


class Characteristic(NamedTuple):
    """What is done with a characteristic.

    Attributes:
        describe: turns its octets into the fields that `legbal decode` prints, or raises DecodeError; None: none does.
        read: a ride reads it at each connection.
        followed: a ride subscribes to its notifications.
    """

    describe: Callable[[bytes], Fields] | None = None
    read: bool = False
    followed: bool = False


def _fields(value: object, names: tuple[str, ...]) -> Fields:
    fields = {name: getattr(value, name) for name in names if getattr(value, name) is not None}
    if unparsed := getattr(value, "unparsed", b""):
        fields["unparsed"] = unparsed.hex()
    return fields


def describe_measurement(measurement: Measurement) -> Fields:
    """The fields of a measurement, as `legbal decode` prints them."""
    unreadable = ("balance_raw",) if measurement.balance_percent is None else ()
    compensation = ("offset_compensation",) if measurement.offset_compensation else ()
    return _fields(measurement, (*_MEASUREMENT, *unreadable, *compensation))


def _control(payload: bytes) -> Fields:
    message = control_point.decode(payload)
    fields: Fields = {"request": message.request, "request_name": message.request_name}
    fields |= ({} if message.result_name is None else {"result": message.result_name}) | message.values
    return fields | ({"malformed": True} if message.malformed else {})


# All of them by their short UUID, in the order in which a ride can use what it reads. The serial number is not among
# them: it names the rider's own meter and is of no use to a ride.
CHARACTERISTICS: dict[str, Characteristic] = {
    uuids.MEASUREMENT: Characteristic(lambda payload: describe_measurement(decode(payload)), followed=True),
    uuids.VECTOR: Characteristic(lambda payload: _fields(characteristics.decode_vector(payload), _VECTOR)),
    uuids.FEATURES: Characteristic(
        lambda payload: _fields(
            characteristics.decode_feature(payload), ("features", "context", "distributed_system")
        ),
        read=True,
    ),
    uuids.LOCATION: Characteristic(
        lambda payload: {"location": characteristics.decode_location(payload)}, read=True
    ),
    uuids.CONTROL_POINT: Characteristic(_control),
    # a strap's, which is no meter
    uuids.HEART_RATE: Characteristic(lambda payload: _fields(heart_rate.decode(payload), _HEART_RATE)),
    uuids.MANUFACTURER: Characteristic(read=True),
    uuids.MODEL: Characteristic(read=True),
    uuids.FIRMWARE: Characteristic(read=True),
    uuids.HARDWARE: Characteristic(read=True),
    uuids.SOFTWARE: Characteristic(read=True),
    uuids.BATTERY_LEVEL: Characteristic(read=True, followed=True),
}

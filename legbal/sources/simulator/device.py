"""The Bluetooth devices of a simulated meter: their names, and the bytes that they send of themselves and of power."""

import struct
from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.gatt import uuids
from legbal.gatt.fields import REFERENCE_LEFT, TORQUE_AT_CRANK
from legbal.gatt.measurement import Measurement, encode
from legbal.meters.profile import Profile
from legbal.ride.inputs import Link, Notification, Side

_BALANCE, _TORQUE, _CRANK = 1 << 0, 1 << 2, 1 << 5  # the flags that say a field is there
_FEATURE_BITS = {"balance": 1 << 0, "accumulated_torque": 1 << 1, "crank": 1 << 3}
_LOCATION = {None: 0, "left": 7, "right": 8}  # other, left pedal, right pedal


class SimulatedDevice(msgspec.Struct, frozen=True):
    """One Bluetooth device of the meter; `side` is set where it has one leg only."""

    name: str
    side: Side | None = None


def devices(profile: Profile, seed: int) -> tuple[SimulatedDevice, ...]:
    """The devices of one meter of this family, named as the family advertises itself."""
    number = f"{10_000 + seed * 7919 % 90_000}"

    def named(patterns: tuple[str, ...], otherwise: str) -> str:
        return patterns[0].replace("*", number).replace("?", "0") if patterns else otherwise

    name = named(
        next((rule.names for rule in profile.recognise if rule.names), ()), f"{profile.name} {number}"
    )
    if profile.peripherals == 1:
        return (SimulatedDevice(name),)
    return (
        SimulatedDevice(named(profile.left_names, f"{name} L"), "left"),
        SimulatedDevice(named(profile.right_names, f"{name} R"), "right"),
    )


def at_connect(profile: Profile, device: SimulatedDevice, t: float) -> Iterator[Link | Notification]:
    """A link that is made, and the values that are read then: features, location, device information, battery."""
    yield Link(t, "connected", device.name, rssi=-58)
    features = profile.features
    if features is None:
        features = sum(_FEATURE_BITS[content] for content in profile.fields or ("balance", "crank"))
        features |= 2 << 20 if profile.peripherals == 2 else 0  # one of a pair
    yield Notification(t, struct.pack("<I", features), uuids.FEATURES, device.name)
    yield Notification(t, bytes([_LOCATION[device.side]]), uuids.LOCATION, device.name)
    for uuid, patterns in (
        (uuids.MANUFACTURER, [rule.manufacturer for rule in profile.recognise if rule.manufacturer]),
        (uuids.MODEL, [rule.model for rule in profile.recognise if rule.model]),
    ):
        if patterns:
            yield Notification(t, patterns[0].strip("*? ").encode(), uuid, device.name)
    yield Notification(t, bytes([81]), uuids.BATTERY_LEVEL, device.name)


def encode_rows(
    profile: Profile,
    device: SimulatedDevice,
    sent: npt.NDArray[np.float64],
    *values: npt.NDArray[np.int64],
) -> Iterator[Notification]:
    """The 0x2A63 notifications of a device, one for each time in `sent`.

    Args:
        profile: the meter's family, which says what fields they have.
        device: which sends them.
        sent: when, ride seconds.
        values: of each the watts, balance octet (-1 for none), torque, crank revolutions and crank event time, as the
            wire counts them.
    """
    contents = profile.fields or ("balance", "crank")
    balance, has_torque, crank = (name in contents for name in ("balance", "accumulated_torque", "crank"))
    flags = (_TORQUE | TORQUE_AT_CRANK) * has_torque | _CRANK * crank
    with_balance = flags | _BALANCE | REFERENCE_LEFT * (profile.reference == "flag")
    columns = (column.tolist() for column in (sent, *values))
    for t, watts, octet, turn, count, moment in zip(*columns, strict=True):
        has_balance = balance and octet >= 0
        value = Measurement(
            with_balance if has_balance else flags,
            watts,
            octet if has_balance else None,
            turn if has_torque else None,
            crank_revolutions=count if crank else None,
            crank_event_time_raw=moment if crank else None,
        )
        yield Notification(t, encode(value), uuids.MEASUREMENT, device.name)

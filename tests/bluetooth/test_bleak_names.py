"""The names of bleak that legbal relies on, so that an update that moves one is told here first."""

from __future__ import annotations

import inspect

import bleak
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)


def test_the_names_of_bleak_that_legbal_relies_on() -> None:
    assert parameters(bleak.BleakScanner) >= {"detection_callback", "service_uuids"}
    assert parameters(bleak.BleakClient) >= {"address_or_ble_device", "disconnected_callback", "timeout"}
    assert parameters(bleak.BleakClient.start_notify) >= {"char_specifier", "callback"}
    assert parameters(bleak.BleakAdapter.get_connected_devices) >= {"service_uuids"}
    for name in ("connect", "disconnect", "read_gatt_char", "start_notify"):
        assert inspect.iscoroutinefunction(getattr(bleak.BleakClient, name)), name
    assert {"services", "is_connected"} <= set(vars(bleak.BleakClient))
    assert {"local_name", "rssi", "service_uuids", "manufacturer_data"} <= set(AdvertisementData._fields)
    assert {"address", "name"} <= set(BLEDevice.__slots__)
    assert {reason.name for reason in BleakBluetoothNotAvailableReason} == {
        "NO_BLUETOOTH",
        "NO_BLE_CENTRAL_ROLE",
        "POWERED_OFF",
        "DENIED_BY_USER",
        "DENIED_BY_SYSTEM",
        "DENIED_BY_UNKNOWN",
        "UNKNOWN",
    }
    for error in (
        BleakBluetoothNotAvailableError,
        BleakCharacteristicNotFoundError,
        BleakDBusError,
        BleakDeviceNotFoundError,
        BleakGATTProtocolError,
    ):
        assert issubclass(error, BleakError)
    assert BleakDBusError("org.bluez.Error.Failed", ["text"]).dbus_error == "org.bluez.Error.Failed"
    assert BleakGATTProtocolError(5).code is BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION
    assert not issubclass(TimeoutError, BleakError)  # a connection that times out raises this one
    assert inspect.isabstract(BaseBleakClient)


def parameters(function: object) -> set[str]:
    """The names of a callable's parameters."""
    assert callable(function)
    return set(inspect.signature(function).parameters)

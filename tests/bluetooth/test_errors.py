"""What goes wrong with the radio, in words: every reason says what to do, on every system."""

from __future__ import annotations

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from legbal.errors import BluetoothReason
from legbal.sources.bluetooth.errors import explain, failure

DBUS = "org.freedesktop.DBus.Error"
BLUEZ = "org.bluez.Error"


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32", "freebsd14"])
@pytest.mark.parametrize(
    "reason", [x for x in BluetoothReason if x is not BluetoothReason.AMBIGUOUS], ids=lambda r: str(r.name)
)
def test_every_reason_has_words_and_a_hint_on_every_system(reason: BluetoothReason, platform: str) -> None:
    error = failure(reason, "ASSIOMA {17039L}", platform)
    assert error.reason is reason
    assert str(error)[0].isupper()
    assert error.hint


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (BleakDBusError(f"{DBUS}.ServiceUnknown", ["not activatable"]), BluetoothReason.NO_SERVICE),
        (BleakDBusError("org.freedesktop.systemd1.NoSuchUnit", []), BluetoothReason.NO_SERVICE),
        (BleakDBusError(f"{DBUS}.AccessDenied", ["rejected"]), BluetoothReason.NO_PERMISSION),
        (BleakDBusError(f"{DBUS}.UnknownObject", ["gone"]), BluetoothReason.NOT_FOUND),
        (BleakDBusError(f"{DBUS}.NoReply", []), BluetoothReason.TIMEOUT),
        (BleakDBusError(f"{BLUEZ}.NotReady", []), BluetoothReason.POWERED_OFF),
        (BleakDBusError(f"{BLUEZ}.Failed", ["le-connection-refused"]), BluetoothReason.IN_USE),
        (BleakDBusError(f"{BLUEZ}.Failed", ["le-connection-abort-by-remote"]), BluetoothReason.IN_USE),
        (BleakDBusError(f"{BLUEZ}.Failed", ["le-connection-abort-by-local"]), BluetoothReason.LOST),
        (BleakDBusError(f"{BLUEZ}.InProgress", []), BluetoothReason.OTHER),
        (BleakError("failed to discover services, device disconnected"), BluetoothReason.LOST),
        (BleakError("device 'dev_E0_0D' not found"), BluetoothReason.NOT_FOUND),
        (BleakError("adapter 'hci0' not found"), BluetoothReason.NO_ADAPTER),
        (BleakDeviceNotFoundError("E0:0D"), BluetoothReason.NOT_FOUND),
        (BleakCharacteristicNotFoundError("2a63"), BluetoothReason.NOT_A_POWER_METER),
        (
            BleakBluetoothNotAvailableError("", BleakBluetoothNotAvailableReason.DENIED_BY_USER),
            BluetoothReason.NO_PERMISSION,
        ),
        (TimeoutError(), BluetoothReason.TIMEOUT),
        (PermissionError(13, "bus"), BluetoothReason.NO_PERMISSION),
        (FileNotFoundError(2, "bus"), BluetoothReason.NO_SERVICE),
        (ConnectionRefusedError(111, "bus"), BluetoothReason.NO_SERVICE),
        (EOFError(), BluetoothReason.OTHER),
    ],
    ids=repr,
)
def test_a_fault_is_known_for_what_it_is(fault: Exception, reason: BluetoothReason) -> None:
    assert explain(fault).reason is reason


def test_a_meter_that_wants_to_be_paired_says_so() -> None:
    error = explain(BleakGATTProtocolError(0x05), "Rally")
    assert str(error) == "Rally wants to be paired"
    assert "Pair it" in (error.hint or "")


def test_what_nobody_foresaw_is_told_in_one_bounded_line() -> None:
    error = explain(BleakError("a\nb" * 500), "ASSIOMA17039L")
    assert error.reason is BluetoothReason.OTHER
    assert "\n" not in str(error)
    assert len(str(error)) < 200

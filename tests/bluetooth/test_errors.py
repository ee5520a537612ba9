"""What goes wrong with the radio, in words: every reason says what to do, on every system."""

from __future__ import annotations

from typing import get_args

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
@pytest.mark.parametrize("reason", [x for x in get_args(BluetoothReason) if x != "several meters"])
def test_every_reason_has_words_and_a_hint_on_every_system(reason: BluetoothReason, platform: str) -> None:
    error = failure(reason, "ASSIOMA {17039L}", platform)
    assert error.reason == reason
    assert str(error)[0].isupper()
    assert error.hint


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (BleakDBusError(f"{DBUS}.ServiceUnknown", ["not activatable"]), "no Bluetooth service"),
        (BleakDBusError("org.freedesktop.systemd1.NoSuchUnit", []), "no Bluetooth service"),
        (BleakDBusError(f"{DBUS}.AccessDenied", ["rejected"]), "no permission"),
        (BleakDBusError(f"{DBUS}.UnknownObject", ["gone"]), "meter not found"),
        (BleakDBusError(f"{DBUS}.NoReply", []), "no answer in time"),
        (BleakDBusError(f"{BLUEZ}.NotReady", []), "adapter off"),
        (BleakDBusError(f"{BLUEZ}.Failed", ["le-connection-refused"]), "meter in use elsewhere"),
        (BleakDBusError(f"{BLUEZ}.Failed", ["le-connection-abort-by-remote"]), "meter in use elsewhere"),
        (BleakDBusError(f"{BLUEZ}.Failed", ["le-connection-abort-by-local"]), "link lost"),
        (BleakDBusError(f"{BLUEZ}.InProgress", []), "other"),
        (BleakDBusError(f"{BLUEZ}.Failed", [f"{DBUS}.NoReply: not connected"]), "link lost"),
        (BleakError("failed to discover services, device disconnected"), "link lost"),
        (BleakError("device 'dev_E0_0D' not found"), "meter not found"),
        (BleakError("adapter 'hci0' not found"), "no adapter"),
        (BleakDeviceNotFoundError("E0:0D"), "meter not found"),
        (BleakCharacteristicNotFoundError("2a63"), "no Cycling Power Service"),
        (
            BleakBluetoothNotAvailableError("", BleakBluetoothNotAvailableReason.DENIED_BY_USER),
            "no permission",
        ),
        (TimeoutError(), "no answer in time"),
        (PermissionError(13, "bus"), "no permission"),
        (FileNotFoundError(2, "bus"), "no Bluetooth service"),
        (ConnectionRefusedError(111, "bus"), "no Bluetooth service"),
        (EOFError(), "other"),
    ],
    ids=repr,
)
def test_a_fault_is_known_for_what_it_is(fault: Exception, reason: BluetoothReason) -> None:
    assert explain(fault).reason == reason


def test_a_meter_that_wants_to_be_paired_says_so() -> None:
    error = explain(BleakGATTProtocolError(0x05), "Rally")
    assert str(error) == "Rally wants to be paired"
    assert "Pair it" in (error.hint or "")


def test_what_nobody_foresaw_is_told_in_one_bounded_line() -> None:
    error = explain(BleakError("a\nb" * 500), "ASSIOMA17039L")
    assert error.reason == "other"
    assert "\n" not in str(error)
    assert len(str(error)) < 200

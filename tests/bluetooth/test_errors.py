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
    assert error.hint.casefold().count("turn the cranks") <= 1


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


@pytest.mark.parametrize(
    "fault",
    [
        *map(BleakGATTProtocolError, (0x05, 0x08, 0x0C, 0x0F)),
        BleakDBusError(f"{BLUEZ}.NotPermitted", ["Not paired"]),
        BleakDBusError(f"{BLUEZ}.NotAuthorized", ["Operation Not Authorized"]),
        BleakDBusError(f"{BLUEZ}.AuthenticationFailed", ["Authentication Failed"]),
        BleakDBusError(f"{BLUEZ}.Failed", ["le-connection-key-missing"]),
        BleakError("Peer removed pairing information"),
    ],
    ids=repr,
)
def test_a_meter_that_must_be_paired_is_told_as_that(fault: Exception) -> None:
    error = explain(fault, "Rally", "E0:0D")
    assert error.reason == "not paired"
    assert str(error).startswith("Rally must be paired once: ")


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        ("linux", "run “legbal pair --meter E0:0D”, or “bluetoothctl pair E0:0D”"),
        ("win32", "Settings › Bluetooth & devices › Add device"),
        ("darwin", "accept when macOS asks"),
        ("freebsd14", "the system's Bluetooth settings"),
    ],
)
def test_how_a_meter_is_paired_is_said_for_each_system(platform: str, words: str) -> None:
    assert words in str(failure("not paired", "Rally", platform, "E0:0D"))


def test_what_nobody_foresaw_is_told_in_one_bounded_line() -> None:
    error = explain(BleakError("a\nb" * 500), "ASSIOMA17039L")
    assert error.reason == "other"
    assert "\n" not in str(error)
    assert len(str(error)) < 200

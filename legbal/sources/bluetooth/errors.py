"""What bleak and the layers under it raise, turned into a `BluetoothError` that says what to do."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from legbal.errors import BluetoothError, BluetoothReason, LegbalError
from legbal.errors import reason as reason_of
from legbal.meters.identify import connecting_advice
from legbal.meters.limits import Remark
from legbal.meters.profile import Profile

# KeyError and AssertionError: bleak's own bookkeeping when a device or the bus goes away under a running
# call. EOFError: a call on a bus connection that has just died. ValueError covers the D-Bus library's own
# errors (an unusable bus address, a failed handshake), all of which derive from it.
FAULTS = (BleakError, OSError, TimeoutError, EOFError, KeyError, AssertionError, ValueError)

_UNAVAILABLE: dict[BleakBluetoothNotAvailableReason, BluetoothReason] = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: "no adapter",
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: "no adapter",
    BleakBluetoothNotAvailableReason.POWERED_OFF: "adapter off",
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: "no permission",
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: "no permission",
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: "no permission",
    BleakBluetoothNotAvailableReason.UNKNOWN: "other",
}

_BY_KIND: dict[type[Exception], BluetoothReason] = {
    BleakDeviceNotFoundError: "meter not found",
    BleakCharacteristicNotFoundError: "no Cycling Power Service",
    BleakGATTProtocolError: "request refused",
    TimeoutError: "no answer in time",
    PermissionError: "no permission",
    FileNotFoundError: "no Bluetooth service",
    ConnectionRefusedError: "no Bluetooth service",
    ValueError: "no Bluetooth service",
}

# what bleak says, in part: the beginning of a D-Bus error's name, which stands in brackets before its text,
# or else what org.bluez.Error.Failed says of a connection that did not come about
_BY_TEXT: tuple[tuple[str, BluetoothReason], ...] = (
    ("[org.freedesktop.DBus.Error.ServiceUnknown", "no Bluetooth service"),
    ("[org.freedesktop.DBus.Error.NameHasNoOwner", "no Bluetooth service"),
    ("[org.freedesktop.DBus.Error.Spawn", "no Bluetooth service"),
    ("[org.freedesktop.systemd1.", "no Bluetooth service"),
    ("[org.freedesktop.DBus.Error.AccessDenied", "no permission"),
    ("[org.freedesktop.DBus.Error.AuthFailed", "no permission"),
    ("[org.freedesktop.DBus.Error.NoReply", "no answer in time"),
    ("[org.freedesktop.DBus.Error.Unknown", "meter not found"),  # object or interface: it is gone
    ("[org.bluez.Error.NotReady", "adapter off"),
    ("[org.bluez.Error.DoesNotExist", "meter not found"),
    ("[org.bluez.Error.ConnectionAttemptFailed", "no answer in time"),
    # the ATT errors that end with pairing, as BlueZ says them; and a bond that the meter has forgotten
    ("[org.bluez.Error.NotPermitted] Not paired", "not paired"),
    ("[org.bluez.Error.NotAuthorized", "not paired"),
    ("[org.bluez.Error.Authentication", "not paired"),
    ("key-missing", "not paired"),
    ("pairing information", "not paired"),  # macOS: "Peer removed pairing information"
    ("adapter-not-powered", "adapter off"),
    ("refused", "meter in use elsewhere"),
    ("abort-by-remote", "meter in use elsewhere"),
    ("connection-limit", "meter in use elsewhere"),
    ("timeout", "no answer in time"),
    ("device disconnected", "link lost"),
    ("not connected", "link lost"),
    ("abort-by-local", "link lost"),
    ("adapter 'hci", "no adapter"),
    ("not found", "meter not found"),
)

ANY = "the meter"  # before one is known
_WORDS: dict[BluetoothReason, str] = {
    "no adapter": "This computer shows no Bluetooth LE adapter",
    "adapter off": "Bluetooth is switched off",
    "no permission": "Bluetooth may not be used by this program",
    "no Bluetooth service": "The Bluetooth service does not run",
    "meter not found": "{meter} is not in range, or asleep",
    "meter in use elsewhere": "{meter} refuses the connection",
    "not paired": "{meter} must be paired once: {steps}",
    "no Cycling Power Service": "{meter} does not offer the Cycling Power measurement",
    "no answer in time": "{meter} does not answer in time",
    "link lost": "The link to {meter} broke off",
    "request refused": "{meter} refuses the request",
    "other": "Bluetooth failed with {meter}",
}

_HELD = "End the connection in other apps, head units and watches, then turn the cranks."
_HINTS: dict[BluetoothReason, str] = {
    "no adapter": "Plug in or enable a Bluetooth LE adapter.",
    "adapter off": "Switch Bluetooth on in the system's settings.",
    "no permission": "Allow this program to use Bluetooth in the system's privacy settings.",
    "no Bluetooth service": "Start the system's Bluetooth service.",
    "meter not found": "Turn the cranks to wake it, and end its connection to other apps, head units and watches.",
    "meter in use elsewhere": f"It may have all the connections it can hold. {_HELD}",
    "not paired": "Once is enough: this computer remembers it.",
    "no Cycling Power Service": "Run “legbal scan” and choose a power meter with --meter NAME.",
    "no answer in time": f"Bring it closer to the computer. {_HELD}",
    "link lost": "Keep it within a few metres of the computer, and check its battery.",
    "request refused": "Wait a minute and try again; the maker's app can do the same.",
    "other": "Switch Bluetooth off and on again; “legbal doctor” looks closer.",
}
_HINTS_BY_PLATFORM: dict[tuple[str, BluetoothReason], str] = {
    ("linux", "no adapter"): "Plug in a Bluetooth LE adapter; “rfkill list” shows all.",
    ("linux", "adapter off"): ("Switch it on: “rfkill unblock bluetooth”, then “bluetoothctl power on”."),
    ("linux", "no permission"): (
        "Join the group that may: “sudo usermod -aG bluetooth $USER”, then log in again."
    ),
    ("linux", "no Bluetooth service"): (
        "Install BlueZ and start it: “sudo systemctl enable --now bluetooth”."
    ),
    ("darwin", "adapter off"): "Switch Bluetooth on in Control Centre.",
    ("darwin", "no permission"): "Allow the terminal in System Settings › Privacy & Security › Bluetooth.",
    ("win32", "adapter off"): "Switch it on in Settings › Bluetooth & devices.",
    ("win32", "no permission"): "Allow desktop apps in Settings › Privacy & security › Radios.",
    ("win32", "no Bluetooth service"): "Start “Bluetooth Support Service” in Services.",
}
# how a meter is paired, by platform; the last is for all others
_BY_LEGBAL = "run “legbal pair --meter {address}”"
_PAIRING_STEPS = {
    "linux": f"{_BY_LEGBAL}, or “bluetoothctl pair {{address}}”",
    "win32": f"{_BY_LEGBAL}; if it has a passkey, Settings › Bluetooth & devices › Add device",
    "darwin": "turn its cranks and accept when macOS asks",
    "": "use the system's Bluetooth settings",
}
_UNPAIRED = frozenset(
    {
        BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION,
        BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHORIZATION,
        BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION,
        BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION_KEY_SIZE,
    }
)

# why a meter refuses a request, by ATT error (Bluetooth Core Specification and Cycling Power Service)
_REFUSALS = {
    BleakGATTProtocolErrorCode.CCCD_IMPROPERLY_CONFIGURED: (
        "{meter} believes that nobody listens for its answer (ATT error 0xFD)",
        "Forget it in the system's Bluetooth settings, if it is paired there, and try again.",
    ),
    BleakGATTProtocolErrorCode.PROCEDURE_ALREADY_IN_PROGRESS: (
        "{meter} is still busy with an earlier request (ATT error 0xFE)",
        "Wait half a minute and try again; end the zero offset in other apps and head units.",
    ),
    BleakGATTProtocolErrorCode(0x80): (
        "{meter} finds the connection too slow for this request (ATT error 0x80)",
        "Bring it closer to the computer, end other Bluetooth connections, and try again.",
    ),
}


# before the first connection these end the ride: waiting does not heal them. Once a ride runs, nothing ends
# it: adapters go and services restart when a laptop sleeps
_LASTING: frozenset[BluetoothReason] = frozenset(
    {"no adapter", "no permission", "no Bluetooth service", "several meters", "no Cycling Power Service"}
)
_RADIO_GONE: frozenset[BluetoothReason] = frozenset({"no adapter", "no Bluetooth service"})

_NO_LINK: frozenset[BluetoothReason] = frozenset(
    {
        "meter in use elsewhere",
        "link lost",
        "meter not found",
        "request refused",
        "no answer in time",
        "not paired",
    }
)


def failure(
    reason: BluetoothReason, meter: str = ANY, platform: str = sys.platform, address: str = ""
) -> BluetoothError:
    """The error for a reason, in words for the rider.

    Args:
        reason: why Bluetooth does not work.
        meter: the meter's label.
        platform: as in `sys.platform`; decides what the rider is told to do.
        address: the meter's address, as the system names it.
    """
    return BluetoothError(
        _sentence(_WORDS[reason], meter, pairing_steps(platform, address)),
        reason=reason,
        hint=_HINTS_BY_PLATFORM.get((platform, reason), _HINTS[reason]),
    )


def pairing_steps(platform: str = sys.platform, address: str = "") -> str:
    """How a meter is paired on that platform: the end of a sentence."""
    return _PAIRING_STEPS.get(platform, _PAIRING_STEPS[""]).format(address=address or "NAME")


def unanswered(meter: str, address: str) -> BluetoothError:
    """The error for a meter whose link is up and which does not say whether it will send.

    So it looks while the system waits for a passkey that nobody was asked for.
    """
    return BluetoothError(
        f"{meter} is connected, but does not answer; perhaps it must be paired once: "
        f"{pairing_steps(address=address)}",
        reason="not paired",
        hint=_HINTS["not paired"],
    )


def hung_up(meter: str, address: str) -> BluetoothError:
    """The error for a meter that ends the link before it says whether it will send, as one does that is not paired."""
    error = failure("link lost", meter)
    perhaps = f"If it does so each time, perhaps it must be paired once: {pairing_steps(address=address)}."
    return BluetoothError(str(error), reason=error.reason, hint=f"{error.hint} {perhaps}")


def explain(fault: BaseException, meter: str = ANY, address: str = "") -> BluetoothError:
    """What a fault of the radio or the layers under it means for the rider."""
    reason = _reason(fault)
    error = failure(reason, meter, address=address)
    if isinstance(fault, BleakGATTProtocolError) and reason != "not paired":
        words, hint = _REFUSALS.get(
            fault.code, (f"{_WORDS[reason]} (ATT error 0x{fault.code:02X})", error.hint)
        )
        return BluetoothError(_sentence(words, meter), reason=reason, hint=hint)
    if reason == "other":
        text = " ".join(str(fault).split())[:120] or type(fault).__name__
        return BluetoothError(f"{error} ({text})", reason=reason, hint=error.hint)
    return error


@contextmanager
def translate_faults(meter: str = ANY, address: str = "") -> Iterator[None]:
    """Within it, faults of the radio come out as `BluetoothError`."""
    try:
        yield
    except FAULTS as fault:
        raise explain(fault, meter, address) from fault


def _reason(fault: BaseException) -> BluetoothReason:
    if isinstance(fault, BleakGATTProtocolError) and fault.code in _UNPAIRED:
        return "not paired"
    for kind, reason in _BY_KIND.items():
        if isinstance(fault, kind):
            return reason
    if isinstance(fault, BleakBluetoothNotAvailableError):
        return _UNAVAILABLE.get(fault.reason, "other")
    text = str(fault).lower() if isinstance(fault, BleakError) else ""
    return next((reason for part, reason in _BY_TEXT if part.lower() in text), "other")


def _sentence(words: str, meter: str, steps: str = "") -> str:
    text = words.format(meter=meter, steps=steps)
    return text[:1].upper() + text[1:] if meter == ANY else text


def advice(error: BluetoothError, families: Sequence[Profile]) -> list[str]:
    """What is known of connecting to the meter's family: sentences that go with the hint, each once.

    Args:
        error: why there is no link.
        families: those that the meter may be of, the likeliest first; what is only assumed is not told.
    """
    if error.reason not in _NO_LINK:
        return []
    sentences: list[str] = []
    for family in families:
        reported = {statement.key for statement in family.statements if statement.provenance != "assumed"}
        if error.reason == "not paired" and family.pairing != "required":
            continue
        if family.connections is not None and "connections" in reported and not sentences:
            several = "connections" if family.connections > 1 else "connection"
            sentences.append(f"{family.name} takes {family.connections} {several} at once.")
        if family.connecting:
            sentences += connecting_advice([family])
        elif family.pairing == "required" and "pairing" in reported:
            sentences.append(f"{family.name} must be paired in the system's Bluetooth settings.")
    return list(dict.fromkeys(sentences))


def is_lasting(fault: Exception, *, searched: bool) -> bool:
    """Whether waiting does not heal it; nor does it a defect.

    Args:
        fault: what failed.
        searched: the radio has worked in this ride: an adapter or a service that is gone since may come back.
    """
    if not isinstance(fault, BluetoothError):
        return True
    return fault.reason in _LASTING and not (searched and fault.reason in _RADIO_GONE)


def as_remark(fault: Exception, also: Sequence[str] = ()) -> Remark:
    """What failed and what to do, `also` in these sentences."""
    if not isinstance(fault, LegbalError):
        return Remark("link.defect", {"error": reason_of(fault)})
    hint = " ".join([*([fault.hint] if fault.hint else []), *also])
    return Remark("link.failed", {"error": f"{fault}. {hint}" if hint else str(fault)})

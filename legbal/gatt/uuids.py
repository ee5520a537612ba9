"""The UUIDs of services and characteristics, spelled here alone, and their short and long forms.

A short form is the 16-bit number in lower-case hex, as in the Bluetooth SIG's assigned numbers.
"""

import re

_BASE = "-0000-1000-8000-00805f9b34fb"

CYCLING_POWER = "1818"
FITNESS_MACHINE = "1826"
HEART_RATE_SERVICE = "180d"
MEASUREMENT = "2a63"
VECTOR = "2a64"
FEATURES = "2a65"
CONTROL_POINT = "2a66"
LOCATION = "2a5d"
HEART_RATE = "2a37"
BATTERY_LEVEL = "2a19"
MODEL = "2a24"
SERIAL_NUMBER = "2a25"
FIRMWARE = "2a26"
HARDWARE = "2a27"
SOFTWARE = "2a28"
MANUFACTURER = "2a29"


def long_form(uuid: str) -> str:
    """The 128-bit form; the Linux stack compares nothing else."""
    return f"0000{uuid}{_BASE}" if len(uuid) == 4 else uuid


def short_form(text: str) -> str:
    """A UUID as people or systems write it, "2A63", "0x2a63" or in full: its 16-bit form where there is one, in hex."""
    lowered = text.strip().lower().removeprefix("0x")
    short = re.fullmatch(rf"(?:0000)?([0-9a-f]{{4}})(?:{_BASE})?", lowered)
    return short[1] if short else lowered


def parse(text: str) -> str:
    """The short form of what is a UUID; ValueError where it is none."""
    uuid = short_form(text)
    if not re.fullmatch(r"[0-9a-f]{4}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uuid):
        raise ValueError(f"uuid is no characteristic's: {text[:40]!a}")
    return uuid

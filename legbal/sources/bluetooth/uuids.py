"""Which services and characteristics a power meter is asked for, and short and long forms of their UUIDs.

Numbers are those of the Bluetooth SIG's assigned numbers.
"""

from __future__ import annotations

_BASE = "-0000-1000-8000-00805f9b34fb"

CYCLING_POWER = "1818"
MEASUREMENT = "2a63"
VECTOR = "2a64"
FEATURES = "2a65"
CONTROL_POINT = "2a66"
BATTERY_LEVEL = "2a19"
SERIAL_NUMBER = "2a25"

# read at every connection, in the order in which the ride can use them; not the serial number, which names
# the rider's own meter and is of no use to a ride
READ_AT_CONNECT = (
    FEATURES,  # what it can send
    "2a5d",  # where it sits
    "2a29",  # manufacturer
    "2a24",  # model
    "2a26",  # firmware
    "2a27",  # hardware
    "2a28",  # software
    BATTERY_LEVEL,
)


def long_form(uuid: str) -> str:
    """The 128-bit form; the Linux stack compares nothing else."""
    return f"0000{uuid}{_BASE}" if len(uuid) == 4 else uuid


def short_form(uuid: str) -> str:
    """The 16-bit form in lower-case hex where there is one, else the 128-bit form."""
    lowered = uuid.lower()
    return lowered[4:8] if lowered.startswith("0000") and lowered.endswith(_BASE) else lowered

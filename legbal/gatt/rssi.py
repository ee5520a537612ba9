"""Received signal strengths, in dBm: which there are, and how one that is not known stands among them.

Source: Bluetooth Core Specification, HCI Read RSSI: from −127 to 20 dBm; 127 where it cannot be read.
"""

from typing import Final

UNKNOWN: Final = 127


def bounded(rssi: int | None) -> int:
    """A strength as a platform says it, which may be anything; `UNKNOWN` for what can be none.

    >>> bounded(-60), bounded(0), bounded(2**70), bounded(None)
    (-60, 0, 127, 127)
    """
    return rssi if rssi is not None and -127 <= rssi <= 20 else UNKNOWN


def rank(rssi: int | None) -> int:
    """To compare by: a strength that is not known comes after all others.

    >>> sorted([127, -90, None, 0, -60], key=rank, reverse=True)
    [0, -60, -90, 127, None]
    """
    return -128 if rssi is None or rssi == UNKNOWN else rssi

"""Device Information (service 0x180A): maker, model, serial number and versions, as text safe to show.

Source: Bluetooth SIG, Device Information Service. The strings come from outside: they are cut short, and
whatever could steer a terminal or turn the line's direction is taken out.
"""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 64


def text(raw: str) -> str:
    """A string from outside without control or formatting characters, 64 characters at most."""
    shown = "".join(
        " " if unicodedata.category(letter)[0] in "CZ" else letter for letter in raw[: 4 * LONGEST]
    )
    return " ".join(shown.split())[:LONGEST].rstrip()


def decode(payload: bytes | bytearray | memoryview) -> str:
    """The text of one string characteristic up to its first NUL; octets that are no UTF-8 become "�"."""
    octets = bytes(payload[: 4 * LONGEST])
    return text(octets.split(b"\0", 1)[0].decode("utf-8", errors="replace"))

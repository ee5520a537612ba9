"""What a meter sends and can be asked, as octets."""

from __future__ import annotations

from tests.bluetooth.peripheral import ASSIOMA

READABLE: dict[str, str | bytes] = ASSIOMA | {
    "2a25": b"serial",
    "2a26": b"6.24",
    "2a27": b"rev 3",
    "2a19": "5a",
}


def working(number: int) -> bytes:
    """A measurement of 200 W, 48 % left, with a crank event of its own."""
    return (
        bytes.fromhex("2300c80060")
        + number.to_bytes(2, "little")
        + (number * 700 % 65536).to_bytes(2, "little")
    )


RESTING = bytes.fromhex("2300000064") + b"\x05\x00\x05\x00"

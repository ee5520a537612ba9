"""Odd octets: random ones, right ones with octets changed, cut, doubled or added, and fields at their ends."""

from __future__ import annotations

import random
from collections.abc import Sequence

from legbal.gatt.fields import PRESENCE, layout

_ENDS = {
    "B": (0, 1, 99, 100, 199, 200, 201, 254, 255),
    "H": (0, 1, 180, 360, 361, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF),
    "h": (-0x8000, -0x7FFF, -1, 0, 1, 200, 2_999, 3_001, 0x7FFF),
    "I": (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF),
}


def mutated(rng: random.Random, octets: bytes) -> bytes:
    """The same with something changed."""
    changed = bytearray(octets)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(changed)) if changed else 0
        match rng.randrange(5):
            case 0 if changed:
                changed[at] ^= 1 << rng.randrange(8)
            case 1 if changed:
                changed[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF))
            case 2:
                del changed[at:]
            case 3:
                changed[at:at] = rng.randbytes(rng.randrange(1, 4))
            case _:
                changed += changed[at:]
    return bytes(changed)


def measurement(rng: random.Random, flags: int | None = None) -> bytes:
    """A measurement by its layout, its fields at random or at their ends."""
    if flags is None:
        flags = (
            rng.randrange(0x10000)
            if rng.random() < 0.3
            else rng.choice((0x20, 0x23, 0x2F, 0x0FFF, 0x01, 0x0))
        )
    values = []
    for field in layout(flags & PRESENCE).fields[1:]:
        bits = {"B": 8, "H": 16, "h": 16, "I": 32}[field.code]
        value = rng.choice(_ENDS[field.code]) if rng.random() < 0.3 else rng.randrange(1 << bits)
        if field.name == "power_w" and rng.random() < 0.6:
            value = rng.randrange(0, 900)
        values.append(value if field.code != "h" else (value + 0x8000) % 0x10000 - 0x8000)
    return layout(flags).packed.pack(flags, *values)


def payload(rng: random.Random, right: Sequence[bytes]) -> bytes:
    """Octets for any characteristic, of which some `right` ones are known."""
    kind = rng.random()
    if kind < 0.4:
        return rng.randbytes(rng.choice((0, 1, 2, 3, 4, 7, 20, rng.randrange(40), rng.randrange(600))))
    return mutated(rng, rng.choice(right)) if kind < 0.9 else rng.choice(right)

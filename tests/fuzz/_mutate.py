"""Good input made odd: octets, text and JSON with something changed, torn out, repeated or out of all bounds."""

from __future__ import annotations

import json
from random import Random
from typing import Any

ODD_NUMBERS = (
    *(0, 1, -1, 127, 128, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64, 10**30),
    *(0.5, -0.0, 1e-300, 1e308, -1e308),
)
ODD_TEXTS = (
    *(
        "",
        " ",
        "\x00",
        "\x1b[2J",
        "\u202e",
        "\ud800",
        "\U0001f6b4" * 40,
        "a" * 5000,
        "=1+1",
        "{",
        "]]>",
        "&x;",
    ),
    *("nan", "inf", "-1", "1e999", "0x10", "١٢", "1_000", "2026-13-45", "../..", "true", "null"),
)
ODD_VALUES: tuple[Any, ...] = (*ODD_NUMBERS, *ODD_TEXTS, None, True, [], {}, [[]], [None] * 40)


def octets(random: Random, good: bytes) -> bytes:
    """Some octets changed, torn out, put in, repeated, or the end missing."""
    odd = bytearray(good)
    for _ in range(random.choice((1, 1, 1, 2, 4, 16))):
        at = random.randrange(len(odd) + 1)
        size = random.choice((1, 1, 2, 4, random.randrange(1, 64)))
        match random.randrange(6):
            case 0:
                odd[at : at + size] = random.randbytes(len(odd[at : at + size]))
            case 1:
                odd[at : at + size] = bytes([random.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF))]) * size
            case 2:
                del odd[at : at + size]
            case 3:
                odd[at:at] = random.randbytes(size)
            case 4:
                odd[at:at] = odd[at : at + size] * random.randrange(1, 9)
            case _ if random.randrange(4) == 0:
                del odd[at:]
    return bytes(odd)


def text(random: Random, good: str) -> str:
    """Some tokens exchanged for odd ones, or lines torn out, repeated and exchanged."""
    lines = good.splitlines(keepends=True)
    for _ in range(random.choice((1, 1, 2, 4))):
        at = random.randrange(len(lines)) if lines else 0
        match random.randrange(5):
            case 0:
                del lines[at : at + random.choice((1, 1, 3))]
            case 1:
                lines[at:at] = lines[at : at + 3] * random.choice((1, 2, 40))
            case 2 if lines:
                other = random.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case _ if lines:
                lines[at] = _token(random, lines[at])
    return "".join(lines)


def _token(random: Random, line: str) -> str:
    begin = random.randrange(len(line) + 1)
    end = begin + random.choice((0, 1, 1, 2, 5, 20))
    return line[:begin] + str(random.choice((*ODD_NUMBERS, *ODD_TEXTS))) + line[end:]


def value(random: Random, good: Any) -> Any:
    """A value as JSON has it, with one part of it odd."""
    if isinstance(good, dict) and good and random.randrange(8):
        key = random.choice(list(good))
        match random.randrange(12):
            case 0:
                return {name: x for name, x in good.items() if name != key}
            case 1:
                return {**good, random.choice(ODD_TEXTS): random.choice(ODD_VALUES)}
        return {**good, key: value(random, good[key])}
    if isinstance(good, list) and good and random.randrange(8):
        at = random.randrange(len(good))
        match random.randrange(8):
            case 0:
                return good[:at]
            case 1:
                return [*good, *good[at:]] * random.choice((1, 20))
        return [*good[:at], value(random, good[at]), *good[at + 1 :]]
    if isinstance(good, int | float) and not isinstance(good, bool) and random.randrange(3):
        return random.choice((good + 1, -good, good * 1000, good / 3, good * 1e-9))
    return random.choice(ODD_VALUES)


def json_octets(random: Random, good: Any) -> bytes:
    """JSON of an odd value, now and then with its octets spoilt too."""
    odd = json.dumps(value(random, good), ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    return octets(random, odd) if random.randrange(4) == 0 else odd

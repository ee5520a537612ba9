"""Small FIT files made with Garmin's Encoder, as head units write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from garmin_fit_sdk import Encoder, Profile
from hypothesis import strategies as st

START = 1_100_000_000  # FIT time: 2024-11-08 19:33:20 UTC
Message = dict[str, Any]


def fit(*messages: tuple[str, Message]) -> bytes:
    """A FIT file of these messages, each a name of the profile and its fields."""
    encoder = Encoder()
    for name, fields in messages:
        encoder.on_mesg(Profile["mesg_num"][name], fields)
    return bytes(encoder.close())


def head(**about: Any) -> list[tuple[str, Message]]:
    """The first message of an activity."""
    return [
        ("FILE_ID", {"type": 4, "manufacturer": 1, "product": 3121, "time_created": START, **about}),
    ]


def record(
    t: int, power: int | None = 200, balance: int | None = 0x80 | 52, **more: Any
) -> tuple[str, Message]:
    """One record; a field that is None is absent, which gives it a definition of its own."""
    fields = {"timestamp": START + t, "power": power, "cadence": 90, "left_right_balance": balance, **more}
    return "RECORD", {name: value for name, value in fields.items() if value is not None}


def records(seconds: Iterable[int], **fields: Any) -> list[tuple[str, Message]]:
    """A record a second; the balance goes up and down by a point."""
    return [record(t, **{"power": 180 + t % 40, "balance": 0x80 | (51 + t % 3), **fields}) for t in seconds]


def ride(seconds: int = 60, **about: Any) -> bytes:
    """A short ride with nothing special about it."""
    return fit(*head(**about), *records(range(seconds)))


def spoilt(octets: bytes, *, most: int, shorter_by: int) -> st.SearchStrategy[bytes]:
    """The same with up to `most` octets changed, and up to so many of its last ones missing."""

    def spoil(changes: dict[int, int], cut: int) -> bytes:
        changed = bytearray(octets)
        for at, value in changes.items():
            changed[at] = value
        return bytes(changed[: len(changed) - cut])

    changes = st.dictionaries(st.integers(0, len(octets) - 1), st.integers(0, 255), max_size=most)
    return st.builds(spoil, changes, st.integers(0, shorter_by))

"""Small FIT files as head units write them, and what two decoders that know nothing of each other read in any.

They are encoded by chiptime after fitdecode's tables of fields.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import chiptime
import fitdecode
from chiptime.encode import EncodableMessage, FieldSpecValue, encode_messages
from hypothesis import strategies as st

START = 1_100_000_000  # FIT time: 2024-11-08 19:33:20 UTC
Message = dict[str, Any]

_KINDS = {kind.name: kind for kind in fitdecode.profile.MESSAGE_TYPES.values()}


def fit(*messages: tuple[str, Message]) -> bytes:
    """A FIT file of these messages, each a name of the profile and its fields."""
    return encode_messages([_encoded(name, fields) for name, fields in messages])


def _encoded(name: str, values: Message) -> EncodableMessage:
    kind = _KINDS[name.lower()]
    fields = {field.name: field for field in kind.fields.values()}
    return EncodableMessage(kind.mesg_num, tuple(_field(fields[key], value) for key, value in values.items()))


def _field(field: Any, value: Any) -> FieldSpecValue:
    """A field in the profile's own base type; of an enumeration also by its word."""
    base = getattr(field.type, "base_type", field.type)
    if isinstance(value, str) and base.name != "string":
        value = next(number for number, word in field.type.enum.items() if word == value)
    if isinstance(value, str):
        text = value.encode() + b"\0"
        return FieldSpecValue(field.def_num, base.identifier, text, len(text))
    values = value if isinstance(value, list) else [value]
    raw = [round((number + (field.offset or 0)) * (field.scale or 1)) for number in values]
    return FieldSpecValue(field.def_num, base.identifier, raw, base.size * len(raw))


def by_fitdecode(octets: bytes, *, scaled: bool = False) -> dict[str, list[Message]]:
    """All messages by fitdecode, which raises at whatever is not as it should be; raw, or numbers in their units."""
    found: dict[str, list[Message]] = {}
    with fitdecode.FitReader(
        io.BytesIO(octets), check_crc=fitdecode.CrcCheck.RAISE, error_handling=fitdecode.ErrorHandling.RAISE
    ) as frames:
        for frame in frames:
            if isinstance(frame, fitdecode.FitDataMessage):
                values = {
                    x.name: _scaled(x) if scaled else x.raw_value
                    for x in frame.fields
                    if x.name
                    and x.value is not None
                    and not isinstance(x.field_def, fitdecode.types.DevFieldDefinition)
                }
                found.setdefault(frame.name, []).append(values)
    return found


def _scaled(field: Any) -> Any:
    """A number in its unit, an enumeration's number; of an array what is valid."""
    if isinstance(field.value, tuple):
        return [number for number in field.value if number is not None]
    return field.raw_value if isinstance(field.value, str) else field.value


def by_chiptime(octets: bytes) -> dict[str, list[Message]]:
    """All messages, raw but for strings, by chiptime, which raises at whatever is not as it should be."""
    found: dict[str, list[Message]] = {}
    for message in chiptime.iter_messages(octets, mode="strict"):
        values = {
            name: field.value if isinstance(field.raw, bytes) else field.raw
            for name, field in message.fields.items()
            if field.value is not None and field.developer is None
        }
        found.setdefault(message.name, []).append(values)
    return found


def head(**about: Any) -> list[tuple[str, Message]]:
    """The first message of an activity."""
    return [
        ("FILE_ID", {"type": 4, "manufacturer": 1, "product": 3121, "time_created": START, **about}),
    ]


def power_meter(index: int = 5, **about: Any) -> tuple[str, Message]:
    """What a file says of a power meter."""
    return "DEVICE_INFO", {"timestamp": START, "device_index": index, "device_type": 11, **about}


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

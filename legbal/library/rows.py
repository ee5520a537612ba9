"""How is one input kept as a row, and read back the same?

What inputs have in common is said once in their `Channel`; the row has the time and the rest. Text is kept as
UTF-8 octets in which lone surrogates survive: a device may call itself anything.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, cast, get_args

import msgspec

from legbal.errors import LibraryError
from legbal.ride.inputs import Input, Link, Mark, Notification, Tick

SEQUENCE_BITS = 32  # of an input's key; the rest is the ride's number

MarkKind = Literal["lap", "note", "mute", "unmute", "reference_left", "reference_right"]
LinkState = Literal["searching", "connecting", "connected", "lost", "stalled", "ended"]


class Gap(msgspec.Struct, frozen=True):
    """Inputs that arrived but could not be kept: how many, and the times of the first and last (seconds)."""

    first_t: float
    last_t: float
    lost: int


class Channel(NamedTuple):
    """What inputs share: `name` is a notification's uuid, a mark's kind, a link's state, "" for a tick."""

    kind: Literal["notification", "mark", "link", "tick"]
    meter: str
    name: str


TICK = Channel("tick", "", "")

_link_data = msgspec.msgpack.Decoder(tuple[bytes, int | None])


def split(item: Input) -> tuple[Channel, bytes | None]:
    """An input's channel and its own octets (`join` is the inverse, given the time)."""
    match item:
        case Notification():
            return Channel("notification", item.meter, item.uuid), item.data
        case Tick():
            return TICK, None
        case Mark():
            return Channel("mark", "", item.kind), octets(item.text) if item.text else None
        case Link():
            said = None if item.rssi is None and not item.text else (octets(item.text), item.rssi)
            return Channel("link", item.meter, item.state), None if said is None else msgspec.msgpack.encode(
                said
            )


def join(channel: Channel, t: float | None, data: bytes | None) -> Input:
    """The input of a row. Raises LibraryError for a kind of input that is not known.

    SQLite has no NaN: such a time is kept as NULL.
    """
    time = math.nan if t is None else t
    if channel.kind == "notification":
        return Notification(time, data or b"", channel.name, channel.meter)
    if channel.kind == "tick":
        return Tick(time)
    if channel.kind == "mark" and channel.name in get_args(MarkKind):
        return Mark(time, cast(MarkKind, channel.name), text(data or b""))
    if channel.kind == "link" and channel.name in get_args(LinkState):
        said, rssi = (
            (b"", None) if data is None else msgspec.msgpack.decode(data, type=tuple[bytes, int | None])
        )
        return Link(time, cast(LinkState, channel.name), channel.meter, text(said), rssi)
    raise LibraryError(f"the library holds an input that is no input: {channel.kind} {channel.name!r}")


def payload_size(item: Input) -> int:
    """About how many octets an input brings along, without those that all inputs need."""
    match item:
        case Notification():
            return len(item.data)
        case Mark() | Link():
            return 4 * len(item.text)
        case Tick():
            return 0


def octets(said: str) -> bytes:
    """Text as it is kept."""
    return said.encode("utf-8", "surrogatepass")


def text(kept: bytes) -> str:
    """Kept octets as text."""
    return kept.decode("utf-8", "surrogatepass")

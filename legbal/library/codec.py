"""How is one input kept as a row, and read back the same?

What inputs have in common is said once in their `Channel`; the row has the time and the rest. Text is kept as
UTF-8 octets in which lone surrogates survive: a device may call itself anything. Clock times are UTC text. Versions
of derived values are digests.
"""

import hashlib
import json
import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Literal, NamedTuple

import msgspec

from legbal.errors import LibraryError
from legbal.ride.inputs import Input, Link, Mark, Notification, Tick

SEQUENCE_BITS = 32  # of an input's key; the rest is the ride's number


class Gap(msgspec.Struct, frozen=True):
    """Inputs that arrived but could not be kept: how many, and the times of the first and last (seconds)."""

    first_t: float
    last_t: float
    lost: int


class Channel(NamedTuple):
    """What inputs share: `name` is a notification's uuid, a mark's kind, a link's state, "" for a tick.

    Of rows with many FIT records it goes on with what these say (`fit_records`).
    """

    kind: Literal["notification", "mark", "link", "tick"]
    meter: str
    name: str


class _LinkData(msgspec.Struct, array_like=True):
    """A link's own octets, as MessagePack: `text` is a sentence, or the values of the remark `code` as JSON."""

    text: bytes
    rssi: int | None
    code: str = ""


def encode_row(item: Input) -> tuple[Channel, bytes | None]:
    """An input's channel and its own octets (`decode_row` is the inverse, given the time)."""
    match item:
        case Notification():
            return Channel("notification", item.meter, item.uuid), item.data
        case Tick():
            return Channel("tick", "", ""), None
        case Mark():
            return Channel("mark", "", item.kind), octets(item.text) if item.text else None
        case Link(remark=remark):
            if isinstance(remark, str):
                link_data = _LinkData(octets(remark), item.rssi)
            else:  # not msgspec's JSON: a name may hold lone surrogates
                link_data = _LinkData(json.dumps(remark.values).encode(), item.rssi, remark.code)
            return Channel("link", item.meter, item.state), msgspec.msgpack.encode(link_data)


def decode_row(channel: Channel, t: float | None, data: bytes | None) -> Input:
    """The input of a row. Raises LibraryError for a kind of input that is not known.

    SQLite has no NaN: such a time is kept as NULL.
    """
    time = math.nan if t is None else t
    own = data or b""
    try:
        match channel.kind:
            case "notification":
                return Notification(time, own, channel.name, channel.meter)
            case "tick":
                return Tick(time)
            case "mark":
                return msgspec.convert({"t": time, "kind": channel.name, "text": text(own)}, Mark)
            case "link":
                link_data = msgspec.msgpack.decode(own, type=_LinkData)
                remark: object = text(link_data.text)
                if link_data.code:
                    remark = {"code": link_data.code, "values": json.loads(link_data.text)}
                return msgspec.convert(
                    {
                        "t": time,
                        "state": channel.name,
                        "meter": channel.meter,
                        "remark": remark,
                        "rssi": link_data.rssi,
                    },
                    Link,
                )
    except ValueError as error:  # msgspec's and the text decoding's
        raise LibraryError(
            f"the library holds a {channel.kind} {channel.name!r} that this legbal does not know ({error})",
            hint="A newer legbal may have recorded it: update legbal.",
        ) from error


def octets(text: str) -> bytes:
    """Text as it is kept."""
    return text.encode("utf-8", "surrogatepass")


def as_utf8(text: str, most: int | None = None) -> str:
    """What a rider or a device says, fit for a column of text: what UTF-8 cannot say is replaced, letters limited."""
    return text[:most].encode("utf-8", "replace").decode()


def text(data: bytes) -> str:
    """Kept octets as text."""
    return data.decode("utf-8", "surrogatepass")


def json_array(values: Iterable[str] | Iterable[int]) -> str:
    """Values as one of a query, in which `SELECT value FROM json_each(?)` gives them: so there may be many."""
    return msgspec.json.encode(tuple(values)).decode()


def digest(value: object, octets: int = 8) -> str:
    """What tells a value from others, by its JSON, in hex.

    With another one all rides are derived again, and the migration of former libraries takes no derived value over.
    """
    return hashlib.blake2s(msgspec.json.encode(value), digest_size=octets).hexdigest()


def utc_text(moment: datetime) -> str:
    """An aware time as UTC text of fixed width, which sorts as the times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def local_time(started: str, utc_offset_s: int) -> datetime:
    """A kept time, aware, in the rider's zone of that day."""
    return datetime.fromisoformat(started).astimezone(_zone(utc_offset_s))


@cache  # times that share their zone are compared twice as fast
def _zone(utc_offset_s: int) -> timezone:
    return timezone(timedelta(seconds=utc_offset_s))

"""How are the records of a FIT file kept in few octets, and read back the same?

Some hundred that follow each other are one row. Its channel says the names of their values, each with what the file's
own numbers are divided by; its data are these numbers, a column for each name, as compressed MessagePack. Its key and
time are those of the last. What would not come back to the last octet, as JSON of other programs, is kept as it is.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from legbal.analysis.fit_dynamics import FIELDS
from legbal.errors import LibraryError
from legbal.library.codec import Channel, Gap
from legbal.ride.inputs import FIT_RECORD, Input, Notification

# by what the names of their channels begin; no characteristic's does
PACKED = f"{FIT_RECORD} "
_MOST = 256  # records in a row, which with three values each are a quarter of a page

# FIT profile, record: what the numbers of its fields are divided by, percent and degrees
_HALVES, _OF_A_TURN = 2.0, 0.7111111
_NUMBERS = ("power", "left_right_balance", "cadence", "accumulated_power", "heart_rate")
_DIVISORS = dict.fromkeys(_NUMBERS, 1.0) | {
    field: _OF_A_TURN if len(columns) > 1 else _HALVES if columns[0].endswith("percent") else 1.0
    for field, columns in FIELDS.items()
}

_decode_json = msgspec.json.Decoder(dict[str, Any]).decode
_encode_json = msgspec.json.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[list[Any]]).decode


class FitRecords(NamedTuple):
    """Records that follow each other, as one row: the last one's time, and how many they are."""

    channel: Channel
    t: float
    data: bytes | None
    records: int


class _Layout(NamedTuple):
    """What a channel's name says: a class of the values of its records, and what the file's numbers are divided by."""

    values: type[msgspec.Struct]
    divisors: tuple[float, ...]


@lru_cache(maxsize=64)
def _layout(name: str) -> _Layout:
    fields = [part.partition("/") for part in name.removeprefix(PACKED).split(" ")]
    types = [(field, Any, msgspec.UNSET) for field, *_ in fields]
    return _Layout(msgspec.defstruct("Values", types, gc=False), tuple(float(by or 1) for *_, by in fields))


def pack(items: Iterable[Input | Gap]) -> Iterator[Input | Gap | FitRecords]:
    """The inputs of a whole ride with its FIT records as rows of many; all else as it is."""
    for key, run in groupby(items, _meter):
        if key is None:
            yield from run
            continue
        records = [item for item in run if isinstance(item, Notification)]
        for start in range(0, len(records), _MOST):
            yield from _packed(records[start : start + _MOST])


def _meter(item: Input | Gap) -> str | None:
    """The meter of a FIT record; None of any other input."""
    return item.meter if isinstance(item, Notification) and item.uuid == FIT_RECORD else None


def _packed(records: list[Notification]) -> Sequence[Notification | FitRecords]:
    """Records of one meter as one row, or as they are where they would not come back the same."""
    try:
        values: list[dict[str, Any]] = [_decode_json(record.data) for record in records]
        most = max(len(x) for x in values)
        fields = list(next(x for x in values if len(x) == most))  # the order of all, where one has all
        if any(not x.keys() <= set(fields) for x in values):
            fields = [field for field in _DIVISORS if any(field in x for x in values)]
        # of records that come each second it is the same number in all places
        times = [int(x.t) - place if x.t.is_integer() else x.t for place, x in enumerate(records)]
        columns = [_multiplied([x.get(field) for x in values], _DIVISORS[field]) for field in fields]
        data = zlib.compress(msgspec.msgpack.encode([times, *columns]))
        names = [field if _DIVISORS[field] == 1 else f"{field}/{_DIVISORS[field]}" for field in fields]
        channel = Channel("notification", records[0].meter, PACKED + " ".join(names))
        same = unpack(channel, data) == records
    except (LibraryError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return records  # JSON of another program: nothing of it is lost
    return [FitRecords(channel, records[-1].t, data, len(records))] if same else records


def _multiplied(column: list[Any], by: float) -> list[Any]:
    if by == 1:
        return column
    return [
        None if x is None else [round(y * by) for y in x] if isinstance(x, list) else round(x * by)
        for x in column
    ]


def unpack(channel: Channel, data: bytes | None) -> list[Notification]:
    """The records of a row. Raises LibraryError for what is none."""
    try:
        times, *columns = _decode(zlib.decompress(data or b""))
        layout = _layout(channel.name)
        values = [_divided(column, by) for column, by in zip(columns, layout.divisors, strict=True)]
        return [
            Notification(
                float(t + place if isinstance(t, int) else t),
                _encode_json(layout.values(*record)),
                FIT_RECORD,
                channel.meter,
            )
            for place, (t, *record) in enumerate(zip(times, *values, strict=True))
        ]
    except (ValueError, TypeError, zlib.error) as error:
        raise LibraryError(
            f"the library holds FIT records that this legbal does not know ({error})",
            hint="A newer legbal may have recorded them: update legbal.",
        ) from error


def _divided(column: list[Any], by: float) -> list[Any]:
    if by != 1:
        column = [
            None if x is None else [y / by for y in x] if isinstance(x, list) else x / by for x in column
        ]
    return [msgspec.UNSET if x is None else x for x in column] if None in column else column

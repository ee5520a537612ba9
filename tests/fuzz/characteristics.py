"""Any octets on every characteristic and as any control point's answer: a result, or a `DecodeError` and nothing else.

One decoder at a time and many at once agree, and what was decoded gives its octets back.
"""

from __future__ import annotations

import json
import random

import numpy as np

from legbal.errors import DecodeError
from legbal.gatt import characteristics, control_point, heart_rate, uuids
from legbal.gatt.fields import FIELDS
from legbal.gatt.measurement import decode, decode_batch, decode_cut_short, encode
from legbal.gatt.registry import CHARACTERISTICS
from tests.fuzz import FuzzError
from tests.fuzz._octets import measurement, payload

DEFAULT, IN_SUITE = 1_000_000, 20_000
_BATCH = 4_096
_RIGHT = {
    uuids.MEASUREMENT: (
        "2f00870058fe5b400e0f2b",
        "4206d3002c01ecff6301b200",
        "00000000",
        "ff3f0a0064200001000000",
    ),
    uuids.VECTOR: ("072a018007b40064009600", "0b01000400640000ff", "30", "00"),
    uuids.FEATURES: ("0900", "0b001000", "ffffffff"),
    uuids.LOCATION: ("05", "10"),
    uuids.CONTROL_POINT: (
        *("2005015901", "20055901", "200302", "200c010100", "201001ffff4c00020102", "201004ff4c0001aa"),
        *("200f01e907030b0c0d0e", "200e0104", "2003010506", "04580100", "0c", "1000", "20100401", "200d01"),
    ),
    uuids.HEART_RATE: ("008e", "168e00040003", "1f8e002a0000040003", "3f8e002a00000400ff"),
    uuids.BATTERY_LEVEL: ("64", "00"),
}
_TEXTS = (
    b"Favero Electronics Srl",
    b"\x1b[2J\x00",
    "\u202e".encode(),
    b"\xff\xfe",
    "é".encode() * 90,
)


def run(count: int, seed: int) -> dict[str, int]:
    """Tries `count` payloads, spread over all characteristics."""
    rng = random.Random(seed)
    right = {uuid: [bytes.fromhex(x) for x in hexes] for uuid, hexes in _RIGHT.items()}
    for request in range(1, 17):  # an answer to every request, right and without its result
        right[uuids.CONTROL_POINT] += [bytes((0x20, request, result)) for result in range(5)]
    tried = dict.fromkeys((*right, "text"), 0)
    measurements: list[bytes] = []
    while sum(tried.values()) < count:
        uuid = rng.choice((uuids.MEASUREMENT, uuids.MEASUREMENT, uuids.CONTROL_POINT, *tried))
        tried[uuid] += 1
        if uuid == "text":
            _text(payload(rng, _TEXTS))
            continue
        octets = payload(rng, right[uuid])
        if uuid == uuids.MEASUREMENT:
            octets = measurement(rng) if rng.random() < 0.5 else octets
            measurements.append(octets)
            _measurement(octets)
        _described(uuid, octets)
        if len(measurements) == _BATCH:
            _batch(measurements)
            measurements.clear()
    _batch(measurements)
    return tried


def _described(uuid: str, octets: bytes) -> None:
    """What `legbal decode` prints of it, and what a ride reads."""
    describe = CHARACTERISTICS[uuid].describe
    try:
        if describe is not None:
            json.dumps(describe(octets), allow_nan=False)
        elif uuid == uuids.BATTERY_LEVEL:
            characteristics.decode_battery_level(octets)
        if uuid == uuids.CONTROL_POINT:
            answer = control_point.decode(octets)
            assert answer.request_name.isprintable()
        if uuid == uuids.HEART_RATE:
            assert heart_rate.encode(heart_rate.decode(octets)) == octets
    except DecodeError as error:
        if not (0 <= error.offset <= len(octets) and str(error).isprintable()):
            raise FuzzError(f"{uuid} {octets.hex()}: {error!r}") from error
    except Exception as error:
        raise FuzzError(f"{uuid} {octets.hex()}: {error!r}") from error


def _measurement(octets: bytes) -> None:
    try:
        whole = decode(octets)
    except DecodeError:
        cut = decode_cut_short(octets)
        again = b"" if cut is None else encode(cut.measurement)
        if again[2:] != octets[2 : len(again)]:
            raise FuzzError(f"2a63 {octets.hex()}: what is whole in it is {again.hex()}") from None
    else:
        if encode(whole) != octets:
            raise FuzzError(f"2a63 {octets.hex()} gives back {encode(whole).hex()}")


def _batch(payloads: list[bytes]) -> None:
    offsets = np.cumsum([0, *map(len, payloads)])
    columns = decode_batch(np.frombuffer(b"".join(payloads), np.uint8), offsets)
    values = {name: column.tolist() for name, column in columns.items()}
    present = {field.name: columns.present(field.name).tolist() for field in FIELDS}
    for index, octets in enumerate(payloads):
        try:
            one = decode(octets)
        except DecodeError as error:
            if columns.ok[index] or str(columns.error(index)) != str(error):
                raise FuzzError(
                    f"2a63 {octets.hex()}: {error} alone, {columns.error(index)} among others"
                ) from error
            continue
        many = {name: values[name][index] if there[index] else None for name, there in present.items()}
        if any(getattr(one, name) != value for name, value in many.items()):
            raise FuzzError(f"2a63 {octets.hex()}: {one} alone, {many} among others")


def _text(octets: bytes) -> None:
    shown = characteristics.decode_text(octets)
    if not shown.isprintable() or len(shown) > characteristics.LONGEST_TEXT:
        raise FuzzError(f"text {octets.hex()}: {shown!a}")

"""Records that are read all at once say what each of them says by itself, to the last octet."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from chiptime.frames import crc16
from hypothesis import given
from hypothesis import strategies as some

from legbal.files.fit.columns import record_columns
from legbal.files.fit.layouts import AtOnce, MessageLayout
from legbal.files.fit.messages import DecodedFile, read_messages
from legbal.files.fit.reading import _FIELD_NAMES
from legbal.files.fit.records import RecordReader
from tests.files.fit_files import ride
from tests.shared import shared

PATH = Path("x.fit")
RECORD = 20
# of record by their numbers: their sizes, and the octets of base types that they may have: the usual one first
FIELDS = {
    253: (4, 0x86, 0x0D, 0x85),
    0: (4, 0x85, 0x86),
    7: (2, 0x84, 0x83, 0x0D),
    30: (1, 0x02, 0x0D, 0x01, 0x0A, 0x1C),
    4: (1, 0x02, 0x01),
    29: (4, 0x86, 0x88),
    43: (1, 0x02, 0x0A),
    46: (1, 0x02),
    67: (1, 0x01, 0x02),
    69: (2, 0x02, 0x01),
    72: (2, 0x02, 0x84),
    6: (2, 0x84),  # speed: nothing that is wanted
}


class Defined(NamedTuple):
    """A layout as a file defines it: fields as number, size and base type, and octets of other programs after them."""

    big_endian: bool
    fields: tuple[tuple[int, int, int], ...]
    others: int

    @property
    def size(self) -> int:
        return sum(size for _, size, _ in self.fields) + self.others

    def octets(self, local: int) -> bytes:
        start = struct.pack(
            ">BBBHB" if self.big_endian else "<BBBHB",
            0x60 | local,
            0,
            self.big_endian,
            RECORD,
            len(self.fields),
        )
        own = bytes(octet for field in self.fields for octet in field)
        return start + own + (bytes([1, 0, self.others, 0]) if self.others else bytes(1))


def file(layouts: Sequence[Defined], messages: Iterable[tuple[int, bytes]]) -> bytes:
    """A FIT file of records, each by the number of its layout, above 3 in a compressed header, and its octets."""
    body = b"".join(layout.octets(local) for local, layout in enumerate(layouts))
    for number, octets in messages:
        local = number % 4 % len(layouts)
        size = layouts[local].size
        body += bytes([local if number < 4 else 0x80 | local << 5 | number & 0x1F]) + (octets * size)[:size]
    header = struct.pack("<BBHI4sH", 14, 0x20, 0, len(body), b".FIT", 0)
    return header + body + struct.pack("<H", crc16(header + body))


def by_itself(octets: bytes) -> tuple[DecodedFile, bool, object]:
    reader = RecordReader()
    decoded = read_messages(PATH, octets, _FIELD_NAMES, {"record": reader.read})
    return decoded, reader.has_position, reader.unreadable


def at_once(octets: bytes) -> tuple[tuple[DecodedFile, bool, object], int]:
    """The same, and how many were read at once."""
    reader, lengths = RecordReader(), [0]
    usual = record_columns(reader)

    def read(layout: MessageLayout, payloads: Sequence[bytes]) -> Iterable[object]:
        lengths.append(len(payloads))
        return usual.read(layout, payloads)

    counted = AtOnce(usual.is_usual, read)
    decoded = read_messages(PATH, octets, _FIELD_NAMES, {"record": reader.read}, {"record": counted})
    return (decoded, reader.has_position, reader.unreadable), sum(lengths)


@some.composite
def definitions(draw: some.DrawFn) -> Defined:
    numbers = draw(some.lists(some.sampled_from(sorted(FIELDS)), max_size=8))
    fields = []
    for number in numbers:
        size, usual, *odd = FIELDS[number]
        base_type = draw(some.sampled_from([usual] * 8 + odd))
        fields.append((number, size * draw(some.sampled_from([1] * 8 + [2, 3])), base_type))
    return Defined(draw(some.booleans()), tuple(fields), draw(some.sampled_from([0, 0, 3])))


OCTETS = some.lists(
    some.sampled_from([0, 1, 0x7F, 0x80, 0xB2, 0xFE, 0xFF, 0x40, 100]), min_size=1, max_size=40
)
MESSAGES = some.lists(some.tuples(some.integers(0, 3), OCTETS.map(bytes)), max_size=30)
COMPRESSED = some.lists(some.tuples(some.integers(0, 40), OCTETS.map(bytes)), max_size=30)


@given(some.lists(definitions(), min_size=1, max_size=3), MESSAGES | COMPRESSED)
def test_all_at_once_they_say_what_each_says_by_itself(
    layouts: list[Defined], messages: list[tuple[int, bytes]]
) -> None:
    octets = file(layouts, messages)
    assert at_once(octets)[0] == by_itself(octets)


@given(some.booleans(), some.lists(OCTETS.map(bytes), min_size=1, max_size=30))
def test_those_of_a_usual_layout_are_read_at_once(big_endian: bool, messages: list[bytes]) -> None:
    layout = Defined(
        big_endian, tuple((number, size, usual) for number, (size, usual, *_) in FIELDS.items()), 3
    )
    octets = file([layout], [(0, message) for message in messages])
    read, count = at_once(octets)
    assert read == by_itself(octets)
    assert count == len(messages)


def test_a_time_that_counts_on_from_them_is_right() -> None:
    """A compressed header has the last bits of a time, and no more."""
    whole, short = ((253, 4, 0x86), (7, 2, 0x84)), ((7, 2, 0x84),)
    layouts = [Defined(False, whole, 0), Defined(False, short, 0)]
    start = 1_100_000_000 // 32 * 32
    messages = [(0, struct.pack("<IH", start, 200)), (4 + 1 + 4, struct.pack("<H", 210))]
    octets = file(layouts, messages)
    (decoded, *_), count = at_once(octets)
    assert count == 1
    assert [record.time for record in decoded.messages["record"]] == [start, start + 9]


def test_damage_takes_none_of_those_before_it() -> None:
    octets = ride(60)
    for damaged in (octets[:-40], octets[:-2] + b"xx"):
        read, count = at_once(damaged)
        assert read == by_itself(damaged)
        assert count > 50


@pytest.mark.parametrize("folder", ["data/fit", "data/cases"])
def test_files_of_others_say_the_same_and_those_of_head_units_are_read_at_once(folder: str) -> None:
    for path in sorted(shared(folder).glob("*.fit")):
        octets = path.read_bytes()
        read, count = at_once(octets)
        assert read == by_itself(octets), path.name
        assert folder == "data/cases" or count == len(read[0].messages["record"]), path.name

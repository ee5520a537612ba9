"""Time in compressed headers, in files written here octet by octet; fitdecode, which knows them, is the judge."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from math import ceil
from pathlib import Path

import pytest
from chiptime.frames import crc16
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import FileFormatError
from legbal.files.fit.reading import read
from legbal.ride.inputs import FIT_RECORD, Notification
from tests.files.fit_files import START, by_fitdecode, spoilt

FILE_ID = bytes((0x45, 0, 0, 0, 0, 1, 0, 1, 0x00, 0x05, 4))  # file_id: type activity


def definition(local: int, *, timed: bool, big: bool = False, developer: int = 0) -> bytes:
    """Records of local number `local`: perhaps a timestamp, then power, balance and cadence."""
    fields = [(253, 4, 0x86)] * timed + [(7, 2, 0x84), (30, 1, 0x02), (4, 1, 0x02)]
    octets = bytes((0x40 | (0x20 if developer else 0) | local, 0, big))
    octets += struct.pack(">H" if big else "<H", 20) + bytes((len(fields),))
    octets += b"".join(map(bytes, fields))
    return octets + (bytes((1, 0, developer, 0)) if developer else b"")


def values(power: int, *, time: int | None = None, big: bool = False) -> bytes:
    order = ">" if big else "<"
    stamp = b"" if time is None else struct.pack(f"{order}I", time)
    return stamp + struct.pack(f"{order}HBB", power, 0x80 | 52, 90)


def short(local: int, time: int) -> bytes:
    """A compressed header."""
    return bytes((0x80 | local << 5 | time & 0x1F,))


def file(*parts: bytes, header: int = 14) -> bytes:
    content = b"".join((FILE_ID, *parts))
    octets = struct.pack("<BBHI4s", header, 0x20, 2132, len(content), b".FIT")
    if header == 14:
        octets += crc16(octets).to_bytes(2, "little")
    octets += content
    return octets + crc16(octets).to_bytes(2, "little")


def told(path: Path, octets: bytes) -> tuple[list[tuple[float, int]], list[str]]:
    """Time and power of each record, and what was said of the file."""
    path.write_bytes(octets)
    said: list[str] = []
    found = read(path, said.append)
    records = [x for x in found.inputs if isinstance(x, Notification) and x.uuid == FIT_RECORD]
    return [(x.t, json.loads(x.data)["power"]) for x in records], said


@pytest.mark.parametrize("header", [12, 14])
@pytest.mark.parametrize("big", [False, True])
def test_time_in_compressed_headers_is_read(path: Path, header: int, big: bool) -> None:
    """Past a turn of the five bits too, and once with half a minute between two records."""
    times = [*range(1, 70), 100, 101]
    octets = file(
        definition(0, timed=True, big=big),
        bytes((0,)) + values(200, time=START, big=big),
        definition(1, timed=False, big=big),
        *(short(1, START + t) + values(200 + t, big=big) for t in times),
        header=header,
    )
    assert told(path, octets) == ([(float(t), 200 + t) for t in (0, *times)], [])


def test_a_number_may_be_used_with_and_without(path: Path) -> None:
    plain = bytes((0,)) + values(1)  # a record without any time is none of a ride
    octets = file(
        definition(2, timed=True),
        bytes((2,)) + values(100, time=START),
        definition(0, timed=False),
        short(0, START + 1) + values(101),
        plain,
        short(0, START + 2) + values(102),
        bytes((2,)) + values(150, time=START + 50),
        short(0, START + 51) + values(151),
    )
    assert told(path, octets)[0] == [(0.0, 100), (1.0, 101), (2.0, 102), (50.0, 150), (51.0, 151)]


def test_developer_fields_are_stepped_over(path: Path) -> None:
    octets = file(
        definition(0, timed=True),
        bytes((0,)) + values(100, time=START),
        definition(1, timed=False, developer=3),
        short(1, START + 5) + values(105) + b"abc",
    )
    assert told(path, octets) == ([(0.0, 100), (5.0, 105)], [])


def test_before_any_full_time_there_is_none_to_count_from(path: Path) -> None:
    octets = file(
        definition(1, timed=False),
        short(1, 7) + values(50),
        definition(0, timed=True),
        bytes((0,)) + values(100, time=START),
    )
    said = f"{path}: left out 1 record whose time cannot be of this ride"
    assert told(path, octets) == ([(0.0, 100)], [said])


def some(count: int = 40) -> bytes:
    return file(
        definition(0, timed=True),
        bytes((0,)) + values(200, time=START),
        definition(1, timed=False),
        *(short(1, START + t) + values(200 + t) for t in range(1, count)),
    )


def test_a_bad_checksum_is_still_told(path: Path) -> None:
    octets = some()
    records, said = told(path, octets[:-1] + bytes((octets[-1] ^ 1,)))
    assert len(records) == 40
    assert "checksum does not fit" in said[0]


def test_a_truncated_file_is_read_as_far_as_it_goes(path: Path) -> None:
    records, said = told(path, some()[:-23])
    assert len(records) == 35
    assert "bytes are missing" in said[0]


def test_an_unfinished_file_too(path: Path) -> None:
    octets = some()
    records, said = told(path, octets[:4] + bytes(4) + octets[8:-2])
    assert len(records) == 40
    assert "never finished" in said[0]


def test_a_message_of_no_known_kind_is_told(path: Path) -> None:
    octets = file(definition(0, timed=True), bytes((0,)) + values(9, time=START), short(3, 1) + values(1))
    records, said = told(path, octets)
    assert records == [(0.0, 9)]
    assert "a message in it that none before it describes" in said[0]


def test_files_one_after_the_other_are_read_both(path: Path) -> None:
    second = file(
        definition(0, timed=True), *(bytes((0,)) + values(100, time=START + t) for t in range(3, 6))
    )
    records, said = told(path, some(3) + second)
    assert [t for t, _ in records] == [0, 1, 2, 3, 4, 5]
    assert not said


Step = tuple[int, int, bool]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 31), st.booleans()), max_size=30))
def test_both_decoders_read_the_same(tmp_path_factory: pytest.TempPathFactory, steps: Iterable[Step]) -> None:
    """Whatever is mixed: local numbers, full and compressed times."""
    now = START
    parts = [definition(8 + 0, timed=True), bytes((8,)) + values(1, time=now)]
    parts += [definition(local, timed=False, big=bool(local % 2)) for local in range(4)]
    expected = [(now, 1)]
    for local, gap, full in steps:
        now += gap
        power = len(expected) + 1
        if full:
            parts.append(bytes((8,)) + values(power, time=now))
        else:
            parts.append(short(local, now) + values(power, big=bool(local % 2)))
        expected.append((now, power))
    octets = file(*parts)
    assert [(x["timestamp"], x["power"]) for x in by_fitdecode(octets)["record"]] == expected
    path = tmp_path_factory.mktemp("mixed") / "old.fit"
    read_in, said = told(path, octets)  # of several in one second each is a part of it
    assert [(START + ceil(t), power) for t, power in read_in] == expected
    assert not said


@given(spoilt(some(8), most=8, shorter_by=60))
def test_whatever_is_in_a_file_it_is_a_ride_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzzed") / "old.fit"
    path.write_bytes(octets)
    try:
        read(path, lambda _: None)
    except FileFormatError:
        return

"""FIT files that are cut short, spoilt or of something else: read as far as they go, or refused in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given

from legbal.errors import FileFormatError
from legbal.files.fit import messages
from legbal.files.fit.reading import read
from legbal.ride.inputs import Setup
from legbal.ride.ride import fold
from tests.files.fit_files import START, fit, head, records, ride, spoilt
from tests.files.test_fit_reading import parsed, told


def test_a_record_with_a_broken_time_is_left_out(path: Path) -> None:
    far = ("RECORD", {"timestamp": START + 90 * 86400, "power": 200})
    unset = ("RECORD", {"timestamp": 77, "power": 200})
    found, said = parsed(path, fit(*head(), unset, *records(range(30)), far))
    assert len(told(found)) == 30
    assert said == [f"{path}: left out 2 records whose time cannot be of this ride"]


def without_size(octets: bytes) -> bytes:
    return octets[:4] + bytes(4) + octets[8:]


@pytest.mark.parametrize(
    "unfinish",
    [
        lambda octets: without_size(octets)[:-2],
        lambda octets: without_size(octets)[:-9],
        lambda octets: bytes(14) + octets[14:-2],
        lambda octets: b"\x00" + octets[1:-2],
    ],
    ids=["no size", "no size, in mid record", "a header of zeros", "header size 0"],
)
def test_an_unfinished_file_is_read_as_far_as_it_goes(path: Path, unfinish: Any) -> None:
    found, said = parsed(path, unfinish(ride(60)))
    assert len(told(found)) in (59, 60)
    (sentence,) = said
    assert "its device never finished it" in sentence
    assert f"{len(told(found))} records are read" in sentence


def test_a_truncated_file_is_read_as_far_as_it_goes(path: Path) -> None:
    whole = ride(60)
    found, said = parsed(path, whole[: len(whole) // 2])
    assert 20 < len(told(found)) < 40
    assert "bytes are missing" in said[0]


def test_one_octet_and_one_record_are_told_as_one(path: Path) -> None:
    _, said = parsed(path, ride(60)[:-1])
    assert said == [f"{path}: its last byte is missing; its 60 records are read"]
    _, said = parsed(path, fit(*head(), *records(range(1)))[:-1])
    assert said == [f"{path}: its last byte is missing; its 1 record is read"]


def test_what_stands_before_its_beginning_is_told_in_plain_words(path: Path) -> None:
    """As in an archive that was given the name of the file in it."""
    _, said = parsed(path, b"PK\3\4 and a name" + ride(60))
    assert said == [f"{path}: its beginning is damaged; its 60 records are read"]


def test_a_bad_checksum_is_told_and_the_records_are_read(path: Path) -> None:
    octets = bytearray(ride(60))
    octets[-1] ^= 0xFF
    found, said = parsed(path, bytes(octets))
    assert len(told(found)) == 60
    assert "checksum does not fit" in said[0]


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"", "is empty"),
        (b"hello, this is no FIT file at all", "not a FIT file"),
        (bytes(100), "not a FIT file"),
        (ride(60)[:14], "holds no record"),
        (fit(*head()), "holds no record"),
        (fit(*head(), ("RECORD", {"heart_rate": 100})), "holds no record"),
    ],
)
def test_what_holds_no_ride_is_told_with_the_file_s_name(path: Path, octets: bytes, reason: str) -> None:
    path.write_bytes(octets)
    with pytest.raises(FileFormatError, match=reason) as caught:
        read(path, print)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_told(path: Path) -> None:
    with pytest.raises(FileFormatError, match="cannot be read: No such file"):
        read(path, print)


@pytest.mark.parametrize(
    ("bound", "words"),
    [("_MOST_FRAMES", "40 messages"), ("_MOST_TAKEN", "40 messages of riding")],
)
def test_a_file_of_more_than_a_ride_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, words: str
) -> None:
    monkeypatch.setattr(messages, bound, 40)
    path.write_bytes(ride(60))
    with pytest.raises(FileFormatError, match=f"holds more than {words}, which no ride does"):
        read(path, print)


@given(spoilt(ride(5), most=12, shorter_by=300))
def test_whatever_is_in_a_file_it_is_a_ride_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzzed") / "ride.fit"
    path.write_bytes(octets)
    try:
        found = read(path, lambda _: None)
    except FileFormatError:
        return
    times = [item.t for item in found.inputs]
    assert times == sorted(times)
    assert all(0 <= t <= 4 * 86400 for t in times)
    msgspec.json.encode(found.meter)
    fold(Setup(plan=found.plan), found.inputs)

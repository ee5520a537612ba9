"""Fields as no definition of FIT allows them: what cannot be read is left out and said, and never costs the ride."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from legbal.errors import FileFormatError
from legbal.files.fit.reading import FitRide, read
from legbal.ride.inputs import FIT_RECORD, Notification, Setup
from legbal.ride.ride import fold
from tests.files.fit_files import START
from tests.files.test_fit_compressed import file

Field = tuple[int, int, bytes]  # number, base type, octets of each record
TIME, POWER, BALANCE, CADENCE, HEART_RATE = 253, 7, 30, 4, 3
SOME = "some of its fields cannot be read; all else was read"

NO_FIELD_OF_OURS = {
    "a developer's of no size": ([], [(0, b"")]),
    "a developer's of an odd size": ([], [(1, b"abc")]),
    "a developer's of a type that does not exist": ([], [(2, b"ab")]),
    "a base type that does not exist": ([(200, 0x1C, b"\x01\x02\x03")], []),
    "a number of no size": ([(200, 0x84, b"")], []),
    "a long number cut short": ([(200, 0x8F, b"\0" * 7)], []),
    "a float in three octets": ([(200, 0x88, b"\0" * 3)], []),
    "a heart rate of no size": ([(HEART_RATE, 0x02, b"")], []),
    "a place of an odd size": ([(0, 0x85, b"\0" * 5), (1, 0x85, b"")], []),
    "all of them": ([(200, 0x1C, b"\x01"), (201, 0x86, b""), (202, 0x89, b"\0" * 9)], [(0, b""), (1, b"abc")]),
}  # fmt: skip

# developer 0 has field 1, a float32, and field 2 of the base type 0x1C
DESCRIPTIONS = b"".join(
    bytes((0x4F, 0, 0, 206, 0, 3, 0, 1, 2, 1, 1, 2, 2, 1, 2)) + bytes((15, 0, number, base))
    for number, base in ((1, 0x88), (2, 0x1C))
)


def definition(fields: list[Field], developers: list[tuple[int, bytes]], big: bool = False) -> bytes:
    octets = bytes((0x60 if developers else 0x40, 0, big)) + struct.pack(">H" if big else "<H", 20)
    octets += bytes((len(fields),)) + b"".join(bytes((n, len(value), base)) for n, base, value in fields)
    if developers:
        octets += bytes((len(developers),))
        octets += b"".join(bytes((n, len(value), 0)) for n, value in developers)
    return octets


def power(t: int) -> int:
    return 180 + t % 40


def balance(t: int) -> int:
    return 0x80 | (51 + t % 3)


def ordinary(t: int) -> list[Field]:
    return [
        (TIME, 0x86, struct.pack("<I", START + t)),
        (POWER, 0x84, struct.pack("<H", power(t))),
        (BALANCE, 0x02, bytes((balance(t),))),
        (CADENCE, 0x02, bytes((90,))),
    ]


def message(fields: list[Field], developers: list[tuple[int, bytes]]) -> bytes:
    return b"\0" + b"".join(value for *_, value in fields) + b"".join(value for _, value in developers)


def recorded(
    seconds: range, fields: list[Field], developers: list[tuple[int, bytes]], *, first: bool = False
) -> bytes:
    """Ordinary records with these fields too, before or after the others."""
    whole = [fields + ordinary(t) if first else ordinary(t) + fields for t in seconds]
    return definition(whole[0], developers) + b"".join(message(each, developers) for each in whole)


def replaced(seconds: range, number: int, base: int, values: list[bytes]) -> bytes:
    """Records in which one of the ordinary fields is of this type, and holds these octets."""
    whole = [
        [(n, base, value) if n == number else (n, b, v) for n, b, v in ordinary(t)]
        for t, value in zip(seconds, values, strict=True)
    ]
    return definition(whole[0], []) + b"".join(message(each, []) for each in whole)


def ridden(path: Path, octets: bytes) -> tuple[FitRide, list[Notification], list[str]]:
    path.write_bytes(octets)
    said: list[str] = []
    found = read(path, said.append)
    records = [x for x in found.inputs if isinstance(x, Notification) and x.uuid == FIT_RECORD]
    return found, records, [sentence.removeprefix(f"{path}: ") for sentence in said]


def left(found: FitRide) -> float | None:
    return fold(Setup(ftp_w=250), found.inputs)[1].ride.left_percent


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("begins", [0, 60])
@pytest.mark.parametrize("name", NO_FIELD_OF_OURS)
def test_an_odd_field_costs_nothing_but_itself(path: Path, name: str, begins: int, first: bool) -> None:
    """From the start or from the middle on, before or after the other fields."""
    fields, developers = NO_FIELD_OF_OURS[name]
    plain = recorded(range(120), [], [])
    odd = recorded(range(begins, 120), fields, developers, first=first)
    before = recorded(range(begins), [], []) if begins else b""
    _, records, said = ridden(path, file(plain))
    assert not said
    _, odd_records, said = ridden(path, file(DESCRIPTIONS, before, odd))
    assert said == [SOME]
    assert odd_records == records


@pytest.mark.parametrize("base", [0x86, 0x1C])
@pytest.mark.parametrize("octets", [b"", b"\x01\x02\x03"])
@pytest.mark.parametrize(("number", "word"), [(POWER, "power"), (BALANCE, "balance"), (CADENCE, "cadence")])
def test_where_what_the_share_rests_on_cannot_be_read_it_is_said_of_how_many_records(
    path: Path, number: int, word: str, octets: bytes, base: int
) -> None:
    odd = replaced(range(60, 120), number, base, [octets] * 60)
    found, records, said = ridden(path, file(recorded(range(60), [], []), odd))
    assert said == [f"its {word} in 60 records cannot be read; all else was read"]
    assert len(records) == 120
    assert left(found) == pytest.approx(48, abs=0.3)


def test_fields_of_ours_in_other_types_are_read(path: Path) -> None:
    """Power as a float, the balance signed or in two octets: the values are the same."""
    spans = range(30), range(30, 60), range(60, 90), range(90, 120)
    octets = file(
        replaced(spans[0], POWER, 0x88, [struct.pack("<f", power(t)) for t in spans[0]]),
        replaced(spans[1], BALANCE, 0x01, [bytes((balance(t),)) for t in spans[1]]),
        replaced(spans[2], BALANCE, 0x84, [struct.pack("<H", balance(t)) for t in spans[2]]),
        replaced(spans[3], TIME, 0x0D, [struct.pack("<I", START + t) for t in spans[3]]),
    )
    found, records, said = ridden(path, octets)
    plain, _, _ = ridden(path, file(recorded(range(120), [], [])))
    assert not said
    assert len(records) == 120
    assert left(found) == left(plain)


@pytest.mark.parametrize(
    ("base", "value"),
    [
        (0x84, struct.pack("<H", 0x8000 | 5200)),  # as laps have it, in hundredths
        (0x02, bytes((0x80 | 52, 0x80 | 52))),  # a row of two
        (0x07, b"52 %\0"),
        (0x88, struct.pack("<f", 1e9)),
    ],
)
def test_a_balance_that_is_none_is_not_taken_for_one(path: Path, base: int, value: bytes) -> None:
    odd = replaced(range(60, 120), BALANCE, base, [value] * 60)
    found, _, said = ridden(path, file(recorded(range(60), [], []), odd))
    assert said == ["its balance in 60 records cannot be read; all else was read"]
    assert left(found) == pytest.approx(48, abs=0.3)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_float_that_is_no_number_is_none(path: Path, value: float) -> None:
    odd = replaced(range(60, 120), POWER, 0x88, [struct.pack("<f", value)] * 60)
    _, records, _ = ridden(path, file(recorded(range(60), [], []), odd))
    assert len(records) == 120


def test_where_no_power_can_be_read_that_is_the_reason(path: Path) -> None:
    path.write_bytes(file(replaced(range(100), POWER, 0x84, [b"abc"] * 100)))
    with pytest.raises(FileFormatError, match=r"has no power.* \(its power in 100 records cannot be read"):
        read(path, lambda _: None)


def test_records_without_a_time_that_can_be_read_are_told(path: Path) -> None:
    odd = replaced(range(60, 120), TIME, 0x86, [b"abc"] * 60)
    _, records, said = ridden(path, file(recorded(range(60), [], []), odd))
    assert len(records) == 60
    assert said[0] == "left out 60 records whose time cannot be of this ride"


def test_odd_fields_of_the_device_and_the_session_cost_no_ride(path: Path) -> None:
    """A device without a readable name, a session whose sport is a row."""
    device = bytes((0x41, 0, 0, 23, 0, 2, 1, 0, 0x02, 2, 3, 0x84)) + b"\x01abc"
    session = bytes((0x42, 0, 0, 18, 0, 2, 5, 0, 0x00, 253, 4, 0x1C)) + b"\x02" + bytes(4)
    found, records, said = ridden(path, file(device, recorded(range(100), [], []), session))
    assert said == [SOME]
    assert len(records) == 100
    assert left(found) == pytest.approx(48, abs=0.3)


def test_the_same_field_a_hundred_times_costs_one(path: Path) -> None:
    twice = [(HEART_RATE, 0x02, b"\x50")] * 200
    found, records, said = ridden(path, file(recorded(range(100), twice, [])))
    assert not said
    assert len(records) == 100
    assert left(found) == pytest.approx(48, abs=0.3)

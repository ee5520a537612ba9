"""FIT files by chiptime and by fitdecode, which know nothing of each other: every file there is, field by field."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import FileFormatError
from legbal.files.fit import layouts, messages
from legbal.files.fit.messages import encode_file, name_of, read_messages
from tests.files.fit_files import START, by_chiptime, by_fitdecode, fit, head, record, records, ride
from tests.shared import shared

FIELDS = ("timestamp", "power", "left_right_balance", "cadence", "heart_rate")
REFUSED_BY_FITDECODE = {"f01_dev_size0.fit", "f02_dev_size3_float.fit", "f04_base_1c.fit"}


def test_every_record_of_every_real_ride_is_the_same() -> None:
    compared = 0
    for file in [*shared("data/fit").glob("*.fit"), *shared("data/cases").glob("*.fit")]:
        if file.name in REFUSED_BY_FITDECODE:
            continue
        octets = file.read_bytes()
        ours, damage, *_ = read_messages(file, octets, {"record": FIELDS})
        theirs = by_fitdecode(octets)["record"]
        assert damage is None
        assert ours["record"] == [{name: x[name] for name in FIELDS if name in x} for x in theirs], file
        compared += len(theirs)
    assert compared > 29_000


def test_what_was_not_asked_for_is_not_given(tmp_path: Path) -> None:
    octets = fit(*head(), record(0, 200, 0x80 | 52, heart_rate=120))
    found, *_ = read_messages(tmp_path, octets, {"record": ("power",)})
    assert found == {"record": [{"power": 200}]}


def test_accumulated_power_that_begins_anew_is_given_as_it_stands(tmp_path: Path) -> None:
    octets = fit(*head(), *(record(t, accumulated_power=x) for t, x in enumerate((900, 1100, 200, 400))))
    found, *_ = read_messages(tmp_path, octets, {"record": ("accumulated_power",)})
    assert [x["accumulated_power"] for x in found["record"]] == [900, 1100, 200, 400]


def test_after_that_a_record_without_one_has_none(tmp_path: Path) -> None:
    octets = fit(
        *head(), *(record(t, accumulated_power=x) for t, x in enumerate((900, 200, 0xFFFFFFFF, 400)))
    )
    found, *_ = read_messages(tmp_path, octets, {"record": ("accumulated_power",)})
    assert found["record"] == [
        {"accumulated_power": 900},
        {"accumulated_power": 200},
        {},
        {"accumulated_power": 400},
    ]


def test_more_layouts_than_any_device_has_end_the_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layouts, "MOST_LAYOUTS", 3)
    odd = [record(t, heart_rate=None if t % 2 else 99, power=None if t % 3 else 200) for t in range(6)]
    with pytest.raises(
        FileFormatError, match=r"holds more than [0-9,]+ kinds of messages, which no ride does"
    ):
        read_messages(tmp_path, fit(*head(), *odd), {"record": ("power",)})


def with_a_hole() -> bytes:
    """Thirty records, octets that are no message, as a failing card leaves them, and thirty more records."""
    first, second = fit(*head(), *records(range(30))), fit(*records(range(30, 60)))
    octets = bytearray(first[:-2] + b"\x0f" * 40 + second[14:])
    octets[4:8] = (len(octets) - 16).to_bytes(4, "little")
    return bytes(octets)


def test_past_octets_that_are_no_message_the_reading_goes_on(tmp_path: Path) -> None:
    found, damage, *_ = read_messages(tmp_path, with_a_hole(), {"record": ("timestamp",)})
    assert [x["timestamp"] - START for x in found["record"]] == list(range(60))
    assert damage is not None


def test_a_large_damaged_file_is_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "_LARGEST_TO_SEARCH", 300)
    found, damage, *_ = read_messages(tmp_path, with_a_hole(), {"record": ("timestamp",)})
    assert len(found["record"]) == 30
    assert damage is not None


@pytest.mark.parametrize(
    "rest",
    [bytes(7), bytes(600), b"\n", b"Sent from my telephone", b"\x0e" * 40, b"\x0c.FIT" * 9, ride(5)[:10]],
)
def test_octets_after_the_end_are_told_as_that(tmp_path: Path, rest: bytes) -> None:
    """Also such as begin like the header of another file."""
    found, damage, *_ = read_messages(tmp_path, ride(20) + rest, {"record": ("power",)})
    assert len(found["record"]) == 20
    octets = "1 byte after its end belongs" if len(rest) == 1 else f"{len(rest)} bytes after its end belong"
    assert damage == f"{octets} to no ride and {'is' if len(rest) == 1 else 'are'} left out"


def test_products_newer_than_the_library_have_names() -> None:
    assert name_of("garmin_product", 4525) == "rally_x10"
    assert name_of("garmin_product", 3121) == "edge_530"
    assert name_of("garmin_product", "edge") == name_of("no such table", 1) == ""


@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(0, 0xFFFE),
            st.none() | st.integers(0, 0xFE),
            st.none() | st.integers(-127, 126),
        )
    )
)
def test_both_decoders_read_what_is_written(values: list[tuple[int | None, int | None, int | None]]) -> None:
    written = [
        {"timestamp": START + t, "power": power, "cadence": cadence, "left_pco": offset}
        for t, (power, cadence, offset) in enumerate(values)
    ]
    octets = encode_file(("record", fields) for fields in written)
    expected = [{name: x for name, x in fields.items() if x is not None} for fields in written]
    assert by_fitdecode(octets).get("record", []) == by_chiptime(octets).get("record", []) == expected


@pytest.mark.parametrize(
    ("name", "value"), [("power", 0xFFFF), ("power", -1), ("left_pco", 127), ("cadence", 255)]
)
def test_what_a_field_cannot_hold_is_refused(name: str, value: int) -> None:
    with pytest.raises(FileFormatError, match=f"{name} {value} is more than a FIT file can hold"):
        encode_file([("record", {name: value})])

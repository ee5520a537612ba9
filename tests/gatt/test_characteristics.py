"""The characteristics that are short: vector, feature, location, battery, device information."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import DecodeError
from legbal.gatt import vector
from legbal.gatt.characteristics import (
    Feature,
    decode_battery_level,
    decode_feature,
    decode_location,
    decode_text,
    encode_feature,
    encode_location,
)


def test_vector_with_forces() -> None:
    found = vector.decode(bytes.fromhex("072a018007b40064009600"))
    assert (found.crank_revolutions, found.crank_event_time_s) == (298, 1.875)
    assert (found.first_angle_deg, found.force_n, found.torque_nm) == (180, (100, 150), None)
    assert found.direction_name == "unknown"


def test_vector_with_torques_and_direction() -> None:
    found = vector.decode(bytes.fromhex("184000e0ff"))
    assert (found.torque_nm, found.force_n, found.direction_name) == ((2.0, -1.0), None, "tangential")


@pytest.mark.parametrize(
    ("text", "name", "offset"),
    [
        ("", "flags", 0),
        ("0c", "flags", 0),
        ("012a01", "crank event time", 3),
        ("0264", "first crank measurement angle", 1),
        ("04640096", "force magnitudes", 3),
        ("0000", "end of vector", 1),
    ],
)
def test_vectors_that_cannot_be_read(text: str, name: str, offset: int) -> None:
    with pytest.raises(DecodeError) as caught:
        vector.decode(bytes.fromhex(text))
    assert (caught.value.field, caught.value.offset) == (name, offset)


@given(st.binary(max_size=30))
def test_vectors_give_back_every_octet(payload: bytes) -> None:
    try:
        found = vector.decode(payload)
    except DecodeError:
        return
    assert vector.encode(found) == payload


@pytest.mark.parametrize(
    "wrong",
    [
        vector.Vector(0, first_angle_deg=1),
        vector.Vector(2, first_angle_deg=-1),
        vector.Vector(0, unparsed=b"x"),
    ],
)
def test_vectors_the_wire_cannot_carry_are_refused(wrong: vector.Vector) -> None:
    with pytest.raises(ValueError, match=r"flags|fit"):
        vector.encode(wrong)


def test_features_of_the_assioma() -> None:
    found = decode_feature(bytes.fromhex("09121100"))
    assert found.features == ("balance", "crank", "offset compensation", "crank length", "context")
    assert (found.context, found.distributed_system) == ("torque", "not for distributed")


def test_features_in_two_octets() -> None:
    found = decode_feature(b"\x09\x00")
    assert found.features == ("balance", "crank")
    assert found.distributed_system == "unspecified"
    assert encode_feature(found) == b"\x09\x00"


def test_distributed_system() -> None:
    assert Feature(0x00200000).distributed_system == "can be used in one"


@given(st.binary(max_size=6))
def test_features_are_two_or_four_octets(payload: bytes) -> None:
    if len(payload) in (2, 4):
        assert encode_feature(decode_feature(payload)) == payload
    else:
        with pytest.raises(DecodeError):
            decode_feature(payload)


def test_locations() -> None:
    assert [decode_location(bytes([number])) for number in (0, 5, 15, 16, 17)] == [
        "other", "left crank", "spider", "chain ring", "reserved 17",
    ]  # fmt: skip
    assert encode_location("right pedal") == b"\x08"


def test_battery() -> None:
    assert decode_battery_level(b"\x64") == 100
    assert decode_battery_level(b"\x39") == 57


@pytest.mark.parametrize("decode", [decode_battery_level, decode_location])
@pytest.mark.parametrize("payload", [b"", b"\x01\x02"])
def test_one_octet_is_one_octet(decode: Callable[[bytes], object], payload: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(payload)


def test_battery_levels_above_100_are_refused() -> None:
    with pytest.raises(DecodeError, match="101"):
        decode_battery_level(b"\x65")


def test_device_information_ends_at_nul_and_is_safe_to_show() -> None:
    assert decode_text(b"Favero Electronics Srl\0junk") == "Favero Electronics Srl"
    assert decode_text("\x1b[2J a\u202eb\n\tc ".encode()) == "[2J a b c"
    assert decode_text(b"\xff\xfe") == "��"


@given(st.binary(max_size=600) | st.text().map(str.encode))
def test_device_information_is_bounded_and_clean(payload: bytes) -> None:
    text = decode_text(payload)
    assert len(text) <= 64
    assert text == text.strip()
    assert not any(unicodedata.category(letter)[0] == "C" for letter in text)

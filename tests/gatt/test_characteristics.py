"""The characteristics that are short: vector, feature, location, battery, device information."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import DecodeError
from legbal.gatt.characteristics import (
    Feature,
    Vector,
    clean_text,
    decode_battery_level,
    decode_feature,
    decode_location,
    decode_text,
    decode_vector,
)
from legbal.gatt.control_point import decode as decode_request
from legbal.gatt.control_point import encode_request


def encoded(vector: Vector) -> bytes:
    """The octets of a vector: the inverse of `decode_vector`; ValueError where its flags do not tell its fields."""
    flags = vector.flags
    fields: list[tuple[int, int, tuple[float, ...] | None]] = [
        (1, 1, None if vector.crank_revolutions is None else (vector.crank_revolutions,)),
        (1, 1024, None if vector.crank_event_time_s is None else (vector.crank_event_time_s,)),
        (2, 1, None if vector.first_angle_deg is None else (vector.first_angle_deg,)),
        (4, 1, vector.force_n),
        (8, 32, vector.torque_nm),
    ]
    if any(bool(flags & bit) != (values is not None) for bit, _, values in fields):
        raise ValueError("flags do not tell which fields are there")
    if vector.unparsed and not flags & 0xC0:
        raise ValueError("unparsed octets need reserved flags")
    octets = bytes([flags])
    for bit, per_unit, values in fields:
        for value in values or ():
            try:
                octets += struct.pack("<h" if bit > 2 else "<H", int(value * per_unit))
            except struct.error as error:
                raise ValueError(f"{value} does not fit") from error
    return octets + vector.unparsed


def test_vector_with_forces() -> None:
    found = decode_vector(bytes.fromhex("072a018007b40064009600"))
    assert (found.crank_revolutions, found.crank_event_time_s) == (298, 1.875)
    assert (found.first_angle_deg, found.force_n, found.torque_nm) == (180, (100, 150), None)
    assert found.direction_name == "unknown"


@pytest.mark.parametrize("reserved", [0x40, 0x80, 0xC0])
def test_reserved_flags_allow_what_no_field_takes(reserved: int) -> None:
    assert decode_vector(bytes([4 | reserved]) + b"\x64\x00\x96") == Vector(
        4 | reserved, force_n=(100,), unparsed=b"\x96"
    )
    assert decode_vector(bytes([4 | reserved]) + b"\x64\x00") == Vector(4 | reserved, force_n=(100,))
    assert decode_vector(bytes([4 | reserved, 0x64])) == Vector(4 | reserved, force_n=(), unparsed=b"\x64")


def test_vector_with_torques_and_direction() -> None:
    found = decode_vector(bytes.fromhex("184000e0ff"))
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
        decode_vector(bytes.fromhex(text))
    assert (caught.value.field, caught.value.offset) == (name, offset)


@given(st.binary(max_size=30))
def test_vectors_give_back_every_octet(payload: bytes) -> None:
    try:
        found = decode_vector(payload)
    except DecodeError:
        return
    assert encoded(found) == payload


@pytest.mark.parametrize(
    "wrong",
    [
        Vector(0, first_angle_deg=1),
        Vector(2, first_angle_deg=-1),
        Vector(0, unparsed=b"x"),
    ],
)
def test_vectors_the_wire_cannot_carry_are_refused(wrong: Vector) -> None:
    with pytest.raises(ValueError, match=r"flags|fit"):
        encoded(wrong)


@pytest.mark.parametrize(
    "decoded", [decode_feature(b"\x09\x00"), decode_vector(b"\x00"), decode_request(b"\x0c")]
)
def test_what_was_decoded_is_not_changed(decoded: msgspec.Struct) -> None:
    with pytest.raises(AttributeError):
        setattr(decoded, decoded.__struct_fields__[0], 1)


def test_features_of_the_assioma() -> None:
    found = decode_feature(bytes.fromhex("09121100"))
    assert found.features == ("balance", "crank", "offset compensation", "crank length", "context")
    assert (found.context, found.distributed_system) == ("torque", "not for distributed")


def test_features_in_two_octets() -> None:
    found = decode_feature(b"\x09\x00")
    assert found.features == ("balance", "crank")
    assert found.distributed_system == "unspecified"


def test_distributed_system() -> None:
    assert Feature(0x00200000).distributed_system == "can be used in one"


@given(st.binary(max_size=6))
def test_features_are_two_or_four_octets(payload: bytes) -> None:
    if len(payload) in (2, 4):
        assert decode_feature(payload).bits.to_bytes(len(payload), "little") == payload
    else:
        with pytest.raises(DecodeError):
            decode_feature(payload)


def test_locations() -> None:
    assert [decode_location(bytes([number])) for number in (0, 5, 15, 16, 17)] == [
        "other", "left crank", "spider", "chain ring", "reserved 17",
    ]  # fmt: skip
    assert encode_request(2, "right pedal")[1:] == b"\x08"


def test_battery() -> None:
    assert decode_battery_level(b"\x64") == 100
    assert decode_battery_level(b"\x39") == 57


@pytest.mark.parametrize("decode", [decode_battery_level, decode_location])
@pytest.mark.parametrize("payload", [b"", b"\x01\x02"])
def test_one_octet_is_one_octet(decode: Callable[[bytes], object], payload: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(payload)


def test_battery_levels_above_100_are_refused() -> None:
    with pytest.raises(DecodeError, match="101") as caught:
        decode_battery_level(b"\x65")
    assert caught.value.offset == 0


def test_device_information_ends_at_nul_and_is_safe_to_show() -> None:
    assert decode_text(b"Favero Electronics Srl\0junk") == "Favero Electronics Srl"
    assert decode_text("\x1b[2J a\u202eb\n\tc ".encode()) == "[2J a b c"
    assert decode_text(b"\xff\xfe") == "��"


def test_device_information_has_64_letters_and_256_octets_at_most() -> None:
    assert decode_text(b"x" * 70) == "x" * 64
    assert decode_text(("\U0001f6b4" * 70).encode()) == "\U0001f6b4" * 64
    assert decode_text(b" " * 255 + b"xy") == "x"
    assert decode_text("\u00a0".encode() * 127 + b"xyz") == "xy"
    assert decode_text("\u00a0".encode() * 130 + b"x") == ""
    assert clean_text(" " * 255 + "xy") == "x"


@given(st.binary(max_size=600) | st.text().map(str.encode))
def test_device_information_is_bounded_and_clean(payload: bytes) -> None:
    text = decode_text(payload)
    assert len(text) <= 64
    assert text == text.strip()
    assert not any(unicodedata.category(letter)[0] == "C" for letter in text)

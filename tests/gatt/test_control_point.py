"""0x2A66: requests as they are sent, responses as real meters give them, Stages' malformed one among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import DecodeError
from legbal.gatt.control_point import (
    REQUEST_CRANK_LENGTH,
    RESPONSE,
    SET_CRANK_LENGTH,
    START_ENHANCED_OFFSET_COMPENSATION,
    START_OFFSET_COMPENSATION,
    ControlPoint,
    decode,
    encode_request,
)


def response(text: str) -> ControlPoint:
    return decode(bytes.fromhex(text))


def test_crank_length() -> None:
    found = response("2005015901")
    assert (found.request, found.result_name, found.values) == (5, "success", {"crank_length_mm": 172.5})
    assert not found.malformed


def test_crank_length_without_the_result_octet_is_read_and_marked() -> None:
    found = response("20055901")
    assert found.malformed
    assert found.result is None
    assert found.values == {"crank_length_mm": 172.5}


def test_a_length_that_looks_like_a_result_is_still_a_length() -> None:
    assert response("20050401") == ControlPoint(5, None, {"crank_length_mm": 130.0}, malformed=True)


@pytest.mark.parametrize(
    ("text", "result"),
    [("200302", "op code not supported"), ("200403", "invalid parameter"), ("200c04", "operation failed")],
)
def test_refusals(text: str, result: str) -> None:
    found = response(text)
    assert (found.result_name, found.values) == (result, {})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("20030100050f63", {"locations": ("other", "left crank", "spider", "reserved 99")}),
        ("2007012c05", {"chain_length_mm": 1324}),
        ("2009010f01", {"chain_weight_g": 271}),
        ("200b015802", {"span_length_mm": 600}),
        ("200c010000", {"offset": 0}),
        ("200c01f6ff", {"offset": -10}),
        ("200e0164", {"sampling_rate_hz": 100}),
        ("200f01e4070c1f173b3a", {"factory_calibration_date": "2020-12-31T23:59:58"}),
        ("2010010500", {"offset": 5}),
        ("2010010500ff00", {"offset": 5, "company": 255}),
        ("2010010500ff0002abcd", {"offset": 5, "company": 255, "company_data": "abcd"}),
        ("20100401", {"calibration_error": "incorrect calibration position"}),
        (
            "201004ff0d000102",
            {"calibration_error": "manufacturer specific", "company": 13, "company_data": "02"},
        ),
        ("200701ffff", {"chain_length_mm": 65535}),
        ("200101", {}),
    ],
)
def test_answers(text: str, values: dict[str, object]) -> None:
    found = response(text).values
    assert found == values
    assert [type(value) for value in found.values()] == [type(value) for value in values.values()]


@pytest.mark.parametrize(
    ("text", "field", "offset"),
    [
        ("", "op code", 0),
        ("11", "op code", 0),
        ("20", "request op code", 1),
        ("2005", "result", 2),
        ("200559", "result", 2),
        ("200501", "crank length mm", 3),
        ("200501590100", "end of response", 5),
        ("20030200", "end of response", 3),
        ("04", "crank length mm", 1),
        ("0c00", "end of request", 1),
        ("2010010500ff0003abcd", "manufacturer specific octets", 8),
    ],
)
def test_what_cannot_be_read(text: str, field: str, offset: int) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(bytes.fromhex(text))
    assert (caught.value.field, caught.value.offset) == (field, offset)


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        (1, 70000, "0170110100"),
        (2, "left crank", "0205"),
        (3, None, "03"),
        (4, 172.5, "045901"),
        (6, 1324, "062c05"),
        (8, 271, "080f01"),
        (10, 600, "0a5802"),
        (12, None, "0c"),
        (13, 3, "0d0300"),
        (14, None, "0e"),
        (15, None, "0f"),
        (16, None, "10"),
    ],
)
def test_requests_are_written_and_read_back(code: int, value: float | str | None, text: str) -> None:
    octets = encode_request(code, value)
    assert octets.hex() == text
    found = decode(octets)
    assert (found.request, found.result, found.malformed) == (code, None, False)
    assert list(found.values.values()) == ([] if value is None else [value])


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        *((code, None, "reserved") for code in (0, 17, 32)),
        (4, None, "set crank length: a parameter is missing"),
        (5, 1.0, "request crank length: a parameter is superfluous"),
        (4, 40000.0, "fit"),
        (2, "moon", "not in"),
    ],
)
def test_requests_that_make_no_sense_are_refused(code: int, value: float | str | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        encode_request(code, value)


@given(st.binary(max_size=24) | st.binary(max_size=12).map(lambda rest: b"\x20" + rest))
def test_any_octets_give_a_value_or_a_decode_error(payload: bytes) -> None:
    try:
        found = decode(payload)
    except DecodeError:
        return
    assert found.request_name
    assert found.malformed == (payload[0] == RESPONSE and found.result is None)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("20072c05", {"chain_length_mm": 1324}),
        ("20090f01", {"chain_weight_g": 271}),
        ("200b5802", {"span_length_mm": 600}),
        ("200cf6ff", {"offset": -10}),
        ("200e64", {"sampling_rate_hz": 100}),
        ("200fe4070c1f173b3a", {"factory_calibration_date": "2020-12-31T23:59:58"}),
    ],
)
def test_an_answer_of_fixed_length_is_read_without_its_result_octet(
    text: str, values: dict[str, object]
) -> None:
    assert response(text) == ControlPoint(int(text[2:4], 16), None, values, malformed=True)


def test_requests_are_sent_by_the_definition_s_numbers() -> None:
    sent = (
        SET_CRANK_LENGTH,
        REQUEST_CRANK_LENGTH,
        START_OFFSET_COMPENSATION,
        START_ENHANCED_OFFSET_COMPENSATION,
    )
    assert sent == (4, 5, 12, 16)

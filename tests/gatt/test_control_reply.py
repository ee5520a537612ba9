"""Which octets of a meter's control point are a reply to what was asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.gatt.control_point import RESPONSE, RESULTS, parse_reply


@given(st.binary(max_size=24), st.sampled_from([4, 5, 12, 16]))
def test_whatever_follows_the_op_code_is_survived_and_failure_is_no_success(rest: bytes, code: int) -> None:
    payload = bytes((RESPONSE, code)) + rest
    reply = parse_reply(payload, code)
    assert reply is not None
    assert reply.result in (None, *RESULTS)
    if code in (12, 16) and rest[:1] in (b"\x02", b"\x03", b"\x04"):
        assert reply.result == rest[0]
    if not rest:
        assert reply.result is None


@given(st.binary(max_size=24), st.sampled_from([4, 5, 12, 16]))
def test_only_an_answer_to_the_request_is_one(payload: bytes, code: int) -> None:
    assert (parse_reply(payload, code) is None) == (payload[:2] != bytes((RESPONSE, code)))


@pytest.mark.parametrize(
    ("payload", "code", "result", "values", "rest"),
    [
        ("200c011200", 12, 1, {"offset": 18}, ""),
        ("200c0112004567", 12, 1, {"offset": 18}, "4567"),  # more than the answer
        ("200c1200", 12, 1, {"offset": 18}, ""),  # without the result
        ("200c0400", 12, 4, {"offset": 4}, ""),  # an offset that reads like a failure is one
        ("200c04", 12, 4, {}, ""),
        ("200c", 12, None, {}, ""),
        ("200c77", 12, None, {}, ""),
        ("2010010500690002beef", 16, 1, {"offset": 5, "company": 105, "company_data": "beef"}, ""),
        ("20055901", 5, 1, {"crank_length_mm": 172.5}, ""),
    ],
)
def test_a_careless_reply_is_read_as_far_as_it_goes(
    payload: str, code: int, result: int | None, values: dict[str, object], rest: str
) -> None:
    reply = parse_reply(bytes.fromhex(payload), code)
    assert reply is not None
    assert (reply.result, reply.values, reply.rest.hex()) == (result, values, rest)

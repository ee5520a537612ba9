"""Which octets of a meter's control point are a reply to what was asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from legbal.gatt.control_point import RESPONSE, RESULTS
from legbal.sources.bluetooth.control import parse_reply


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

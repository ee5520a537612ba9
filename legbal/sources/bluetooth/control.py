"""What a connected meter is asked to do: set its zero offset, say or take its crank length.

Requests and answers are those of the Cycling Power Control Point (0x2A66). Meters answer carelessly: the
result is left out, octets follow, another request's answer comes in between. What can be parsed is, and a
failure is never taken for a success.
"""

from collections import deque
from typing import NamedTuple

from legbal.errors import BluetoothError
from legbal.gatt.characteristics import Feature
from legbal.gatt.control_point import (
    REQUEST_CRANK_LENGTH,
    SET_CRANK_LENGTH,
    START_ENHANCED_OFFSET_COMPENSATION,
    START_OFFSET_COMPENSATION,
    SUCCESS,
    Reply,
    encode_request,
    parse_reply,
)
from legbal.meters.identify import features_of
from legbal.meters.zero_offset import ZeroOffset, offset_in
from legbal.sources.bluetooth.connection import MeterConnection

_NOT_SUPPORTED, _INVALID, _FAILED = 2, 3, 4
_REPLIES_SHOWN = 20  # octets


class _Task(NamedTuple):
    """What the meter is asked for: the words of it, and what to do where it refuses the value or fails."""

    words: str
    hint: str


_SET_ZERO = _Task(
    "set its zero offset", "Keep bike and cranks still, with no weight on the pedals, and try again."
)
_SAY_LENGTH = _Task("say its crank length", "Look it up in the maker's app.")
_TAKE_LENGTH = _Task("take that crank length", "Its maker's app shows which lengths it knows.")


async def set_zero(connection: MeterConnection, features: bytes | None) -> ZeroOffset:
    """Has the meter set its zero offset, by the enhanced procedure where it has that.

    Args:
        connection: the link to the meter.
        features: the value of its characteristic 0x2A65, None where it is not known; then, and where it
            names no zero offset, the plain procedure is asked for all the same, and the answer counts.

    Raises:
        BluetoothError: the meter refuses or fails, does not answer, or the link is lost.
    """
    bits = features_of(features)
    supported = () if bits is None else Feature(bits).features
    if "enhanced offset compensation" in supported:
        try:
            reply = await _request(connection, START_ENHANCED_OFFSET_COMPENSATION, _SET_ZERO)
            return offset_in(reply, features)
        except _NotSupportedError:
            if "offset compensation" not in supported:
                raise
    reply = await _request(connection, START_OFFSET_COMPENSATION, _SET_ZERO)
    return offset_in(reply, features)


async def crank_length(connection: MeterConnection) -> float:
    """The crank length in mm that the meter has stored.

    Raises:
        BluetoothError: the meter does not say it, does not answer, or the link is lost.
    """
    reply = await _request(connection, REQUEST_CRANK_LENGTH, _SAY_LENGTH)
    length: float | None = reply.values.get("crank_length_mm")
    if length is None:
        raise _refusal(connection.label, reply._replace(result=None), _SAY_LENGTH)
    return length


async def set_crank_length(connection: MeterConnection, length_mm: float) -> float:
    """Gives the meter a crank length, and reads back what it has stored then; both in mm.

    Args:
        connection: the link to the meter.
        length_mm: one that a crank can have, in the wire's steps of 0.5.

    Raises:
        BluetoothError: the meter does not take it, keeps another one, does not answer, or the link is lost.
    """
    await _request(connection, SET_CRANK_LENGTH, _TAKE_LENGTH, length_mm, unclear_counts=True)
    stored = await crank_length(connection)
    if stored != length_mm:
        raise BluetoothError(
            f"{connection.label} was given a crank length of {length_mm:g} mm and keeps {stored:g} mm",
            reason="request refused",
            hint=_TAKE_LENGTH.hint,
        )
    return stored


class _NotSupportedError(BluetoothError):
    """The meter does not know the request."""


async def _request(
    connection: MeterConnection,
    code: int,
    task: _Task,
    value: float | None = None,
    *,
    unclear_counts: bool = False,
) -> Reply:
    """The meter's reply to a request that it has fulfilled; with `unclear_counts`, one that does not say."""
    others: deque[bytes] = deque(maxlen=1)

    def understand(payload: bytes) -> Reply | None:
        reply = parse_reply(payload, code)
        if reply is None:
            others.append(payload)
        return reply

    try:
        reply = await connection.ask(encode_request(code, value), understand)
    except BluetoothError as error:
        if error.reason == "no answer in time":
            instead = f"; it sent {_shown(others[0])} instead" if others else ""
            raise BluetoothError(
                f"{connection.label} did not answer when asked to {task.words}{instead}",
                reason="no answer in time",
                hint="Turn the cranks to wake it, bring it closer to the computer, and try again.",
            ) from error
        raise
    if reply.result == SUCCESS or (reply.result is None and unclear_counts):
        return reply
    raise _refusal(connection.label, reply, task)


def _refusal(label: str, reply: Reply, task: _Task) -> BluetoothError:
    if reply.result == _NOT_SUPPORTED:
        return _NotSupportedError(
            f"{label} cannot {task.words} over Bluetooth (it answers “not supported”)",
            reason="request refused",
            hint="Use the maker's app or a head unit for this.",
        )
    words, hint = {
        _INVALID: (f"{label} will not {task.words} (it answers “invalid parameter”)", task.hint),
        _FAILED: (
            f"{label} could not {task.words} (it answers “operation failed”{_failure_reason(reply)})",
            task.hint,
        ),
    }.get(
        reply.result or 0,
        (
            f"{label} was asked to {task.words}; its answer {_shown(reply.payload)} does not say whether it did",
            "Try again; if it stays so, “legbal capture” records what it sends, for a bug report.",
        ),
    )
    return BluetoothError(words, reason="request refused", hint=hint)


def _failure_reason(reply: Reply) -> str:
    text = reply.values.get("calibration_error")
    if text == "incorrect calibration position":
        return ": the cranks are not in the position that it needs"
    data = f" {reply.values['company_data']}" if "company_data" in reply.values else ""
    return f": {text}{data}" if text else ""


def _shown(payload: bytes) -> str:
    return payload[:_REPLIES_SHOWN].hex() + ("…" if len(payload) > _REPLIES_SHOWN else "") or "nothing"

"""Cycling Power Control Point (0x2A66): what a meter is asked, and what it answers.

Source: Bluetooth SIG, Cycling Power Service 1.1 and characteristic 0x2A66. Stages answers the request for its
crank length without the result octet; that is read for what it is and marked `malformed`.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from legbal.errors import DecodeError
from legbal.gatt.characteristics import LOCATIONS, ByteReader, location_name

Values = dict[str, Any]

RESPONSE: Final = 0x20
RESULTS: Final = {1: "success", 2: "op code not supported", 3: "invalid parameter", 4: "operation failed"}
SUCCESS: Final = 1
_FAILED: Final = 4


class _Number(NamedTuple):
    """An integer parameter: what `Values` call it, its octets, its sign, and how many steps make one unit."""

    key: str
    size: int
    signed: bool = False
    per_unit: int = 1

    def read(self, octets: ByteReader) -> Values:
        raw = octets.integer(self.key.replace("_", " "), self.size, signed=self.signed)
        return {self.key: raw if self.per_unit == 1 else raw / self.per_unit}

    def write(self, value: float | str) -> bytes:
        try:
            return round(float(value) * self.per_unit).to_bytes(self.size, "little", signed=self.signed)
        except OverflowError as error:
            raise ValueError(f"{self.key} {value} does not fit {self.size} octets") from error


class _Location:
    def read(self, octets: ByteReader) -> Values:
        return {"location": location_name(octets.integer("sensor location", 1))}

    def write(self, value: float | str) -> bytes:
        return bytes([LOCATIONS.index(str(value))])


def _calibration_date(octets: ByteReader) -> Values:
    """Year, month, day, hours, minutes, seconds; a year, month or day of 0 means that it is not known."""
    year = octets.integer("year", 2)
    month, day, hours, minutes, seconds = (
        octets.integer(words, 1) for words in ("month", "day", "hours", "minutes", "seconds")
    )
    return {"factory_calibration_date": f"{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}"}


def _company_data(octets: ByteReader) -> Values:
    """Company identifier and what that company adds: an octet with the count, then as many octets."""
    if not octets.left:
        return {}
    values: Values = {"company": octets.integer("company", 2)}
    if octets.left:
        count = octets.integer("count of manufacturer specific octets", 1)
        if count != octets.left:
            raise octets.error("manufacturer specific octets", f"{count} announced, {octets.left} there")
        values["company_data"] = octets.rest().hex()
    return values


_OFFSET: Final = _Number("offset", 2, signed=True)
_CRANK_LENGTH: Final = _Number("crank_length_mm", 2, per_unit=2)
_CHAIN_LENGTH: Final = _Number("chain_length_mm", 2)
_CHAIN_WEIGHT: Final = _Number("chain_weight_g", 2)
_SPAN_LENGTH: Final = _Number("span_length_mm", 2)


class _Request(NamedTuple):
    """One op code: its name, the parameter it is sent with, how its answer is read, and the answer's length.

    `size` is None where the answer has no fixed length.
    """

    name: str
    parameter: _Number | _Location | None = None
    answer: Callable[[ByteReader], Values] | None = None
    size: int | None = None


_REQUESTS: Final = {
    1: _Request("set cumulative value", _Number("cumulative_value", 4)),
    2: _Request("set sensor location", _Location()),
    3: _Request(
        "request supported locations",
        None,
        lambda octets: {"locations": tuple(map(location_name, octets.rest()))},
    ),
    4: _Request("set crank length", _CRANK_LENGTH),
    5: _Request("request crank length", None, _CRANK_LENGTH.read, 2),
    6: _Request("set chain length", _CHAIN_LENGTH),
    7: _Request("request chain length", None, _CHAIN_LENGTH.read, 2),
    8: _Request("set chain weight", _CHAIN_WEIGHT),
    9: _Request("request chain weight", None, _CHAIN_WEIGHT.read, 2),
    10: _Request("set span length", _SPAN_LENGTH),
    11: _Request("request span length", None, _SPAN_LENGTH.read, 2),
    12: _Request("start offset compensation", None, _OFFSET.read, 2),
    13: _Request("mask measurement content", _Number("mask", 2)),
    14: _Request("request sampling rate", None, _Number("sampling_rate_hz", 1).read, 1),
    15: _Request("request factory calibration date", None, _calibration_date, 7),
    16: _Request(
        "start enhanced offset compensation",
        None,
        lambda octets: _OFFSET.read(octets) | _company_data(octets),
    ),
}

SET_CRANK_LENGTH: Final = 4
REQUEST_CRANK_LENGTH: Final = 5
START_OFFSET_COMPENSATION: Final = 12
START_ENHANCED_OFFSET_COMPENSATION: Final = 16
_COMPANY_ERROR: Final = 0xFF
_CALIBRATION_ERRORS: Final = {1: "incorrect calibration position", _COMPANY_ERROR: "manufacturer specific"}


class ControlPoint(msgspec.Struct, frozen=True):
    """A request, or the response to one.

    Of a request, `result` is None, and `values` holds its parameter. Of a response, `result` is the result
    octet (1 success, 2 not supported, 3 invalid parameter, 4 failed), or None with `malformed` set where the
    meter left it out, and `values` holds what the request answers, by name: "crank_length_mm",
    "chain_length_mm", "chain_weight_g", "span_length_mm", "offset" (the raw force in N, or raw torque in
    1/32 N·m), "company", "company_data" (hex), "calibration_error", "sampling_rate_hz",
    "factory_calibration_date", "locations".
    """

    request: int
    result: int | None = None
    values: Values = {}
    malformed: bool = False

    @property
    def request_name(self) -> str:
        """What is or was asked for, in words."""
        return _REQUESTS.get(self.request, _Request(f"reserved {self.request}")).name

    @property
    def result_name(self) -> str | None:
        """The result in the definition's words, None without one."""
        return None if self.result is None else RESULTS[self.result]


def decode(payload: bytes | bytearray | memoryview) -> ControlPoint:
    """The request or response in the octets of one 0x2A66 value.

    Raises:
        DecodeError: an op code or result without a meaning, a parameter cut short, or octets left over.
    """
    octets = ByteReader(payload)
    code = octets.integer("op code", 1)
    if code == RESPONSE:
        return _response(octets)
    if (request := _REQUESTS.get(code)) is None:
        raise octets.error("op code", f"{code} is reserved", offset=0)
    values = request.parameter.read(octets) if request.parameter else {}
    octets.end("end of request")
    return ControlPoint(code, values=values)


def _response(octets: ByteReader) -> ControlPoint:
    code = octets.integer("request op code", 1)
    request = _REQUESTS.get(code, _Request(f"reserved {code}"))
    bare_result = octets.left == 1 and octets.payload[octets.at] in RESULTS
    # The answer stands where the result should: it is as long as the answer, and no bare result.
    if request.answer and octets.left == request.size and not bare_result:
        return ControlPoint(code, values=request.answer(octets), malformed=True)
    result = octets.integer("result", 1)
    if result not in RESULTS:
        raise octets.error("result", f"{result} is reserved", offset=octets.at - 1)
    values: Values = {}
    if result == SUCCESS and request.answer:
        values = request.answer(octets)
    elif result == _FAILED and code == START_ENHANCED_OFFSET_COMPENSATION and octets.left:
        number = octets.integer("calibration error", 1)
        values["calibration_error"] = _CALIBRATION_ERRORS.get(number, f"reserved {number}")
        if number == _COMPANY_ERROR:
            values |= _company_data(octets)
    octets.end("end of response")
    return ControlPoint(code, result=result, values=values)


class Reply(NamedTuple):
    """An answer to a request, as far as it can be parsed.

    `result` is None where the meter says neither that it succeeded nor that it failed; `values` are what it answers,
    by name; `rest` are the octets that have no meaning there.
    """

    payload: bytes
    result: int | None
    values: Values
    rest: bytes


def parse_reply(payload: bytes, code: int) -> Reply | None:
    """What an indication says in answer to request `code`; None where it is none to it.

    Never raises. Octets that follow a whole answer are set aside. Where the result octet is missing from the
    answer to a zero offset, an offset that reads like a failure is taken for one.
    """
    if payload[:2] != bytes((RESPONSE, code)):
        return None
    for end in range(len(payload), 2, -1):
        try:
            answer = decode(payload[:end])
        except DecodeError:
            continue
        if answer.malformed and end < len(payload):
            continue  # without a result and with more behind it: anything could be read into that
        result = SUCCESS if answer.malformed else answer.result
        if answer.malformed and code == START_OFFSET_COMPENSATION and payload[2] in RESULTS:
            result = payload[2]
        return Reply(payload, result, answer.values, payload[end:])
    bare = payload[2] if len(payload) > 2 and payload[2] in RESULTS else None
    return Reply(payload, bare, {}, payload[3:])


def encode_request(code: int, value: float | str | None = None) -> bytes:
    """The octets that ask for op code `code`, with its parameter where it has one.

    Args:
        code: 1…16. value: the parameter in the units of
        `ControlPoint.values` (crank length in mm, a location by name, …).

    Raises:
        ValueError: no such op code, a parameter missing or superfluous, or too great for its octets.
    """
    if (request := _REQUESTS.get(code)) is None:
        raise ValueError(f"op code {code} is reserved")
    parameter = request.parameter
    if (parameter is None) != (value is None):
        raise ValueError(f"{request.name}: a parameter is {'missing' if value is None else 'superfluous'}")
    return bytes([code]) + (b"" if parameter is None or value is None else parameter.write(value))

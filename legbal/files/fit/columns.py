"""Records of one layout, read all at once: each field lies in the same place of every one, so that it is a column.

Read here is what head units write. Whatever is laid out otherwise is left to the library, which says the same of
these to the last octet (`tests/files/test_fit_columns.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.analysis.fit_dynamics import FIELDS
from legbal.files.fit.layouts import AtOnce, MessageField, MessageLayout
from legbal.files.fit.messages import is_time
from legbal.files.fit.records import BALANCE, NUMBERS, POSITION, POWER, Record, RecordReader

_TIME = "timestamp"
# FIT protocol, base types: by the octet that names one its numpy type, whose greatest number says "none"
_SINT8, _UINT8, _UINT16, _SINT32, _UINT32 = 0x01, 0x02, 0x84, 0x85, 0x86
_CODES = {_SINT8: "i1", _UINT8: "u1", _UINT16: "u2", _SINT32: "i4", _UINT32: "u4"}
# FIT profile, record: the base types of its fields
_BASE_TYPES = dict.fromkeys(FIELDS, _UINT8) | {
    _TIME: _UINT32,
    POSITION: _SINT32,
    POWER: _UINT16,
    BALANCE: _UINT8,
    "cadence": _UINT8,
    "heart_rate": _UINT8,
    "accumulated_power": _UINT32,
    "left_pco": _SINT8,
    "right_pco": _SINT8,
}


def record_columns(reader: RecordReader) -> AtOnce:
    """Reads many records as `reader` reads each, and tells it whether any says where it was."""

    def read(layout: MessageLayout, payloads: Sequence[bytes]) -> list[Record]:
        rows = np.frombuffer(b"".join(payloads), _dtype(layout, len(payloads[0])))
        valid = {field.name: _is_valid(rows[field.name]) for field in layout.fields}
        nothing = np.zeros(len(rows), np.bool_)
        reader.has_position |= bool(valid.get(POSITION, nothing).any())
        times = rows[_TIME].tolist() if _TIME in valid else [0] * len(rows)
        powers = rows[POWER].tolist() if POWER in valid else [0] * len(rows)
        has_power, has_balance = (valid.get(name, nothing).tolist() for name in (POWER, BALANCE))
        return [
            Record(time if is_time(time) else 0, power if with_power else None, with_balance, data)
            for time, power, with_power, with_balance, data in zip(
                times, powers, has_power, has_balance, _data(layout, rows, valid), strict=True
            )
        ]

    return AtOnce(_is_usual, read)


def _is_usual(layout: MessageLayout) -> bool:
    """Whether all fields are of the types in which head units write them, and each one number, or two of a phase."""
    return bool(layout.fields) and all(
        field.base_type == _BASE_TYPES[field.name]
        and field.size == np.dtype(_CODES[field.base_type]).itemsize * _numbers(field)
        for field in layout.fields
    )


def _numbers(field: MessageField) -> int:
    return len(FIELDS.get(field.name, (field.name,)))


def _dtype(layout: MessageLayout, size: int) -> "np.dtype[np.void]":
    order = ">" if layout.big_endian else "<"
    formats: list[Any] = [
        order + _CODES[x.base_type] if _numbers(x) == 1 else (order + _CODES[x.base_type], (_numbers(x),))
        for x in layout.fields
    ]
    names, offsets = [x.name for x in layout.fields], [x.start for x in layout.fields]
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": size})


def _is_valid(column: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Whether each row tells the number, or both."""
    valid: npt.NDArray[np.bool_] = (column != np.iinfo(column.dtype).max).reshape(len(column), -1).all(axis=1)
    return valid


def _data(
    layout: MessageLayout, rows: npt.NDArray[Any], valid: Mapping[str, npt.NDArray[np.bool_]]
) -> list[bytes]:
    """The values of each as `Record.data`, those that tell the same fields by one pattern."""
    scales = {field.name: field.scale for field in layout.fields}
    names = [name for name in (*NUMBERS, *FIELDS) if name in scales]
    columns = [_json(rows[name], scales[name]) for name in names]
    fields = np.zeros(len(rows), np.int64)  # a bit for each that has a value
    for place, name in enumerate(names):
        fields |= valid[name].astype(np.int64) << place
    data = [b""] * len(rows)
    for some in np.unique(fields).tolist():
        places = [place for place in range(len(names)) if some >> place & 1]
        pattern = b"{%b}" % b",".join(b'"%b":%%b' % names[place].encode() for place in places)
        for row in np.flatnonzero(fields == some).tolist():
            data[row] = pattern % tuple([columns[place][row] for place in places])
    return data


def _json(column: npt.NDArray[Any], scale: float) -> list[bytes]:
    """Each number, or the two of a row, as JSON."""
    if column.ndim > 1:
        return [b"[%b,%b]" % ends for ends in zip(*(_json(x, scale) for x in column.T), strict=True)]
    numbers = column.tolist()
    text = {x: msgspec.json.encode(x if scale == 1.0 else x / scale) for x in set(numbers)}
    return [text[x] for x in numbers]

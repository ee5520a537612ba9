"""Many Cycling Power Measurements (0x2A63) at once, from one buffer into integer columns.

Packets that share flags and length lie in the buffer like the rows of a table, so their fields are lifted out
column by column, in as few and as wide words as alignment allows. Mixed packets are sorted by flags, block by
block so that all stays in the processor's cache, and each kind is lifted out of a copy of its rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from legbal.errors import DecodeError
from legbal.gatt.fields import BALANCE_GREATEST, BY_NAME, FIELDS, RESERVED, Layout, fault, layout

Integers = NDArray[np.integer[Any]]
Octets = NDArray[np.uint8]
Offsets = NDArray[np.int64]
Truths = NDArray[np.bool_]

_BLOCK: Final = 32768  # packets at a time: a block and what is made of it stay in the second-level cache
_DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "B": np.dtype("u1"),
    "H": np.dtype("<u2"),
    "h": np.dtype("<i2"),
    "I": np.dtype("<u4"),
}
_SCALED: Final = {field.scaled: field for field in FIELDS if field.scaled is not None}


class Columns(Mapping[str, Integers]):
    """The fields of n packets as integer columns of length n, in wire units, by the names of `Measurement`.

    Holds "flags", "power_w" and every field that at least one readable packet has. A row counts where
    `present(name)` says so, and is 0 elsewhere; packets that cannot be read have `ok` False, and `error` says
    why.
    """

    def __init__(self, buffer: Octets, offsets: Offsets, columns: dict[str, Integers], ok: Truths) -> None:
        self._buffer, self._offsets, self._columns = buffer, offsets, columns
        self.ok = ok

    def __getitem__(self, name: str) -> Integers:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def present(self, name: str) -> Truths:
        """Which packets can be read and carry this field: bool, length n."""
        bit = BY_NAME[name].bit
        if bit is None:
            return self.ok
        there: Truths = self.ok & (self["flags"] & 1 << bit != 0)
        return there

    def scaled(self, name: str) -> NDArray[np.float64]:
        """A field in physical units, by the name of `Measurement`'s property ("balance_percent", …).

        float64 of length n; NaN where the field is absent, and where a balance octet is above 200.
        """
        field = _SCALED[name]
        if field.name not in self._columns:
            return np.full(len(self.ok), np.nan)
        raw = self._columns[field.name]
        there = self.present(field.name)
        if name == "balance_percent":
            there &= raw <= BALANCE_GREATEST
        return np.where(there, raw / field.per_unit, np.nan)

    def payload(self, index: int) -> bytes:
        """The octets of packet `index`."""
        return self._buffer[self._offsets[index] : self._offsets[index + 1]].tobytes()

    def unparsed(self, index: int) -> bytes:
        """The octets of packet `index` after its last known field: only a reserved flag bit allows any."""
        return self.payload(index)[layout(int(self["flags"][index])).size :] if self.ok[index] else b""

    def error(self, index: int) -> DecodeError | None:
        """What is wrong with packet `index`, or None where it could be read."""
        return None if self.ok[index] else fault(self.payload(index))


def decode_batch(buffer: Octets, offsets: Integers) -> Columns:
    """The measurements in `buffer`, where packet i is `buffer[offsets[i]:offsets[i + 1]]`.

    Args:
        buffer: octets, uint8, one-dimensional and contiguous; leave it unchanged while the columns are used.
        offsets: n + 1 integers that never fall, within the buffer.

    Returns:
        Integer columns in wire units that share no memory with the buffer. Packets that cannot be read do not
        hinder the others.

    Raises:
        ValueError: the buffer is not as said, or the offsets fall or lie outside it.
    """
    octets = np.asarray(buffer)
    if octets.dtype != np.uint8 or octets.ndim != 1 or not octets.flags.c_contiguous:
        raise ValueError("the buffer must be a contiguous one-dimensional uint8 array")
    given = np.asarray(offsets)
    if given.ndim != 1 or not given.size or given.dtype.kind not in "iu":
        raise ValueError("offsets must be a one-dimensional array of n + 1 integers")
    bounds: Offsets = np.ascontiguousarray(given, dtype=np.int64)
    if not 0 <= bounds[0] <= bounds[-1] <= octets.size:
        raise ValueError(f"offsets run from {bounds[0]} to {bounds[-1]}, the buffer has {octets.size} octets")
    count = bounds.size - 1
    if (columns := _uniform(octets, bounds)) is not None:
        return Columns(octets, bounds, columns, np.ones(count, dtype=bool))
    columns, ok = _mixed(octets, bounds)
    return Columns(octets, bounds, columns, ok)


class _Word(NamedTuple):
    """Neighbouring fields lifted out together: `width` octets from `start`, with each field's place in
    them."""

    start: int
    width: int
    fields: tuple[tuple[str, np.dtype[Any], int], ...]


@cache
def _words(place: Layout) -> tuple[_Word, ...]:
    """The fewest words that cover the fields after the flags, each field aligned within its word."""
    left = list(zip(place.fields, place.starts, strict=True))[1:]
    words: list[_Word] = []
    while left:
        best = _Word(0, 0, ())
        need = left[0][1] + _DTYPES[left[0][0].code].itemsize
        for width in (1, 2, 4, 8):
            for start in range(max(0, need - width), min(left[0][1], place.size - width) + 1):
                held: list[tuple[str, np.dtype[Any], int]] = []
                for field, begin in ((field, at - start) for field, at in left):
                    dtype = _DTYPES[field.code]
                    if begin % dtype.itemsize or begin + dtype.itemsize > width:
                        break
                    held.append((field.name, dtype, begin // dtype.itemsize))
                if len(held) > len(best.fields):
                    best = _Word(start, width, tuple(held))
        words.append(best)
        left = left[len(best.fields) :]
    return tuple(words)


def _rows(octets: Octets, count: int, first: int, size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """`count` values of `dtype`, the first at octet `first`, each `size` octets after the other: a view."""
    return np.ndarray((count,), dtype, octets.data, first, (size,))


def _uniform(octets: Octets, bounds: Offsets) -> dict[str, Integers] | None:
    """The columns of packets that all have one length and the same flags; None when they are not so."""
    count, first = bounds.size - 1, int(bounds[0])
    size = int(bounds[1]) - first if count else 0
    if size < 2 or int(bounds[-1]) - first != count * size:
        return None
    common = int(octets[first]) | int(octets[first + 1]) << 8
    place = layout(common)
    if size < place.size or (size > place.size and not common & RESERVED):
        return None
    flags = np.empty(count, np.uint16)
    seen = _rows(octets, count, first, size, _DTYPES["H"])
    steps = np.empty(min(count, _BLOCK), np.int64)
    for start in range(0, count, _BLOCK):
        stop = min(start + _BLOCK, count)
        step = np.subtract(bounds[start + 1 : stop + 1], bounds[start:stop], out=steps[: stop - start])
        flags[start:stop] = seen[start:stop]
        # The steps add up to count × size, so they are all equal when none is greater.
        if step.max() != size or not (flags[start:stop] == common).all():
            return None
    columns: dict[str, Integers] = {"flags": flags}
    for word in _words(place):
        lifted = _rows(octets, count, first + word.start, size, np.dtype(f"<u{word.width}")).copy()
        for name, dtype, at in word.fields:
            columns[name] = lifted.view(dtype)[at :: word.width // dtype.itemsize]
    return _with_angles(columns)


def _mixed(octets: Octets, bounds: Offsets) -> tuple[dict[str, Integers], Truths]:
    """The columns of packets of any flags and lengths, and which of them can be read."""
    count = bounds.size - 1
    ok = np.zeros(count, dtype=bool)
    columns: dict[str, Integers] = {"flags": np.zeros(count, np.uint16), "power_w": np.zeros(count, np.int16)}
    for start in range(0, count, _BLOCK):
        stop = min(start + _BLOCK, count)
        starts, sizes = bounds[start:stop], np.diff(bounds[start : stop + 1])
        if sizes.min() < 0:
            raise ValueError(f"offsets fall at packet {start + int(sizes.argmin())}")
        flags = columns["flags"][start:stop]
        if octets.size >= 2:
            flags[:] = _windows(octets, 2).view(_DTYPES["H"])[np.minimum(starts, octets.size - 2)]
        flags[sizes < 2] = 0
        order = np.argsort(flags, kind="stable")
        ordered = flags[order]
        edges = [0, *(np.flatnonzero(ordered[1:] != ordered[:-1]) + 1).tolist(), stop - start]
        for begin, end in pairwise(edges):
            common, kind = int(ordered[begin]), order[begin:end]
            place = layout(common)
            lengths = sizes[kind]
            fits = lengths >= place.size if common & RESERVED else lengths == place.size
            if not fits.all():
                kind = kind[fits]
            if kind.size:
                ok[start:stop][kind] = True
                rows = _windows(octets, place.size)[starts[kind]].view(_table(place))
                for field in place.fields[1:]:
                    if (column := columns.get(field.name)) is None:
                        column = columns[field.name] = np.zeros(count, _DTYPES[field.code])
                    column[start:stop][kind] = rows[field.name]
    return _with_angles(columns), ok


def _windows(octets: Octets, size: int) -> NDArray[np.void]:
    """Every run of `size` octets: item i begins at octet i. A view."""
    return np.ndarray((octets.size - size + 1,), np.dtype(f"V{size}"), octets.data, 0, (1,))


@cache
def _table(place: Layout) -> np.dtype[np.void]:
    return np.dtype([(field.name, _DTYPES[field.code]) for field in place.fields])


def _with_angles(columns: dict[str, Integers]) -> dict[str, Integers]:
    """Takes the two uint12 apart where there are any: uint16 and uint8 become the two angles, uint16 each."""
    if "maximum_angle_deg" in columns:
        low, high = columns["maximum_angle_deg"], columns["minimum_angle_deg"]
        columns["maximum_angle_deg"] = low & 0xFFF
        columns["minimum_angle_deg"] = low >> 12 | high.astype(np.uint16) << 4
    return columns

"""Many Cycling Power Measurements (0x2A63) at once, from one buffer into integer columns.

Packets that share flags and length lie in the buffer like the rows of a table, so their fields are lifted out
column by column, in as few words as alignment allows. Mixed packets are sorted by flags, block by
block so that all stays in the processor's cache, and each kind is lifted out of a copy of its rows.
"""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from legbal.errors import DecodeError
from legbal.gatt.fields import BALANCE_GREATEST, BY_NAME, FIELDS, RESERVED, Layout, decode_error, layout

Integers = NDArray[np.integer[Any]]
Octets = NDArray[np.uint8]
Offsets = NDArray[np.int64]
Truths = NDArray[np.bool_]

_BLOCK: Final = 65536  # packets at a time: most of what is made of a block stays in the processor's cache
_STEPS: Final = 131072  # offsets compared at a time: more calls cost more than the cache gains
_DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "B": np.dtype("u1"),
    "H": np.dtype("<u2"),
    "h": np.dtype("<i2"),
    "I": np.dtype("<u4"),
}
_SCALED: Final = {field.scaled: field for field in FIELDS if field.scaled is not None}
_FLAGS: Final = np.arange(0x10000)
# How many octets flags ask for, by flags; a small table stays in the processor's first cache.
_SIZES: Final[Octets] = sum(
    (_DTYPES[field.code].itemsize * (_FLAGS >> field.bit & 1) for field in FIELDS if field.bit is not None),
    start=np.full(_FLAGS.size, layout(0).packed.size),
).astype(np.uint8)


class Columns(dict[str, Integers]):
    """The fields of n packets as integer columns of length n, in wire units, by the names of `Measurement`.

    Holds "flags", "power_w" and every field that at least one readable packet has. A row counts where
    `present(name)` says so, and is 0 elsewhere, but for flags, which stand wherever there are two octets; packets
    that cannot be read have `ok` False, and `error` says why.
    """

    def __init__(self, buffer: Octets, offsets: Offsets, columns: dict[str, Integers], ok: Truths) -> None:
        super().__init__(columns)
        self._buffer, self._offsets = buffer, offsets
        self.ok = ok

    def present(self, name: str) -> Truths:
        """Which packets can be read and carry this field: bool, length n."""
        bit = BY_NAME[name].bit
        return self.ok if bit is None else self.ok & (self["flags"] >> bit & 1).astype(bool)

    def scaled(self, name: str) -> NDArray[np.float64]:
        """A field in physical units, by the name of `Measurement`'s property ("balance_percent", …).

        float64 of length n; NaN where the field is absent, and where a balance octet is above 200.
        """
        field = _SCALED[name]
        if field.name not in self:
            return np.full(len(self.ok), np.nan)
        raw, there = self[field.name], self.present(field.name)
        if name == "balance_percent":
            there &= raw <= BALANCE_GREATEST
        return np.where(there, raw / field.per_unit, np.nan)

    def payload(self, index: int) -> bytes:
        """The octets of packet `index`."""
        return self._buffer[self._offsets[index] : self._offsets[index + 1]].tobytes()

    def unparsed(self, index: int) -> bytes:
        """The octets of packet `index` after its last known field: only a reserved flag bit allows any."""
        return self.payload(index)[layout(int(self["flags"][index])).packed.size :] if self.ok[index] else b""

    def error(self, index: int) -> DecodeError | None:
        """What is wrong with packet `index`, or None where it could be read."""
        return None if self.ok[index] else decode_error(self.payload(index))


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
    columns = _uniform(octets, bounds)
    ok = np.ones(bounds.size - 1, dtype=bool)
    if columns is None:
        columns, ok = _mixed(octets, bounds)
    # Two uint12 in three octets, lifted out as uint16 and uint8.
    if "maximum_angle_deg" in columns:
        low, high = columns["maximum_angle_deg"], columns["minimum_angle_deg"]
        columns["maximum_angle_deg"] = low & 0xFFF
        columns["minimum_angle_deg"] = low >> 12 | high.astype(np.uint16) << 4
    return Columns(octets, bounds, columns, ok)


class _Word(NamedTuple):
    """Neighbouring fields lifted out together: `width` octets from `start`, and each field's place in it."""

    start: int
    width: int
    fields: tuple[tuple[str, np.dtype[Any], int], ...]


@cache
def _words(place: Layout) -> tuple[_Word, ...]:
    """The cheapest words that cover all fields, each aligned within its word; the first begins with flags.

    A strided copy costs about as much for itself as for the eight octets of its widest word.
    """
    fields = [
        (field.name, _DTYPES[field.code], at) for field, at in zip(place.fields, place.starts, strict=True)
    ]
    best: list[tuple[_Word, ...]] = [()]  # for the fields from some place on, the last place first
    for index in reversed(range(len(fields))):
        covers = [(word, *best[-len(word.fields)]) for word in _candidates(fields[index:], place.packed.size)]
        best.append(min(covers, key=lambda words: sum(8 + word.width for word in words)))
    return best[-1]


def _candidates(fields: list[tuple[str, np.dtype[Any], int]], size: int) -> Iterator[_Word]:
    """The words within a packet of `size` octets that hold the first of these fields, and maybe more."""
    _, first, begin = fields[0]
    for width in (1, 2, 4, 8):
        for start in range(max(0, begin + first.itemsize - width), min(begin, size - width) + 1):
            held = []
            for name, dtype, at in fields:
                offset = at - start
                if offset % dtype.itemsize or offset + dtype.itemsize > width:
                    break
                held.append((name, dtype, offset // dtype.itemsize))
            if held:
                yield _Word(start, width, tuple(held))


def _uniform(octets: Octets, bounds: Offsets) -> dict[str, Integers] | None:
    """The columns of packets that all have one length and the same flags; None when they are not so."""
    count, first = bounds.size - 1, int(bounds[0])
    size = int(bounds[1]) - first if count else 0
    if size < 2 or int(bounds[-1]) - first != count * size:
        return None
    common = int(octets[first]) | int(octets[first + 1]) << 8
    place = layout(common)
    if size < place.packed.size or (size > place.packed.size and not common & RESERVED):
        return None
    steps = np.empty(min(count, _STEPS), np.int64)
    for start in range(0, count, _STEPS):
        part = slice(start, start + _STEPS)
        step = np.subtract(bounds[1:][part], bounds[:-1][part], out=steps[: count - start])
        # The mean of the steps is the size, so they are all equal when none is greater.
        if step.max() != size:
            return None
    words = _words(place)
    lifted = [
        np.ndarray((count,), f"<u{word.width}", octets.data, first + word.start, (size,)).copy()
        for word in words
    ]
    # What is set somewhere is set everywhere: two quick passes, and no array between.
    if int(np.bitwise_and.reduce(lifted[0])) & 0xFFFF != int(np.bitwise_or.reduce(lifted[0])) & 0xFFFF:
        return None
    return {
        name: values.view(dtype)[at :: word.width // dtype.itemsize]
        for word, values in zip(words, lifted, strict=True)
        for name, dtype, at in word.fields
    }


def _mixed(octets: Octets, bounds: Offsets) -> tuple[dict[str, Integers], Truths]:
    count = bounds.size - 1
    ok = np.zeros(count, dtype=bool)
    columns: dict[str, Integers] = {"flags": np.zeros(count, np.uint16), "power_w": np.zeros(count, np.int16)}
    for first in range(0, count, _BLOCK):
        part = slice(first, min(first + _BLOCK, count))
        starts, sizes = bounds[:-1][part], np.diff(bounds[first : part.stop + 1])
        if sizes.min() < 0:
            raise ValueError(f"offsets fall at packet {first + int(sizes.argmin())}")
        flags = columns["flags"][part]  # they stay 0 where a packet is too short for them
        if octets.size >= 2:
            at = np.minimum(starts, octets.size - 2)
            flags[:] = octets[1:][at]
            flags <<= 8
            flags |= octets[at]
            flags[sizes < 2] = 0
        expected = _SIZES[flags]
        fits = sizes == expected
        if not fits.all():
            fits |= (sizes > expected) & (flags & RESERVED != 0)
        ok[part] = fits
        order = np.argsort(flags, kind="stable")  # a radix sort, for 16 bits
        if not fits.all():
            order = order[fits[order]]
        ordered, starts = flags[order], starts[order]
        edges = (np.flatnonzero(ordered[1:] != ordered[:-1]) + 1).tolist()
        for begin, end in pairwise([0, *edges, order.size] if order.size else []):
            place = layout(int(ordered[begin]))
            # Every run of as many octets as these have: item i begins at octet i.
            runs = np.ndarray(
                (octets.size - place.packed.size + 1,), f"V{place.packed.size}", octets.data, 0, (1,)
            )
            rows = runs[starts[begin:end]].view(_table(place))
            for field in place.fields[1:]:
                if (column := columns.get(field.name)) is None:
                    column = columns[field.name] = np.zeros(count, _DTYPES[field.code])
                column[part][order[begin:end]] = rows[field.name].copy()  # aligned values go in much faster
    return columns, ok


@cache
def _table(place: Layout) -> np.dtype[np.void]:
    return np.dtype([(field.name, _DTYPES[field.code]) for field in place.fields])

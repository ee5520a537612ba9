"""What does each page of an SQLite file hold, whatever became of the others? Read without SQLite.

SQLite finds a row from its table's root: one page overwritten there, or the header, hides all that lies below. But rows
lie in leaves, and each leaf says itself where its rows begin and how long they are, as sqlite.org/fileformat2.html has
it. So a file is read here page by page; what does not hold together is left out.
"""

import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

_MAGIC = b"SQLite format 3\0"
_PAGE_SIZE = 4096  # octets, where no header says: SQLite's own, with which every library is made
_TABLE_LEAF, _INDEX_LEAF, _INDEX_INTERIOR = 13, 10, 2
_INTEGER_OCTETS = (0, 1, 2, 3, 4, 6, 8)


class Row(NamedTuple):
    """A row as it lies in its page; `key` is the row id, None in a table without."""

    key: int | None
    values: tuple[Any, ...]  # None, whole numbers, floats, text and octets


def rows(file: Path, journal: Path) -> Iterator[Row]:
    """Every row that is whole in the pages of a database or, newer, of its write-ahead log. Raises OSError.

    Either may be missing. The rows of one table come in no order, some of them twice, and rows of indexes among them.
    """
    with _mapped(file) as data, _mapped(journal) as log:
        size, unused = _PAGE_SIZE, 0
        if data[:16] == _MAGIC:
            size, unused = _page_size(int.from_bytes(data[16:18])), data[20]
        newer, size = _committed(log, size)
        pages = _Pages(data, newer, size, size - unused)
        inside = -(-len(data) // size)
        for number in (*range(1, inside + 1), *sorted(number for number in newer if number > inside)):
            yield from pages.rows(number)


@contextmanager
def _mapped(file: Path) -> Iterator[bytes | mmap.mmap]:
    """The file's octets, of which only those that are looked at are read; none where there is no such file."""
    if not file.exists() or not file.stat().st_size:
        yield b""
        return
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        yield mapped


class _Pages:
    """The pages of a database, some of them in a newer version than the file's."""

    def __init__(self, data: bytes | mmap.mmap, newer: dict[int, bytes], size: int, usable: int) -> None:
        self._data, self._newer, self._size, self._usable = data, newer, size, usable
        self._octets = len(data) + len(newer) * size

    def rows(self, number: int) -> Iterator[Row]:
        """The rows of one page."""
        page = self._page(number)
        start = 100 if number == 1 else 0  # behind the file's header
        if len(page) < start + 8 or page[start] not in (_TABLE_LEAF, _INDEX_LEAF, _INDEX_INTERIOR):
            return
        kind, cells = page[start], int.from_bytes(page[start + 3 : start + 5])
        first = start + (12 if kind == _INDEX_INTERIOR else 8)
        for at in range(first, min(first + 2 * cells, len(page) - 1), 2):
            cell = int.from_bytes(page[at : at + 2])
            try:
                yield self._row(page, cell + (4 if kind == _INDEX_INTERIOR else 0), keyed=kind == _TABLE_LEAF)
            except (ValueError, IndexError, struct.error):
                continue

    def _page(self, number: int) -> bytes:
        return self._newer.get(number) or self._data[(number - 1) * self._size : number * self._size]

    def _row(self, page: bytes, at: int, *, keyed: bool) -> Row:
        length, at = _varint(page, at)
        key = None
        if keyed:
            key, at = _varint(page, at)
            key -= (key >> 63) << 64
        return Row(key, _record(self._payload(page, at, length, keyed=keyed)))

    def _payload(self, page: bytes, at: int, length: int, *, keyed: bool) -> bytes:
        """The octets of a row: in its page, and what that has no room for in pages that follow one another."""
        if length > self._octets:
            raise ValueError("a row longer than the file")
        usable = self._usable
        most = usable - 35 if keyed else (usable - 12) * 64 // 255 - 23
        if length <= most:
            return page[at : at + length]
        least = (usable - 12) * 32 // 255 - 23
        inside = least + (length - least) % (usable - 4)
        inside = inside if inside <= most else least
        payload = bytearray(page[at : at + inside])
        (following,) = struct.unpack_from(">I", page, at + inside)
        while len(payload) < length:
            more = self._page(following) if following else b""
            if len(more) < 4:
                raise ValueError("the rest of a row is missing")
            payload += more[4:usable]
            following = int.from_bytes(more[:4])
        return bytes(payload[:length])


def _page_size(stated: int) -> int:
    size = 65_536 if stated == 1 else stated
    return size if size >= 512 and size & (size - 1) == 0 else _PAGE_SIZE


def _committed(log: bytes | mmap.mmap, size: int) -> tuple[dict[int, bytes], int]:
    """The newest version of each page that a write-ahead log has and was committed, and the size of its pages."""
    newer: dict[int, bytes] = {}
    uncommitted: dict[int, bytes] = {}
    if len(log) < 32 or log[:4] not in (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"):
        return newer, size
    size = _page_size(int.from_bytes(log[8:12]))
    for at in range(32, len(log) - 24 - size + 1, 24 + size):
        number, commit = struct.unpack_from(">II", log, at)
        if log[at + 8 : at + 16] != log[16:24]:  # what was left of a log before this one
            break
        uncommitted[number] = log[at + 24 : at + 24 + size]
        if commit:
            newer |= uncommitted
            uncommitted.clear()
    return newer, size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine octets, and where the next thing begins."""
    number = 0
    for octet in data[at : at + 8]:
        at += 1
        number = number << 7 | octet & 0x7F
        if octet < 0x80:
            return number, at
    return number << 8 | data[at], at + 1


def _record(payload: bytes) -> tuple[Any, ...]:
    """The values of a row. Raises one of the errors of what does not hold together."""
    end, at = _varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values = []
    for kind in kinds:
        value, at = _value(payload, at, kind)
        values.append(value)
    if at != len(payload):
        raise ValueError("a row of another length than its values")
    return tuple(values)


def _value(data: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind == 0:
        return None, at
    if kind < 7:
        octets = _INTEGER_OCTETS[kind]
        return int.from_bytes(data[at : at + octets], signed=True), at + octets
    if kind == 7:
        return struct.unpack_from(">d", data, at)[0], at + 8
    if kind < 10:
        return kind - 8, at
    if kind < 12:
        raise ValueError("a value of no kind")
    octets = (kind - 12) // 2
    value = data[at : at + octets]
    return (value.decode() if kind % 2 else value), at + octets

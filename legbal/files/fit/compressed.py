"""Time in compressed headers: FIT files in which a message's own header octet holds the last five bits of its time.

Small loggers save four octets a record that way. Garmin's library does not read it, so such messages are rewritten with
a timestamp field of their own; nothing else in the file changes. Source: FIT protocol, "Compressed Timestamp Header".
"""

from __future__ import annotations

import struct

import msgspec

_SHORT, _LONG = 12, 14  # octets of a file header
_SIGNATURE = b".FIT"
_COMPRESSED, _DEFINITION, _DEVELOPER = 0x80, 0x40, 0x20  # bits of a message's header octet
_ROLL = 0x20  # the offset counts seconds modulo this
_TIMESTAMP, _UINT32 = 253, 0x86
_NO_TIME = 0xFFFFFFFF
_MOST_FIELDS = 255
_MOST_TIMES = 4  # a file that would grow more than this is not what any device writes


class _Definition(msgspec.Struct, frozen=True):
    """How messages of one local number are laid out: `octets` as in the file, `size` of a message's content."""

    octets: bytes
    size: int
    time_at: int | None  # where its timestamp lies within
    order: str

    def stamped(self) -> bytes:
        """The same with a timestamp before all other fields."""
        head, fields = self.octets[:5], self.octets[6:]
        return head + bytes((self.octets[5] + 1, _TIMESTAMP, 4, _UINT32)) + fields


class _LostError(Exception):
    """The messages cannot be followed any further."""


def expanded(octets: bytes) -> bytes:
    """The file with every message's time in a field of its own; the very same object where that is so already.

    What cannot be followed is left as it is, for the decoder to tell. A checksum that did not fit still does not.
    """
    out, at, changed = bytearray(), 0, False
    while octets[at + 8 : at + _SHORT] == _SIGNATURE and octets[at] in (_SHORT, _LONG):
        size = struct.unpack_from("<I", octets, at + 4)[0]
        began = at + octets[at]
        end = began + size
        messages = _Messages(octets, began, min(end, len(octets)))
        written = messages.rewritten()
        if messages.compressed:
            changed = True
            head = octets[at : at + 4] + struct.pack(
                "<I", size + len(written) - (min(end, len(octets)) - began)
            )
            head += octets[at + 8 : at + _SHORT] + bytes(
                octets[at] - _SHORT
            )  # a checksum of 0: none was made
            out += head + written + _checksum(octets[at : end + 2], head + written, end + 2 - at)
        else:
            out += octets[at : end + 2]
        at = end + 2
    return bytes(out + octets[at:]) if changed else octets


def _checksum(before: bytes, after: bytes, length: int) -> bytes:
    """What follows the rewritten messages: a checksum that fits exactly if the one before did."""
    from garmin_fit_sdk import CrcCalculator

    if len(before) < length:
        return b""
    fits = CrcCalculator.calculate_crc(before, 0, length - 2) == int.from_bytes(before[-2:], "little")
    crc = CrcCalculator.calculate_crc(after, 0, len(after))
    return (crc if fits else crc ^ 1).to_bytes(2, "little")


class _Messages:
    """The messages of one file between two places, followed one after the other."""

    def __init__(self, octets: bytes, began: int, end: int) -> None:
        self._octets, self._at, self._end = octets, began, end
        self._most = _MOST_TIMES * (end - began)
        self._defined: dict[int, _Definition] = {}
        self._stamped: set[int] = set()  # local numbers whose definition as written now has a timestamp added
        self._time: int | None = None
        self.compressed = False

    def rewritten(self) -> bytes:
        """All of them, times in fields."""
        out = bytearray()
        while self._at < self._end and len(out) <= self._most:
            began = self._at
            try:
                out += self._next()
            except _LostError:
                self._at = began
                break
        return bytes(out + self._octets[self._at : self._end])

    def _take(self, count: int) -> bytes:
        if self._at + count > self._end:
            raise _LostError
        self._at += count
        return self._octets[self._at - count : self._at]

    def _next(self) -> bytes:
        head = self._take(1)
        if head[0] & _COMPRESSED:
            return self._short(head[0] >> 5 & 0x3, head[0] & 0x1F)
        if head[0] & _DEFINITION:
            return self._define(head)
        local = head[0] & 0xF
        definition = self._of(local)
        content = self._take(definition.size)
        if definition.time_at is not None:
            (time,) = struct.unpack_from(f"{definition.order}I", content, definition.time_at)
            self._time = self._time if time == _NO_TIME else time
        if local in self._stamped:
            self._stamped.discard(local)
            return definition.octets + head + content
        return head + content

    def _short(self, local: int, offset: int) -> bytes:
        """A message with a compressed header."""
        definition = self._of(local)
        content = self._take(definition.size)
        self.compressed = True
        if self._time is None or definition.time_at is not None or definition.octets[5] == _MOST_FIELDS:
            again = definition.octets if local in self._stamped else b""
            self._stamped.discard(local)
            return again + bytes((local,)) + content  # no time to add to, or it has one
        self._time += (offset - self._time) % _ROLL
        stamp = struct.pack(f"{definition.order}I", self._time & _NO_TIME)
        again = b"" if local in self._stamped else definition.stamped()
        self._stamped.add(local)
        return again + bytes((local,)) + stamp + content

    def _of(self, local: int) -> _Definition:
        definition = self._defined.get(local)
        if definition is None:
            raise _LostError
        return definition

    def _define(self, head: bytes) -> bytes:
        fixed = self._take(5)
        fields = self._take(3 * fixed[4])
        more = b""
        if head[0] & _DEVELOPER:
            more = self._take(1)
            more += self._take(3 * more[0])
        size, time_at = 0, None
        for number, length, _ in zip(*(iter(fields),) * 3, strict=True):
            if number == _TIMESTAMP and length == 4:
                time_at = size
            size += length
        size += sum(more[2::3])
        octets = head + fixed + fields + more
        local = head[0] & 0xF
        self._defined[local] = _Definition(octets, size, time_at, ">" if fixed[1] else "<")
        self._stamped.discard(local)
        return octets

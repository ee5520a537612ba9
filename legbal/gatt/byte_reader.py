"""A cursor over the octets of a characteristic: little endian, every read checked.

For the characteristics that arrive rarely; 0x2A63 has compiled layouts instead.
"""

from __future__ import annotations

from legbal.errors import DecodeError


class ByteReader:
    """Reads integers one after the other; what is missing or left over is a DecodeError with its place."""

    def __init__(self, payload: bytes | bytearray | memoryview) -> None:
        self.payload = bytes(payload)
        self.at = 0

    @property
    def left(self) -> int:
        """How many octets have not been read."""
        return len(self.payload) - self.at

    def unsigned(self, words: str, size: int) -> int:
        """The next `size` octets as an unsigned integer; `words` name the field in an error."""
        return int.from_bytes(self._take(words, size), "little")

    def signed(self, words: str, size: int) -> int:
        """The next `size` octets as a signed integer."""
        return int.from_bytes(self._take(words, size), "little", signed=True)

    def rest(self) -> bytes:
        """All octets that are left."""
        return self._take("", self.left)

    def error(self, words: str, problem: str, offset: int | None = None) -> DecodeError:
        """A DecodeError at `offset`, by default where the cursor stands."""
        return DecodeError(words, self.at if offset is None else offset, self.payload, problem)

    def end(self, words: str) -> None:
        """Raises DecodeError when octets are left over."""
        if self.left:
            raise self.error(words, f"{self.left} octets left over")

    def _take(self, words: str, size: int) -> bytes:
        if self.left < size:
            raise self.error(words, f"{size} octets expected, {self.left} there")
        self.at += size
        return self.payload[self.at - size : self.at]

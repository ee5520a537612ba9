"""The octets of a characteristic, read one field after the other."""

from legbal.errors import DecodeError


class ByteReader:
    """A cursor over the octets of a characteristic: little endian; what is missing or left over is a DecodeError.

    For the characteristics that arrive rarely; 0x2A63 has compiled layouts instead.
    """

    def __init__(self, payload: bytes | bytearray | memoryview) -> None:
        self.payload = bytes(payload)
        self.at = 0

    @property
    def left(self) -> int:
        """How many octets have not been read."""
        return len(self.payload) - self.at

    def integer(self, words: str, size: int, *, signed: bool = False) -> int:
        """The next `size` octets as an integer; `words` name the field in an error."""
        return int.from_bytes(self._take(words, size), "little", signed=signed)

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

"""Writes a ride's events as JSON lines for another program to read, each line at once."""

from __future__ import annotations

import contextlib
import os
from typing import BinaryIO

from legbal.errors import OutletError
from legbal.ride.events import Event, encode


class JsonLines:
    """Events on a binary stream, flushed line by line; the stream stays the caller's."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.reader_gone = False

    def write(self, event: Event) -> bool:
        """Writes one event; False, and no more is written, once the reading program has closed its end.

        Raises OutletError when the stream cannot be written for another reason, such as a full disk.
        """
        if self.reader_gone:
            return False
        try:
            self._stream.write(encode(event) + b"\n")
            self._stream.flush()
        except BrokenPipeError:
            self.reader_gone = True
            _empty_into_nothing(self._stream)
            return False
        except OSError as error:
            raise OutletError(f"events cannot be written: {error.strerror or error}") from error
        return True


def _empty_into_nothing(stream: BinaryIO) -> None:
    """Points the stream at the null device, so that what it still buffers causes no complaint at exit."""
    with contextlib.suppress(OSError):  # a stream without a descriptor has nothing to point
        null = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(null, stream.fileno())
        finally:
            os.close(null)

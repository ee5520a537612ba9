"""Writes a ride's events as JSON lines for another program to read, each line at once."""

import contextlib
import os
from pathlib import Path
from typing import BinaryIO

import msgspec

from legbal.errors import OutletError
from legbal.outlets import Outlet, OutletStatus
from legbal.present.remarks import render_remarks
from legbal.present.sentences import say
from legbal.ride.events import Event


def encode(event: Event) -> bytes:
    """The event as one JSON object of the public contract, without a line end."""
    return msgspec.json.encode(render_remarks(event))


class JsonLines(Outlet):
    """An `Outlet`: events on a binary stream, flushed line by line; the stream stays the caller's.

    Args:
        stream: where.
        ends_ride: without the program that reads there is nobody to ride for.
    """

    name, title = "events", "Events"

    def __init__(self, stream: BinaryIO, *, ends_ride: bool = False) -> None:
        self._stream, self._ends_ride = stream, ends_ride
        self.lost: OutletError | None = None  # why events are missing

    def event(self, event: Event) -> None:
        """Writes one event; nothing more once the reading program has closed its end.

        Raises OutletError when the stream cannot be written for another reason, such as a full disk.
        """
        if self._status.state != "on":
            return
        try:
            self._stream.write(encode(event) + b"\n")
            self._stream.flush()
        except BrokenPipeError:
            # what the stream still buffers goes to the null device, so that it causes no complaint at exit;
            # a stream without a descriptor has nothing to point there
            with contextlib.suppress(OSError), Path(os.devnull).open("wb") as null:
                os.dup2(null.fileno(), self._stream.fileno())
            if self._ride is not None and self._ends_ride:  # an end like any other
                self._status = OutletStatus("off")
                self._ride.stop()
            else:
                reason = say("events.reader_gone")
                self._become(OutletStatus("failed", reason, say("events.failed", reason=reason)))
        except OSError as error:
            self.lost = OutletError(f"events cannot be written: {error.strerror or error}")
            raise self.lost from error

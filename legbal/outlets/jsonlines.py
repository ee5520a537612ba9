"""Writes a ride's events as JSON lines for another program to read, each line as soon as that takes it."""

import contextlib
import os
import select
import time
from collections import deque
from pathlib import Path
from typing import BinaryIO, NoReturn

import msgspec

from legbal.errors import OutletError
from legbal.outlets import Outlet, OutletStatus, RunState
from legbal.present.remarks import render_remarks
from legbal.present.sentences import say
from legbal.present.text import printable_json
from legbal.ride.events import Event
from legbal.ride.view import RideView

# A pipe that is ready takes so many octets without waiting; Windows cannot say.
_AT_ONCE = getattr(select, "PIPE_BUF", 512)
_MOST_WAITING = 1_000  # lines: hours of a ride
_LAST_S = 2.0  # for so long a reader is waited for at the end


def encode(event: Event) -> bytes:
    """The event as one JSON object of the public contract, without a line end."""
    return printable_json(msgspec.json.encode(render_remarks(event)))


class JsonLines(Outlet):
    """An `Outlet`: events on a binary stream, flushed line by line; the stream stays the caller's.

    Args:
        stream: where.
        live: somebody rides: a program that does not read on holds nothing up, and the ride outlasts it. Any other
            ride waits for that program, and ends with it.
    """

    name, title = "events", "Events"

    def __init__(self, stream: BinaryIO, *, live: bool = True) -> None:
        self._stream, self._live = stream, live
        self._waiting: deque[bytes] = deque()
        self._rest = b""  # of a line that the stream took in part
        self.lost: OutletError | None = None  # why events are missing

    def event(self, event: Event) -> None:
        """Writes one event, or keeps it for later; nothing more once the reading program has closed its end.

        Raises OutletError when the stream cannot be written for another reason, such as a full disk, or when too much
        is waiting: then the oldest is lost, and what comes until it is tried again.
        """
        if self._status.state == "on":
            self._waiting.append(encode(event) + b"\n")
            self._write()
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.popleft()
            self._lose(say("events.not_read"))

    def view(self, _view: RideView, _run: RunState) -> None:
        """Writes what is waiting. Raises OutletError, as `event` does."""
        self._write()

    def close(self) -> None:
        """Writes what is waiting; raises OutletError, as `event` does, if it is not read within two seconds."""
        self._write(until=time.monotonic() + _LAST_S)
        if self._rest or self._waiting:
            self._lose(say("events.not_read"))

    def _write(self, until: float = 0.0) -> None:
        try:
            while (self._rest or self._waiting) and self._is_ready(until):
                line = self._rest or self._waiting.popleft()
                self._rest = line[_AT_ONCE:]
                self._stream.write(line[:_AT_ONCE])
                self._stream.flush()
        except BrokenPipeError:
            self._end()
        except OSError as error:
            self._lose(say("events.unwritten", reason=error.strerror or error))

    def _lose(self, message: str) -> NoReturn:
        self.lost = OutletError(message)
        raise self.lost

    def _is_ready(self, until: float) -> bool:
        """Whether the stream takes `_AT_ONCE` octets without waiting, `until` then; one that cannot say is taken to."""
        patience_s = max(0.0, until - time.monotonic())
        with contextlib.suppress(OSError, ValueError):
            return not self._live or bool(select.select([], [self._stream], [], patience_s)[1])
        return True

    def _end(self) -> None:
        """Nobody reads any more: what the stream still buffers must cause no complaint at exit."""
        self._waiting.clear()
        self._rest = b""
        # a stream without a descriptor has nothing to point to the null device
        with contextlib.suppress(OSError), Path(os.devnull).open("wb") as null:
            os.dup2(null.fileno(), self._stream.fileno())
        if self._live or self._ride is None:
            reason = say("events.reader_gone")
            self._become(OutletStatus("failed", reason, say("events.failed", reason=reason)))
        else:  # an end like any other
            self._status = OutletStatus("off")
            self._ride.stop()

"""What may be asked of a ride from elsewhere: a lap, a note, mute or unmute. Nothing else can be said here."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

LONGEST_COMMAND = 1024  # octets
MOST = 5  # commands in …
WITHIN_S = 10.0  # … so many seconds


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lap, now; a note on this moment, one line of printable characters; no sound at the ride, or sound again."""

    command: Literal["lap", "note", "mute", "unmute"]
    text: Annotated[str, Meta(max_length=200)] = ""


_decoder = msgspec.json.Decoder(Command)


def parse(payload: bytes) -> Command:
    """The command in a payload from anywhere; ValueError where it is none."""
    if len(payload) > LONGEST_COMMAND:
        raise ValueError(f"a command has at most {LONGEST_COMMAND} octets")
    try:
        command = _decoder.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(str(error)[:200]) from error
    text = command.text.strip()
    if bool(text) != (command.command == "note") or not command.text.isprintable():
        raise ValueError("a note, and nothing else, has a line of printable characters")
    return Command(command.command, text)


class Commands:
    """Takes commands in, at most MOST in WITHIN_S seconds; the others are counted and forgotten.

    Args:
        do: is handed each command that is one.
        clock: seconds, monotonic.
    """

    def __init__(self, do: Callable[[Command], None], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._do, self._clock = do, clock
        self._done: deque[float] = deque(maxlen=MOST)
        self.refused = 0

    def take(self, payload: bytes, *, retained: bool) -> None:
        """Does what the payload asks for. A retained one was meant for another moment."""
        now = self._clock()
        crowded = len(self._done) == MOST and now - self._done[0] < WITHIN_S
        try:
            command = None if retained or crowded else parse(payload)
        except ValueError:
            command = None
        if command is None:
            self.refused += 1
            return
        self._done.append(now)
        self._do(command)

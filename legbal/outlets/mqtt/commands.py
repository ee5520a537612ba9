"""What may be asked of a ride from elsewhere: a lap, a note, mute or unmute. Nothing else can be said here."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

LONGEST_COMMAND = 1024  # octets
MOST = 5  # commands in …
WITHIN_S = 10.0  # … so many seconds


class Lap(msgspec.Struct, tag="lap", tag_field="command", frozen=True, forbid_unknown_fields=True):
    """A lap, now."""


class Mute(msgspec.Struct, tag="mute", tag_field="command", frozen=True, forbid_unknown_fields=True):
    """No sound at the ride, until it is unmuted there or from here."""


class Unmute(msgspec.Struct, tag="unmute", tag_field="command", frozen=True, forbid_unknown_fields=True):
    """Sound again."""


class Note(msgspec.Struct, tag="note", tag_field="command", frozen=True, forbid_unknown_fields=True):
    """A note on this moment: one line of printable characters."""

    text: Annotated[str, Meta(min_length=1, max_length=200)]


Command = Lap | Mute | Unmute | Note
_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)


def parsed(payload: bytes) -> Command:
    """The command in a payload from anywhere; ValueError where it is none."""
    if len(payload) > LONGEST_COMMAND:
        raise ValueError(f"a command has at most {LONGEST_COMMAND} octets")
    try:
        command = _decoder.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(str(error)[:200]) from error
    if isinstance(command, Note) and not (command.text.isprintable() and command.text.strip()):
        raise ValueError("a note is one line of printable characters")
    return command


def as_mark(command: Command) -> tuple[str, str]:
    """The kind of the `Mark` that a command becomes, and a note's text."""
    match command:
        case Note(text=text):
            return "note", text.strip()
        case Lap():
            return "lap", ""
        case Mute():
            return "mute", ""
        case Unmute():
            return "unmute", ""


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
        if retained or crowded:
            self.refused += 1
            return
        try:
            command = parsed(payload)
        except ValueError:
            self.refused += 1
            return
        self._done.append(now)
        self._do(command)

"""What can be asked of a ride from elsewhere, over MQTT or on its page: a lap, a note, no sound or sound again."""

import time
from collections import deque
from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

LONGEST_COMMAND = 1024
MOST_COMMANDS = 5  # commands that are taken in …
WITHIN_S = 10.0  # … so many seconds

Message = TypeVar("Message", bound=msgspec.Struct)


def decode_untrusted(kind: type[Message], payload: bytes) -> Message:
    """The message of that kind in JSON from anywhere. Raises ValueError where it is none, whatever else it may be."""
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(str(error)[:200]) from error


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lap, now; a note on this moment, one line of printable characters; no sound at the ride, or sound again.

    Nothing else can be asked of a ride from elsewhere.
    """

    command: Literal["lap", "note", "mute", "unmute"]
    text: Annotated[str, Meta(max_length=200)] = ""


def read_command(payload: bytes) -> Command:
    """The command in a payload from anywhere; ValueError where it is none."""
    if len(payload) > LONGEST_COMMAND:
        raise ValueError(f"a command has at most {LONGEST_COMMAND} bytes")
    command = decode_untrusted(Command, payload)
    text = command.text.strip()
    if bool(text) != (command.command == "note") or not command.text.isprintable():
        raise ValueError("a note, and nothing else, has a line of printable characters")
    return Command(command.command, text)


class Commands:
    """Takes commands in, at most MOST_COMMANDS in WITHIN_S seconds.

    Args:
        do: is handed each command that is one.
        clock: seconds, monotonic.
    """

    def __init__(self, do: Callable[[Command], None], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._do = do
        self._clock = clock
        self._done: deque[float] = deque(maxlen=MOST_COMMANDS)

    def take(self, payload: bytes, *, retained: bool) -> bool:
        """Does what the payload asks for; False where it does not. A retained one was meant for another moment."""
        now = self._clock()
        too_many = len(self._done) == MOST_COMMANDS and now - self._done[0] < WITHIN_S
        try:
            command = None if retained or too_many else read_command(payload)
        except ValueError:
            command = None
        if command is not None:
            self._done.append(now)
            self._do(command)
        return command is not None

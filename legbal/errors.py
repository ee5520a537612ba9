"""What can go wrong, as one tree.

::

    LegbalError                   anything this program says to the rider instead of a traceback
    ├── UsageError                the command was typed wrongly: exit code 2, with a hint
    ├── DecodeError               a characteristic's octets are not what its definition says
    ├── ProfileError              a meter profile does not hold together (file and key are named)
    ├── ConfigError               a setting is unknown or not allowed (file and key are named)
    ├── SourceError               notifications cannot be had
    │   ├── BluetoothError        the radio, its permissions or the meter's link (`.reason` says which)
    │   └── CaptureError          a capture file cannot be read
    ├── FileFormatError           another program's file (FIT, workout) cannot be read or written
    ├── LibraryError              the library cannot be opened, read or written
    │   ├── SchemaError           the library was written by a newer legbal
    │   └── DamagedError          its file is broken
    └── OutletError               sound or a broker is not to be had (never ends a ride)

Every message names the thing, what was wrong with it, and what to do. Exit codes are mapped once, in
`legbal.cli`.
"""

from collections.abc import Iterable
from typing import Literal

_LONGEST_REASON = 200  # characters; a library's message may be a page


class LegbalError(Exception):
    """Anything that legbal tells the rider in one line.

    Args:
        message: what was wrong, naming the thing.
        hint: what to do about it, a sentence; shown on a line of its own.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(LegbalError):
    """The command was typed wrongly."""


class DecodeError(LegbalError):
    """A characteristic's octets do not follow its definition.

    Args:
        field: the field at which reading failed, in the definition's words.
        offset: index of the octet at which that field starts.
        payload: all octets of the value; shown as hex.
        problem: what is wrong there.
    """

    def __init__(self, field: str, offset: int, payload: bytes, problem: str) -> None:
        Exception.__init__(self, field, offset, payload, problem)  # all four, so that it can be pickled
        self.field, self.offset, self.payload, self.problem = field, offset, payload, problem
        self.hint = None

    def __str__(self) -> str:
        shown = self.payload[:64].hex() + ("…" if len(self.payload) > 64 else "")
        return f"{self.field} at octet {self.offset}: {self.problem} (hex {shown or 'empty'})"


class ProfileError(LegbalError):
    """A meter profile does not hold together."""


class ConfigError(LegbalError):
    """A setting is unknown or has a value that is not allowed."""


class SourceError(LegbalError):
    """Notifications cannot be had."""


# why Bluetooth does not work: what the rider must do depends on it
BluetoothReason = Literal[
    "no adapter",
    "adapter off",
    "no permission",
    "no Bluetooth service",
    "meter not found",
    "several meters",
    "meter in use elsewhere",
    "not paired",
    "no Cycling Power Service",
    "no answer in time",
    "link lost",
    "request refused",
    "other",
]


class BluetoothError(SourceError):
    """The radio, its permissions or the link to the meter; `reason` says which."""

    def __init__(self, message: str, *, reason: BluetoothReason, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class CaptureError(SourceError):
    """A capture file cannot be read."""


# why a file gives no ride, by which many such files are counted
FileReason = Literal["no power", "no cycling", "no ride", "damaged", "unreadable", "library", "other"]


class FileFormatError(LegbalError):
    """A file of another program cannot be read or written; `reason` says in a word why it gives no ride."""

    def __init__(self, message: str, *, reason: FileReason = "other", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason: FileReason = reason


class LibraryError(LegbalError):
    """The library cannot be opened, read or written."""


class SchemaError(LibraryError):
    """The library was written by a newer legbal than this one."""


class DamagedError(LibraryError):
    """The library's file is broken; a new one can be made of what it still holds."""


class OutletError(LegbalError):
    """Sound or a broker is not to be had; said once, never the end of a ride."""


def reason(error: Exception) -> str:
    """Why something failed, in words that fit a line; of a defect the kind says more than its text."""
    text = str(error)
    if not isinstance(error, LegbalError):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text[:_LONGEST_REASON]


def nearest(typed: str, names: Iterable[str], likeness: float = 0.6) -> str | None:
    """The name that was probably meant; None where none is as alike, of 1."""
    from difflib import get_close_matches  # 3 ms that only a slip of the hand needs

    return next(iter(get_close_matches(typed, list(names), n=1, cutoff=likeness)), None)

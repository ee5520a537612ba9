"""Capture files: notifications as JSON lines, and what a sidecar says about the ride.

One line is ``{"t": seconds, "uuid": "2a63", "hex": "2300…", "meter": "name or address"}``; ``uuid`` defaults
to 2a63, ``meter`` may be left out. A line that cannot be read is reported with its number and skipped, so one
bad line costs nothing but itself.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, Annotated, Final, Literal

import msgspec

from legbal.errors import CaptureError, LegbalError
from legbal.files.archive import exists, is_packed, read_file_octets
from legbal.files.atomic_write import atomic_write
from legbal.files.lines import LONGEST_LINE, lines
from legbal.gatt import uuids
from legbal.present.text import printable_json
from legbal.ride.inputs import FIT_FILE, FIT_LAP, FIT_RECORD, Notification, PlannedStep

LATEST: Final = 345_600.0  # seconds: four days
# What no ride has, so that a file costs no more memory than a day of two meters at three a second.
LARGEST: Final = 128 * 2**20  # octets
_MOST_NOTIFICATIONS, _MOST_OCTETS = 600_000, 64 * 2**20
_MOST_LINES: Final = 1_000_000  # also of those that hold nothing, or nothing that can be read
_LARGEST_SIDECAR: Final = 2**20

# Two meters may be written down slightly out of order: a notification that is late by no more than this is
# kept, at the latest time there was. After a greater leap ahead the next line decides: if time falls back,
# the leap was the mistake.
SLACK_S: Final = 2.0
LEAP_S: Final = 3600.0

Report = Callable[[int, str], None]  # line number, counted from 1, and what is wrong with the line
_OF_FIT: Final = (FIT_RECORD, FIT_LAP, FIT_FILE)


class _Line(msgspec.Struct, kw_only=True):
    t: float
    uuid: str = uuids.MEASUREMENT
    hex: str
    meter: str | msgspec.UnsetType | None = msgspec.UNSET


class Sidecar(msgspec.Struct, frozen=True, kw_only=True):
    """What `NAME.meta.json` says of the ride in `NAME.jsonl`: FTP in watts, the weak leg, the planned
    intervals."""

    ftp: Annotated[float, msgspec.Meta(gt=0, le=3000)] | None = None
    weak: Literal["left", "right"] | None = None
    plan: tuple[PlannedStep, ...] = ()


_LINES: Final = msgspec.json.Decoder(_Line)


def read(source: IO[bytes] | Iterable[bytes], report: Report) -> Iterator[Notification]:
    """The notifications of a capture, one by one as its lines come in, with times that never fall.

    Args:
        source: a file (standard input: its `buffer`, so that bad UTF-8 is a bad line), or lines.
        report: called for each line that cannot be read; the line is skipped and reading goes on. A line is
            unreadable with bad JSON or hex, without t, with a t that is negative, above four days or
            falls by more than 2 s, or longer than any notification can be.
    """
    return _in_time(lines(source), report)


def _in_time(lines_read: Iterable[bytes | None], report: Report) -> Iterator[Notification]:
    latest = 0.0
    held: tuple[int, Notification] | None = None
    for number, notification in _parsed(lines_read, report):
        if held is not None:
            if notification.t < held[1].t - SLACK_S:
                report(held[0], f"t leaps ahead to {held[1].t:g} s, and back in the next line")
            else:
                latest = held[1].t
                yield held[1]
            held = None
        if notification.t - latest > LEAP_S:
            held = number, notification
        elif notification.t < latest - SLACK_S:
            report(number, f"t falls from {latest:g} to {notification.t:g} s")
        else:
            latest = max(latest, notification.t)
            yield msgspec.structs.replace(notification, t=latest)
    if held is not None:
        yield held[1]


def read_file(path: Path, report: Report) -> Iterator[Notification]:
    """The notifications of the capture file at `path`, as `read` gives them.

    Raises:
        CaptureError: the file cannot be opened, or read to its end, or holds more than any ride.
        FileFormatError: it lies in an archive, and cannot be had from there.
    """
    octets = 0
    try:
        with io.BytesIO(read_file_octets(path, LARGEST)) if is_packed(path) else path.open("rb") as file:
            if file.seek(0, io.SEEK_END) > LARGEST:
                raise CaptureError(f"{path}: larger than {LARGEST // 2**20} MiB, which no ride is")
            file.seek(0)
            for count, notification in enumerate(_in_time(_bounded(path, lines(file)), report)):
                octets += len(notification.data)
                if count == _MOST_NOTIFICATIONS or octets > _MOST_OCTETS:
                    most = f"{_MOST_NOTIFICATIONS:,} packets or {_MOST_OCTETS // 2**20} MiB"
                    raise CaptureError(f"{path}: holds more than {most} in them, which no ride does")
                yield notification
    except OSError as error:
        raise CaptureError(f"{path} cannot be read: {error.strerror or error}") from error


def _bounded(path: Path, lines_read: Iterable[bytes | None]) -> Iterator[bytes | None]:
    for count, line in enumerate(lines_read):
        if count == _MOST_LINES:
            raise CaptureError(f"{path}: holds more than {_MOST_LINES:,} lines, which no ride does")
        yield line


def _parsed(lines_read: Iterable[bytes | None], report: Report) -> Iterator[tuple[int, Notification]]:
    """Line numbers and notifications; each sound by itself, whatever came before it."""
    for number, line in enumerate(lines_read, start=1):
        if line is None:
            report(number, f"longer than {LONGEST_LINE} bytes")
            continue
        if number == 1:  # some editors put a byte order mark there
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        try:
            yield number, _notification(_LINES.decode(line))
        except UnicodeError:
            report(number, "not UTF-8")
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            report(number, str(error))


def _notification(line: _Line) -> Notification:
    if not 0 <= line.t <= LATEST:
        raise ValueError(f"t is {line.t:g}; it counts seconds from the ride's start, 0 to {LATEST:.0f}")
    uuid = short_uuid(line.uuid)
    try:
        data = bytes.fromhex(line.hex)
    except ValueError:
        raise ValueError(f"hex is not pairs of hexadecimal digits: {line.hex[:40]!a}") from None
    # octets: of a FIT record's values as JSON; of what an attribute of GATT can hold
    if len(data) > (3072 if uuid in _OF_FIT else 512):
        raise ValueError(f"hex has {len(data)} bytes, more than a notification can carry")
    return Notification(line.t, data, uuid, (line.meter or "")[:128])  # characters


@lru_cache(maxsize=256)
def short_uuid(uuid: str) -> str:
    """A UUID, "2A63", "0x2a63" or in full, as `Notification` has it; ValueError when it is none."""
    text = uuid.strip().lower()
    return text if text in _OF_FIT else uuids.parse(text)


def read_sidecar(capture: Path) -> Sidecar:
    """What the sidecar of a capture file says; an empty one where there is no such file.

    Raises:
        CaptureError: as `decode_sidecar`.
        FileFormatError: it is there but cannot be read.
    """
    path = capture.with_name(f"{capture.stem}.meta.json")
    if not exists(path):
        return Sidecar()
    return decode_sidecar(path, read_file_octets(path, _LARGEST_SIDECAR))


def decode_sidecar(path: Path, octets: bytes, kind: type[LegbalError] = CaptureError) -> Sidecar:
    """What the octets of a sidecar at `path` say.

    Raises:
        LegbalError: of that kind; a key has a value that is not allowed (file and key are named).
    """
    try:
        sidecar = msgspec.json.decode(octets, type=Sidecar)
    except (ValueError, RecursionError) as error:
        raise kind(
            f"{path}: not a capture's sidecar: {error}",
            hint="Correct it, or move it away: it may be left out.",
        ) from error
    before = 0.0
    for index, step in enumerate(sidecar.plan):
        if not before <= step.start < step.end <= LATEST:
            raise kind(
                f"{path}: plan[{index}]: {step.start:g} to {step.end:g} s does not follow {before:g} s in order",
                hint="Give each step's start and end in ride seconds, one step after the other.",
            )
        before = step.end
    return sidecar


def line(notification: Notification) -> bytes:
    """The line of a capture file for a notification, with its line feed."""
    written = _Line(
        t=notification.t,
        uuid=notification.uuid,
        hex=notification.data.hex(),
        meter=notification.meter or msgspec.UNSET,
    )
    return printable_json(msgspec.json.encode(written)) + b"\n"


def write(path: Path, notifications: Iterable[Notification], *, overwrite: bool = False) -> None:
    """Writes a capture file: all of it or nothing.

    Raises:
        CaptureError: the file is there already and `overwrite` is not set, or it cannot be written.
    """
    with atomic_write(path, overwrite=overwrite, kind=CaptureError) as file:
        file.writelines(map(line, notifications))

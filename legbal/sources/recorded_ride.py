"""What a rider can name to ride or read again: a kept ride, a capture file, a FIT file, a capture on standard input."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from legbal.analysis.fit_file import find_file
from legbal.errors import CaptureError, FileFormatError, LibraryError, SourceError
from legbal.files import archive, capture
from legbal.files.fit import is_fit_name
from legbal.library.rides import LAST, Library, RideRow
from legbal.ride.inputs import Input, Notification, Setup, Tick, is_heart_rate

Complain = Callable[[str], None]

_MOST_BAD_LINES = 1000  # a file that begins with so many is no capture
_MOST_REPORTED = 20  # lines of a capture that cannot be read, each with what is wrong in it
_TICK_S = 1.0
_CHUNK = 1 << 16


class RecordedRide(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded ride.

    Attributes:
        name: how it was named.
        inputs: in order of time; from standard input as they come in, and only once; of a kept ride only once,
            and read when they are asked for: what was derived from them is often all that is wanted.
        more: whether the next one is there without waiting; None where all are there.
        setup: what it was ridden with; None where that was not kept.
        sidecar: what is noted beside a capture.
        started: when it was ridden; None where that is not known.
    """

    name: str
    inputs: Iterable[Input]
    more: Callable[[], bool] | None = None
    setup: Setup | None = None
    sidecar: capture.Sidecar = capture.Sidecar()
    started: datetime | None = None

    def setup_for(self, setup: Setup, inputs: Iterable[Input]) -> Setup:
        """The setup it was ridden with: its own, else `setup` with what the sidecar says, and what its file does.

        Args:
            setup: what holds where nothing else is known.
            inputs: its own, or the first of them up to a measurement.
        """
        if self.setup is not None:
            return self.setup
        return msgspec.structs.replace(
            setup,
            ftp_w=self.sidecar.ftp or setup.ftp_w,
            weak_leg=self.sidecar.weak or setup.weak_leg,
            plan=self.sidecar.plan or setup.plan,
            recorded_ftp_w=find_file(inputs).ftp_w,
        )


def start_time(recorded: RecordedRide, duration_s: float) -> tuple[datetime, bool]:
    """When a recorded ride began, aware, and whether that is known.

    A capture does not say: then its file's date is taken for the ride's end, or now where there is no file.

    Args:
        recorded: the ride.
        duration_s: how long it lasted, seconds.
    """
    if recorded.started is not None:
        return recorded.started, True
    ended = archive.modified(Path(recorded.name)) or datetime.now().astimezone()
    return ended - timedelta(seconds=duration_s), False


def open_ride(name: str, complain: Complain, standard_input: int = 0) -> RecordedRide:
    """The recorded ride of that name.

    Args:
        name: `-`, a file (.jsonl, .fit, or a .zip that holds one of them), or the id of a kept ride.
        complain: is told, in a sentence, what of it cannot be read; the rest is given.
        standard_input: the descriptor from which `-` is read.

    Raises:
        SourceError, FileFormatError, LibraryError: there is no such ride, or it cannot be read at all.
    """
    if name == "-":
        lines = Lines(standard_input)
        return RecordedRide(
            name=name, inputs=with_ticks(_from_standard_input(lines, complain)), more=lines.more
        )
    path = the_ride_in(Path(name))
    if is_fit_name(path):
        # Its library takes 90 ms to load, which other rides need not wait for.
        from legbal.files.fit.reading import read

        ride = read(path, complain)
        return RecordedRide(
            name=str(path),
            inputs=list(with_ticks(ride.inputs)),
            sidecar=capture.Sidecar(plan=ride.plan),
            started=ride.started,
        )
    if path.is_file() or archive.is_packed(path):
        return _capture(path, complain)
    if path.is_dir():
        raise CaptureError(f"{name}: is a folder", hint="Name one file in it, or the id of a kept ride.")
    if path.exists():  # it would be waited for
        raise CaptureError(f"{name}: is a pipe or a device", hint="Name a file; `-` is standard input.")
    if path.suffix or len(path.parts) > 1:
        raise CaptureError(
            f"{name}: there is no such file", hint="Check the path; `legbal rides` lists kept rides."
        )
    return _library_ride(name)


def is_ride_name(path: Path) -> bool:
    """Whether a file is a FIT file or a capture, by its name."""
    return is_fit_name(path) or path.suffix.lower() == ".jsonl"


def the_ride_in(path: Path) -> Path:
    """The one ride that an archive holds, or the path as it is where it is none; raises FileFormatError."""
    if not archive.is_archive(path):
        return path
    rides, _ = archive.list_rides(path, is_ride_name)
    if not rides:
        raise FileFormatError(f"{path}: holds no FIT file and no capture")
    if len(rides) > 1:
        raise FileFormatError(
            f"{path}: holds {len(rides)} rides",
            hint=f"Name one of them, as {rides[0]}, or import the archive.",
        )
    return rides[0]


def _capture(path: Path, complain: Complain) -> RecordedRide:
    problems: list[str] = []
    bad_lines = 0
    notifications: list[Notification] = []

    def report(number: int, problem: str) -> None:
        nonlocal bad_lines
        bad_lines += 1
        if bad_lines <= _MOST_REPORTED:
            problems.append(f"line {number}: {problem}")
        if not notifications and bad_lines == _MOST_BAD_LINES:
            raise _no_capture(path, problems)

    notifications.extend(capture.read_file(path, report))
    if not notifications:
        raise _no_capture(path, problems)
    if bad_lines > _MOST_REPORTED:
        complain(f"{path.name}: {bad_lines} lines could not be read; the first of them:")
    for problem in problems:
        complain(f"{path.name}, {problem}")
    return RecordedRide(
        name=str(path), inputs=list(with_ticks(notifications)), sidecar=capture.read_sidecar(path)
    )


def _from_standard_input(lines: Iterable[bytes], complain: Complain) -> Iterator[Notification]:
    """The notifications as they come; lines that cannot be read are told from the first one on that can."""
    bad_lines = 0
    early: list[str] = []
    is_capture = False

    def report(number: int, problem: str) -> None:
        nonlocal bad_lines
        bad_lines += 1
        if bad_lines <= _MOST_REPORTED:
            (complain if is_capture else early.append)(f"standard input, line {number}: {problem}")

    for notification in capture.read(lines, report):
        is_capture = True
        while early:
            complain(early.pop(0))
        yield notification
    if early:
        complain(f"standard input: no line could be read; the first: {early[0].partition(': ')[2]}")
    elif bad_lines > _MOST_REPORTED:
        complain(f"standard input: {bad_lines} lines could not be read")


def _no_capture(path: Path, problems: list[str]) -> SourceError:
    return SourceError(
        f"{path}: holds no notification{f' ({problems[0]})' if problems else ''}",
        hint="A capture has one JSON object a line.",
    )


def _library_ride(name: str) -> RecordedRide:
    with Library() as library:
        library.rides(0)  # what is wrong with the library is said of the library, not of the name
        try:
            ride = library.find(name)
        except LibraryError as error:
            if name == LAST:
                raise
            raise LibraryError(
                f"{name!r}: no such file, and {error}",
                hint="RIDE is the id of a kept ride (see `legbal rides`), a capture, a .fit file, or -.",
            ) from error
        return RecordedRide(
            name=name, inputs=_inputs_of(ride), setup=library.setup(ride), started=ride.started
        )


def _inputs_of(ride: RideRow) -> Iterator[Input]:
    with Library() as library:
        inputs = list(library.inputs(ride))
    yield from inputs


def with_ticks(inputs: Iterable[Input]) -> Iterator[Input]:
    """A capture holds notifications only: puts a tick into every second of it in which none came.

    A live ride has its ticks recorded; with these, silence is judged alike in both.
    """
    last = 0.0
    for item in inputs:
        while item.t - last > _TICK_S:
            last += _TICK_S
            yield Tick(last)
        if not is_heart_rate(item):
            last = max(last, item.t)
        yield item


class Lines:
    """The lines of a file descriptor, each as soon as it is complete.

    It is read unbuffered: a thread stuck in Python's own buffered standard input keeps the interpreter from ending.
    """

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._whole: list[bytes] = []

    def more(self) -> bool:
        """Whether the next line has arrived already."""
        return bool(self._whole)

    def __iter__(self) -> Iterator[bytes]:
        """Gives line after line until the input ends."""
        rest = b""
        with open(self._descriptor, "rb", buffering=0, closefd=False) as stream:
            while chunk := stream.read(_CHUNK):
                *whole, rest = (rest[:_CHUNK] + chunk).split(b"\n")  # a line that long is a bad one anyway
                self._whole = whole[::-1]
                while self._whole:
                    yield self._whole.pop()
        if rest:
            yield rest

"""Rides from and to files, and what a meter sends to one.

What a head unit recorded, or a capture, is imported only once; any ride is exported.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

from legbal.app.derivation import Derivation
from legbal.app.meters import preamble
from legbal.app.ride_setup import replay_setup
from legbal.app.stored_rides import later_notes
from legbal.config import Settings
from legbal.errors import CaptureError, FileFormatError, FileReason, LegbalError, LibraryError, SourceError
from legbal.errors import reason as reason_of
from legbal.files import archive, capture, exporting
from legbal.files.fit import is_fit_name, octets_of
from legbal.files.parquet import require_parquet
from legbal.gatt.uuids import MEASUREMENT
from legbal.library import writer
from legbal.library.codec import as_utf8
from legbal.library.rides import Library
from legbal.present.numbers import timestamp
from legbal.present.remarks import lacks
from legbal.present.sentences import say
from legbal.ride.inputs import Input, Notification, is_heart_rate, is_measured
from legbal.sources.recorded_ride import RecordedRide, is_ride_name, open_ride, start_time, the_ride_in

MOST_PACKETS = 500_000  # 34 hours at 4 a second, a few minutes of a meter gone mad
NAMELESS = "meter"

# how a meter without a name is called: by its address, or on macOS by an identifier that the system made up
_ADDRESS = re.compile(
    r"[0-9a-f]{2}(:[0-9a-f]{2}){5}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)

MOST_REMARKS = 3  # sentences on one damaged file

_Bar = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Is given how many steps there are about; its block is told how many more are done."""


class ImportResult(msgspec.Struct, frozen=True):
    """What became of one file.

    Attributes:
        file: its path.
        ride: its ride's id; None where it gave none.
        error: what of it could not be read, in words.
        new: whether the ride came in just now.
        reason: why it gave no ride, in a word.
    """

    file: str
    ride: str | None
    error: str | None
    new: bool
    reason: FileReason | None = None


def import_file(
    library: Library, path: Path, meter: str | None, settings: Settings, options: Mapping[str, object]
) -> ImportResult:
    """Imports one file, but for its summary; what goes wrong with it is in the answer.

    Args:
        library: where the ride goes.
        path: a FIT file or a capture, also in an archive.
        meter: whose ride it is, whatever the file says; None: as the file says.
        settings: what holds where the file does not say otherwise.
        options: what was typed, by a setting's name.
    """
    remarks: list[str] = []
    file = as_utf8(str(path))  # an operating system allows names that are no text
    try:
        ride, new = _add_ride(library, path, meter, settings, options, remarks.append)
    except LegbalError as error:
        reason = f"{error}. {error.hint}" if error.hint else str(error)
        if not (isinstance(error, FileFormatError) or reason.startswith(str(path))):
            reason = f"{path}: {reason}"
        kind: FileReason = "library" if isinstance(error, LibraryError) else "other"
        if isinstance(error, FileFormatError):
            kind = error.reason
        return ImportResult(file, None, as_utf8(reason), False, kind)
    except Exception as error:  # a defect costs this file alone
        defect = say("import.defect", file=path, reason=reason_of(error))
        return ImportResult(file, None, as_utf8(defect), False, "other")
    more = [f"and {len(remarks) - MOST_REMARKS} more"] if len(remarks) > MOST_REMARKS else []
    return ImportResult(file, ride, as_utf8("; ".join(remarks[:MOST_REMARKS] + more)) or None, new)


def _add_ride(
    library: Library,
    path: Path,
    meter: str | None,
    settings: Settings,
    options: Mapping[str, object],
    complain: Callable[[str], None],
) -> tuple[str, bool]:
    """The id of the file's ride, and whether it is new. Raises LegbalError."""
    path = the_ride_in(path)
    original = writer.Original(path.name.removesuffix(".gz"), ride_octets(path))
    there = library.imported_from(original)
    if there is not None:
        return there.id, False
    recorded = open_ride(str(path), complain)
    inputs = list(recorded.inputs)
    if not any(map(is_measured, inputs)):  # of another sensor
        raise FileFormatError(f"{path}: has no power, so it says nothing about the legs", reason="no power")
    if meter is not None:
        inputs = [
            msgspec.structs.replace(item, meter=meter)
            if isinstance(item, Notification) and not is_heart_rate(item)
            else item
            for item in inputs
        ]
    setup = replay_setup(recorded, settings, options, None, None, complain, preamble(inputs))
    started = start_time(recorded, inputs[-1].t)[0]
    if setup.stated_ftp_w is None:  # what was stated before, on whatever meter, goes before a guess
        setup = msgspec.structs.replace(setup, earlier_ftp_w=library.stated_ftp(started))
    ride = writer.NewRide(
        setup=setup,
        source="import",
        title=Path(original.name).stem,
        started=started,
        original=original,
    )
    try:
        writer.keep(library.path, ride, inputs)
    except LibraryError:  # another import, at the same time, may have been faster
        there = library.imported_from(original)
        if there is None:
            raise
        return there.id, False
    return ride.id, True


def ride_octets(path: Path) -> bytes:
    """A FIT file's or capture's octets, unpacked. Raises FileFormatError where it is neither or cannot be read."""
    try:  # a name that is too long is an error already here
        if path.is_dir():
            next(path.iterdir(), None)
            raise FileFormatError(f"{path}: no FIT file, capture or .zip of them in this folder")
    except OSError as error:
        raise FileFormatError(f"{path}: cannot be read: {error.strerror or error}") from error
    if is_fit_name(path):
        return octets_of(path)
    if not is_ride_name(path):
        raise FileFormatError(f"{path}: not a FIT file (.fit), a capture (.jsonl) or a .zip of them")
    return archive.read_file_octets(path, capture.LARGEST)


class RideFiles(msgspec.Struct):
    """The files to import, in order, and how many others lie beside them in the same folders and archives."""

    paths: list[Path] = msgspec.field(default_factory=list)
    others: int = 0


def ride_files(paths: Sequence[Path], *, named: bool = True) -> RideFiles:
    """The files to import: those named; of folders, at any depth, and of archives all FIT files and captures.

    A folder or archive in which there is none, or that cannot be read, is among them itself: importing it says why.
    An archive that the rider has not `named` is only counted where it holds none.
    """
    files = RideFiles()
    for path in paths:
        if path.is_dir():
            _add_folder(files, path)
        else:
            _add_file(files, path, named=named)
    return files


def _add_folder(files: RideFiles, top: Path) -> None:
    before = len(files.paths)
    for folder, folders, names in os.walk(
        top, onerror=lambda error: files.paths.append(Path(error.filename))
    ):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if name.startswith("._"):
                continue  # what a Mac leaves beside each file
            if is_ride_name(path):
                files.paths.append(path)
            elif archive.is_archive(path):
                _add_file(files, path, named=False)
            else:
                files.others += not name.endswith(".meta.json")
    if len(files.paths) == before:
        files.paths.append(top)


def _add_file(files: RideFiles, path: Path, *, named: bool = True) -> None:
    """Adds a file, or the rides of an archive; one without any only where the rider named it."""
    rides, others = [path], 0
    if archive.is_archive(path):
        with suppress(FileFormatError):  # importing it says why it cannot be read
            rides, others = archive.list_rides(path, is_ride_name)
            if not rides:
                rides, others = ([path], others) if named else ([], 1)
    files.paths += rides
    files.others += others


def write_ride(
    file: IO[bytes], kind: exporting.Format, ride: Derivation, start: Callable[[float], datetime], bar: _Bar
) -> list[str]:
    """Writes a ride, as it is read now, and says what it lacks.

    `start` gives its second 0, aware, for how long it lasted in seconds.

    Raises FileFormatError where the format cannot hold the ride, or what writes it is not installed.
    """
    if kind == "parquet":
        require_parquet()
    inputs = list(ride.inputs())
    started = start(inputs[-1].t if inputs else 0.0)
    with bar(exporting.steps(kind, inputs)) as tell:
        return lacks(exporting.write(file, kind, inputs, ride.setup, started, tell, later_notes(ride)))


def export_ride(
    file: IO[bytes],
    kind: exporting.Format,
    recorded: RecordedRide,
    ride: Derivation,
    complain: Callable[[str], None],
    bar: _Bar,
) -> None:
    """Writes a recorded ride, as `open_derivation` gives it; the others as of `write_ride`."""

    def start(duration_s: float) -> datetime:
        started, is_recorded = start_time(recorded, duration_s)
        if not is_recorded and kind != "jsonl":
            complain(say("start.assumed", at=timestamp(started)))
        return started

    for sentence in write_ride(file, kind, ride, start, bar):
        complain(sentence)


class Packets:
    """What a meter sends: notifications with seconds since the first one, and without addresses.

    Args:
        output: the file; None: one here that is named by meter and time.
        overwrite: whether a file that is there already may be replaced.

    Attributes:
        notifications: in order of arrival.

    Raises:
        CaptureError: the file could not be written: said before the recording, not after it.
    """

    def __init__(self, output: Path | None = None, *, overwrite: bool = False) -> None:
        if output is not None and output.exists() and not overwrite:
            raise CaptureError(
                f"{output} is there already", hint="Choose another name, or replace it with --overwrite."
            )
        if output is not None and not output.parent.is_dir():
            raise CaptureError(f"{output} cannot be written: there is no folder {output.parent}")
        self._output, self._overwrite = output, overwrite
        self.notifications: list[Notification] = []
        self._measurements = 0  # counted as they come: `text` is asked each second, in the radio's loop
        self._start = 0.0

    @property
    def text(self) -> str:
        """How much there is, for the rider."""
        seconds = self.notifications[-1].t if self.notifications else 0.0
        others = len(self.notifications) - self._measurements
        return say("capture.packets", measured=self._measurements, others=others, seconds=seconds)

    @property
    def are_full(self) -> bool:
        """Whether no more are kept."""
        return len(self.notifications) >= MOST_PACKETS

    def take(self, item: Input) -> None:
        """Keeps a notification; links and what comes when it is full are passed over."""
        if not isinstance(item, Notification) or self.are_full:
            return
        if not self.notifications:
            self._start = item.t
        self._measurements += item.uuid == MEASUREMENT
        self.notifications.append(
            msgspec.structs.replace(
                item,
                t=round(item.t - self._start, 6),
                meter=NAMELESS if _ADDRESS.fullmatch(item.meter) else item.meter,
            )
        )

    def write(self) -> Path:
        """Writes the file at once and whole; gives where. Raises SourceError where there is nothing to write."""
        if not self.notifications:
            raise SourceError(
                "nothing was recorded", hint="Turn the cranks to wake the meter, and try again."
            )
        name = re.sub(r"[^A-Za-z0-9]+", "-", self.notifications[0].meter).strip("-") or NAMELESS
        path = self._output or Path(f"{name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.jsonl")
        capture.write(path, self.notifications, overwrite=self._overwrite)
        return path

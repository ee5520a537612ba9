"""Files brought into the library: read one after the other, and summarised side by side.

What the next rides learn of them is derived at the end, of the last rides alone.

They are read here and in order, for what one ride states holds for the next. What is derived of each rests on nothing
but its own inputs.
"""

import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import msgspec

from legbal.app.executors import cores, in_order
from legbal.app.meters import profiles
from legbal.app.reindex import derive_rows, workers
from legbal.app.ride_files import ImportResult, RideFiles, import_file
from legbal.app.ride_setup import MOST_RIDES
from legbal.app.rides import RideService
from legbal.config import Settings
from legbal.errors import FileReason, LibraryError, reason
from legbal.files import archive
from legbal.library.derived import DerivedRow, basis, stale_rides, write_derived
from legbal.library.rides import Library
from legbal.meters.profile import Profile
from legbal.present.imports import COMMON, MOST_NAMES, already_here, import_progress, left_out, ride_line
from legbal.present.numbers import count, recent_day
from legbal.present.sentences import say

_FEW = 11  # files: other processes would hardly have begun
_NEVER = datetime.max.replace(tzinfo=UTC)
_PACE_FILES = 40  # the last ones, by which the time for the rest is reckoned


class ImportTally(msgspec.Struct):
    """What became of many files, counted: it takes no more room for many than for few.

    Attributes:
        others: files beside them that are neither FIT files nor captures.
        files: how many it knows of.
        new: rides that came in.
        here: files whose ride was there already.
    """

    others: int = 0
    files: int = 0
    new: int = 0
    here: int = 0
    _left_out: dict[FileReason, int] = msgspec.field(default_factory=dict)
    _names: dict[FileReason, list[str]] = msgspec.field(default_factory=dict)

    @property
    def failed(self) -> int:
        """How many files gave no ride."""
        return sum(self._left_out.values())

    def add(self, imported: ImportResult) -> None:
        """Counts what became of one file."""
        self.files += 1
        if imported.ride is not None:
            self.new += imported.new
            self.here += not imported.new
            return
        cause = imported.reason or "other"
        self._left_out[cause] = self._left_out.get(cause, 0) + 1
        names = self._names.setdefault(cause, [])
        if len(names) < MOST_NAMES:
            names.append(Path(imported.file).name)

    def sentences(self) -> list[str]:
        """Why files gave no new ride, a line for each reason; without full stops."""
        return [
            *([already_here(self.here)] if self.here else []),
            *(left_out(cause, n, self._names[cause]) for cause, n in sorted(self._left_out.items())),
            *([say("import.others", others=count(self.others, "file"))] if self.others else []),
        ]


def line_of(service: RideService, ride: str) -> str:
    """A ride that came in, on one line; it costs the same however many others there are. Raises LibraryError."""
    item = service.item(ride, compared=False)
    return ride_line(
        recent_day(item.ride.started, date.today()),
        item.duration_s,
        item.share,
        item.balance,
        item.intervals,
        item.dropoffs,
        meter_wrong=item.meter_wrong,
    )


class ImportRun(Iterator[ImportResult]):
    """Files on their way into the library, one after the other; to be closed when it is left before its end.

    Args:
        files: which.
        results: what becomes of each, in their order, as it is asked for.
        clock: seconds that never go back.

    Attributes:
        paths: the files.
        tally: of what has become of those that are done.
    """

    def __init__(
        self,
        files: RideFiles,
        results: Generator[ImportResult, None, None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.paths, self.tally = files.paths, ImportTally(files.others)
        self._results, self._clock = results, clock
        # by the last ones: of those that are there already, hundreds take a second
        self._ends = deque([clock()], _PACE_FILES + 1)

    def __next__(self) -> ImportResult:
        """What became of the next file; it takes as long as that takes."""
        imported = next(self._results)
        self.tally.add(imported)
        self._ends.append(self._clock())
        return imported

    def close(self) -> None:
        """Nothing more is read; what was read stays."""
        self._results.close()

    @property
    def is_done(self) -> bool:
        """Whether all files are."""
        return self.tally.files == len(self.paths)

    @property
    def part(self) -> float:
        """How much of them is done, 0 to 1."""
        return self.tally.files / len(self.paths)

    @property
    def progress(self) -> str:
        """Which file is next, of how many, and how long all that are left will take."""
        done, steps = self.tally.files, len(self._ends) - 1
        left_s = (self._ends[-1] - self._ends[0]) / steps * (len(self.paths) - done) if steps else 0.0
        return import_progress(done, len(self.paths), left_s, self.paths[done].name)

    def is_counted(self, imported: ImportResult) -> bool:
        """Whether it is enough to count a file that gave no ride: one of many, with nothing wrong in it."""
        return len(self.paths) > 1 and imported.reason in COMMON


def bring_in(
    path: Path, files: Sequence[Path], meter: str | None, settings: Settings, options: Mapping[str, object]
) -> Generator[ImportResult, None, None]:
    """Imports files and summarises their rides; what became of each, in their order.

    Ctrl-C while one is read ends it after those that were.

    Args:
        path: the library file.
        files: which.
        meter, settings, options: as of `import_file`.

    Raises:
        LibraryError, ProfileError: a file cannot be read, or the system ended a process that worked on it.
    """
    families = profiles()
    by = basis(families)
    with (
        Library(path) as library,
        archive.open_throughout(),
        workers(path, len(files), cores(), few=_FEW) as (executor, ahead),
    ):
        unread = frozenset(ride for ride, version in stale_rides(library, by).items() if not version)
        derive = partial(_derive, path, families, by, unread)
        read = _read(import_file(library, file, meter, settings, options) for file in files)
        new = set[str]()
        with closing(in_order(executor, ahead, derive, read)) as answers:
            for imported, future in answers:
                if imported.ride is not None and imported.new:
                    new.add(imported.ride)
                yield _keep(path, imported, future)
        # only now: of many files few are among the last rides, of which the next one's usual is made
        teach = _last_rides(library, new)
        lessons = partial(derive_rows, path, families, by, teach)
        with closing(in_order(executor, ahead, lessons, sorted(teach))) as answers:
            for ride, future in answers:
                _keep_lesson(path, ride, future)


def _read(imports: Iterable[ImportResult]) -> Iterator[ImportResult]:
    try:
        yield from imports
    except KeyboardInterrupt:
        return


def _derive(
    path: Path, families: Sequence[Profile], by: str, unread: Collection[str], imported: ImportResult
) -> list[DerivedRow] | str:
    """What a worker derives of what came in; also of one that is `unread`, as an import leaves it that is stopped."""
    if imported.ride is None or not (imported.new or imported.ride in unread):
        return []
    return derive_rows(path, families, by, frozenset(), imported.ride)


def _last_rides(library: Library, new: Collection[str]) -> frozenset[str]:
    """Those among new rides from which the next one on their meter learns; no list of all rides is read for it."""
    meters = {meter for ride in new for meter in library.find(ride).meters}
    last = (ride.id for meter in meters for ride in library.earlier([meter], _NEVER, MOST_RIDES, 0))
    return frozenset(last).intersection(new)


def _keep_lesson(path: Path, ride: str, future: Future[list[DerivedRow] | str]) -> None:
    """Keeps what the next rides learn; where that fails the next one tries it itself."""
    with suppress(Exception):
        rows = future.result()
        if isinstance(rows, list):
            write_derived(path, ride, rows)


def _keep(path: Path, imported: ImportResult, future: Future[list[DerivedRow] | str]) -> ImportResult:
    """Keeps what was derived; why nothing was is said, for the ride itself is there."""
    try:
        rows = future.result()
        if isinstance(rows, str):
            raise LibraryError(rows)
        if rows and imported.ride is not None:
            write_derived(path, imported.ride, rows)
    except Exception as error:  # a defect costs its summary alone, which is tried again when rides are listed
        unsummarised = say("import.unsummarised", ride=imported.file, reason=reason(error))
        return msgspec.structs.replace(
            imported, error="; ".join(filter(None, (imported.error, unsummarised)))
        )
    return imported

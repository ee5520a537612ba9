"""Files that come into folders, found once they are finished: what Zwift, a head unit or a sync program puts there.

A folder is looked through again and again. Nothing tells of a change on a network drive, on a head unit that is mounted
as a disk, and on one that is none (MTP); and a look through two thousand files takes a few milliseconds.
"""

import os
import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from legbal.app.imports import line_of
from legbal.app.review import ReviewService
from legbal.app.ride_files import ImportResult
from legbal.config import Settings
from legbal.errors import LibraryError
from legbal.files.atomic_write import atomic_write
from legbal.files.finished import is_finished
from legbal.files.zip_archive import archive_of
from legbal.library import deliveries
from legbal.library.codec import as_utf8
from legbal.paths import read_octets
from legbal.present.imports import COMMON
from legbal.present.numbers import count
from legbal.present.sentences import say
from legbal.sources.recorded_ride import is_ride_name

_SETTLED_S = 1.0  # so long nothing was written to a file that says itself where it ends
_QUIET_S = 30.0  # and to a capture, which does not
_NEVER_S = 60.0  # after which nobody goes on with a file that is not finished
_PAUSE_S = 1.0  # between two looks
_REST = 20  # times as long as a look took, at least: of a core it takes a twentieth at most
_LARGEST_LEDGER = 64 * 2**20  # octets
# Zwift writes a ride into it as it is ridden, and leaves it there; the finished one has another name.
_NEVER_FINISHED = ("inprogressactivity.fit",)

State = tuple[int, int]
"""A file's size, and when it was last written, ns: as long as they are the same, so is the file."""


class WatchLedger:
    """Which files were looked at before, kept beside the library: so that no start reads all of them again.

    It also keeps a ride away that the rider removed, whose file is still there. Where it is missing or cannot be
    written, files are looked at again, and none comes in twice.

    Args:
        path: of the ledger.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._states: dict[str, State] = {}
        self._is_new = False
        with suppress(OSError, msgspec.MsgspecError):
            octets = read_octets(path, _LARGEST_LEDGER)
            self._states = msgspec.json.decode(octets, type=dict[str, State])

    def has(self, path: Path, state: State) -> bool:
        """Whether the file was dealt with as it is now."""
        return self._states.get(as_utf8(str(path))) == state

    def add(self, path: Path, state: State) -> None:
        """The file was dealt with."""
        self._states[as_utf8(str(path))] = state
        self._is_new = True

    def save(self) -> None:
        """Keeps it, if there is anything new in it."""
        if not self._is_new:
            return
        self._is_new = False
        with (
            suppress(LibraryError),
            atomic_write(self._path, overwrite=True, kind=LibraryError, rights=0o600) as file,
        ):
            file.write(msgspec.json.encode(self._states))


class _Waiting(NamedTuple):
    """A file that is waited for: its state, since when, and whether it is finished; None: it was not read yet."""

    state: State
    since: float
    finished: bool | None = None


class Arrivals(NamedTuple):
    """What a look has found: files to import, and files that were begun and that nobody goes on with."""

    finished: list[Path]
    abandoned: list[Path]


class FolderWatch:
    """Looks for new files in folders, at any depth.

    Args:
        folders: which; one that is not there, as of a head unit, is looked for.
        ledger: what was dealt with before.
        clock: seconds that never go back.
        copies: the names of files that are copies of rides in the library, and come in no second time.

    Attributes:
        pause_s: how long the next look can wait, seconds.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        ledger: WatchLedger,
        clock: Callable[[], float] = time.monotonic,
        copies: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self.pause_s = _PAUSE_S
        self._folders, self._ledger, self._copies, self._clock = folders, ledger, copies, clock
        self._waiting: dict[Path, _Waiting] = {}
        self._given: dict[Path, State] = {}
        self._unsettled = set[Path]()

    def look(self) -> Arrivals:
        """The files that are finished now, and have not been given since they changed last."""
        start = self._clock()
        arrivals = Arrivals([], [])
        there = dict(state for folder in self._folders for state in _states(folder))
        for path, state in there.items():
            if self._given.get(path) != state and not self._ledger.has(path, state):
                self._judge(path, state, start, arrivals)
        self._waiting = {path: x for path, x in self._waiting.items() if path in there}
        if arrivals.finished:
            self._leave_out(self._copies(), arrivals)
        self.pause_s = max(_PAUSE_S, _REST * (self._clock() - start))
        return arrivals

    def _judge(self, path: Path, state: State, now: float, arrivals: Arrivals) -> None:
        before = self._waiting.get(path)
        if before is None or before.state != state:
            self._waiting[path] = _Waiting(state, now)
            return
        quiet = now - before.since
        if quiet < (_QUIET_S if path.suffix.lower() == ".jsonl" else _SETTLED_S):
            return
        finished = is_finished(path) if before.finished is None else before.finished
        self._waiting[path] = before._replace(finished=finished)
        if finished:
            arrivals.finished.append(path)
        elif quiet >= _NEVER_S:
            arrivals.abandoned.append(path)
            if finished is not None:  # else the next start tries again
                self._ledger.add(path, state)
        else:
            return
        del self._waiting[path]
        self._given[path] = state

    def _leave_out(self, copies: Collection[str], arrivals: Arrivals) -> None:
        for path in [x for x in arrivals.finished if x.name in copies]:
            arrivals.finished.remove(path)
            self._ledger.add(path, self._given[path])

    def record(self, imported: ImportResult) -> None:
        """What became of a file; the next start tries again what could not be read, or for which there was no room."""
        path = Path(imported.file)
        if imported.reason in ("library", "unreadable"):
            self._unsettled.add(archive_of(path) or path)
        elif path in self._given:
            self._ledger.add(path, self._given[path])

    def settle(self, arrivals: Arrivals) -> None:
        """All of these were dealt with, archives too, of which files were recorded one by one."""
        for path in arrivals.finished:
            if path.suffix.lower() == ".zip" and path not in self._unsettled:
                self._ledger.add(path, self._given[path])
        self.save()

    def save(self) -> None:
        """Keeps what was dealt with; of archives that are not settled, nothing."""
        self._ledger.save()


def watch_for(library: Path, folders: Sequence[Path]) -> FolderWatch:
    """What watches folders for the library at that path; its ledger is beside it."""

    def copies() -> set[str]:
        return {x.outcome for x in deliveries.read(library) if x.destination == "folder" and x.done_at}

    return FolderWatch(folders, WatchLedger(library.with_name("watched-files.json")), copies=copies)


class WatchedFolders:
    """The folders that the settings name, and what comes into them.

    Args:
        settings: which folders, and with what files are imported.

    Attributes:
        service: of the library that the rides come into.
        outcome: which rides came in last, in a sentence, and why a file did not; empty where there is nothing to say.
    """

    def __init__(self, settings: Settings) -> None:
        self.outcome = ""
        self.service = ReviewService(settings)
        self._watch = watch_for(self.service.path, settings.watched_folders)

    @property
    def pause_s(self) -> float:
        """How long the next look can wait, seconds."""
        return self._watch.pause_s

    def look(self) -> Arrivals:
        """As of `FolderWatch`; takes as long as the folders are large."""
        return self._watch.look()

    def take_in(self, arrivals: Arrivals) -> Generator[str, None, None]:
        """Imports what is finished, a file at each step; says before each how far it is, and leaves the `outcome`.

        Raises LibraryError, ProfileError.
        """
        run, new, problem = self.service.import_run(arrivals.finished, named=False), "", ""
        self.outcome = ""
        with closing(run):
            while not run.is_done:
                yield run.progress
                if (imported := next(run, None)) is None:
                    break
                self._watch.record(imported)
                new = imported.ride if imported.new and imported.ride else new
                if imported.ride is None and imported.reason not in COMMON:
                    problem = imported.error or ""
            next(run, None)  # what the next rides learn
        self._watch.settle(arrivals)
        if run.tally.new == 1:
            self.outcome = say("watch.came", line=line_of(self.service, new))
        elif run.tally.new:
            self.outcome = say("watch.several", rides=count(run.tally.new, "ride"))
        self.outcome = " ".join(filter(None, (self.outcome, problem)))


def _states(folder: Path) -> Iterator[tuple[Path, State]]:
    """The files below a folder that may be rides or hold some; what cannot be read has none."""
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(top, name)
            if name.startswith(".") or name.lower() in _NEVER_FINISHED:
                continue
            if is_ride_name(path) or path.suffix.lower() == ".zip":
                with suppress(OSError):  # gone again
                    status = path.stat()
                    yield path, (status.st_size, status.st_mtime_ns)

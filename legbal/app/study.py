"""A study: the files of many riders go through workers, and what comes back goes into tables and trends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from legbal.analysis.months import DatedRide
from legbal.app.cohort import RideFile, Rider, Task, analyse_file, estimate, ftp_of, trend_rows
from legbal.app.executors import in_order
from legbal.errors import LegbalError
from legbal.files.exporting import Put
from legbal.meters.profile import Profile

Result = TypeVar("Result")
Bar = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


class Study:
    """All files, one after the other as they come back.

    Args:
        files: what is studied.
        riders: what is known of riders beside their files.
        profiles: the meter families.
        tables: take in the rows of rides, and those of files that were refused.
        bar: shows a label and how many of so many files are done, while its block runs.

    Attributes:
        done: files that were analysed or refused.
        errors: of them, those that were refused.
        rides: for each rider's trend.
    """

    def __init__(
        self,
        files: Sequence[RideFile],
        riders: dict[str, Rider],
        profiles: Sequence[Profile],
        tables: tuple[Put, Put],
        bar: Bar,
    ) -> None:
        self.done = self.errors = 0
        self.rides: defaultdict[str, list[DatedRide]] = defaultdict(list)
        self._files, self._riders, self._profiles = files, riders, tuple(profiles)
        self._put_rides, self._put_errors = tables
        self._bar = bar
        self._seen: dict[tuple[str, str], str] = {}

    def run(self, crew: tuple[Executor, int]) -> None:
        """Estimates what no FTP is stated for, then analyses everything; `crew` as of `executors.in_order`."""
        estimates: defaultdict[str, list[float]] = defaultdict(list)
        refused = set()
        without = [file for file in self._files if self._rider(file).ftp is None]
        for file, ftp_w in self._results(crew, "Estimating FTP", estimate, without, {}):
            if isinstance(ftp_w, str):
                refused.add(file)
                self._refuse(file, ftp_w)
            elif ftp_w is not None:
                estimates[file.rider].append(ftp_w)
        ftps = {rider: ftp_of(found) for rider, found in estimates.items()}
        rest = [file for file in self._files if file not in refused]
        for file, analysed in self._results(crew, "Studying", analyse_file, rest, ftps):
            if isinstance(analysed, str):
                self._refuse(file, analysed)
                continue
            # a ride counts once for a rider, under whatever names it lies there
            same = self._seen.setdefault((file.rider, analysed.digest), file.name)
            if same != file.name:
                self._refuse(file, f"is the same ride as {same}")
                continue
            self.done += 1
            estimated = {"ftp_estimated": self._rider(file).ftp is None}
            self._put_rides(row | estimated for row in analysed.rows)
            self.rides[file.rider].append(analysed.ride)

    def trends(self) -> list[dict[str, Any]]:
        """The rows of all riders' trends."""
        return [row for rider, rides in sorted(self.rides.items()) for row in trend_rows(rider, rides)]

    def _rider(self, file: RideFile) -> Rider:
        return self._riders.get(file.rider, Rider())

    def _results(
        self,
        crew: tuple[Executor, int],
        label: str,
        do: Callable[[Task], Result],
        files: Sequence[RideFile],
        ftps: dict[str, float | None],
    ) -> Iterator[tuple[RideFile, Result | str]]:
        """Each file with what came of it: a result, or the reason why there is none."""
        tasks = (Task(file, self._rider(file).setup(ftps.get(file.rider)), self._profiles) for file in files)
        with self._bar(label, len(files)) as tell:
            for task, future in in_order(*crew, do, tasks):
                result = _result(future)
                yield task.file, result
                tell(1)

    def _refuse(self, file: RideFile, why: str) -> None:
        self.done += 1
        self.errors += 1
        self._put_errors(
            [{"rider": file.rider, "file": file.name, "error": why.removeprefix(f"{file.path}: ")}]
        )


def _result(future: Future[Result]) -> Result | str:
    """What came of a file, or why nothing did. Raises what ends all work."""
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenExecutor | CancelledError) or not isinstance(error, Exception):
        raise error
    if isinstance(error, LegbalError):
        return f"{error}. {error.hint}" if error.hint else str(error)
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    return f"a defect in legbal itself: {type(error).__name__}: {error}"

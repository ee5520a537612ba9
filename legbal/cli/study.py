"""`legbal study`: many riders' files at once, on all cores or a Dask cluster; one table, and a trend for each rider."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from click.exceptions import Exit

from legbal.analysis.months import DatedRide
from legbal.app import cohort as studying
from legbal.app import executors as crews
from legbal.app.cohort import (
    COLUMNS,
    ERROR_COLUMNS,
    TREND_COLUMNS,
    Analysed,
    RideFile,
    Rider,
    Task,
    analyse_file,
    estimate,
    ftp_of,
)
from legbal.app.executors import in_order
from legbal.app.meter_profiles import profiles
from legbal.cli.stdio import complain
from legbal.errors import LegbalError, UsageError
from legbal.files import parquet
from legbal.files.atomic_write import atomic_write
from legbal.files.parquet import Put
from legbal.meters.profile import Profile
from legbal.present.numbers import count
from legbal.present.plain import table_lines
from legbal.present.table import Column, Table
from legbal.present.text import printable

TREND = (*(Column(x, "left") for x in ("rider", "meter", "power band")), Column("rides"), Column("", "left"))
Result = TypeVar("Result")
Crew = tuple[Executor, int]


def study(
    folders: Sequence[Path],
    output: Path,
    riders: Path | None,
    workers: int | None,
    address: str | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Studies the files; Ctrl-C ends it with what is done, and exit code 1."""
    if address is not None and workers is not None:
        raise UsageError(
            "--workers and --dask exclude each other", hint="A cluster has the workers that it has."
        )
    parquet.require()
    files = studying.files_in(folders)
    names = {file.rider for file in files}
    told = studying.riders_of(riders, names) if riders is not None else {}
    with ExitStack() as stack:
        tables = _Tables(stack, output, overwrite)
        found = _Study(files, told, profiles(), tables)
        crew = crews.dask(address) if address is not None else crews.processes(workers or crews.cores())
        stopped = None
        try:
            with crew as those:
                found.run(those)
        except KeyboardInterrupt:
            stopped = "stopped"
        except BrokenExecutor:
            stopped = "stopped, for a worker was ended by its system (is memory short?)"
        except CancelledError:
            stopped = "stopped, for the cluster went away"
        if stopped is not None and not found.done:
            complain(f"{stopped} before any file was done; nothing is written")
            raise click.Abort
        trends = [
            row for rider, rides in sorted(found.rides.items()) for row in studying.trend_rows(rider, rides)
        ]
        tables.trends(trends)
    _tell(found, trends, output, as_json)
    if stopped is not None:
        complain(f"{stopped} after {found.done} of {len(files)} files; these are written")
        raise Exit(1)


class _Tables:
    """The three files that are written, all of which appear when the stack closes well."""

    def __init__(self, stack: ExitStack, output: Path, overwrite: bool) -> None:
        def begun(path: Path, columns: dict[str, type]) -> Put:
            file = stack.enter_context(atomic_write(path, overwrite=overwrite))
            return stack.enter_context(parquet.table(file, columns))

        self.rides = begun(output, COLUMNS)
        self.errors = begun(beside(output, "errors"), ERROR_COLUMNS)
        self.trends = begun(beside(output, "trends"), TREND_COLUMNS)


def beside(output: Path, what: str) -> Path:
    """Where a table beside the one of the rides goes."""
    return output.with_name(f"{output.stem}.{what}{output.suffix}")


class _Study:
    """All files, one after the other as they come back, into the tables.

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
        tables: _Tables,
    ) -> None:
        self.done = self.errors = 0
        self.rides: defaultdict[str, list[DatedRide]] = defaultdict(list)
        self._files, self._riders, self._profiles, self._tables = files, riders, tuple(profiles), tables
        self._seen: dict[tuple[str, str], str] = {}

    def run(self, crew: Crew) -> None:
        """Estimates what no FTP is stated for, then analyses everything."""
        estimates: defaultdict[str, list[float]] = defaultdict(list)
        unreadable = set()
        without = [file for file in self._files if self._rider(file).ftp is None]
        for task, ftp_w in self._each(crew, "Estimating FTP", estimate, without, {}):
            if isinstance(ftp_w, str):
                unreadable.add(task.file)
                self._refuse(task.file, ftp_w)
            elif ftp_w is not None:
                estimates[task.file.rider].append(ftp_w)
        ftps = {rider: ftp_of(found) for rider, found in estimates.items()}
        rest = [file for file in self._files if file not in unreadable]
        for task, analysed in self._each(crew, "Studying", analyse_file, rest, ftps):
            if isinstance(analysed, str):
                self._refuse(task.file, analysed)
            else:
                self._take(task.file, analysed)

    def _rider(self, file: RideFile) -> Rider:
        return self._riders.get(file.rider, Rider())

    def _each(
        self,
        crew: Crew,
        label: str,
        do: Callable[[Task], Result],
        files: Sequence[RideFile],
        ftps: dict[str, float | None],
    ) -> Iterator[tuple[Task, Result | str]]:
        """Each file's task with what came of it: a result, or the reason why there is none."""
        tasks = (Task(file, self._rider(file).setup(ftps.get(file.rider)), self._profiles) for file in files)
        with _progress(label, len(files)) as tell:
            for task, future in in_order(*crew, do, tasks):
                became = _became(future)
                yield task, became
                tell(1)

    def _refuse(self, file: RideFile, why: str) -> None:
        self.done += 1
        self.errors += 1
        why = why.removeprefix(f"{file.path}: ")
        self._tables.errors([{"rider": file.rider, "file": file.name, "error": why}])

    def _take(self, file: RideFile, analysed: Analysed) -> None:
        """A ride counts once for a rider, under whatever names it lies there."""
        same = self._seen.setdefault((file.rider, analysed.digest), file.name)
        if same != file.name:
            self._refuse(file, f"is the same ride as {same}")
            return
        self.done += 1
        self._tables.rides({**row, "ftp_estimated": self._rider(file).ftp is None} for row in analysed.rows)
        self.rides[file.rider].append(analysed.ride)


def _became(future: Future[Result]) -> Result | str:
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


@contextmanager
def _progress(label: str, files: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal that counts the files and the seconds left."""
    if not files or not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=files, label=label, show_pos=True, file=sys.stderr) as bar:
        yield bar.update


def _tell(found: _Study, trends: Sequence[dict[str, Any]], output: Path, as_json: bool) -> None:
    rides = sum(map(len, found.rides.values()))
    if as_json:
        about = {"table": str(output), "rides": rides, "errors": found.errors, "trends": trends}
        click.echo(msgspec.json.encode(about).decode())
    else:
        rows = [
            (printable(x["rider"]), printable(x["meter"]), x["band"], str(x["rides"]), x["words"])
            for x in trends
            if x["points_per_month"] is not None
        ]
        for line in table_lines(Table(TREND, rows)):
            click.echo(line)
        click.echo(f"{count(rides, 'ride')} of {count(len(found.rides), 'rider')} in {output}")
    if found.errors:
        bad = count(found.errors, "file")
        click.echo(f"{bad} could not be used: {beside(output, 'errors')} says why", err=True)

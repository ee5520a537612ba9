"""A study: the files of many riders go through workers, and what comes back goes into tables and trends."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from legbal.analysis.months import DatedRide
from legbal.analysis.trend import meter_trends
from legbal.app import executors
from legbal.app.meters import profiles
from legbal.app.study_files import RideFile, StudyRider, Task, analyse_file, estimate, files_in, riders_of
from legbal.errors import LegbalError
from legbal.files.atomic_write import atomic_write
from legbal.files.parquet import Put, parquet_table, require_parquet
from legbal.median import median
from legbal.meters.profile import Profile
from legbal.present.objects import MEASURED_LEG
from legbal.present.trend_objects import trend_rows

Bar = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]

_OF_METER: dict[str, type] = {"meter": str, "balance": str, "reference": str, "swapped": bool}
_OF_BAND: dict[str, type] = {"band": str, "low_ftp": float, "high_ftp": float}

COLUMNS: dict[str, type] = {
    "rider": str,
    "file": str,
    "started": datetime,
    "utc_offset_s": int,
    **_OF_METER,
    "ftp_w": float,
    "ftp_estimated": bool,
    **_OF_BAND,
    **dict.fromkeys(
        ("left_percent", "left_standard_error", "power_w", "left_w", "right_w", "seconds"), float
    ),
    "revolutions": int,
    "duration_s": float,
    "intervals": int,
    "dropoffs": int,
    "drift_points_per_hour": float,
    "drift_standard_error": float,
    **{f"{side}_{name}": float for side in ("left", "right") for name in MEASURED_LEG},
    "combined_pedal_smoothness_percent": float,
    "remarks": str,
}
"""Of the table: one row a ride (`band` is "ride") and one for each of its power bands with pedalling in it."""

ERROR_COLUMNS: dict[str, type] = {"rider": str, "file": str, "error": str}

TREND_COLUMNS: dict[str, type] = {
    "rider": str,
    **_OF_METER,
    **_OF_BAND,
    "rides": int,
    "first": datetime,
    "last": datetime,
    **dict.fromkeys(
        ("points_per_month", "standard_error", "low", "high", "p_value", "probability", "between_sd"), float
    ),
    "verdict": str,
    "words": str,
}


class Study:
    """All files, one after the other as they come back.

    Args:
        files: what is studied.
        riders: what is known of riders beside their files.
        profiles: the meter families.
        tables: take in the rows of rides, and those of files that were refused.
        bar: shows a label and how many of so many files are done, while its block runs.

    Attributes:
        files: as given.
        done: how many of them were analysed or refused.
        refused: those that were refused.
        rides: for each rider's trend.
    """

    def __init__(
        self,
        files: Sequence[RideFile],
        riders: dict[str, StudyRider],
        profiles: Sequence[Profile],
        tables: tuple[Put, Put],
        bar: Bar,
    ) -> None:
        self.done = 0
        self.refused: set[RideFile] = set()
        self.rides: defaultdict[str, list[DatedRide]] = defaultdict(list)
        self.files = files
        self._riders = riders
        self._profiles = tuple(profiles)
        self._bar = bar
        self._put_rides, self._put_errors = tables

    def run(self, crew: tuple[Executor, int]) -> None:
        """Estimates what no FTP is stated for, then analyses everything; `crew` as of `executors.in_order`."""
        estimates: defaultdict[str, list[float]] = defaultdict(list)
        without = [file for file in self.files if self._rider(file).ftp is None]
        for file, ftp_w in self._results(crew, "Estimating FTP", estimate, without, {}):
            estimates[file.rider].append(ftp_w)
        # one FTP for all of a rider's rides, so that a power band means the same in each
        ftps = {rider: median(watts) for rider, watts in estimates.items()}
        rest = [file for file in self.files if file not in self.refused]
        names: dict[tuple[str, str], str] = {}
        for file, analysed in self._results(crew, "Studying", analyse_file, rest, ftps):
            # a ride counts once for a rider, under whatever names it lies there
            same = names.setdefault((file.rider, analysed.digest), file.name)
            if same != file.name:
                self._refuse(file, f"is the same ride as {same}")
            else:
                self.done += 1
                self._put_rides(
                    row | {"ftp_estimated": self._rider(file).ftp is None} for row in analysed.rows
                )
                self.rides[file.rider].append(analysed.ride)

    def trends(self) -> list[dict[str, Any]]:
        """The rows of all riders' trends."""
        return [
            {"rider": rider} | row
            for rider, rides in sorted(self.rides.items())
            for row in trend_rows(meter_trends(rides))
        ]

    def _rider(self, file: RideFile) -> StudyRider:
        return self._riders.get(file.rider, StudyRider())

    def _results(
        self,
        crew: tuple[Executor, int],
        label: str,
        do: Callable[[Task], executors.Result],
        files: Sequence[RideFile],
        ftps: dict[str, float],
    ) -> Iterator[tuple[RideFile, executors.Result]]:
        tasks = (Task(file, self._rider(file).setup(ftps.get(file.rider)), self._profiles) for file in files)
        with self._bar(label, len(files)) as tell:
            for task, future in executors.in_order(*crew, do, tasks):
                reason = _refusal(future)
                if reason:
                    self._refuse(task.file, reason)
                else:
                    yield task.file, future.result()
                tell(1)

    def _refuse(self, file: RideFile, reason: str) -> None:
        self.done += 1
        self.refused.add(file)
        self._put_errors(
            [{"rider": file.rider, "file": file.name, "error": reason.removeprefix(f"{file.path}: ")}]
        )


class StudyResult(NamedTuple):
    """What became of a study: the trends of its riders, where it says of files why they were refused, what ended it.

    `stopped` is empty where it came to its end.
    """

    study: Study
    trends: list[dict[str, Any]]
    errors: Path
    stopped: str


def write_study(
    folders: Sequence[Path],
    output: Path,
    riders: Path | None,
    workers: int | None,
    address: str | None,
    overwrite: bool,
    bar: Bar,
) -> StudyResult:
    """Studies the files in these folders and writes its three tables, be it stopped with only some of them done.

    Args:
        folders: of the files.
        output: the table of rides; the others are named by it.
        riders: the file that says what is known of riders; None: nothing is.
        workers: how many processes; None: one a core.
        address: of a Dask cluster's scheduler, in place of processes.
        overwrite: whether tables that are there already may be replaced.
        bar: as of `Study`.

    Raises:
        LegbalError: it was stopped before any file was done; nothing is written. Or pyarrow is missing, a file cannot
            be read or written, no scheduler answers.
    """
    require_parquet()
    files = files_in(folders)
    stated = riders_of(riders, {file.rider for file in files}) if riders is not None else {}
    errors = output.with_name(f"{output.stem}.errors{output.suffix}")
    with ExitStack() as stack:  # the three tables appear when it closes well

        def table(path: Path, columns: dict[str, type]) -> Put:
            file = stack.enter_context(atomic_write(path, overwrite=overwrite))
            return stack.enter_context(parquet_table(file, columns))

        tables = table(output, COLUMNS), table(errors, ERROR_COLUMNS)
        put_trends = table(output.with_name(f"{output.stem}.trends{output.suffix}"), TREND_COLUMNS)
        studied = Study(files, stated, profiles(), tables, bar)
        crew = executors.dask(address) if address else executors.processes(workers or executors.cores())
        stopped = ""
        try:
            with crew as those:
                studied.run(those)
        except KeyboardInterrupt:
            stopped = "stopped"
        except BrokenExecutor:
            stopped = "stopped: the system ended a worker (is memory short?)"
        except CancelledError:
            stopped = "stopped: the cluster is gone"
        if stopped and not studied.done:
            raise LegbalError(f"{stopped} before any file was done; nothing is written")
        trends = studied.trends()
        put_trends(trends)
    return StudyResult(studied, trends, errors, stopped)


def _refusal(future: Future[Any]) -> str:
    """Why nothing came of a file, empty where something did. Raises what ends all work."""
    error = future.exception()
    if isinstance(error, BrokenExecutor | CancelledError) or not isinstance(error, Exception | None):
        raise error
    if isinstance(error, LegbalError):
        return f"{error}. {error.hint}" if error.hint else str(error)
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    return f"a defect in legbal itself: {type(error).__name__}: {error}" if error else ""

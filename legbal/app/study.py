"""A study: the files of many riders go through workers, and what comes back goes into tables and trends.

`analyse_file` and `estimate` look at one file each and know nothing of the others, so that any executor can run them.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import msgspec

from legbal.analysis.months import DatedRide
from legbal.analysis.summary import bands_of
from legbal.analysis.trend import meter_trends
from legbal.app.derivation import Derivation
from legbal.app.executors import Result, in_order
from legbal.app.importing import is_ride_file, ride_octets
from legbal.app.meters import preamble, profile_of
from legbal.app.ride_values import SUMMARY
from legbal.errors import ConfigError, LegbalError, UsageError
from legbal.files.exporting import Put
from legbal.meters.profile import Profile
from legbal.present.rows import MEASURED_LEG, summary_rows, trend_rows
from legbal.ride.inputs import Input, Setup, WeakLeg
from legbal.ride.ride import fold
from legbal.sources.replay import Recorded, open_ride, start_time

Bar = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]

_LONGEST = 500  # characters of what is said of a file
_MOST_REMARKS = 3


class Rider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of one rider, beside the files: FTP in watts, and what a ride's own options say."""

    ftp: Annotated[float, msgspec.Meta(ge=50, le=600)] | None = None
    weak_leg: WeakLeg = "unknown"
    assume_left: bool = False
    swap_sides: bool = False

    def setup(self, ftp_w: float | None) -> Setup:
        """What all of this rider's rides are judged with, `ftp_w` where the rider states none."""
        return Setup(
            ftp_w=self.ftp or ftp_w,
            weak_leg=self.weak_leg,
            assume_left=self.assume_left,
            swap_sides=self.swap_sides,
        )


class RideFile(msgspec.Struct, frozen=True):
    """One file of a rider; `name` is its path within the studied folder."""

    rider: str
    name: str
    path: str


class Task(msgspec.Struct, frozen=True):
    """One file to look at, with what it is judged with."""

    file: RideFile
    setup: Setup
    profiles: tuple[Profile, ...]


class Analysed(msgspec.Struct, frozen=True, kw_only=True):
    """What one file said: rows of the table (column → value), and what a trend needs of it.

    `digest` is of the file's content, by which the same ride under two names is known.
    """

    digest: str
    rows: tuple[dict[str, Any], ...]
    ride: DatedRide


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
    **dict.fromkeys(("points_per_month", "standard_error", "low", "high", "p_value", "between_sd"), float),
    "verdict": str,
    "words": str,
}


def files_in(folders: Sequence[Path]) -> list[RideFile]:
    """The FIT files and captures in these folders and all below them, each once, sorted by rider and name.

    A rider is the folder directly below a studied one; files that lie in that itself are of a rider of its name.
    Hidden files are passed over. Raises UsageError where there are none.
    """
    files: dict[Path, RideFile] = {}
    for folder in folders:
        top = folder.resolve()
        for path in top.rglob("*"):
            within = path.relative_to(top)
            hidden = any(part.startswith(".") for part in within.parts)
            if is_ride_file(path) and path.is_file() and not hidden:
                rider = within.parts[0] if len(within.parts) > 1 else top.name
                files.setdefault(path.resolve(), RideFile(rider, str(within), str(path)))
    if not files:
        raise UsageError(
            f"{', '.join(map(str, folders))}: no FIT file and no capture",
            hint="Their names end in .fit, .fit.gz or .jsonl.",
        )
    return sorted(files.values(), key=lambda file: (file.rider, file.name))


def riders_of(path: Path, names: set[str]) -> dict[str, Rider]:
    """What a TOML file says of riders, a table for each.

    Args:
        path: the file.
        names: the riders of whom there are files.

    Raises:
        ConfigError: it cannot be read, a key or value is not allowed, or it names a rider without files.
    """
    try:
        riders = msgspec.toml.decode(path.read_bytes(), type=dict[str, Rider])
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise ConfigError(
            f"{path}: {error}",
            hint="It has a table for each rider, as [anna], with ftp, weak_leg, assume_left or swap_sides.",
        ) from error
    strangers = sorted(riders.keys() - names)
    if strangers:
        raise ConfigError(
            f"{path}: there are no files of {', '.join(strangers)}",
            hint=f"A rider is a folder's name; there is {', '.join(sorted(names)[:10])}.",
        )
    return riders


def estimate(task: Task) -> float | None:
    """The FTP that a ride by itself speaks for, watts; None where it has no power. Raises LegbalError."""
    _, setup, inputs, _ = _opened(task)
    return fold(setup, inputs)[1].ftp_w


def analyse_file(task: Task) -> Analysed:
    """What one file says. Raises LegbalError where that is no ride."""
    recorded, setup, inputs, remarks = _opened(task)
    ride = Derivation(setup, inputs)
    summary = ride.get(SUMMARY)
    started, is_stated = start_time(recorded, inputs[-1].t)
    if not is_stated:
        remarks.append("its start is not known; its file's date is taken for the ride's end")
    bands = bands_of(ride.meters, setup, summary)
    about = {
        "rider": task.file.rider,
        "file": task.file.name,
        "started": started.astimezone(UTC),
        "utc_offset_s": round((started.utcoffset() or started - started).total_seconds()),
        "meter": bands.meter,
        "swapped": bands.swapped,
        "ftp_w": setup.ftp_w,
        "remarks": "; ".join(remarks[:_MOST_REMARKS])[:_LONGEST] or None,
    }
    return Analysed(
        digest=hashlib.blake2b(ride_octets(Path(task.file.path)), digest_size=16).hexdigest(),
        rows=tuple(about | row for row in summary_rows(summary)),
        ride=DatedRide(ride=task.file.name, started=started, rows=bands),
    )


def _opened(task: Task) -> tuple[Recorded, Setup, list[Input], list[str]]:
    """The file's ride, the setup on its own meter, its inputs, and what of the file could not be read."""
    remarks: list[str] = []
    recorded = open_ride(
        task.file.path, lambda text: remarks.append(text.removeprefix(f"{task.file.path}: "))
    )
    inputs = list(recorded.inputs)
    setup = msgspec.structs.replace(task.setup, profile=profile_of(preamble(inputs), task.profiles))
    return recorded, recorded.setup_for(setup), inputs, remarks


class Study:
    """All files, one after the other as they come back.

    Args:
        files: what is studied.
        riders: what is known of riders beside their files.
        profiles: the meter families.
        tables: take in the rows of rides, and those of files that were refused.
        bar: shows a label and how many of so many files are done, while its block runs.

    Attributes:
        done: how many files were analysed or refused.
        refused: those that were refused.
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
        self.done = 0
        self.refused: set[RideFile] = set()
        self.rides: defaultdict[str, list[DatedRide]] = defaultdict(list)
        self._files, self._riders, self._profiles, self._bar = files, riders, tuple(profiles), bar
        self._put_rides, self._put_errors = tables

    def run(self, crew: tuple[Executor, int]) -> None:
        """Estimates what no FTP is stated for, then analyses everything; `crew` as of `executors.in_order`."""
        estimates: defaultdict[str, list[float]] = defaultdict(list)
        without = [file for file in self._files if self._rider(file).ftp is None]
        for file, ftp_w in self._results(crew, "Estimating FTP", estimate, without, {}):
            if ftp_w is not None:
                estimates[file.rider].append(ftp_w)
        # one FTP for all of a rider's rides, so that a power band means the same in each
        ftps = {rider: median(watts) for rider, watts in estimates.items()}
        rest = [file for file in self._files if file not in self.refused]
        names: dict[tuple[str, str], str] = {}
        for file, analysed in self._results(crew, "Studying", analyse_file, rest, ftps):
            # a ride counts once for a rider, under whatever names it lies there
            same = names.setdefault((file.rider, analysed.digest), file.name)
            if same != file.name:
                self._refuse(file, f"is the same ride as {same}")
                continue
            self.done += 1
            self._put_rides(row | {"ftp_estimated": self._rider(file).ftp is None} for row in analysed.rows)
            self.rides[file.rider].append(analysed.ride)

    def trends(self) -> list[dict[str, Any]]:
        """The rows of all riders' trends."""
        return [
            {"rider": rider} | row
            for rider, rides in sorted(self.rides.items())
            for row in trend_rows(meter_trends(rides))
        ]

    def _rider(self, file: RideFile) -> Rider:
        return self._riders.get(file.rider, Rider())

    def _results(
        self,
        crew: tuple[Executor, int],
        label: str,
        do: Callable[[Task], Result],
        files: Sequence[RideFile],
        ftps: dict[str, float],
    ) -> Iterator[tuple[RideFile, Result]]:
        tasks = (Task(file, self._rider(file).setup(ftps.get(file.rider)), self._profiles) for file in files)
        with self._bar(label, len(files)) as tell:
            for task, future in in_order(*crew, do, tasks):
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

"""Many riders' files at once: what one ride says, as rows of a table, and what all of a rider's say, as a trend.

`analyse_file` and `estimate` look at one file each and know nothing of the others, so that any executor can run them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import msgspec

from legbal.analysis.dynamics import Dynamics, LegDynamics
from legbal.analysis.meta_regression import Effect
from legbal.analysis.months import DatedRide, bands_of
from legbal.analysis.ride_analysis import summarise_ride
from legbal.analysis.summary import Summary
from legbal.analysis.trend import MeterTrend, meter_trends
from legbal.app.meter_profiles import preamble, profile_of
from legbal.errors import ConfigError, UsageError
from legbal.files.fit import is_fit_name, octets_of
from legbal.meters.profile import Profile
from legbal.present.trend import of_trend
from legbal.ride.inputs import Input, Notification, Setup, WeakLeg
from legbal.ride.ride import fold
from legbal.ride.share import Share
from legbal.sources.open_ride import Recorded, open_ride, start_time

WHOLE = "ride"
"""What the column `band` says in the row of a whole ride."""

_LONGEST = 500  # characters of what is said of a file
_MOST_SAID = 3


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


_MEASURED_LEG = tuple(name for name in LegDynamics.__struct_fields__ if name != "seconds")
_OF_RIDE = (
    "duration_s",
    "intervals",
    "dropoffs",
    "drift_points_per_hour",
    "drift_standard_error",
)
COLUMNS: dict[str, type] = {
    "rider": str,
    "file": str,
    "started": datetime,
    "utc_offset_s": int,
    "meter": str,
    "balance": str,
    "reference": str,
    "swapped": bool,
    "ftp_w": float,
    "ftp_estimated": bool,
    "band": str,
    "low_ftp": float,
    "high_ftp": float,
    "left_percent": float,
    "left_standard_error": float,
    "power_w": float,
    "left_w": float,
    "right_w": float,
    "seconds": float,
    "revolutions": int,
    **dict.fromkeys(_OF_RIDE, float),
    "intervals": int,
    "dropoffs": int,
    **{f"{side}_{name}": float for side in ("left", "right") for name in _MEASURED_LEG},
    "combined_pedal_smoothness_percent": float,
    "remarks": str,
}
"""Of the table: one row a ride (`band` is "ride") and one for each of its power bands with pedalling in it."""

ERROR_COLUMNS: dict[str, type] = {"rider": str, "file": str, "error": str}

TREND_COLUMNS: dict[str, type] = {
    "rider": str,
    "meter": str,
    "balance": str,
    "reference": str,
    "swapped": bool,
    "band": str,
    "low_ftp": float,
    "high_ftp": float,
    "rides": int,
    "first": datetime,
    "last": datetime,
    "points_per_month": float,
    "standard_error": float,
    "low": float,
    "high": float,
    "p_value": float,
    "between_sd": float,
    "verdict": str,
    "words": str,
}


def files_in(folders: Sequence[Path]) -> list[RideFile]:
    """The FIT files and captures in these folders and all below them, each once, sorted by rider and name.

    A rider is the folder directly below a studied one; files that lie in that itself are of a rider of its name.
    Hidden files are passed over. Raises UsageError where there are none.
    """
    found: dict[Path, RideFile] = {}
    for folder in folders:
        top = folder.resolve()
        for path in top.rglob("*"):
            within = path.relative_to(top)
            if any(part.startswith(".") for part in within.parts) or not _is_ride(path):
                continue
            rider = within.parts[0] if len(within.parts) > 1 else top.name
            found.setdefault(path.resolve(), RideFile(rider, str(within), str(path)))
    if not found:
        shown = ", ".join(map(str, folders))
        raise UsageError(
            f"{shown}: no FIT file and no capture", hint="Their names end in .fit, .fit.gz or .jsonl."
        )
    return sorted(found.values(), key=lambda file: (file.rider, file.name))


def _is_ride(path: Path) -> bool:
    return (is_fit_name(path) or path.name.lower().endswith(".jsonl")) and path.is_file()


def riders_of(path: Path, names: set[str]) -> dict[str, Rider]:
    """What a TOML file says of riders, a table for each.

    Args:
        path: the file.
        names: the riders of whom there are files.

    Raises:
        ConfigError: it cannot be read, a key or value is not allowed, or it names a rider without files.
    """
    try:
        told = msgspec.toml.decode(path.read_bytes(), type=dict[str, Rider])
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (msgspec.MsgspecError, ValueError) as error:
        hint = "It has a table for each rider, as [anna], with ftp, weak_leg, assume_left or swap_sides."
        raise ConfigError(f"{path}: {error}", hint=hint) from error
    strangers = sorted(told.keys() - names)
    if strangers:
        raise ConfigError(
            f"{path}: there are no files of {', '.join(strangers)}",
            hint=f"A rider is a folder's name; there is {', '.join(sorted(names)[:10])}.",
        )
    return told


def estimate(task: Task) -> float | None:
    """The FTP that a ride by itself speaks for, watts; None where it has no power. Raises LegbalError."""
    _, setup, inputs, _ = _opened(task)
    return fold(setup, inputs)[1].ftp_w


def ftp_of(estimates: Sequence[float]) -> float | None:
    """One FTP for all of a rider's rides, so that a power band means the same in each; None without any."""
    return median(estimates) if estimates else None


def analyse_file(task: Task) -> Analysed:
    """What one file says. Raises LegbalError where that is no ride."""
    recorded, setup, inputs, said = _opened(task)
    summary = summarise_ride(setup, inputs)
    started, known = start_time(recorded, inputs[-1].t)
    if not known:
        said.append("its start is not known; its file's date is taken for the ride's end")
    meters = tuple(dict.fromkeys(x.meter for x in inputs if isinstance(x, Notification) and x.meter))
    kept = bands_of(meters, setup, summary)
    about = {
        "rider": task.file.rider,
        "file": task.file.name,
        "started": started.astimezone(UTC),
        "utc_offset_s": round((started.utcoffset() or started - started).total_seconds()),
        "meter": kept.meter,
        "balance": kept.balance,
        "reference": kept.reference,
        "swapped": kept.swapped,
        "ftp_w": setup.ftp_w,
        "remarks": "; ".join(said[:_MOST_SAID])[:_LONGEST] or None,
    }
    return Analysed(
        digest=_digest(Path(task.file.path)),
        rows=tuple(about | row for row in _rows(summary)),
        ride=DatedRide(ride=task.file.name, started=started, rows=kept),
    )


def _opened(task: Task) -> tuple[Recorded, Setup, list[Input], list[str]]:
    """The file's ride, the setup on its own meter, its inputs, and what of the file could not be read."""
    said: list[str] = []
    recorded = open_ride(task.file.path, lambda text: said.append(text.removeprefix(f"{task.file.path}: ")))
    inputs = list(recorded.inputs)
    profile = profile_of(preamble(inputs), task.profiles)
    setup = recorded.setup_for(msgspec.structs.replace(task.setup, profile=profile))
    return recorded, setup, inputs, said


def _digest(path: Path) -> str:
    """Of what the file holds, unpacked."""
    octets = octets_of(path) if is_fit_name(path) else path.read_bytes()
    return hashlib.blake2b(octets, digest_size=16).hexdigest()


def _rows(summary: Summary) -> Iterator[dict[str, Any]]:
    """The row of the whole ride, and those of its bands."""
    ride, drift = summary.ride, summary.drift
    yield {
        "band": WHOLE,
        **_share(ride.share),
        "seconds": sum(band.share.seconds for band in summary.bands),
        "duration_s": ride.duration_s,
        "intervals": len(summary.intervals),
        "dropoffs": len(summary.dropoffs),
        "drift_points_per_hour": drift and drift.value,
        "drift_standard_error": drift and drift.standard_error,
        **_turned(ride.dynamics),
    }
    for band in summary.bands:
        if band.share.seconds:
            yield {"band": band.name, "low_ftp": band.low_ftp, "high_ftp": band.high_ftp} | _share(band.share)


def _share(share: Share) -> dict[str, Any]:
    names = ("left_percent", "power_w", "left_w", "right_w", "seconds", "revolutions")
    return {"left_standard_error": share.standard_error} | {name: getattr(share, name) for name in names}


def _turned(dynamics: Dynamics | None) -> dict[str, float | None]:
    if dynamics is None:
        return {}
    legs = {"left": dynamics.left, "right": dynamics.right}
    values = {f"{side}_{name}": getattr(leg, name) for side, leg in legs.items() for name in _MEASURED_LEG}
    return values | {"combined_pedal_smoothness_percent": dynamics.combined_pedal_smoothness_percent}


def trend_rows(rider: str, rides: Sequence[DatedRide]) -> Iterator[dict[str, Any]]:
    """A rider's trend: a row for each meter and power band, by the same test as `legbal trend`."""
    for found in meter_trends(rides):
        yield from _of_meter(rider, found)


def _of_meter(rider: str, found: MeterTrend) -> Iterator[dict[str, Any]]:
    for band in found.bands:
        yield {
            "rider": rider,
            "meter": found.meter,
            "balance": found.balance,
            "reference": found.reference,
            "swapped": found.swapped,
            "band": band.band,
            "low_ftp": band.low_ftp,
            "high_ftp": band.high_ftp,
            "rides": len(band.rows),
            "first": band.rows[0].started.astimezone(UTC),
            "last": band.rows[-1].started.astimezone(UTC),
            **_slope(band.slope),
            "verdict": band.verdict,
            "words": of_trend(band),
        }


def _slope(slope: Effect | None) -> dict[str, float | None]:
    names = ("value", "standard_error", "low", "high", "p_value", "between_sd")
    found = {name: None if slope is None else getattr(slope, name) for name in names}
    return {"points_per_month": found.pop("value")} | found

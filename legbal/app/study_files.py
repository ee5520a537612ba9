"""The files of a study: whose they are, what is known of their riders, and what the ride in each of them says.

That knows nothing of the other files, so that any executor can run it.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any

import msgspec

from legbal.analysis.months import DatedRide
from legbal.analysis.summary import bands_of
from legbal.app.derivation import Derivation
from legbal.app.meters import preamble, profile_of
from legbal.app.ride_files import MOST_REMARKS, ride_octets
from legbal.app.ride_values import SUMMARY
from legbal.errors import ConfigError, UsageError
from legbal.meters.profile import Profile
from legbal.paths import read_octets
from legbal.present.objects import summary_rows
from legbal.present.remarks import lacks
from legbal.present.sentences import say
from legbal.ride.inputs import Input, Setup, WeakLeg
from legbal.ride.power_ride import ftp_of
from legbal.sources.recorded_ride import RecordedRide, is_ride_name, open_ride, start_time

_LARGEST_RIDERS = 2**20  # octets, of the file that says who they are


class StudyRider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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
            if is_ride_name(path) and path.is_file() and not hidden:
                rider = within.parts[0] if len(within.parts) > 1 else top.name
                files.setdefault(path.resolve(), RideFile(rider, str(within), str(path)))
    if not files:
        raise UsageError(
            f"{', '.join(map(str, folders))}: no FIT file and no capture",
            hint="Their names end in .fit, .fit.gz or .jsonl.",
        )
    return sorted(files.values(), key=lambda file: (file.rider, file.name))


def riders_of(path: Path, names: set[str]) -> dict[str, StudyRider]:
    """What a TOML file says of riders, a table for each.

    Args:
        path: the file.
        names: the riders of whom there are files.

    Raises:
        ConfigError: it cannot be read, a key or value is not allowed, or it names a rider without files.
    """
    try:
        octets = read_octets(path, _LARGEST_RIDERS + 1)
        if len(octets) > _LARGEST_RIDERS:
            raise ValueError(f"longer than {_LARGEST_RIDERS // 2**20} MiB")
        riders = msgspec.toml.decode(octets, type=dict[str, StudyRider])
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
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


class Task(msgspec.Struct, frozen=True):
    """One file to look at, with what it is judged with."""

    file: RideFile
    setup: Setup
    profiles: tuple[Profile, ...]


class FileAnalysis(msgspec.Struct, frozen=True, kw_only=True):
    """What one file said: rows of the table (column → value), and what a trend needs of it.

    `digest` is of the file's content, by which the same ride under two names is known.
    """

    digest: str
    rows: tuple[dict[str, Any], ...]
    ride: DatedRide


def estimate(task: Task) -> float:
    """The FTP that a ride by itself speaks for, watts. Raises LegbalError."""
    _, setup, inputs, _ = _opened(task)
    return ftp_of(setup, inputs)


def analyse_file(task: Task) -> FileAnalysis:
    """What one file says. Raises LegbalError where that is no ride."""
    recorded, setup, inputs, remarks = _opened(task)
    ride = Derivation(setup, inputs)
    summary = ride.get(SUMMARY)
    remarks[:0] = lacks(summary.limits)
    started, is_stated = start_time(recorded, inputs[-1].t)
    if not is_stated:
        remarks.append(say("start.of_file"))
    bands = bands_of(ride.meters, setup, summary)
    about = {
        "rider": task.file.rider,
        "file": task.file.name,
        "started": started.astimezone(UTC),
        "utc_offset_s": round((started.utcoffset() or started - started).total_seconds()),
        "meter": bands.meter,
        "swapped": bands.swapped,
        "ftp_w": setup.stated_ftp_w,
        "remarks": "; ".join(remarks[:MOST_REMARKS])[:500] or None,  # characters
    }
    return FileAnalysis(
        digest=hashlib.blake2b(ride_octets(Path(task.file.path)), digest_size=16).hexdigest(),
        rows=tuple(about | row for row in summary_rows(summary)),
        ride=DatedRide(ride=task.file.name, started=started, rows=bands),
    )


def _opened(task: Task) -> tuple[RecordedRide, Setup, list[Input], list[str]]:
    """The file's ride, the setup on its own meter, its inputs, and what of the file could not be read."""
    remarks: list[str] = []
    recorded = open_ride(
        task.file.path, lambda text: remarks.append(text.removeprefix(f"{task.file.path}: "))
    )
    inputs = list(recorded.inputs)
    setup = msgspec.structs.replace(task.setup, profile=profile_of(preamble(inputs), task.profiles))
    return recorded, recorded.setup_for(setup, inputs), inputs, remarks

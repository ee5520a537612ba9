"""The ride in one file of a study: the FTP that it speaks for, and its rows of the table.

Both know nothing of the other files, so that any executor can run them.
"""

import hashlib
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec

from legbal.analysis.months import DatedRide
from legbal.analysis.summary import bands_of
from legbal.app.derivation import Derivation
from legbal.app.importing import ride_octets
from legbal.app.meters import preamble, profile_of
from legbal.app.ride_values import SUMMARY
from legbal.app.study_files import RideFile
from legbal.meters.profile import Profile
from legbal.present.objects import summary_rows
from legbal.ride.inputs import Input, Setup
from legbal.ride.ride import fold
from legbal.sources.replay import Recorded, open_ride, start_time

_LONGEST = 500  # characters of what is said of a file
_MOST_REMARKS = 3


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

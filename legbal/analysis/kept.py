"""Each ride's summary beside its inputs: kept when the ride ends or is imported, and found again or derived anew.

A summary is of a version: the code's, with the meter's profile. Which version a ride should have takes a look at its
first inputs. That it was found to have it is therefore noted with its basis, the code and all profiles together: as
long as the basis is the same, no ride need be looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from legbal import __version__
from legbal.analysis import corrected, history
from legbal.analysis.corrected import setup_now, version
from legbal.analysis.read import read_summary
from legbal.analysis.summary import VERSION, Summary
from legbal.library.rides import KeptRide, Library
from legbal.library.summaries import SUMMARY, BandRow, RideRows, keep_summary
from legbal.meters.profile import Profile
from legbal.ride.inputs import Setup


def basis(profiles: Sequence[Profile]) -> str:
    """Names the code that summarises and takes lessons, and the profiles that are known.

    The program's own version is of it, so that each new one tries again what the one before could not summarise.
    """
    return corrected.basis(f"{VERSION} {history.VERSION} {__version__}", profiles)


def versions_now(profiles: Sequence[Profile]) -> set[str]:
    """The versions of summaries that rest on present code and a present profile, whatever the rider said of sides."""
    return {
        version(VERSION, msgspec.structs.replace(profile, reference=reference))
        for profile in profiles
        for reference in (("flag", "left", "right") if profile.reference == "flag" else (profile.reference,))
    }


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What `summarised` found of a ride: its version, its rows, and the summary where it is a new one."""

    version: str
    rows: RideRows
    summary: bytes | None


def keep(library: Library, ride: KeptRide, profiles: Sequence[Profile]) -> None:
    """Keeps the present summary of a ride that has just ended or been imported. Raises LibraryError."""
    write(library, ride, summarised(library, ride, profiles), basis(profiles))


def write(library: Library, ride: KeptRide, found: Found, by: str) -> None:
    """Writes what was found of a ride by the code and profiles of the basis `by`. Raises LibraryError."""
    keep_summary(library.path, ride, found.version, found.summary, found.rows, by)


def summarised(library: Library, ride: KeptRide, profiles: Sequence[Profile]) -> Found:
    """The summary that the present code gives with the profile that the ride's meter has now; nothing is written.

    It is found among the derived values if it is the newest of them, or else derived from the inputs. Raises
    LibraryError.
    """
    setup = setup_now(library, ride, profiles)
    by = version(VERSION, setup.profile)
    if by in library.versions(ride, SUMMARY)[:1]:
        there = _decoded(library.derived(ride, SUMMARY, by))
        if there is not None:
            return Found(version=by, rows=rows_of(ride.meters, setup, there), summary=None)
    new = read_summary(setup, library.inputs(ride))
    return Found(version=by, rows=rows_of(ride.meters, setup, new), summary=msgspec.json.encode(new))


def _decoded(kept: bytes | None) -> Summary | None:
    """A kept summary; None where there is none that can be read."""
    try:
        return None if kept is None else msgspec.json.decode(kept, type=Summary)
    except msgspec.DecodeError:
        return None


def rows_of(meters: Sequence[str], setup: Setup, summary: Summary) -> RideRows:
    """What a summary says of the balance, as rows; a band without an error has nothing to compare.

    Neither has a balance that is none: one that never moved, or is not there. `meters` are those that sent something,
    the first to do so first.
    """
    is_one = summary.ride.balance not in ("constant", "absent")
    both = setup.pair is not None or setup.profile.peripherals == 2
    return RideRows(
        meter=" + ".join(sorted(meters) if both else meters[:1]),
        balance=summary.ride.balance,
        reference=summary.ride.reference,
        swapped=setup.swap_sides,
        bands=tuple(
            BandRow(
                name=band.name,
                low_ftp=band.low_ftp,
                high_ftp=band.high_ftp,
                left_percent=band.left_percent,
                standard_error=band.left_standard_error,
                seconds=band.seconds,
                revolutions=band.revolutions,
                power_w=band.power_w,
            )
            for band in summary.bands
            if is_one and band.left_percent is not None and band.left_standard_error
        ),
    )

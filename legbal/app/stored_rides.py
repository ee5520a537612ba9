"""Rides of the library as they are stored: what was derived before is read, and set beside what other rides say.

So it is there at once. What was not derived before `ride_values` derives.
"""

from pathlib import Path

import msgspec

from legbal.analysis.last_rides import with_comparison
from legbal.analysis.summary import Summary
from legbal.app.comparison_cache import compare_with_last
from legbal.app.derivation import Derivation, decoded
from legbal.app.other_level import sound_rides
from legbal.library.rides import Library, RideRow
from legbal.present.objects import structured
from legbal.ride.events import Event
from legbal.ride.share import Period


class ReviewedRide(msgspec.Struct, frozen=True):
    """Of a ride analysed whole what a review says: all but its trace."""

    summary: Summary
    events: tuple[Event, ...]


class _AnalysedRide(msgspec.Struct, frozen=True):
    analysis: ReviewedRide


def decode_summary(stored: bytes) -> Summary:
    """A summary from what is kept of it. Raises msgspec.DecodeError."""
    return structured(msgspec.json.decode(stored), Summary)


def summary_of(ride: Derivation) -> Summary | None:
    """The ride's summary in its present version; None where it is not kept. Raises LibraryError."""
    summary = decoded(decode_summary, ride.stored("summary"))
    return None if summary is None else in_library(ride, summary)


def review_of(ride: Derivation) -> ReviewedRide | None:
    """What a review says, of a ride that was analysed whole in its present version; else None. Raises LibraryError."""
    review = decoded(_decode_review, ride.stored("analysis"))
    return None if review is None else ReviewedRide(in_library(ride, review.summary), review.events)


def _decode_review(stored: bytes) -> ReviewedRide:
    return structured(msgspec.msgpack.decode(stored), _AnalysedRide).analysis


def later_notes(ride: Derivation) -> list[tuple[float, str]]:
    """The notes that were made on moments of a ride afterwards: ride seconds and texts. Raises LibraryError."""
    if ride.in_library is None:
        return []
    library, row = ride.in_library
    return [(mark.t, mark.text) for mark in library.marks(row) if mark.kind == "note"]


def in_library(ride: Derivation, summary: Summary) -> Summary:
    """The summary, with the notes made afterwards and what the rider's other rides say of it."""
    if ride.in_library is None:
        return summary
    library, row = ride.in_library
    summary = msgspec.structs.replace(summary, notes=tuple(sorted([*summary.notes, *later_notes(ride)])))
    return beside_others(summary, library, row.id)


def beside_others(summary: Summary, library: Library, ride: str) -> Summary:
    """The summary of a ride of the library, with what its other rides say of it: how it stands against the last ones,
    or that the meter looked wrong in it, for it lies at another level.

    Raises:
        LibraryError: the library cannot be read.
    """
    if summary.meter_wrong:
        return summary
    sound, others = sound_rides(library, {ride})
    if ride not in others:
        return with_comparison(summary, compare_with_last(library, sound, {ride}).get(ride))
    return msgspec.structs.replace(
        summary, meter_wrong=(Period(0.0, None),), limits=(others[ride], *summary.limits)
    )


def stored_summary(path: Path, ride: RideRow) -> Summary | None:
    """A ride's summary as it was derived last, beside the library's others; None where none can be read.

    Raises LibraryError.
    """
    with Library(path) as library:
        summary = decoded(decode_summary, library.derived(ride, "summary"))
        return None if summary is None else beside_others(summary, library, ride.id)

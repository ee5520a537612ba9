"""What a ride was: its summary, its power bands, all of it."""

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from legbal.analysis.months import MeterRides, RideBands, comparable
from legbal.analysis.one_usual import with_comparison
from legbal.analysis.ride_analysis import RideAnalysis, analyse, summarise_ride
from legbal.analysis.ride_comparison import compare_with_last
from legbal.analysis.summary import Summary, bands_of
from legbal.app.derivation import Derivation, DerivedValue
from legbal.app.other_level import sound_rides
from legbal.app.ride_setup import CONTRIBUTION, MOST_RIDES
from legbal.library.derived import basis, decode_bands, encode_bands
from legbal.library.rides import Library, RideRow
from legbal.meters.profile import Profile
from legbal.present.objects import plain, structured
from legbal.ride.events import MeterChange
from legbal.ride.share import WrongStretch


class AnalysedRide(msgspec.Struct, frozen=True):
    """A ride analysed whole, and the notes that were made during it and after: ride seconds and texts."""

    analysis: RideAnalysis
    notes: tuple[tuple[float, str], ...]


def _analysis(ride: Derivation, *, lenient: bool = False) -> AnalysedRide:
    analysis = analyse(ride.setup, ride.inputs(), lenient=lenient)
    return AnalysedRide(analysis, analysis.summary.notes)


def _encode_analysis(value: AnalysedRide) -> bytes:
    # under what name the meter was known is of its profile, a correction of which need not derive the ride anew
    events = [x for x in value.analysis.events if not (isinstance(x, MeterChange) and x.what == "identified")]
    return msgspec.msgpack.encode(
        {
            "analysis": msgspec.structs.asdict(value.analysis)
            | {"summary": plain(value.analysis.summary), "events": events},
            "notes": value.notes,
        },
        enc_hook=_packed,
    )


def _packed(value: object) -> bytes:
    """An array as it is kept: to about seven digits, compressed."""
    assert isinstance(value, np.ndarray)
    return zlib.compress(value.astype("<f4").tobytes(), 1)


def _unpacked(_: type, value: Any) -> object:
    return np.frombuffer(zlib.decompress(value), "<f4").astype(np.float64)


SUMMARY = DerivedValue[Summary](
    "summary",
    lambda ride: summarise_ride(ride.setup, ride.inputs()),
    lambda summary: msgspec.json.encode(plain(summary)),
    lambda stored: structured(msgspec.json.decode(stored), Summary),
)
BANDS = DerivedValue[RideBands](
    "bands",
    lambda ride: bands_of(ride.meters, ride.setup, ride.get(SUMMARY)),
    encode_bands,
    decode_bands,
    "any ride",
)
ANALYSIS = DerivedValue[AnalysedRide](
    "analysis",
    _analysis,
    _encode_analysis,
    lambda stored: structured(msgspec.msgpack.decode(stored), AnalysedRide, dec_hook=_unpacked),
)
REGISTRY: tuple[DerivedValue[Any], ...] = (SUMMARY, BANDS, ANALYSIS, CONTRIBUTION)
"""Every kind of derived value."""


def derive_ride(ride: Derivation, by: str, *, teaches: bool) -> None:
    """Derives what is there of any ride that is over, on the basis `by`, and of one that `teaches`. LibraryError."""
    for value in REGISTRY:
        if value.occasion == "any ride":
            ride.get(value, by)
        elif value.occasion == "lesson" and teaches:
            ride.get(value)


def contributing_rides(rides: Iterable[RideRow]) -> frozenset[str]:
    """The ids of those rides, of these newest first, from which the next ride on one of their meters learns."""
    ids, of_meter = set(), Counter[str]()
    for ride in rides:
        if ride.source != "demo" and any(of_meter[meter] < MOST_RIDES for meter in ride.meters):
            ids.add(ride.id)
            of_meter.update(ride.meters)
    return frozenset(ids)


def analyse_ride(ride: Derivation) -> AnalysedRide:
    """The whole ride: as it was analysed before, else analysed now; with the notes made afterwards.

    Where its numbers cannot be worked out, that is what it says, and nothing is kept.
    """
    try:
        stored = ride.get_and_save(ANALYSIS)
    except Exception:  # raised again, unless it is a defect of the ride's view alone
        stored = _analysis(ride, lenient=True)
    summary = _of_library(ride, stored.analysis.summary)
    return AnalysedRide(msgspec.structs.replace(stored.analysis, summary=summary), summary.notes)


def later_notes(ride: Derivation) -> list[tuple[float, str]]:
    """The notes that were made on moments of a ride afterwards: ride seconds and texts. Raises LibraryError."""
    if ride.in_library is None:
        return []
    library, row = ride.in_library
    return [(mark.t, mark.text) for mark in library.marks(row) if mark.kind == "note"]


def _of_library(ride: Derivation, summary: Summary) -> Summary:
    """The summary, with the notes made afterwards and what the rider's other rides say of it."""
    if ride.in_library is None:
        return summary
    library, row = ride.in_library
    summary = msgspec.structs.replace(summary, notes=tuple(sorted([*summary.notes, *later_notes(ride)])))
    return beside_others(summary, library.path, row.id)


def beside_others(summary: Summary, path: Path, ride: str) -> Summary:
    """The summary of a ride of the library, with what its other rides say of it: how it stands against the last ones,
    or that the meter looked wrong in it, for it lies at another level.

    Raises:
        LibraryError: the library cannot be read.
    """
    if summary.meter_wrong:
        return summary
    sound, others = sound_rides(path)
    if ride not in others:
        return with_comparison(summary, compare_with_last(sound, ride))
    return msgspec.structs.replace(
        summary, meter_wrong=(WrongStretch(0.0, None),), limits=(others[ride], *summary.limits)
    )


def stored_summary(path: Path, ride: RideRow) -> Summary | None:
    """A ride's summary as it was derived last, beside the library's others; None where none can be read.

    Raises LibraryError.
    """
    with Library(path) as library:
        stored = SUMMARY.read(library.derived(ride, SUMMARY.name))
        return None if stored is None else beside_others(stored, path, ride.id)


def rides_like(path: Path, ride: str) -> MeterRides | None:
    """The library's rides that can be compared with one, itself among them; None for none. Raises LibraryError."""
    return next((x for x in comparable(sound_rides(path)[0]) if any(y.ride == ride for y in x.rides)), None)


def read_summary(ride: Derivation) -> Summary:
    """The ride's summary as it is kept, else read now; as of `analyse_ride` where its numbers cannot be worked out."""
    try:
        summary = ride.get_and_save(SUMMARY)
    except Exception:  # raised again, unless it is a defect of the ride's view alone
        return analyse_ride(ride).analysis.summary
    return _of_library(ride, summary)


def keep_summary(library: Library, ride: RideRow, profiles: Sequence[Profile], *, teaches: bool) -> None:
    """Keeps what a ride that has just ended or been imported was, and what it teaches. Raises LibraryError."""
    derivation = Derivation.current(library, ride, profiles)
    derive_ride(derivation, basis(profiles), teaches=teaches)
    derivation.save()

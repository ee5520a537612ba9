"""What a ride was: its summary, its power bands, all of it."""

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np

from legbal.analysis.months import RideBands
from legbal.analysis.ride_analysis import RideAnalysis, analyse, summarise_ride
from legbal.analysis.summary import Summary, bands_of
from legbal.app.derivation import Derivation, DerivedValue
from legbal.app.ride_setup import CONTRIBUTION, MOST_RIDES
from legbal.app.stored_rides import decode_summary, in_library
from legbal.library.derived import basis, decode_bands, encode_bands
from legbal.library.rides import Library, RideRow
from legbal.meters.profile import Profile
from legbal.present.objects import plain, structured
from legbal.ride.events import MeterChange


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
    decode_summary,
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
    summary = in_library(ride, stored.analysis.summary)
    return AnalysedRide(msgspec.structs.replace(stored.analysis, summary=summary), summary.notes)


def read_summary(ride: Derivation) -> Summary:
    """The ride's summary as it is kept, else read now; as of `analyse_ride` where its numbers cannot be worked out."""
    try:
        summary = ride.get_and_save(SUMMARY)
    except Exception:  # raised again, unless it is a defect of the ride's view alone
        return analyse_ride(ride).analysis.summary
    return in_library(ride, summary)


def keep_summary(library: Library, ride: RideRow, profiles: Sequence[Profile], *, teaches: bool) -> None:
    """Keeps what a ride that has just ended or been imported was, and what it teaches. Raises LibraryError."""
    derivation = Derivation.current(library, ride, profiles)
    derive_ride(derivation, basis(profiles), teaches=teaches)
    derivation.save()

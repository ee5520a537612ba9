"""The derived values of a ride: each found in the library in its present version, or computed from the inputs.

This is the one way to ask what a ride was.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
import numpy as np

from legbal.analysis.learning import RideContribution, contribution
from legbal.analysis.months import RideBands, bands_of
from legbal.analysis.ride_analysis import RideAnalysis, analyse, summarise_ride
from legbal.analysis.summary import Summary
from legbal.app.meter_profiles import current_setup
from legbal.errors import LibraryError
from legbal.library import derived
from legbal.library.derived import DerivedRow, decode_bands, encode_bands, write_derived
from legbal.library.rides import Library, RideRow
from legbal.meters.profile import Profile
from legbal.present.objects import plain, structured
from legbal.ride.inputs import Input, Mark, Setup

Value = TypeVar("Value")

_REPORT_EVERY_S = 60.0  # of the ride


class KeptAnalysis(msgspec.Struct, frozen=True):
    """A ride analysed whole, and the notes that were made during it: ride seconds and texts."""

    analysis: RideAnalysis
    notes: tuple[tuple[float, str], ...]


class DerivedValue(NamedTuple, Generic[Value]):
    """A kind of derived value: how it is computed, and how it is kept.

    `decode` raises `msgspec.DecodeError` or `zlib.error` for what it cannot read.
    """

    name: derived.Name
    compute: Callable[[Derivation], Value]
    encode: Callable[[Value], bytes]
    decode: Callable[[bytes], Value]


class Derivation:
    """What is derived from one ride.

    Args:
        library: where the ride is.
        ride: which.
        setup: what it is read with, see `current`.
        progress: is called with the ride second that has been reached while the ride is folded, now and then.

    Attributes:
        new: what was computed, or found under an older one, and is yet to be kept by `save`.
    """

    def __init__(
        self,
        library: Library,
        ride: RideRow,
        setup: Setup,
        progress: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.ride, self.setup, self.new = ride, setup, list[DerivedRow]()
        self._library, self._progress = library, progress

    @classmethod
    def current(
        cls,
        library: Library,
        ride: RideRow,
        profiles: Sequence[Profile],
        progress: Callable[[float], None] = lambda _: None,
    ) -> Derivation:
        """With the profile that the ride's meter has now. Raises LibraryError."""
        return cls(library, ride, current_setup(library, ride, profiles), progress)

    def find(self, value: DerivedValue[Value]) -> Value | None:
        """The value in its present version; None where it is not kept so, or cannot be read. Raises LibraryError."""
        kept = self._library.derived(self.ride, value.name, derived.version(value.name, self.setup.profile))
        return None if kept is None else decoded(value, kept)

    def get(self, value: DerivedValue[Value], basis: str = "") -> Value:
        """The value in its present version, as it is found the next time, to the last digit. Raises LibraryError.

        With a `basis` it is kept again, as the one that was found to be wanted by that.
        """
        version = derived.version(value.name, self.setup.profile)
        versions = self._library.versions(self.ride, value.name)
        kept = self._library.derived(self.ride, value.name, version) if version in versions else None
        found = None if kept is None else decoded(value, kept)
        if kept is None or found is None:
            kept = value.encode(value.compute(self))
            found = value.decode(kept)
        elif versions[0] == version and not basis:
            return found
        self.new.append(DerivedRow(name=value.name, version=version, value=kept, basis=basis))
        return found

    def get_kept(self, value: DerivedValue[Value]) -> Value:
        """As `get`, and keeps what is new, unless the ride still goes on or the library cannot be written."""
        found = self.get(value)
        if self.ride.state != "recording":
            with suppress(LibraryError):
                self.save()
        return found

    def save(self) -> None:
        """Keeps what is new. Raises LibraryError."""
        if self.new:
            write_derived(self._library.path, self.ride, self.new)
            self.new.clear()

    def inputs(self) -> Iterator[Input]:
        """The ride's inputs; tells how far they were read."""
        reported = 0.0
        for item in self._library.inputs(self.ride):
            if item.t - reported >= _REPORT_EVERY_S:
                reported = item.t
                self._progress(reported)
            yield item


def decoded(value: DerivedValue[Value], kept: bytes) -> Value | None:
    """A value from what is kept of it; None where that cannot be read."""
    try:
        return value.decode(kept)
    except (msgspec.DecodeError, zlib.error):  # of another legbal: it is computed again
        return None


def _analysis(ride: Derivation) -> KeptAnalysis:
    notes = list[tuple[float, str]]()

    def noting() -> Iterator[Input]:
        for item in ride.inputs():
            if isinstance(item, Mark) and item.kind == "note":
                notes.append((item.t, item.text))
            yield item

    analysis = analyse(ride.setup, noting())
    return KeptAnalysis(analysis, tuple(notes))


def _encode_analysis(value: KeptAnalysis) -> bytes:
    analysis = msgspec.structs.asdict(value.analysis) | {"summary": plain(value.analysis.summary)}
    return msgspec.msgpack.encode({"analysis": analysis, "notes": value.notes}, enc_hook=_packed)


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
    lambda kept: structured(msgspec.json.decode(kept), Summary),
)
BANDS = DerivedValue[RideBands](
    "bands",
    lambda ride: bands_of(ride.ride.meters, ride.setup, ride.get(SUMMARY)),
    encode_bands,
    decode_bands,
)
ANALYSIS = DerivedValue[KeptAnalysis](
    "analysis",
    _analysis,
    _encode_analysis,
    lambda kept: structured(msgspec.msgpack.decode(kept), KeptAnalysis, dec_hook=_unpacked),
)
CONTRIBUTION = DerivedValue[RideContribution](
    "contribution",
    lambda ride: contribution(ride.setup, ride.inputs()),
    msgspec.msgpack.encode,
    msgspec.msgpack.Decoder(RideContribution).decode,
)
REGISTRY = (SUMMARY, BANDS, ANALYSIS, CONTRIBUTION)
"""Every kind of derived value."""

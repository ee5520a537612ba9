"""What is derived from a ride: each value computed from its inputs, or found in the library in its present version.

This is the one way to ask what a ride was. What the next ride learns from it is here; `ride_values` has all that is
asked for once a ride is over.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar

import msgspec

from legbal.analysis.learning import RideContribution, contribution
from legbal.app.meters import current_setup
from legbal.errors import LibraryError
from legbal.library import derived
from legbal.library.derived import DerivedRow, write_derived
from legbal.library.rides import Library, RideRow
from legbal.meters.profile import Profile
from legbal.ride.inputs import Input, Notification, Setup

Value = TypeVar("Value")

_REPORT_EVERY_S = 60.0  # of the ride


class DerivedValue(NamedTuple, Generic[Value]):
    """A kind of derived value: how it is computed, and how it is kept.

    `decode` raises `msgspec.DecodeError` or `zlib.error` for what it cannot read.
    """

    name: derived.Name
    compute: Callable[[Derivation], Value]
    encode: Callable[[Value], bytes]
    decode: Callable[[bytes], Value]

    def read(self, kept: bytes | None) -> Value | None:
        """A value from what is kept of it; None where that cannot be read."""
        try:
            return None if kept is None else self.decode(kept)
        except (msgspec.DecodeError, zlib.error):  # of another legbal: it is computed again
            return None


class Derivation:
    """What is derived from the inputs of one ride, wherever they are from; nothing is kept.

    Args:
        setup: what it is read with.
        inputs: in order of time.
    """

    def __init__(self, setup: Setup, inputs: Iterable[Input]) -> None:
        self.setup, self._inputs = setup, inputs

    @property
    def meters(self) -> tuple[str, ...]:
        """The names of those that sent something, the first to do so first."""
        return tuple(dict.fromkeys(x.meter for x in self.inputs() if isinstance(x, Notification) and x.meter))

    def inputs(self) -> Iterable[Input]:
        """The ride's inputs."""
        return self._inputs

    def later_notes(self) -> list[tuple[float, str]]:
        """The notes that were made after the ride: ride seconds and texts."""
        return []

    def get(self, value: DerivedValue[Value]) -> Value:
        """The value. Raises LibraryError."""
        return value.compute(self)

    def get_kept(self, value: DerivedValue[Value]) -> Value:
        """As `get`, and keeps what is new, where it can be kept."""
        return self.get(value)


class KeptDerivation(Derivation):
    """What is derived from a ride of the library: found there, or computed and kept there.

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
        super().__init__(setup, ())
        self.ride, self.new = ride, list[DerivedRow]()
        self._library, self._progress = library, progress

    @classmethod
    def current(
        cls,
        library: Library,
        ride: RideRow,
        profiles: Sequence[Profile],
        progress: Callable[[float], None] = lambda _: None,
    ) -> KeptDerivation:
        """With the profile that the ride's meter has now. Raises LibraryError."""
        return cls(library, ride, current_setup(library, ride, profiles), progress)

    def find(self, value: DerivedValue[Value]) -> Value | None:
        """The value in its present version; None where it is not kept so, or cannot be read. Raises LibraryError."""
        version = derived.version(value.name, self.setup.profile)
        return value.read(self._library.derived(self.ride, value.name, version))

    def get(self, value: DerivedValue[Value], basis: str = "") -> Value:
        """The value in its present version, as it is found the next time, to the last digit. Raises LibraryError.

        With a `basis` it is kept again, as the one that was found to be wanted by that.
        """
        version = derived.version(value.name, self.setup.profile)
        versions = self._library.versions(self.ride, value.name)
        kept = self._library.derived(self.ride, value.name, version) if version in versions else None
        found = value.read(kept)
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

    @property
    def meters(self) -> tuple[str, ...]:
        """As the list of rides has them."""
        return self.ride.meters

    def later_notes(self) -> list[tuple[float, str]]:
        """The notes that were made after the ride: ride seconds and texts."""
        return [(mark.t, mark.text) for mark in self._library.marks(self.ride) if mark.kind == "note"]


class TypedDerivation(KeptDerivation):
    """What is derived from a ride of the library with a setup that was typed for now: nothing is found, or kept."""

    def get_kept(self, value: DerivedValue[Value]) -> Value:
        """The value, computed."""
        return value.compute(self)


CONTRIBUTION = DerivedValue[RideContribution](
    "contribution",
    lambda ride: contribution(ride.setup, ride.inputs()),
    msgspec.msgpack.encode,
    msgspec.msgpack.Decoder(RideContribution).decode,
)

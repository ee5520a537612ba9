"""What is derived from a ride: each value computed from its inputs, or found in the library in its present version.

This is the one way to ask what a ride was. `ride_setup` has what the next ride learns from it, `ride_values` all that
is asked for once a ride is over.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Generic, Literal, NamedTuple, TypeVar

import msgspec

from legbal.app.meters import current_setup
from legbal.errors import LibraryError
from legbal.library import derived
from legbal.library.rides import Library, RideRow
from legbal.meters.profile import Profile
from legbal.ride.inputs import Input, Notification, Setup, is_heart_rate

Value = TypeVar("Value")


class DerivedValue(NamedTuple, Generic[Value]):
    """A kind of derived value: how it is computed, and how it is kept.

    `decode` raises `msgspec.DecodeError` or `zlib.error` for what it cannot read. `occasion` is when it is derived:
    once any ride is over, once one is over from which the next rides learn, or only when somebody asks.
    """

    name: derived.Name
    compute: Callable[[Derivation], Value]
    encode: Callable[[Value], bytes]
    decode: Callable[[bytes], Value]
    occasion: Literal["any ride", "lesson", "question"] = "question"

    def read(self, stored: bytes | None) -> Value | None:
        """A value from what is kept of it; None where that cannot be read."""
        return decoded(self.decode, stored)


def decoded(decode: Callable[[bytes], Value], stored: bytes | None) -> Value | None:
    """A value from what is kept of it; None where that cannot be read. `decode` as of `DerivedValue`."""
    try:
        return None if stored is None else decode(stored)
    except (msgspec.DecodeError, zlib.error):  # of another legbal: it is computed again
        return None


class LibraryRide(NamedTuple):
    """A ride of the library."""

    library: Library
    ride: RideRow


class Derivation:
    """What is derived from one ride: of the library what is kept there, of a file what its inputs say.

    Args:
        setup: what it is read with, see `current`.
        inputs: of a ride that is read from them alone, in order of time: nothing is found or kept then.
        in_library: where it is, if it is there.
        progress: is called with the ride second that has been reached while a kept ride is folded, now and then.

    Attributes:
        new: what was computed, or found under an older one, and is yet to be kept by `save`.
    """

    def __init__(
        self,
        setup: Setup,
        inputs: Sequence[Input] | None = None,
        in_library: LibraryRide | None = None,
        progress: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.setup = setup
        self.in_library = in_library
        self.new = list[derived.DerivedRow]()
        self._inputs, self._progress = inputs or (), progress
        self._store = in_library if inputs is None else None

    @classmethod
    def current(
        cls,
        library: Library,
        ride: RideRow,
        profiles: Sequence[Profile],
        progress: Callable[[float], None] = lambda _: None,
    ) -> Derivation:
        """Of a ride of the library, with the profile that its meter has now. Raises LibraryError."""
        return cls(current_setup(library, ride, profiles), None, LibraryRide(library, ride), progress)

    @property
    def meters(self) -> tuple[str, ...]:
        """The names of those that sent something, the first to do so first."""
        if self.in_library is not None:
            return self.in_library.ride.meters
        sent = (x for x in self.inputs() if isinstance(x, Notification) and not is_heart_rate(x))
        return tuple(dict.fromkeys(x.meter for x in sent if x.meter))

    def get(self, value: DerivedValue[Value], basis: str = "") -> Value:
        """The value in its present version, as it is found the next time, to the last digit. Raises LibraryError.

        With a `basis` it is kept again, as the one that was found to be wanted by that.
        """
        if self._store is None:
            return value.compute(self)
        library, ride = self._store
        profile = self.setup.profile
        version = derived.version(value.name, profile)
        stored = library.derived(ride, value.name, version)
        result = value.read(stored)
        if stored is None or result is None:
            stored = value.encode(value.compute(self))
            result = value.decode(stored)
        elif not basis and library.versions(ride, value.name)[:1] == [version]:
            return result
        self.new.append(
            derived.DerivedRow(
                name=value.name, version=version, profile=profile.id, value=stored, basis=basis
            )
        )
        return result

    def stored(self, name: derived.Name) -> bytes | None:
        """A value as it is kept in its present version, if that is the newest; None where it is not. LibraryError."""
        if self._store is None:
            return None
        library, ride = self._store
        version = derived.version(name, self.setup.profile)
        return library.derived(ride, name) if library.versions(ride, name)[:1] == [version] else None

    def get_and_save(self, value: DerivedValue[Value]) -> Value:
        """As `get`, and saves what is new, unless the ride still goes on or the library cannot be written."""
        result = self.get(value)
        if self._store is not None and self._store.ride.state != "recording":
            with suppress(LibraryError):
                self.save()
        return result

    def save(self) -> None:
        """Keeps what is new. Raises LibraryError."""
        if self.new and self._store is not None:
            derived.write_derived(self._store.library.path, self._store.ride.id, self.new)
            self.new.clear()

    def inputs(self) -> Iterator[Input]:
        """The ride's inputs; tells how far they were read."""
        reported = 0.0
        for item in self._inputs if self._store is None else self._store.library.inputs(self._store.ride):
            if item.t - reported >= 60:  # seconds of the ride
                reported = item.t
                self._progress(reported)
            yield item

"""A ride read whole, kept beside its inputs: it is folded the first time that its page is opened, and not again."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import msgspec
import numpy as np

from legbal.analysis.corrected import setup_now, version
from legbal.analysis.read import Reading, read
from legbal.analysis.summary import VERSION
from legbal.errors import LibraryError
from legbal.library.rides import KeptRide, Library
from legbal.meters.profile import Profile
from legbal.ride.inputs import Input, Mark

READING = "reading"
"""What it is called among the derived values of a ride."""

_LAYOUT = "1"  # of how it is kept; raised when that changes
_TELL_EVERY_S = 60.0  # of the ride


class KeptReading(msgspec.Struct, frozen=True):
    """A reading, and the notes that were made during the ride: ride seconds and texts."""

    reading: Reading
    notes: tuple[tuple[float, str], ...]


def kept_reading(
    library: Library, ride: KeptRide, profiles: Sequence[Profile], tell: Callable[[float], None]
) -> KeptReading:
    """The reading that the present code gives with the profile that the ride's meter has now. Raises LibraryError.

    One that cannot be kept, or is of a ride that still goes on, is given all the same.

    Args:
        library: where the ride is.
        ride: which.
        profiles: the meter families as they are known now.
        tell: is called with the ride second that has been reached, now and then.
    """
    setup = setup_now(library, ride, profiles)
    by = f"{_LAYOUT} {version(VERSION, setup.profile)}"
    there = _decoded(library.derived(ride, READING, by))
    if there is not None:
        return there
    notes: list[tuple[float, str]] = []
    reading = read(setup, _followed(library.inputs(ride), tell, notes))
    new = msgspec.msgpack.encode(KeptReading(reading, tuple(notes)), enc_hook=_packed)
    if ride.state != "recording":
        with suppress(LibraryError):
            library.store(ride, READING, by, new)
    return _read(new)  # as it will be found the next time, to the last digit


def _followed(
    inputs: Iterator[Input], tell: Callable[[float], None], notes: list[tuple[float, str]]
) -> Iterator[Input]:
    """The inputs as they are; of the notes among them a list is made."""
    told = 0.0
    for item in inputs:
        if isinstance(item, Mark) and item.kind == "note":
            notes.append((item.t, item.text))
        if item.t - told >= _TELL_EVERY_S:
            told = item.t
            tell(told)
        yield item


def _packed(value: object) -> bytes:
    """An array as it is kept: to about seven digits, compressed."""
    assert isinstance(value, np.ndarray)
    return zlib.compress(value.astype("<f4").tobytes(), 1)


def _unpacked(_: type, value: Any) -> object:
    return np.frombuffer(zlib.decompress(value), "<f4").astype(np.float64)


def _decoded(value: bytes | None) -> KeptReading | None:
    """A kept reading; None where there is none that can be read."""
    try:
        return None if value is None else _read(value)
    except (msgspec.DecodeError, zlib.error):
        return None


def _read(value: bytes) -> KeptReading:
    return msgspec.msgpack.decode(value, type=KeptReading, dec_hook=_unpacked)

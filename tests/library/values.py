"""Derived values stated instead of derived."""

from __future__ import annotations

from legbal.library.codec import Gap
from legbal.library.derived import DerivedRow, Name, write_derived
from legbal.library.rides import Library, RideRow, read_rows


def has(library: Library, ride: str) -> bool:
    """Whether there is a ride of that id."""
    return ride in [known.id for known in library.rides()]


def gaps(library: Library, ride: RideRow) -> list[tuple[int, Gap]]:
    """Where inputs were lost: the index of the first input after the gap, and the gap."""
    rows = read_rows(
        library.path,
        "SELECT sequence, first_t, last_t, lost FROM gaps WHERE ride = ? ORDER BY sequence",
        (ride.number,),
    )
    return [(sequence, Gap(first_t, last_t, lost)) for sequence, first_t, last_t, lost in rows]


def store(library: Library, ride: RideRow, name: Name, version: str, value: bytes) -> None:
    """Keeps a value as the ride's newest of that name."""
    write_derived(library.path, ride.id, [DerivedRow(name=name, version=version, value=value)])

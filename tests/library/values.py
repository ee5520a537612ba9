"""Derived values stated instead of derived."""

from __future__ import annotations

from legbal.library.derived import DerivedRow, Name, write_derived
from legbal.library.rides import Library, RideRow


def store(library: Library, ride: RideRow, name: Name, version: str, value: bytes) -> None:
    """Keeps a value as the ride's newest of that name."""
    write_derived(library.path, ride, [DerivedRow(name=name, version=version, value=value)])

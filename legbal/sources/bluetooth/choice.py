"""Which of the meters in range is the rider's: the named, the usual, the only or the chosen one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from legbal.errors import BluetoothError, BluetoothReason
from legbal.sources.bluetooth.scan import Found

Choose = Callable[[Sequence[Found]], Awaitable[Found]]
"""Asks the rider which of several meters it is."""

_MOST_LISTED = 8  # in an error message; a race start has dozens in range


def is_named(found: Found, wanted: str) -> bool:
    """Whether the meter's name or address is exactly `wanted`, in any case of letters."""
    return wanted.casefold() in _names(found)


def named(meters: Sequence[Found], wanted: str) -> list[Found]:
    """The meters that `wanted` may mean: those of that name or address, else those that begin so."""
    exact = [found for found in meters if is_named(found, wanted)]
    start = wanted.casefold()
    return exact or [found for found in meters if any(name.startswith(start) for name in _names(found))]


async def single(meters: Sequence[Found], choose: Choose | None) -> Found | None:
    """The only one of these, or the one that is chosen; None where there is none.

    Raises:
        BluetoothError: AMBIGUOUS, listing them, if there are several and nobody to choose.
    """
    if len(meters) <= 1:
        return meters[0] if meters else None
    if choose is not None:
        return await choose(meters)
    listed = ", ".join(f"{found.label} ({found.address})" for found in meters[:_MOST_LISTED])
    more = f" and {len(meters) - _MOST_LISTED} more" if len(meters) > _MOST_LISTED else ""
    raise BluetoothError(
        f"{len(meters)} power meters are in range: {listed}{more}",
        reason=BluetoothReason.AMBIGUOUS,
        hint="Say which one with --meter NAME; the beginning of its name or its address will do.",
    )


def _names(found: Found) -> tuple[str, ...]:
    names = (found.name or "", found.label, found.address)
    return tuple(name.casefold() for name in names if name)

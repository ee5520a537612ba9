"""Why a meter of this family may not let itself be connected: what its profile says of links and bonding."""

from __future__ import annotations

from collections.abc import Sequence

from legbal.errors import BluetoothError, BluetoothReason
from legbal.meters.profile import Profile

_NO_LINK = frozenset(
    {
        BluetoothReason.IN_USE,
        BluetoothReason.LOST,
        BluetoothReason.NOT_FOUND,
        BluetoothReason.REFUSED,
        BluetoothReason.TIMEOUT,
    }
)


def advised(error: BluetoothError, families: Sequence[Profile]) -> BluetoothError:
    """The error, its hint made longer by what is known of connecting to the meter's family.

    Args:
        error: why there is no link.
        families: those that the meter may be of, the likeliest first; what is only assumed is not told.
    """
    if error.reason not in _NO_LINK:
        return error
    said = [text for text in (error.hint, *_known(families)) if text]
    return BluetoothError(str(error), reason=error.reason, hint=" ".join(said) or None)


def _known(families: Sequence[Profile]) -> list[str]:
    said: list[str] = []
    for family in families:
        told = {statement.key for statement in family.statements if statement.provenance != "assumed"}
        if family.connections is not None and "connections" in told and not said:
            several = "connections" if family.connections > 1 else "connection"
            said.append(f"{family.name} takes {family.connections} {several} at once.")
        if family.connecting and family.connecting not in said:
            said.append(family.connecting)
        elif family.pairing == "required" and "pairing" in told:
            said.append(f"{family.name} must be paired in the system's Bluetooth settings.")
    return said

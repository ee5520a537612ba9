"""Could a ride be had over Bluetooth now? Found out by what a ride does first: a search for meters."""

from __future__ import annotations

from legbal.errors import BluetoothError, BluetoothReason
from legbal.sources.bluetooth.scan import find

Row = tuple[str, bool | None, str, str]
"""What was looked at, whether it works (None: cannot be told), what was seen, what to do about it."""

_WORKS = (
    ("Bluetooth service", "answers"),
    ("Bluetooth permission", "granted"),
    ("Bluetooth adapter", "there and switched on"),
)
_SEARCH = "power meters"
_FAILS_AT = {
    BluetoothReason.NO_SERVICE: 0,
    BluetoothReason.NO_PERMISSION: 1,
    BluetoothReason.NO_ADAPTER: 2,
    BluetoothReason.POWERED_OFF: 2,
}
_MOST_NAMES = 8


async def check(seconds: float = 3.0) -> list[Row]:
    """Searches for meters for so many seconds; one row for each thing that the search rests on, in order.

    What comes after a thing that does not work cannot be told.
    """
    try:
        meters = await find(seconds)
    except BluetoothError as error:
        return _failed(error)
    names = ", ".join(meter.label for meter in meters[:_MOST_NAMES])
    search: Row = (_SEARCH, True, f"{len(meters)} in range: {names}", "")
    if not meters:
        search = (_SEARCH, True, "none in range just now", "Turn the cranks to wake it, then “legbal scan”.")
    return [*((what, True, text, "") for what, text in _WORKS), search]


def _failed(error: BluetoothError) -> list[Row]:
    at = _FAILS_AT.get(error.reason, len(_WORKS))
    rows: list[Row] = [(what, True, text, "") for what, text in _WORKS[:at]]
    rows.append(((*_WORKS, (_SEARCH, ""))[at][0], False, str(error), error.hint or ""))
    rows.extend(
        (what, None, "cannot be told before that", "") for what, _ in (*_WORKS, (_SEARCH, ""))[at + 1 :]
    )
    return rows

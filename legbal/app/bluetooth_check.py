"""Bluetooth, looked at as a ride finds its meter: the service, the right to use it, the adapter, meters in range."""

from legbal.app.check import Check
from legbal.errors import BluetoothError, BluetoothReason

_MOST_NAMES = 8  # of the meters in range

# what a search for meters rests on, in order, and the word for that it works
_RADIO = {
    "Bluetooth service": "answers",
    "Bluetooth permission": "granted",
    "Bluetooth adapter": "there and switched on",
    "power meters": "",
}
_FAILS_AT: dict[BluetoothReason, int] = {
    "no Bluetooth service": 0,
    "no permission": 1,
    "no adapter": 2,
    "adapter off": 2,
}


async def bluetooth(seconds: float = 3.0) -> list[Check]:
    """Searches for meters for so many seconds, as a ride does first; what comes after a failure cannot be told."""
    try:
        from legbal.sources.bluetooth.discovery import find
    except ImportError as error:  # bleak has no backend for every platform
        return [
            Check(
                "Bluetooth",
                "fails",
                f"cannot be loaded: {error}",
                "Reinstall legbal; Linux, macOS and Windows have Bluetooth.",
                needed=True,
            )
        ]
    results = [Check(what, "works", word, needed=True) for what, word in _RADIO.items()]
    try:
        meters = await find(seconds)
    except BluetoothError as error:
        at = _FAILS_AT.get(error.reason, len(results) - 1)
        results[at] = results[at]._replace(state="fails", text=str(error), hint=error.hint or "")
        results[at + 1 :] = [
            check._replace(state="not applicable", text="cannot be told before that")
            for check in results[at + 1 :]
        ]
        return results
    *others, last = results
    if not meters:
        return [
            *others,
            last._replace(
                text="none in range just now", hint="Turn the cranks to wake it, then “legbal scan”."
            ),
        ]
    names = ", ".join(meter.label for meter in meters[:_MOST_NAMES])
    return [*others, last._replace(text=f"{len(meters)} in range: {names}")]

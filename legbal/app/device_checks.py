"""How one thing that a ride needs is looked at, and the look at Bluetooth and the meters in range."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from legbal.config import Settings
from legbal.errors import BluetoothError, BluetoothReason, LegbalError


class Check(NamedTuple):
    """What came of one look.

    Attributes:
        state: how it is.
        text: what there is to say of it.
        hint: what to do.
        what: the name of what was looked at, which its question gives; as does `needed`.
        needed: there is no ride without it.
    """

    state: Literal["works", "fails", "not applicable"]
    text: str
    hint: str = ""
    what: str = ""
    needed: bool = False


class Question(NamedTuple):
    """One thing to look at.

    Attributes:
        what: its name.
        ask: answers with the settings that hold; None: there is nothing to say; a LegbalError: it fails.
        needed: there is no ride without it.
        hint: what to do where a failure does not say.
        waiting: is shown meanwhile, where that takes its time.
    """

    what: str
    ask: Callable[[Settings], Check | None]
    needed: bool = False
    hint: str = ""
    waiting: str = ""

    def check(self, settings: Settings) -> Check | None:
        """Looks at it."""
        try:
            answer = self.ask(settings)
        except LegbalError as error:
            answer = Check("fails", str(error), error.hint or self.hint)
        return None if answer is None else answer._replace(what=self.what, needed=self.needed)


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
    """Searches for meters for so many seconds, as a ride does first; what comes after a failure is not checked."""
    try:
        from legbal.sources.bluetooth.discovery import find  # bleak has no backend for every platform
    except ImportError as error:
        return [
            Check(
                "fails",
                f"cannot be loaded: {error}",
                "Reinstall legbal; Linux, macOS and Windows have Bluetooth.",
                what="Bluetooth",
                needed=True,
            )
        ]
    results = [Check("works", word, what=what, needed=True) for what, word in _RADIO.items()]
    try:
        meters = await find(seconds)
    except BluetoothError as error:
        at = _FAILS_AT.get(error.reason, len(results) - 1)
        results[at] = results[at]._replace(state="fails", text=str(error), hint=error.hint or "")
        results[at + 1 :] = [
            check._replace(state="not applicable", text="not checked: fix the one above first")
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
    names = ", ".join(meter.label for meter in meters[:8])  # a race start has dozens in range
    return [*others, last._replace(text=f"{len(meters)} in range: {names}")]

"""How one thing that a ride needs is looked at, and the looks at sound, speech, broker and Bluetooth."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from legbal.app.ride_outlets import broker_of
from legbal.config import Settings
from legbal.errors import BluetoothError, BluetoothReason, LegbalError, OutletError
from legbal.outlets import audio
from legbal.outlets.mqtt import rider_name
from legbal.outlets.mqtt.connection import check as check_broker
from legbal.outlets.sound import Sound
from legbal.outlets.speech import synthesise
from legbal.present.phrases import PHRASES


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


OPENING_S = 15.0  # some sound servers answer slowly; longer is broken


def _sound(settings: Settings) -> Check:
    try:
        open_sound(settings).close()
    except OutletError as error:
        return Check("fails", f"{error}; alerts ring the terminal's bell", error.hint or "")
    if not settings.sound:
        return Check("not applicable", "there is a device, and the settings keep it silent")
    return Check(
        "works",
        f"the default device opens; volume {settings.volume:.0%}",
        "“legbal doctor --sound” lets you hear the tones.",
    )


def _speech(settings: Settings) -> Check:
    language, rate = settings.speech_language, settings.speech_rate
    try:
        synthesise(PHRASES[language].left, language, rate)
    except OutletError as error:
        if settings.speech:
            return Check("fails", f"{error}; the tones stay", error.hint or "")
        return Check("not applicable", f"the settings ask for none, and {error}")
    if not settings.speech:
        return Check("not applicable", "espeak-ng works, and the settings ask for none")
    return Check("works", f"espeak-ng speaks: {language}, {rate} words a minute")


def _broker(settings: Settings) -> Check:
    if settings.mqtt.url is None:
        return Check("not applicable", "none is set: rides are not published")
    rider_name(settings.mqtt.rider)
    broker = broker_of(settings.mqtt)
    check_broker(broker)
    return Check("works", f"{broker} answers, and lets us in as {settings.mqtt.rider!r}")


OUTLET_QUESTIONS = (
    Question("sound", _sound, waiting="Opening the sound device …"),
    Question("speech", _speech),
    Question(
        "broker",
        _broker,
        hint="Rides are ridden and recorded all the same; legbal tries again during each.",
        waiting="Connecting to the broker …",
    ),
)


def open_sound(settings: Settings) -> Sound:
    """The sound outlet, with its device open. Raises OutletError where there is none."""
    outlet = Sound(volume=settings.volume, bell=lambda: None, open_speaker=audio.open_speaker)
    outlet.start()
    if outlet.settled.wait(OPENING_S) and outlet.status.state == "on":
        return outlet
    outlet.close()
    raise OutletError(
        outlet.status.reason or f"the sound system did not answer within {OPENING_S:.0f} s",
        hint="Plug in or switch on speakers or headphones, then try “legbal doctor --sound”.",
    )


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
    names = ", ".join(meter.label for meter in meters[:8])
    return [*others, last._replace(text=f"{len(meters)} in range: {names}")]

"""The outlets of a ride, looked at: sound, speech and the broker that rides are published at."""

from legbal.app.check import Answer, Question
from legbal.app.ride_outlets import broker_of
from legbal.config import Settings
from legbal.errors import OutletError
from legbal.outlets import speaker
from legbal.outlets.mqtt import rider_name
from legbal.outlets.mqtt.connection import check as check_broker
from legbal.outlets.sound import Sound
from legbal.outlets.speech import synthesise
from legbal.present.sentences import PHRASES

OPENING_S = 15.0  # some sound servers answer slowly; longer is broken


def _sound(settings: Settings) -> Answer:
    try:
        open_sound(settings).close()
    except OutletError as error:
        return Answer("fails", f"{error}; alerts ring the terminal's bell", error.hint or "")
    if not settings.sound:
        return Answer("not applicable", "there is a device, and the settings keep it silent")
    return Answer(
        "works",
        f"the default device opens; volume {settings.volume:.0%}",
        "“legbal doctor --sound” lets you hear the tones.",
    )


def _speech(settings: Settings) -> Answer:
    language, rate = settings.speech_language, settings.speech_rate
    try:
        synthesise(PHRASES[language].left, language, rate)
    except OutletError as error:
        if settings.speech:
            return Answer("fails", f"{error}; the tones stay", error.hint or "")
        return Answer("not applicable", f"the settings ask for none, and {error}")
    if not settings.speech:
        return Answer("not applicable", "espeak-ng works, and the settings ask for none")
    return Answer("works", f"espeak-ng speaks: {language}, {rate} words a minute")


def _broker(settings: Settings) -> Answer:
    if settings.mqtt.url is None:
        return Answer("not applicable", "none is set: rides are not published")
    rider_name(settings.mqtt.rider)
    broker = broker_of(settings.mqtt)
    check_broker(broker)
    return Answer("works", f"{broker} answers, and lets us in as {settings.mqtt.rider!r}")


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
    outlet = Sound(volume=settings.volume, bell=lambda: None, open_speaker=speaker.open_speaker)
    outlet.start()
    if outlet.settled.wait(OPENING_S) and outlet.status.state == "on":
        return outlet
    outlet.close()
    raise OutletError(
        outlet.status.reason or f"the sound system did not answer within {OPENING_S:.0f} s",
        hint="Plug in or switch on speakers or headphones, then try “legbal doctor --sound”.",
    )

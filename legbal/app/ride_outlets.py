"""The outlets of a ride, as settings and command line ask for them."""

from collections.abc import Mapping
from typing import BinaryIO

import msgspec

from legbal import paths
from legbal.app.keep_awake import KeepAwake
from legbal.config import Mqtt, Settings
from legbal.errors import OutletError, UsageError
from legbal.outlets import Outlet, speakers
from legbal.outlets.audio import PLUG_IN
from legbal.outlets.jsonlines import JsonLines
from legbal.outlets.mqtt.broker import Broker, parse
from legbal.outlets.page.outlet import Page
from legbal.outlets.sound import Sound

OPENING_S = 15.0  # some sound servers answer slowly; longer is broken


def sound_of(settings: Settings) -> Sound:
    """The sound that the settings ask for; muted, it can be had with a key."""
    return Sound(volume=settings.volume, mute=not settings.sound)


def open_sound(settings: Settings) -> Sound:
    """The sound outlet, with its device open. Raises OutletError where there is none."""
    outlet = Sound(volume=settings.volume, bell=lambda: None, open_speaker=speakers.open_speaker)
    outlet.start()
    if outlet.settled.wait(OPENING_S) and outlet.status.state == "on":
        return outlet
    outlet.close()
    raise OutletError(
        outlet.status.reason or f"the sound system did not answer within {OPENING_S:.0f} s",
        hint=outlet.hint or PLUG_IN,
    )


def has_speaker(settings: Settings) -> bool:
    """Whether alerts are heard as tones; takes as long as the sound system takes to answer."""
    try:
        open_sound(settings).close()
    except OutletError:
        return False
    return True


def outlets_of(
    settings: Settings,
    options: Mapping[str, object],
    *,
    audible: bool,
    events: BinaryIO | None = None,
    live: bool = False,
    watched: bool = False,
) -> list[Outlet]:
    """What takes in the ride: its events as JSON lines, a sound, a voice through it, its page, a broker.

    And what keeps the computer awake for it, if somebody rides or watches.

    A live ride is published if the settings or the command line name a broker. One that is only shown, a replay or
    the demonstration, is so only if it was typed: others would take it for a ride. So is its page.

    Args:
        settings: which of them are wanted, with what was typed.
        options: what was typed.
        audible: somebody would hear a sound.
        events: where the events are written; None: nowhere.
        live: it is a rider's own ride, now.
        watched: it goes on by itself before somebody's eyes.
    """
    outlets: list[Outlet] = []
    if events is not None:
        outlets.append(JsonLines(events, live=live))
    if audible:
        sound = sound_of(settings)
        outlets.append(sound)
        if settings.speech:
            from legbal.outlets.speech import Speech  # with what reads sound files, which tones need not

            outlets.append(
                Speech(sound.say, language=settings.speech_language, words_per_minute=settings.speech_rate)
            )
    outlets.append(Page(settings.page if live or options.get("page") else "off", port=settings.page_port))
    if settings.awake and (live or watched):
        outlets.append(KeepAwake())
    mqtt = settings.mqtt
    if mqtt.url is not None and (live or options.get("mqtt_url")):
        from legbal.outlets.mqtt.publisher import Publisher  # with aiomqtt, which few rides need

        outlets.append(
            Publisher(
                broker_of(mqtt),
                mqtt.rider,
                commands=mqtt.commands,
                home_assistant=mqtt.discovery_prefix if mqtt.home_assistant else None,
            )
        )
    return outlets


def broker_of(mqtt: Mqtt, url: str | None = None) -> Broker:
    """The broker of that URL, or of the settings, with the credentials of the settings. Raises UsageError."""
    url = url or mqtt.url
    if url is None:
        raise UsageError(
            "No broker is named",
            hint="Type its URL, as mqtt://192.168.1.10, or put it into the settings: url below [mqtt].",
        )
    return parse(
        url,
        msgspec.structs.replace(
            mqtt,
            **{
                name: paths.beside_settings(typed)
                for name in ("ca", "certificate", "key")
                if (typed := getattr(mqtt, name)) is not None
            },
        ),
    )

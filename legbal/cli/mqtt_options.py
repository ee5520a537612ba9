"""The broker that a ride is published to, or from which rides come, as settings and command line name it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from legbal.errors import UsageError

if TYPE_CHECKING:
    from legbal.config import Mqtt, Settings
    from legbal.outlets.mqtt.broker import Broker
    from legbal.outlets.mqtt.publish import Publisher


def url_typed(context: click.Context, parameter: click.Parameter, typed: str | None) -> str | None:
    """The URL that was typed; a password in it is refused, and not repeated."""
    del context, parameter
    if typed is not None:
        from legbal.outlets.mqtt.broker import parse

        parse(typed)
    return typed


def broker_of(mqtt: Mqtt, url: str | None = None) -> Broker:
    """The broker of that URL, or of the settings, with the credentials of the settings. Raises UsageError."""
    from legbal.outlets.mqtt.broker import Credentials, parse

    url = url or mqtt.url
    if url is None:
        raise UsageError(
            "No broker is named",
            hint="Type its URL, as mqtt://192.168.1.10, or put it into the settings: url below [mqtt].",
        )
    credentials = Credentials(
        username=mqtt.username,
        password=mqtt.password,
        keyring=mqtt.keyring,
        ca=_file(mqtt.ca),
        certificate=_file(mqtt.certificate),
        key=_file(mqtt.key),
    )
    return parse(url, credentials)


def _file(typed: str | None) -> str | None:
    """The file that is meant: ~ is the rider's home, and a relative path begins where the settings file is.

    Wherever a ride is begun, the same file is meant.
    """
    from legbal import paths

    return None if typed is None else str(paths.config_folder() / os.path.expanduser(typed))  # noqa: PTH111 - never raises


def publisher_of(settings: Settings, options: Mapping[str, Any], *, live: bool = False) -> Publisher | None:
    """What publishes the ride, where that is asked for.

    A live ride is published if the settings or the command line name a broker. One that is only shown, a replay or
    the demonstration, is so only if it was typed: others would take it for a ride.

    Args:
        settings: what holds, with what was typed.
        options: what was typed.
        live: it is a rider's own ride, now.
    """
    if settings.mqtt.url is None or not (live or options.get("mqtt_url")):
        return None
    from legbal.outlets.mqtt.publish import Publisher

    mqtt = settings.mqtt
    return Publisher(
        broker_of(mqtt),
        mqtt.rider,
        commands=mqtt.commands,
        home_assistant=mqtt.discovery_prefix if mqtt.home_assistant else None,
    )

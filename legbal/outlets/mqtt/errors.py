"""Why a broker is not to be had, in a rider's words, and what to do about it."""

from __future__ import annotations

import re

import aiomqtt
from aiomqtt.exceptions import MqttConnectError

from legbal.errors import OutletError
from legbal.outlets.mqtt.broker import Broker
from legbal.outlets.outlet import reason

_CODES = re.compile(r"^\[(?:Errno|code)[ :]-?\d+\] *|^\[[A-Z0-9_: ]+\] *| *\(_ssl\.c:\d+\)$")
_NO_AUTHORITY = ("self-signed", "self signed", "unable to get local issuer")


class ConnectionClosed(aiomqtt.MqttError):
    """The broker broke the connection instead of an answer."""


def describe(error: Exception, broker: Broker) -> tuple[str, str]:
    """Why, as the end of a sentence without numbers that mean nothing to a rider; and what to do, or nothing."""
    if isinstance(error, OutletError):
        return str(error), error.hint or ""
    if not isinstance(error, aiomqtt.MqttError):
        return reason(error), ""
    if isinstance(error, ConnectionClosed):
        return f"it hangs up: {_wanted(broker)}", ""
    cause = error if error.__cause__ is None else error.__cause__
    text = _CODES.sub("", _CODES.sub("", str(cause))).rstrip(".")
    text = text[:1].lower() + text[1:] if text[1:2].islower() else text
    low = text.lower()
    if isinstance(error, MqttConnectError):
        return f"refused: {text}", _credentials(broker) if "authorized" in low or "password" in low else ""
    if "timed out" in low:
        return "no answer", ""
    if low in ("unspecified error", "disconnected during message iteration"):
        return "the connection was lost", ""
    if text.startswith("webSocket"):
        return "there is no MQTT over websockets at that address", ""
    if "certificate verify failed" in low:
        said = text.rpartition(": ")[2]
        return f"its certificate is not trusted: {said}", _authority(broker, said)
    if broker.tls and isinstance(cause.__context__ or cause, ConnectionResetError):
        return "it hangs up: it may not speak TLS at that port (mqtt:// or ws://)", ""
    return text or type(error).__name__, ""


def _wanted(broker: Broker) -> str:
    """What a broker may want that hangs up without a word."""
    if not broker.tls:
        return "it may want TLS (mqtts:// or wss://)"
    if broker.credentials.certificate is None:
        return "it may want a certificate of ours"
    return "it may not accept our certificate"


def _credentials(broker: Broker) -> str:
    known = broker.credentials.username is not None
    return f"{'Check' if known else 'Set'} username and password below [mqtt] in the settings."


def _authority(broker: Broker, said: str) -> str:
    if not any(words in said for words in _NO_AUTHORITY):
        return ""
    if broker.credentials.ca is None:
        return "If the broker has an authority of its own, name that one's file: ca below [mqtt] in the settings."
    return f"{broker.credentials.ca} is not the authority that signed it."

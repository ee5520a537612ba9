"""A broker's address and what proves who we are there, with the password where nobody reads it."""

import ipaddress
import re
import ssl
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import msgspec

from legbal.config.settings import Mqtt
from legbal.errors import OutletError, UsageError
from legbal.outlets.credentials import from_keyring
from legbal.paths import read_octets

_PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
_LONGEST_URL = 512
_EXAMPLE = "A broker's URL reads like mqtt://192.168.1.10 or mqtts://broker.example:8883."
_NOBODY = Mqtt()
_WITHOUT_KEYRING = "Without it the password is taken from the settings, or from LEGBAL_MQTT_PASSWORD."


class _ClosingSocket(ssl.SSLSocket):
    """Closes itself when the handshake fails: paho-mqtt would leave it open until it is collected."""

    def do_handshake(self, block: bool = False) -> None:
        """The handshake, or an OSError with the socket closed."""
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


class Broker(msgspec.Struct, frozen=True):
    """Where a broker listens; `path` is that of a websocket, None for plain MQTT.

    `credentials` are the settings that prove who we are. Without a username we are anonymous; files have PEM form, and
    without `key` the certificate's holds the private key, too.
    """

    host: str
    port: int
    tls: bool = False
    path: str | None = None
    credentials: Mqtt = _NOBODY

    @property
    def exposure(self) -> str:
        """What others on the way can read, as a sentence; empty where they cannot."""
        sends_password = self.credentials.password is not None or self.credentials.keyring
        if self.tls or self.credentials.username is None or not sends_password or _is_here(self.host):
            return ""
        return (
            f"The password goes to {self} unencrypted: {'mqtts' if self.path is None else 'wss'}:// hides it."
        )

    @property
    def likely_demand(self) -> str:
        """What it may want where it breaks the connection instead of giving an answer."""
        if not self.tls:
            return "it may want TLS (mqtts:// or wss://)"
        if self.credentials.certificate is None:
            return "it may want a certificate of ours"
        return "it may not accept our certificate"

    def ssl_context(self) -> ssl.SSLContext | None:
        """What the connection is secured with: the broker's certificate and host name are always checked. Reads files.

        Raises OutletError when a file cannot be read or is no certificate or key.
        """
        if not self.tls:
            return None
        ca, certificate, key = self.credentials.ca, self.credentials.certificate, self.credentials.key
        what = f"the CA file {ca}"
        try:
            _refuse_pipes(ca)
            made = ssl.create_default_context(cafile=ca)
            if certificate is not None:
                what = f"certificate and key in {certificate}{f' and {key}' if key else ''}"
                _refuse_pipes(certificate, key)
                made.load_cert_chain(certificate, key, password=_no_passphrase)
        except OSError as error:
            raise OutletError(f"{what} cannot be used: {_reason(error)}") from error
        made.sslsocket_class = _ClosingSocket
        return made

    def password(self) -> str | None:
        """The password that is given, or the one in the keyring under `legbal` and `username@host`. Asks a program.

        Raises OutletError when the keyring is wanted and has none, or is not to be had.
        """
        credentials = self.credentials
        if credentials.password is not None or not credentials.keyring or credentials.username is None:
            return credentials.password
        return from_keyring(f"{credentials.username}@{self.host}", _WITHOUT_KEYRING)

    def __str__(self) -> str:
        scheme = ("ws" if self.path is not None else "mqtt") + ("s" if self.tls else "")
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[scheme] else f":{self.port}"
        return f"{scheme}://{host}{port}{self.path or ''}"


def parse(url: str, credentials: Mqtt = _NOBODY) -> Broker:
    """The broker that a URL names: mqtt://, mqtts://, ws:// or wss://.

    Raises UsageError, which never repeats a password, where the URL is none or brings one along.
    """
    if len(url) > _LONGEST_URL or not url.isprintable():
        raise UsageError("The broker's URL is too long or not printable", hint=_EXAMPLE)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        _refuse(url, "is not a URL")
    if parts.username is not None or parts.password is not None or "@" in url:
        raise UsageError(
            "The broker's URL brings a user or a password along, which the command line would show to everybody",
            hint="Put username and password under [mqtt] in the settings file, in LEGBAL_MQTT_USERNAME and "
            "LEGBAL_MQTT_PASSWORD, or in the keyring.",
        )
    websocket, tls = parts.scheme.startswith("ws"), parts.scheme in ("mqtts", "wss")
    for wrong, problem in (
        (parts.scheme not in _PORTS, "does not begin with mqtt://, mqtts://, ws:// or wss://"),
        (not host or " " in host, "names no host"),
        (not _can_be_looked_up(host), "names a host that cannot be one"),
        (port == 0, "has port 0"),
        (
            parts.query or parts.fragment or (parts.path not in ("", "/") and not websocket),
            "has more than a host and a port",
        ),
    ):
        if wrong:
            _refuse(url, problem)
    if credentials.key is not None and credentials.certificate is None:
        raise UsageError(
            "A key for the broker is set without its certificate", hint="Set mqtt.certificate too."
        )
    if not tls and (credentials.ca is not None or credentials.certificate is not None):
        raise UsageError(
            f"Certificates are set, but {parts.scheme}:// does not use them",
            hint=f"Use {parts.scheme}s:// for a broker with TLS, or take ca and certificate out of the settings.",
        )
    path = (parts.path or "/mqtt") if websocket else None
    return Broker(host, port or _PORTS[parts.scheme], tls, path, credentials)


def _can_be_looked_up(host: str) -> bool:
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def _refuse_pipes(*files: str | None) -> None:
    """Raises OSError for what is no file, on which OpenSSL would wait."""
    for file in filter(None, files):
        read_octets(Path(file), 0)


def _no_passphrase() -> str:
    """Stands in for OpenSSL's own question on the terminal, which would wait under the screen for ever."""
    raise OutletError("the key is encrypted: legbal needs one without a passphrase")


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "not in PEM form").replace("_", " ").lower()
    return error.strerror or str(error)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() in ("localhost", "localhost.localdomain")


def _refuse(url: str, problem: str) -> NoReturn:
    shown = re.split(r"[?#]", url.rpartition("@")[2])[0]  # what stands before or behind may be a password
    raise UsageError(f"{shown[:100]!r} {problem}, so no broker is known", hint=_EXAMPLE)

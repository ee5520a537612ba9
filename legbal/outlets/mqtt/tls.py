"""TLS towards a broker, and the password from the keyring. Both read files or ask programs: not for the ride's loop."""

from __future__ import annotations

import ssl

from legbal.errors import OutletError
from legbal.outlets.mqtt.broker import Broker

SERVICE = "legbal"  # the keyring's name for us
_ELSEWHERE = "Without it the password is taken from the settings, or from LEGBAL_MQTT_PASSWORD."


class _ClosingSocket(ssl.SSLSocket):
    """Closes itself when the handshake fails: paho-mqtt would leave it open until it is collected."""

    def do_handshake(self, block: bool = False) -> None:
        """The handshake, or an OSError with the socket closed."""
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def context(broker: Broker) -> ssl.SSLContext | None:
    """What the connection is secured with: the broker's certificate and host name are always checked.

    Raises OutletError when a file cannot be read or is no certificate or key.
    """
    if not broker.tls:
        return None
    credentials = broker.credentials
    try:
        made = ssl.create_default_context(cafile=credentials.ca)
    except (OSError, ssl.SSLError) as error:
        raise OutletError(f"the CA file {credentials.ca} cannot be used: {_reason(error)}") from error
    if credentials.certificate is not None:
        try:
            made.load_cert_chain(credentials.certificate, credentials.key, password=_no_passphrase)
        except (OSError, ssl.SSLError) as error:
            files = " and ".join(name for name in (credentials.certificate, credentials.key) if name)
            raise OutletError(f"certificate and key in {files} cannot be used: {_reason(error)}") from error
    made.sslsocket_class = _ClosingSocket
    return made


def _no_passphrase() -> str:
    """Stands in for OpenSSL's own question on the terminal, which would wait under the screen for ever."""
    raise OutletError("the key is encrypted: legbal needs one without a passphrase")


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "not in PEM form").replace("_", " ").lower()
    return error.strerror or str(error)


def password(broker: Broker) -> str | None:
    """The password that is given, or the one in the keyring under `legbal` and `username@host`.

    Raises OutletError when the keyring is wanted and has none, or is not to be had.
    """
    credentials = broker.credentials
    if credentials.password is not None or not credentials.keyring or credentials.username is None:
        return credentials.password
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError as error:
        hint = f"Install legbal with its extra: legbal[keyring]. {_ELSEWHERE}"
        raise OutletError("the keyring is not installed", hint=hint) from error
    account = f"{credentials.username}@{broker.host}"
    try:
        found = keyring.get_password(SERVICE, account)
    except NoKeyringError as error:
        raise OutletError("this system has no keyring", hint=_ELSEWHERE) from error
    except KeyringError as error:  # locked, refused; its text may name what it was asked for
        raise OutletError(
            f"the keyring gives no password: {type(error).__name__}",
            hint=f"Unlock it. {_ELSEWHERE}",
        ) from error
    if found is None:
        raise OutletError(
            f"the keyring has no password for {account}",
            hint=f"Put it there: keyring set {SERVICE} {account}",
        )
    return found

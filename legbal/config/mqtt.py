"""The settings of sharing a ride over MQTT: the broker, how to log in there, and what goes out and comes in."""

from typing import Annotated

import msgspec
from msgspec import Meta

_Path = Annotated[str, Meta(min_length=1, max_length=1000)]
_HOST = r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})"
_BROKER = (
    rf"^(mqtts?://{_HOST}(:[0-9]{{1,5}})?/?|wss?://{_HOST}(:[0-9]{{1,5}})?(/[A-Za-z0-9._~/-]{{0,200}})?)$"
)


def about(text: str, group: str = "mqtt", unit: str = "", **more: object) -> Meta:
    """What a setting is, for people.

    `more` may be `secret`, `words` (what is allowed), `flag` and, for a setting that has no default, `example`.
    """
    return Meta(description=text, extra={"group": group, "unit": unit, **more})


class Mqtt(msgspec.Struct, frozen=True, kw_only=True):
    """The table [mqtt]: with whom the live ride is shared, and how."""

    url: Annotated[
        Annotated[str, Meta(pattern=_BROKER)] | None,
        about(
            "The broker to which rides are published. mqtts and wss are encrypted. Without it nothing is published.",
            words="mqtt://HOST, mqtts://HOST, ws://HOST/PATH or wss://HOST/PATH, with :PORT where it is not the usual",
            flag="--mqtt",
            example="mqtt://localhost",
        ),
    ] = None
    rider: Annotated[
        Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^/+#$\x00][^/+#\x00]*$")],
        about("Your name in the topics.", words="a name of 1 to 64 characters without /, + and #"),
    ] = "rider"
    username: Annotated[
        Annotated[str, Meta(min_length=1, max_length=256)] | None,
        about("The name with which to log in at the broker.", example="legbal"),
    ] = None
    password: Annotated[
        Annotated[str, Meta(min_length=1, max_length=4096)] | None,
        about(
            "The password with which to log in. Safer in the keyring or in the environment than in this file.",
            secret=True,
            example="…",
        ),
    ] = None
    keyring: Annotated[
        bool, about("Take the password from the system's keyring, where the package keyring is there.")
    ] = False
    ca: Annotated[
        _Path | None,
        about(
            "A file of CA certificates that the broker's is checked against, not the system's. A relative path "
            "begins at the folder of the settings file.",
            example="ca.pem",
            words="the path of a file",
        ),
    ] = None
    certificate: Annotated[
        _Path | None,
        about(
            "A client certificate (PEM) that the broker asks for.",
            example="client.pem",
            words="the path of a file",
        ),
    ] = None
    key: Annotated[
        _Path | None,
        about(
            "The file of that certificate's private key (PEM), if it is another.",
            example="client.key",
            words="the path of a file",
        ),
    ] = None
    commands: Annotated[
        bool, about("Take laps, notes, mute and unmute from the broker. Nothing else can be asked.")
    ] = False
    home_assistant: Annotated[bool, about("Announce balance, power, alert and link to Home Assistant.")] = (
        False
    )
    discovery_prefix: Annotated[
        Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^/+#$\x00]+(/[^/+#\x00]+)*$")],
        about(
            "The topic below which Home Assistant looks for announcements.",
            words="a topic of up to 200 characters without + and #",
        ),
    ] = "homeassistant"

    def __repr__(self) -> str:
        """All but the password."""
        shown = {**msgspec.structs.asdict(self), "password": "•••" if self.password else None}
        return f"Mqtt({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

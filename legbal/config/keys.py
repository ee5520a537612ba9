"""The settings one by one: each key with its place, its type and what is said of it, as `Settings` states it."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from legbal.config.settings import Mqtt, Settings

PREFIX = "LEGBAL_"

# group → the heading above its keys
GROUPS = {
    "rider": "You",
    "alerts": "Alerts",
    "bands": "Power bands",
    "meter": "Your meter",
    "sound": "Sound and speech",
    "screen": "The screen",
    "aliases": "Names of meters",
    "mqtt": "Sharing a ride over MQTT",
}


class Key(msgspec.Struct, frozen=True):
    """One setting.

    Attributes:
        name: as in the file, dotted: "ftp", "mqtt.url".
        type: its type, with ranges.
        default: what holds where nothing is said.
        text: what it is, in sentences.
        group: one of GROUPS.
        unit: of its number; may be empty.
        secret: it is never shown.
        words: what is allowed, where the type cannot say it; may be empty.
        flag: the option that sets it for one ride.
        example: what could stand there, where there is no default.
    """

    name: str
    type: Any
    default: Any
    text: str
    group: str
    unit: str = ""
    secret: bool = False
    words: str = ""
    flag: str = ""
    example: Any = None

    @property
    def path(self) -> tuple[str, ...]:
        """Its table, if any, and its name in that."""
        return tuple(self.name.split("."))

    @property
    def identifier(self) -> str:
        """As flags are handed over and as `parse` takes it too: "mqtt_url"."""
        return self.name.replace(".", "_")

    @property
    def variable(self) -> str:
        """The environment variable that sets it: "LEGBAL_MQTT_URL"."""
        return PREFIX + self.identifier.upper()

    @property
    def table(self) -> str:
        """The table of the file in which it stands; empty above all tables."""
        return self.name.rpartition(".")[0]

    @property
    def leaf(self) -> str:
        """Its name within that table."""
        return self.name.rpartition(".")[2]

    @property
    def choices(self) -> tuple[str, ...]:
        """The words among which it chooses, in the order of their type; none if it is no such setting."""
        kind = bare(self.type)
        return get_args(kind) if get_origin(kind) is Literal else ()

    @property
    def optional(self) -> bool:
        """Whether it may be left without a value."""
        return type(None) in get_args(bare(self.type))

    @property
    def plain(self) -> Any:
        """Its type without ranges and without None: float, int, bool, str, tuple, dict or Literal."""
        kind = bare(self.type)
        if self.optional:
            kind = bare(next(each for each in get_args(kind) if each is not type(None)))
        return get_origin(kind) or kind


def bare(kind: Any) -> Any:
    """A type without what is said about it."""
    return bare(get_args(kind)[0]) if get_origin(kind) is typing.Annotated else kind


def _keys(struct: type[msgspec.Struct], table: str) -> Iterator[Key]:
    hints = get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        kind = hints[field.name]
        if kind is Mqtt:
            yield from _keys(Mqtt, f"{field.name}.")
            continue
        said = msgspec.inspect.type_info(kind)
        assert isinstance(said, msgspec.inspect.Metadata), field.name
        extra = dict(said.extra or {})
        default = {} if field.default is msgspec.NODEFAULT else field.default
        name = f"{table}{field.name}"
        flag = extra.pop("flag", f"--{name.replace('.', '-').replace('_', '-')}")
        text = str((said.extra_json_schema or {})["description"])
        yield Key(name=name, type=kind, default=default, text=text, flag=flag, **extra)


KEYS: dict[str, Key] = {key.name: key for key in _keys(Settings, "")}
NAMES = tuple(key.identifier for key in KEYS.values())
_BY_ANY_NAME = {**KEYS, **{key.identifier: key for key in KEYS.values()}}


def key_of(name: str) -> Key:
    """The setting of that name, "mqtt.url" or "mqtt_url". Raises KeyError."""
    return _BY_ANY_NAME[name]


def value_of(settings: Settings, key: Key) -> Any:
    """What a setting is in `settings`."""
    return getattr(settings.mqtt if key.table else settings, key.leaf)

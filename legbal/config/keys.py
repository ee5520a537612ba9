"""The settings one by one: each key with its place, its type and what is said of it, as `Settings` states it."""

from collections.abc import Iterator, Sequence
from typing import Any, get_args

import msgspec
from msgspec import inspect

from legbal.config.mqtt import Mqtt
from legbal.config.settings import Settings

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
        table: the table of the file in which it stands; empty above all tables.
        leaf: its name within that table.
        type: its type, with ranges.
        default: what holds where nothing is said; None where it may be left without a value.
        text: what it is, in sentences.
        choices: the words among which it chooses, in the order of their type; none if it is no such setting.
        allowed: what it may be, in words: "a number from 50 to 600".
        group: one of GROUPS.
        unit: of its number; may be empty.
        secret: it is never shown.
        flag: the option that sets it for one ride.
        example: what could stand there, where there is no default.
    """

    name: str
    table: str
    leaf: str
    type: Any
    default: Any
    text: str
    choices: tuple[str, ...]
    allowed: str
    group: str
    flag: str
    unit: str = ""
    secret: bool = False
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


def _keys(struct: type[msgspec.Struct], table: str = "") -> Iterator[Key]:
    for field in msgspec.structs.fields(struct):
        if field.type is Mqtt:
            yield from _keys(Mqtt, field.name)
            continue
        described = inspect.type_info(field.type)
        assert isinstance(described, inspect.Metadata), field.name
        kind, extra = described.type, dict(described.extra or {})
        choices: tuple[str, ...] = ("true", "false") if isinstance(kind, inspect.BoolType) else ()
        if isinstance(kind, inspect.LiteralType):
            choices = get_args(get_args(field.type)[0])  # which msgspec sorts
        name = f"{table}.{field.name}" if table else field.name
        extra.setdefault("flag", f"--{name.replace('.', '-').replace('_', '-')}")
        yield Key(
            name=name,
            table=table,
            leaf=field.name,
            type=field.type,
            default={} if field.default is msgspec.NODEFAULT else field.default,
            text=str((described.extra_json_schema or {})["description"]),
            choices=choices,
            allowed=extra.pop("words", "") or _range(kind, choices),
            **extra,
        )


def _range(kind: inspect.Type, choices: Sequence[str] = ()) -> str:
    if choices:
        return f"{', '.join(choices[:-1])} or {choices[-1]}"
    match kind:
        case inspect.UnionType(types=types):
            return next(_range(each) for each in types if not isinstance(each, inspect.NoneType))
        case inspect.FloatType(ge=low, le=high):
            return f"a number from {low:g} to {high:g}"
        case inspect.IntType(ge=low, le=high):
            return f"a whole number from {low} to {high}"
        case inspect.VarTupleType(item_type=item, max_length=most):
            return f"a rising list of up to {most}, each {_range(item)}"
        case inspect.StrType(max_length=most):
            return f"a text of 1 to {most} characters"
    raise TypeError(kind)


KEYS: dict[str, Key] = {key.name: key for key in _keys(Settings)}
NAMES = tuple(key.identifier for key in KEYS.values())
_BY_ANY_NAME = {**KEYS, **{key.identifier: key for key in KEYS.values()}}


def key_of(name: str) -> Key:
    """The setting of that name, "mqtt.url" or "mqtt_url". Raises KeyError."""
    return _BY_ANY_NAME[name]


def value_of(settings: Settings, key: Key) -> Any:
    """What a setting is in `settings`."""
    return getattr(settings.mqtt if key.table else settings, key.leaf)

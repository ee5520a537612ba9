"""The settings one by one: each key with its place, its type and what is said of it, as `Settings` states it.

And what each may be: its checks, and the words in which a value that is not allowed is refused.
"""

from __future__ import annotations

import difflib
import itertools
import math
import re
import typing
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NoReturn, get_args, get_origin, get_type_hints

import msgspec

from legbal.config.settings import Mqtt, Settings
from legbal.errors import ConfigError

PREFIX = "LEGBAL_"
_HIDDEN = "•••"
_LONGEST_SHOWN = 60

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


def allowed(name: str) -> str:
    """What a setting may be, in words: "a number from 50 to 600"."""
    key = key_of(name)
    *words, last = key.choices or ("",)
    if words:
        return f"{', '.join(words)} or {last}"
    return key.words or _words(msgspec.inspect.type_info(key.type))


def parse(name: str, text: str, origin: str) -> Any:
    """A setting's value from text, as environment and command line have it: "265", "true", "0.6,0.8".

    Raises ConfigError, whose message begins with `origin`.
    """
    key = key_of(name)
    value: Any = text.strip()
    if key.name == "bands":
        value = value.replace(",", " ").split()
    elif key.name == "aliases":
        value = _pairs(origin, key, value)
    elif key.plain is bool:
        value = value.lower()
    return checked(origin, key, value, text=True)


def _pairs(origin: str, key: Key, text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if not all(equals for _, equals, _ in pairs):
        refuse_value(origin, key, text)
    return {alias.strip(): meter.strip() for alias, _, meter in pairs}


def checked(origin: str, key: Key, value: Any, *, text: bool = False) -> Any:
    """The value in the setting's own type; with `text`, its numbers and truths may be written as text.

    Raises ConfigError, whose message begins with `origin`.
    """
    try:
        converted = msgspec.convert(value, key.type, strict=not text)
    except msgspec.ValidationError:
        refuse_value(origin, key, value)
    if not _is_sound(key, converted):
        refuse_value(origin, key, value)
    return converted


def _is_sound(key: Key, value: Any) -> bool:
    """Whether a value of the right type is allowed: finite, printable, rising, a port that there is."""
    numbers = value if key.name == "bands" else (value,)
    if any(isinstance(number, float) and not math.isfinite(number) for number in numbers):
        return False
    if key.name == "bands":
        return all(low < high for low, high in itertools.pairwise(value))
    if key.name == "aliases":
        return all(text.isprintable() and text.strip() for pair in value.items() for text in pair)
    if key.name == "mqtt.url" and value is not None:
        port = re.search(r":([0-9]+)(/|$)", value)
        if port is not None and not 0 < int(port[1]) < 65_536:
            return False
    return not isinstance(value, str) or value.isprintable()


def refuse_value(origin: str, key: Key, value: Any) -> NoReturn:
    """Raises the ConfigError that says what is allowed instead; a secret is not shown."""
    near = difflib.get_close_matches(str(value), key.choices, n=1)
    hint = f"Did you mean {near[0]}?" if near else None
    if key.name == "mqtt.url" and isinstance(value, str) and "@" in value:
        value = re.sub(r".*@", f"{_HIDDEN}@", value, flags=re.DOTALL)
        hint = "Name and password have keys of their own: mqtt.username and mqtt.password."
    said = _HIDDEN if key.secret else shown(value)
    raise ConfigError(f"{origin} = {said} is not allowed; it is {allowed(key.name)}", hint=hint)


def refuse_unknown(origin: str, name: str, known: tuple[str, ...]) -> NoReturn:
    """Raises the ConfigError that names the nearest of the names that there are."""
    near = nearest(name, known)
    ends = [each for each in KEYS if each.endswith(f".{name}")]  # a key whose table is missing
    if ends:
        table, _, leaf = ends[0].rpartition(".")
        hint = f"Did you mean {leaf} below a line [{table}]?"
    else:
        hint = f"Did you mean {near}?" if near else f"Settings are: {', '.join(known)}."
    raise ConfigError(f"{origin}: {shown(name)} is not a setting", hint=hint)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of these names that was probably meant; None where none is near enough to be a slip of the hand."""
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.65)), None)


def shown(value: object) -> str:
    """A value as a message shows it: on one line, bounded."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)  # as TOML writes it
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "…"


def in_words(key: Key, value: Any) -> str:
    """A value as `legbal config` and the screen show it; secrets are dots."""
    if value is None or value == {}:
        return "—"
    if key.secret:
        return _HIDDEN
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(f"{each:g}" for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{alias} = {meter}" for alias, meter in value.items())
    return str(value)


def _words(kind: msgspec.inspect.Type) -> str:
    """A type in words that a rider understands."""
    match kind:
        case msgspec.inspect.Metadata(type=inner):
            return _words(inner)
        case msgspec.inspect.UnionType(types=types):
            return " or ".join(
                _words(each) for each in types if not isinstance(each, msgspec.inspect.NoneType)
            )
        case msgspec.inspect.FloatType(ge=low, le=high):
            return f"a number from {low:g} to {high:g}"
        case msgspec.inspect.IntType(ge=low, le=high):
            return f"a whole number from {low} to {high}"
        case msgspec.inspect.VarTupleType(item_type=item, max_length=most):
            return f"a rising list of up to {most}, each {_words(item)}"
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.StrType(max_length=most):
            return f"a text of 1 to {most} characters"
    raise TypeError(kind)

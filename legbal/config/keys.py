"""The settings one by one: each key with its place, its type and what is said of it, as `Settings` states it.

Its value is checked, read from text, and put into the words that show it or refuse it.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NoReturn, get_args

import msgspec
from msgspec import inspect

from legbal.config.settings import Mqtt, Settings
from legbal.errors import ConfigError, nearest

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
    "page": "The page on your phone",
    "after": "After a ride",
    "files": "Rides from files",
    "aliases": "Names of meters",
    "mqtt": "Sharing a ride over MQTT",
}


# values whose names alone do not say what they do
_SHOWN = {
    ("threshold_when", "intervals"): "in intervals only",
    ("page", "here"): "on this computer",
    ("page", "network"): "on your network",
}
# what a screen calls a setting whose name is no words
_LABELS = {
    "ftp": "FTP",
    "target": "left share to hold",
    "margin": "alert below target by",
    "clear": "back within",
    "window": "averaged over",
    "dwell": "alert after",
    "threshold_when": "threshold alert",
    "cooldown": "between alerts",
    "bands": "power bands",
    "meter": "your meter",
    "heart_rate": "heart-rate strap",
    "speech_rate": "speaking rate",
    "page": "page for a phone",
    "page_port": "its port",
    "awake": "keep awake",
    "copy_to": "copy rides to",
    "upload": "upload rides",
    "upload_key": "its key",
    "upload_url": "its address",
    "import_folders": "watched folders",
    "aliases": "your names for meters",
    "mqtt.url": "broker",
    "mqtt.rider": "your name",
    "mqtt.username": "log-in name",
    "mqtt.keyring": "password from keyring",
    "mqtt.ca": "CA certificates",
    "mqtt.certificate": "client certificate",
    "mqtt.key": "client key",
    "mqtt.commands": "remote commands",
    "mqtt.home_assistant": "Home Assistant",
    "mqtt.discovery_prefix": "Home Assistant's topic",
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
    def label(self) -> str:
        """Its name in words, at most 22 characters."""
        return _LABELS.get(self.name, self.leaf.replace("_", " "))

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


def parse(name: str, text: str, origin: str) -> Any:
    """A setting's value from text, as environment and command line have it: "265", "true", "0.6,0.8".

    Raises ConfigError, whose message begins with `origin`.
    """
    key = key_of(name)
    value: Any = text.strip()
    if key.name == "bands":
        value = value.replace(",", " ").split()
    elif key.name == "import_folders":
        value = [part.strip() for part in value.split(";") if part.strip()]
    elif key.name == "aliases":
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        if all(equals for _, equals, _ in pairs):
            value = {alias.strip(): meter.strip() for alias, _, meter in pairs}
    return checked(origin, key, value, text=True)


def checked(origin: str, key: Key, value: Any, *, text: bool = False) -> Any:
    """The value in the setting's own type; with `text`, its numbers and truths may be written as text.

    Raises ConfigError, whose message begins with `origin` and says what is allowed instead; a secret is not shown.
    """
    with suppress(msgspec.ValidationError):
        converted = msgspec.convert(value, key.type, strict=not text)
        if _is_sound(key, converted):
            return converted
    near = nearest(str(value), key.choices)
    hint = f"Did you mean {near}?" if near else None
    if key.name == "mqtt.url" and isinstance(value, str) and "@" in value:
        value = re.sub(r".*@", f"{_HIDDEN}@", value, flags=re.DOTALL)
        hint = "Name and password have keys of their own: mqtt.username and mqtt.password."
    raise ConfigError(
        f"{origin} = {_HIDDEN if key.secret else shown(value)} is not allowed; it is {key.allowed}", hint=hint
    )


def _is_sound(key: Key, value: Any) -> bool:
    if key.name == "bands":
        return all(low < high for low, high in itertools.pairwise(value))
    if key.name == "import_folders":
        return all(text.isprintable() and ";" not in text for text in value)
    if key.name == "aliases":
        return all(text.isprintable() and text.strip() for pair in value.items() for text in pair)
    port = re.search(r":([0-9]+)(/|$)", value or "") if key.name in ("mqtt.url", "upload_url") else None
    if port is not None and not 0 < int(port[1]) < 65_536:
        return False
    return not isinstance(value, str) or value.isprintable()


def refuse_unknown(origin: str, name: str, names: Iterable[str]) -> NoReturn:
    """Raises the ConfigError that names the nearest of the names that there are."""
    table = next((key.table for key in KEYS.values() if key.table and key.leaf == name), "")
    hint = (
        f"Did you mean {name} below a line [{table}]?"
        if table
        else suggestion(name, names, f"Settings are: {', '.join(names)}.")
    )
    raise ConfigError(f"{origin}: {shown(name)} is not a setting", hint=hint)


def suggestion(name: str, names: Iterable[str], otherwise: str) -> str:
    """The hint with the one of these names that was probably meant; `otherwise` where none is near enough for that."""
    near = nearest(name, names, 0.65)
    return f"Did you mean {near}?" if near else otherwise


def shown(value: object) -> str:
    """A value as a message shows it: on one line, bounded."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)  # as TOML writes it
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "…"


def in_words(key: Key, value: Any) -> str:
    """A value as `legbal config` and the screen show it; secrets are dots."""
    if value in (None, {}, ()):
        return "—"
    if key.secret:
        return _HIDDEN
    match value:
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case tuple():
            return "; ".join(value) if key.name == "import_folders" else ", ".join(f"{x:g}" for x in value)
        case dict():
            return ", ".join(f"{alias} = {meter}" for alias, meter in value.items())
    return str(value)


def as_listed(key: Key, value: Any) -> str:
    """A value with its unit for the eye, in lists: yes and no rather than how a file has them."""
    unit = f" {key.unit}" if key.unit else ""
    match value:
        case bool():
            return "on" if value else "off"
        case tuple() if key.name == "bands":
            return f"{', '.join(f'{100 * each:g}' for each in value)} %{unit}"  # of FTP
    words = in_words(key, value)
    if words == "—":
        return "not set"
    return f"{_SHOWN.get((key.name, words), words)}{unit}"

"""What a setting may be: its value checked and read from text, and the words that show it or refuse it."""

import difflib
import itertools
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NoReturn

import msgspec

from legbal.config.keys import KEYS, Key, key_of
from legbal.errors import ConfigError

_HIDDEN = "•••"
_LONGEST_SHOWN = 60


def parse(name: str, text: str, origin: str) -> Any:
    """A setting's value from text, as environment and command line have it: "265", "true", "0.6,0.8".

    Raises ConfigError, whose message begins with `origin`.
    """
    key = key_of(name)
    value: Any = text.strip()
    if key.name == "bands":
        value = value.replace(",", " ").split()
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
    near = difflib.get_close_matches(str(value), key.choices, n=1)
    hint = f"Did you mean {near[0]}?" if near else None
    if key.name == "mqtt.url" and isinstance(value, str) and "@" in value:
        value = re.sub(r".*@", f"{_HIDDEN}@", value, flags=re.DOTALL)
        hint = "Name and password have keys of their own: mqtt.username and mqtt.password."
    raise ConfigError(
        f"{origin} = {_HIDDEN if key.secret else shown(value)} is not allowed; it is {key.allowed}", hint=hint
    )


def _is_sound(key: Key, value: Any) -> bool:
    if key.name == "bands":
        return all(low < high for low, high in itertools.pairwise(value))
    if key.name == "aliases":
        return all(text.isprintable() and text.strip() for pair in value.items() for text in pair)
    port = re.search(r":([0-9]+)(/|$)", value or "") if key.name == "mqtt.url" else None
    if port is not None and not 0 < int(port[1]) < 65_536:
        return False
    return not isinstance(value, str) or value.isprintable()


def refuse_unknown(origin: str, name: str, names: Iterable[str]) -> NoReturn:
    """Raises the ConfigError that names the nearest of the names that there are."""
    hint = suggestion(name, names, f"Settings are: {', '.join(names)}.")
    for key in KEYS.values():
        if key.table and key.leaf == name:
            hint = f"Did you mean {name} below a line [{key.table}]?"
    raise ConfigError(f"{origin}: {shown(name)} is not a setting", hint=hint)


def suggestion(name: str, names: Iterable[str], otherwise: str) -> str:
    """The hint with the one of these names that was probably meant; `otherwise` where none is near enough for that."""
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.65)
    return f"Did you mean {near[0]}?" if near else otherwise


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
    match value:
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case tuple():
            return ", ".join(f"{each:g}" for each in value)
        case dict():
            return ", ".join(f"{alias} = {meter}" for alias, meter in value.items())
    return str(value)

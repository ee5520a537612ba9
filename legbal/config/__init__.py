"""What does the rider want? Frozen settings: defaults < `config.toml` < the environment < the flags.

A setting has one name everywhere: `weak_leg` in the file, `LEGBAL_WEAK_LEG` in the environment, and as a flag
`--weak-leg`. Its type, range and description stand once, in `settings`; reading, messages, flags, the commented
file, the settings screen and the reference page follow from them. Nothing is read at import.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from legbal import paths
from legbal.config.files import SettingsFile, profile_files, profile_text, profile_texts
from legbal.config.keys import (
    GROUPS,
    KEYS,
    NAMES,
    PREFIX,
    Key,
    as_listed,
    checked,
    in_words,
    key_of,
    parse,
    refuse_unknown,
    shown,
    suggestion,
    value_of,
)
from legbal.config.settings import Mqtt, Settings, Theme
from legbal.errors import ConfigError, nearest

__all__ = [
    "GROUPS",
    "KEYS",
    "NAMES",
    "Key",
    "Mqtt",
    "Origin",
    "ResolvedSettings",
    "Settings",
    "Theme",
    "as_listed",
    "combine",
    "in_words",
    "key_of",
    "load",
    "parse",
    "profile_files",
    "profile_text",
    "profile_texts",
    "resolve",
    "suggestion",
    "value_of",
]


class Origin(msgspec.Struct, frozen=True):
    """Where a value comes from: `where` is the file with its line, the variable or the flag."""

    kind: Literal["default", "file", "environment", "flag"] = "default"
    where: str = "default"


class ResolvedSettings(msgspec.Struct, frozen=True):
    """Settings, and where each comes from, by its name ("ftp", "mqtt.url")."""

    settings: Settings
    origins: dict[str, Origin]


def load(
    flags: Mapping[str, object] | None = None,
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The settings that hold now; a meter that is named by an alias has its own name.

    Args:
        flags: what was typed, by a setting's identifier ("ftp", "mqtt_url"); None was not, and what is no setting is
            passed over.
        file: the settings file; default: the rider's own. It need not exist.
        environment: default: the process's.

    Raises:
        ConfigError: a setting is unknown or not allowed; the message says where it stands.
    """
    settings = resolve(flags, file=file, environment=environment).settings
    named = {
        field: settings.meter_named(name)
        for field in ("meter", "left_meter", "right_meter")
        if (name := getattr(settings, field)) is not None
    }
    return msgspec.structs.replace(settings, **named)


def resolve(
    flags: Mapping[str, object] | None = None,
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> ResolvedSettings:
    """The settings as `load` takes them, as they are written, with their origins. Raises ConfigError."""
    return combine(
        SettingsFile.read(paths.config_file() if file is None else file),
        os.environ if environment is None else environment,
        flags or {},
    )


def combine(
    file: SettingsFile, environment: Mapping[str, str] = {}, flags: Mapping[str, object] = {}
) -> ResolvedSettings:
    """The settings of a file, an environment and flags, of which the later wins. Raises ConfigError."""
    by_table: dict[str, dict[str, Any]] = {"": {}, "mqtt": {}}
    origins = dict.fromkeys(KEYS, Origin())
    typed = ((key_of(name), value) for name, value in flags.items() if value is not None and name in NAMES)
    for name, origin, value in (
        *((name, Origin("file", place), value) for name, place, value in file.values()),
        *_from_environment(environment),
        *((key.name, Origin("flag", key.flag), checked(key.flag, key, value)) for key, value in typed),
    ):
        key, origins[name] = KEYS[name], origin
        by_table[key.table][key.leaf] = value
    settings = Settings(**by_table[""], mqtt=Mqtt(**by_table["mqtt"]))
    _check_together(settings, origins)
    return ResolvedSettings(settings, origins)


def _check_together(settings: Settings, origins: Mapping[str, Origin]) -> None:
    if settings.clear is not None and settings.clear > settings.margin:
        raise ConfigError(
            f"{origins['clear'].where}: clear = {settings.clear:g} is above the margin of {settings.margin:g} points",
            hint="An alert goes nearer to the target than where it speaks: make clear smaller than margin.",
        )
    left, right = settings.left_meter, settings.right_meter
    if (left is None) != (right is None):
        named, missing = ("left_meter", "right_meter") if right is None else ("right_meter", "left_meter")
        raise ConfigError(
            f"{origins[named].where}: {named} is given without {missing}",
            hint="Of two one-sided meters name both: --left-meter NAME --right-meter NAME.",
        )
    if left is not None and right is not None and left.casefold() == right.casefold():
        raise ConfigError(
            f"{origins['right_meter'].where}: right_meter is the same as left_meter, {shown(left)}",
            hint="Name two meters, one of each side.",
        )


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, Origin, Any]]:
    """Each setting of the environment; empty is unset.

    A variable that is nearly a setting's is a typing error; any other may belong to something else.
    """
    ours = {key.variable: name for name, key in KEYS.items()}
    others = (x for x in environment if x.startswith(PREFIX) and x not in ours and x != paths.HOME_VARIABLE)
    for variable in sorted(others):
        if nearest(variable, ours, 0.88):
            refuse_unknown("environment", variable, ours)
    for variable, name in sorted(ours.items()):
        if text := environment.get(variable, "").strip():
            yield name, Origin("environment", variable), parse(name, text, variable)

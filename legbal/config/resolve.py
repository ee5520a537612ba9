"""Which settings hold now, and where each comes from: defaults < the file < the environment < the flags."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from legbal import paths
from legbal.config.files import SettingsFile
from legbal.config.keys import KEYS, PREFIX, checked, key_of, parse, refuse_unknown, shown
from legbal.config.settings import Settings, with_values
from legbal.errors import ConfigError

Kind = Literal["default", "file", "environment", "flag"]
_METERS = ("meter", "left_meter", "right_meter")


class Origin(msgspec.Struct, frozen=True):
    """Where a value comes from: `where` is the file with its line, the variable or the flag."""

    kind: Kind
    where: str

    def __str__(self) -> str:
        return self.where


DEFAULT = Origin("default", "default")


class Resolved(msgspec.Struct, frozen=True):
    """Settings, and where each that is no default comes from, by its name ("ftp", "mqtt.url")."""

    settings: Settings
    origins: dict[str, Origin]

    def origin(self, name: str) -> Origin:
        """Where the setting of that name comes from."""
        return self.origins.get(name, DEFAULT)


def load(
    flags: Mapping[str, object] | None = None,
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The settings that hold now; a meter that is named by an alias has its own name.

    Args:
        flags: by a setting's identifier ("ftp", "mqtt_url"), those that were typed; None values were not.
        file: the settings file; default: the rider's own. It need not exist.
        environment: default: the process's.

    Raises:
        ConfigError: a setting is unknown or not allowed; the message says where it stands.
    """
    settings = resolve(flags, file=file, environment=environment).settings
    named = {
        field: settings.meter_named(name)
        for field in _METERS
        if (name := getattr(settings, field)) is not None
    }
    return msgspec.structs.replace(settings, **named)


def resolve(
    flags: Mapping[str, object] | None = None,
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Resolved:
    """The settings as `load` takes them, as they are written, with their origins. Raises ConfigError."""
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    read = SettingsFile.read(paths.config_file() if file is None else file)
    environment = os.environ if environment is None else environment
    for name, origin, value in (
        *((name, Origin("file", place), value) for name, place, value in read.values()),
        *_from_environment(environment),
        *_from_flags(flags or {}),
    ):
        values[name], origins[name] = value, origin
    settings = with_values(Settings(), values)
    check_together(settings, {name: str(origin) for name, origin in origins.items()})
    return Resolved(settings, origins)


def check_together(settings: Settings, origins: Mapping[str, str]) -> None:
    """Raises ConfigError for settings that are allowed each by itself, and not together."""
    if settings.clear is not None and settings.clear > settings.margin:
        origin = origins.get("clear", "clear")
        raise ConfigError(
            f"{origin}: clear = {settings.clear:g} is above the margin of {settings.margin:g} points",
            hint="An alert goes nearer to the target than where it speaks: make clear smaller than margin.",
        )
    left, right = settings.left_meter, settings.right_meter
    if (left is None) != (right is None):
        named, missing = ("left_meter", "right_meter") if right is None else ("right_meter", "left_meter")
        raise ConfigError(
            f"{origins.get(named, named)}: {named} is given without {missing}",
            hint="Of two one-sided meters name both: --left-meter NAME --right-meter NAME.",
        )
    if left is not None and right is not None and left.casefold() == right.casefold():
        raise ConfigError(
            f"{origins.get('right_meter', 'right_meter')}: right_meter is the same as left_meter, {shown(left)}",
            hint="Name two meters, one of each side.",
        )


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, Origin, Any]]:
    """Each setting of the environment; empty is unset.

    A variable that is nearly a setting's is a typing error; any other may belong to something else.
    """
    ours = {key.variable: key for key in KEYS.values()}
    for variable, text in sorted(environment.items()):
        if variable in ours and text.strip():
            value = parse(ours[variable].name, text, variable)
            yield ours[variable].name, Origin("environment", variable), value
        unknown = variable.startswith(PREFIX) and variable not in ours
        if unknown and difflib.get_close_matches(variable, ours, n=1, cutoff=0.88):
            refuse_unknown("environment", variable, tuple(ours))


def _from_flags(flags: Mapping[str, object]) -> Iterator[tuple[str, Origin, Any]]:
    for name, value in flags.items():
        if value is not None:
            key = key_of(name)
            yield key.name, Origin("flag", key.flag), checked(key.flag, key, value)

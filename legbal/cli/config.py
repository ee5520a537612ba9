"""`legbal config`: every setting, its value and where it comes from; and the settings file, written and changed."""

import sys
from typing import Any

import click

from legbal import config, paths
from legbal.cli.terminal import complain, print_json, print_lines
from legbal.config.edit import commented, save, write
from legbal.errors import ConfigError, UsageError
from legbal.present.document import Column, Table, table_text
from legbal.present.text import cut, printable

COLUMNS = (Column("setting", "left"), Column("value", "left"), Column("from", "left"))
_WIDEST = 40  # characters of a value in the table


def list_settings(as_json: bool, **options: Any) -> None:
    """Lists the settings that would hold for a ride now."""
    resolved = config.resolve(options)
    keys = config.KEYS.values()
    if as_json:
        print_json([_object(key, resolved) for key in keys])
    else:
        file = paths.config_file()
        missing = "" if file.exists() else ": not there; `legbal config init` writes it"
        table = Table(COLUMNS, [_cells(key, resolved) for key in keys])
        print_lines(f"{file}{missing}", "", *table_text(table))


def _object(key: config.Key, resolved: config.ResolvedSettings) -> dict[str, object]:
    value = config.value_of(resolved.settings, key)
    origin = resolved.origins[key.name]
    return {
        "setting": key.name,
        # of a secret only whether it is set
        "value": config.in_words(key, value) if key.secret and value is not None else value,
        "from": origin.kind,
        "where": origin.where,
        "default": key.default,
        "allowed": key.allowed,
        "unit": key.unit,
        "variable": key.variable,
        "text": key.text,
    }


def _cells(key: config.Key, resolved: config.ResolvedSettings) -> tuple[str, ...]:
    value = config.value_of(resolved.settings, key)
    where = resolved.origins[key.name].where
    if resolved.origins[key.name].kind == "file" and ", line " in where:  # the file is named above the table
        where = where.rpartition(", ")[2]
    return key.name, cut(printable(config.as_listed(key, value)), _WIDEST), where


def path() -> None:
    """Prints the file's path."""
    print_lines(str(paths.config_file()))


def init(force: bool) -> None:
    """Writes the commented file; one that is there is left alone unless told otherwise."""
    file = paths.config_file()
    if file.exists() and not force:
        raise UsageError(
            f"{file} is there already",
            hint="It is left as it is. --force writes it again: settings stay, your comments go.",
        )
    also = write(file, commented(config.resolve(environment={}).settings))
    print_lines(str(file))
    _say(also)


def set_setting(name: str, value: str | None) -> None:
    """Sets one; a secret is asked for, so that it stands in no history of commands."""
    key = _named(name)
    if key.secret and value is not None:
        raise UsageError(
            f"{key.name} is not accepted on the command line",
            hint=f"Other programs could read it there. `legbal config set {key.name}` asks for it.",
        )
    if value is None and not key.secret:
        raise UsageError(f"{key.name} needs a value", hint=f"It is {key.allowed}.")
    _say(save({key.name: config.parse(key.name, _ask(key) if value is None else value, key.name)}))


def _ask(key: config.Key) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(key.name, hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def unset(name: str) -> None:
    """Takes one away."""
    _say(save({_named(name).name: None}))


def _say(also: str) -> None:
    """What else was done to the file, if anything."""
    if also:
        complain(also)


def _named(name: str) -> config.Key:
    identifier = name.lower().replace("-", "_")
    try:
        return config.key_of(identifier)
    except KeyError:
        raise ConfigError(
            f"there is no setting {name!a}",
            hint=config.suggestion(identifier, config.KEYS, "`legbal config` lists them."),
        ) from None

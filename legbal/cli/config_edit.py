"""`legbal config init`, `set` and `unset`: the settings file, written and changed."""

import sys

import click

from legbal import config, paths
from legbal.cli.terminal import complain, print_lines
from legbal.config.edit import commented, save, write
from legbal.errors import ConfigError, UsageError


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

"""Every setting, from the struct that they are read into."""

from __future__ import annotations

from collections.abc import Iterator

import click

from legbal import config
from legbal.cli import COMMANDS, legbal
from legbal.config import GROUPS, KEYS, Key
from tests.reference.markdown import code, page, table


def text() -> str:
    """The page."""
    parts = [
        "A setting has one name everywhere. It may stand in the settings file (`legbal config path` says where; "
        "`legbal config init` writes one in which all of this is explained), in the environment, or be typed as an "
        "option. An option goes before the environment, and the environment before the file. `legbal config` shows "
        "what holds now and where it comes from. On the screen, `c` changes them.",
        "A key with a dot stands in the file below a line with its table in brackets: `mqtt.url` is `url` below "
        "`[mqtt]`. A wrong key or value is named with its line, what is allowed, and the nearest right name.",
    ]
    options = _options()
    for group, heading in GROUPS.items():
        keys = [key for key in KEYS.values() if key.group == group]
        parts.append(f"## {heading}")
        parts += [part for key in keys for part in _key(key, options.get(key.identifier, ""))]
    return page("Settings", *parts)


def _key(key: Key, option: str) -> Iterator[str]:
    default = "none" if key.default in (None, {}) else code(config.in_words(key, key.default))
    unit = f" ({key.unit})" if key.unit else ""
    rows = [
        ("allowed", "default", "environment", "option"),
        (f"{key.allowed}{unit}", default, code(key.variable), code(option) if option else "—"),
    ]
    yield f"### {key.name}"
    yield key.text
    yield table(rows)


def _options() -> dict[str, str]:
    """identifier of a setting → the option that sets it, as some command has it."""
    context = click.Context(legbal)
    found: dict[str, str] = {}
    for name in COMMANDS:
        command = legbal.get_command(context, name)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.name in config.NAMES:
                found.setdefault(parameter.name, parameter.opts[0])
    return found

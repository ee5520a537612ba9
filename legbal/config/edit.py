"""Changes the settings file and keeps the rider's own words in it; writes a first one that explains itself."""

import os
import re
import tempfile
import textwrap
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit

from legbal import paths
from legbal.config import GROUPS, KEYS, Key, Settings, combine, value_of
from legbal.config.files import LONGEST, SettingsFile
from legbal.config.keys import checked
from legbal.errors import ConfigError


def commented(settings: Settings | None = None) -> str:
    """A settings file in which every setting is explained; those that are not the default are set."""
    settings = settings or Settings()
    rows = [
        "# Settings of legbal. A line that begins with # is not read: take it away to set what it says.",
        "# The environment (LEGBAL_FTP=250) overrides this file, an option (--ftp 250) both.",
    ]
    for group, heading in GROUPS.items():
        keys = [key for key in KEYS.values() if key.group == group]
        rows += ["", f"# {heading}", f"# {'-' * len(heading)}"]
        if keys[0].table or keys[0].default == {}:
            rows.append(f"[{keys[0].table or keys[0].name}]")
        for key in keys:
            about = key.text, f"Allowed: {key.allowed}" + (f" ({key.unit})" if key.unit else "")
            rows += ["", *(f"# {row}" for text in about for row in textwrap.wrap(text, 100))]  # columns
            value = value_of(settings, key)
            sign = "# " if value == key.default else ""
            shown = key.example if value in (None, {}, ()) else value
            entries = shown if isinstance(shown, dict) else {key.leaf: shown}
            rows += [f"{sign}{tomlkit.key(name).as_string()} = {_toml(x)}" for name, x in entries.items()]
    return "\n".join(rows) + "\n"


def save(changes: Mapping[str, Any], file: Path | None = None) -> str:
    """Sets these settings in the rider's file and leaves all else in it as it is; None takes one away.

    Args:
        changes: by name ("ftp", "mqtt.url").
        file: default: the rider's own; where there is none, a commented one is begun.

    Returns:
        what else was done, in a sentence: others can no longer read a file that now holds a password. Mostly empty.

    Raises:
        ConfigError: a value is not allowed, alone or with the others; the file is not right as it is, or cannot
            be written. Nothing is changed then.
    """
    file = paths.config_file() if file is None else file
    read = SettingsFile.read(file)
    text = changed(read.text if read.text.strip() else commented(), changes)
    combine(SettingsFile(file, text))
    if len(text.encode()) > LONGEST:
        raise ConfigError(f"{file}: would become longer than {LONGEST // 1024} KiB")
    return write(file, text)


def changed(text: str, changes: Mapping[str, Any]) -> str:
    """The text of a settings file with these values instead. Raises ConfigError for one that is not allowed."""
    for name, value in changes.items():
        key = KEYS[name]
        if value is not None:
            value = _plain(checked(name, key, value))
        expected = _stated(_put(tomllib.loads(text), key, value))
        for edit in (_by_line, _by_structure):
            after = edit(text, key, value)
            with suppress(tomllib.TOMLDecodeError):
                if _stated(tomllib.loads(after)) == expected:
                    text = after
                    break
        else:
            raise ConfigError(
                f"{name} cannot be changed without changing more in the settings file",
                hint="Change it by hand; legbal config says what it may be.",
            )
    return text


def _stated(document: dict[str, Any]) -> dict[str, Any]:
    # a table that holds nothing sets nothing
    return {name: value for name, value in document.items() if value != {}}


def _by_line(text: str, key: Key, value: Any) -> str:
    """Takes the # from the line that is kept for the key, or puts one there."""
    lines = text.split("\n")
    if value is None:
        first, last = SettingsFile(Path(), text).lines.get(key.path, (1, 0))
        lines[first - 1 : last] = [f"# {line}" for line in lines[first - 1 : last]]
        return "\n".join(lines)
    commented_out = re.compile(rf"#\s*{re.escape(key.leaf)}\s*=")
    header = ""
    for at, line in enumerate(lines):
        if line.startswith("["):
            header = line.split("#")[0].strip()
        if commented_out.match(line) and header == (f"[{key.table}]" if key.table else ""):
            lines[at] = f"{key.leaf} = {_toml(value)}"
            break
    return "\n".join(lines)


def _by_structure(text: str, key: Key, value: Any) -> str:
    return tomlkit.dumps(_put(tomlkit.parse(text), key, value))  # it keeps comments and order


def _put(document: Any, key: Key, value: Any) -> Any:
    """The document, in which the key now has that value, or none; of a table only what differs is touched."""
    holder = document.setdefault(key.table, {}) if key.table else document
    if value is None:
        holder.pop(key.leaf, None)
    elif isinstance(value, dict) and key.leaf in holder:
        for gone in set(holder[key.leaf]) - set(value):
            del holder[key.leaf][gone]
        holder[key.leaf].update(value)
    else:
        holder[key.leaf] = value
    return document


def _plain(value: Any) -> Any:
    """A value as TOML has it, whole numbers without a point."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _toml(value: Any) -> str:
    return str(tomlkit.item(_plain(value)).as_string())


def write(file: Path, text: str) -> str:
    """Puts the text of settings in the place of the file, whole or not at all; only the rider may read a new one.

    Nobody else may read one that is there already, either, once it holds a password: that others could read it before
    is then said in the sentence that is returned, which is empty otherwise.

    Raises ConfigError where it cannot be written.
    """
    private = any(KEYS[name].secret for name, _, _ in SettingsFile(file, text).values())
    target = Path(os.path.realpath(file))  # a link stays one
    try:
        paths.make_folder(target.parent)
        before = target.stat().st_mode & 0o777 if target.exists() else 0o600
        mode = before & 0o700 if private else before
        # a folder that is the rider's alone: what it holds is so too until it has its place
        with tempfile.TemporaryDirectory(prefix=".config-", dir=target.parent) as folder:
            beside = Path(folder, target.name)
            with beside.open("w", encoding="utf-8", newline="\n") as written:
                written.write(text)
                written.flush()
                os.fsync(written.fileno())
            beside.chmod(mode)
            beside.replace(target)
    except OSError as error:
        raise ConfigError(
            f"{file}: cannot be written: {error.strerror or error}",
            hint="Fix its permissions, or name another folder with LEGBAL_HOME.",
        ) from error
    return (
        f"{file}: others could read it; now that it holds a password, only you can" if mode != before else ""
    )

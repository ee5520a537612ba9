"""The files that a rider may write, as they stand.

The settings with the line on which each is written, and the meter profiles: those that come with legbal, and the
rider's own, which win.
"""

import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, Self

import legbal
from legbal import paths
from legbal.config.keys import KEYS, checked, refuse_unknown, shown
from legbal.errors import ConfigError, ProfileError, nearest

LONGEST = 65_536  # octets, of the settings as of a meter profile
_MEND = "Move it away, or fix its permissions; LEGBAL_HOME names another folder."

_TABLES = tuple(dict.fromkeys(key.table for key in KEYS.values() if key.table))


class SettingsFile:
    """A settings file that was read; one that is not there has no values.

    Args:
        path: where it is, or will be.
        text: what stands in it.

    Raises:
        ConfigError: it is not TOML.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise _not_toml(path, text, error) from error
        except (RecursionError, ValueError) as error:  # brackets without end, a date that no calendar has
            raise ConfigError(
                f"{path}: not valid TOML: {error}", hint="A line reads like: ftp = 250"
            ) from error

    @classmethod
    def read(cls, path: Path) -> Self:
        """The file; raises ConfigError where it cannot be read or is not TOML."""
        try:
            return cls(path, bounded(path, LONGEST).replace("\r\n", "\n"))
        except FileNotFoundError:
            return cls(path, "")
        except UnicodeDecodeError as error:
            raise ConfigError(
                f"{path}: is not UTF-8 text", hint="Save it as UTF-8 in your editor."
            ) from error
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}", hint=_MEND
            ) from error

    def values(self) -> Iterator[tuple[str, str, Any]]:
        """Each setting of the file, as (name, where it stands, value).

        Raises ConfigError for one that there is not, or that is not allowed.
        """
        for name, value in self.data.items():
            if name in _TABLES and isinstance(value, dict):
                for leaf, inner in value.items():
                    yield self._setting((name, leaf), inner)
            elif value != {} or name not in KEYS:  # a table in which nothing stands says nothing
                yield self._setting((name,), value)

    def _setting(self, path: tuple[str, ...], value: Any) -> tuple[str, str, Any]:
        key, place = KEYS.get(".".join(path)), self.place(*path)
        if key is None or key.path != path:
            self._refuse(path, value)
        if key.name == "aliases" and isinstance(value, dict):  # each by itself: it has a line of its own
            for alias, meter in value.items():
                checked(f"{self.place(key.name, alias)}: {key.name}", key, {alias: meter})
        return key.name, place, checked(f"{place}: {key.name}", key, value)

    def _refuse(self, path: tuple[str, ...], value: Any) -> NoReturn:
        *table, name = path
        place = self.place(*path)
        if table and name in KEYS and not KEYS[name].table:
            raise ConfigError(
                f"{place}: {name} is no setting of [{table[0]}]",
                hint=f"Write it above the first line in brackets: all that follows [{table[0]}] belongs to it.",
            )
        if table:
            refuse_unknown(place, name, [key.leaf for key in KEYS.values() if key.table == table[0]])
        if name in _TABLES:
            raise ConfigError(
                f"{place}: {name} is not allowed as a value; it is a table",  # which may hold a password
                hint=f"Write [{name}] on a line of its own, and its settings below it.",
            )
        if isinstance(value, dict) and (near := nearest(name, _TABLES)):
            raise ConfigError(
                f"{place}: {shown(name)} is no table of settings", hint=f"Did you mean [{near}]?"
            )
        refuse_unknown(place, name, KEYS)

    def place(self, *path: str) -> str:
        """The file and, where it can be told, the line on which this key is written."""
        first, _ = self.lines.get(path, (0, 0))
        return f"{self.path}, line {first}" if first else str(self.path)

    @cached_property
    def lines(self) -> dict[tuple[str, ...], tuple[int, int]]:
        """Each key's and table's first and last line, from 1: a key is written where it first appears."""
        spans: dict[tuple[str, ...], tuple[int, int]] = {}
        for first, last, data in _statements(self.text):
            for name, value in data.items():
                spans.setdefault((name,), (first, last))
                for inner in value if isinstance(value, dict) else ():
                    spans.setdefault((name, inner), (first, last))
        return spans


def _statements(text: str) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Each statement's first and last line, from 1, with what the text says up to there, as far as it is TOML.

    What stands above a line that ends a statement is TOML too.
    """
    first = 0
    lines = text.split("\n")
    for number, line in enumerate(lines[:1000], start=1):  # each is read with all above it
        if not line.strip() or (line.lstrip().startswith("#") and not first):
            continue
        first = first or number
        with suppress(ValueError, RecursionError):  # in the middle of a list or a text over several lines
            yield first, number, tomllib.loads("\n".join(lines[:number]))
            first = 0


def _not_toml(path: Path, text: str, error: tomllib.TOMLDecodeError) -> ConfigError:
    """What is to be said of a file that is no TOML: the line on which the first wrong statement begins, and why."""
    good = max((last for _, last, _ in _statements(text)), default=0)
    rest = enumerate(text.split("\n")[good:], start=good + 1)
    statement = ((n, x) for n, x in rest if x.strip() and not x.lstrip().startswith("#"))
    error_line = re.search(r"at line (\d+)", str(error))
    at = int(error_line[1]) if error_line else text.count("\n") + 1  # the end
    number, line = next(statement, (at, ""))
    place = f"{path}, line {min(number, at)}"  # before the statement: in a comment, by what is no character
    reason = re.sub(r" *\(at .*\)$", "", str(error))
    again = re.match(r"\s*(\[.*\]|[^=]*[^=\s])", line)
    if again is not None and reason.startswith(("Cannot overwrite", "Cannot declare")):
        return ConfigError(
            f"{place}: {shown(again[1])} stands there a second time", hint="Take one of the two away."
        )
    return ConfigError(f"{place}: not valid TOML: {reason}", hint="A line reads like: ftp = 250")


def bounded(path: Path, most: int) -> str:
    """The file's text; OSError or ValueError (a pipe, too long, not UTF-8) where it has none."""
    data = paths.read_octets(path, most + 1)
    if len(data) > most:
        raise ValueError(f"longer than {most // 1024} KiB")
    return data.decode("utf-8-sig")  # some editors begin a file with a mark


def profile_texts() -> dict[str, str]:
    """The texts of the meter profiles, by file name, in the order of `profile_files`.

    Raises ProfileError for a file that cannot be read.
    """
    return {name: profile_text(path) for name, path in profile_files().items()}


def profile_files() -> dict[str, Path]:
    """The files of the meter profiles, by name: those that come with legbal, then the rider's own.

    An own file replaces the one of its name; one of another name but the same id is to win as the later one.
    Raises ProfileError where the rider's folder cannot be read.
    """
    package = Path(legbal.__file__).parent
    inside = package / "firmware_profiles"  # in the wheel; in a checkout they lie beside the package
    shipped = inside if inside.is_dir() else package.parent / inside.name
    files: dict[str, Path] = {}
    for folder in (shipped, paths.profiles_folder()):
        for path in _toml_files(folder):
            files.pop(path.name, None)
            files[path.name] = path
    return files


def _toml_files(folder: Path) -> list[Path]:
    """Those in the folder, which need not be there. Raises ProfileError where they cannot be listed."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ProfileError(f"{folder}: cannot be read: {error.strerror or error}", hint=_MEND) from error


def profile_text(path: Path) -> str:
    """The text of a profile's file; raises ProfileError where it cannot be read or is too long to be one."""
    try:
        return bounded(path, LONGEST)
    except (OSError, ValueError) as error:
        raise ProfileError(
            f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}", hint=_MEND
        ) from error

"""Paths as riders type them, or drop them on the terminal: quoted, escaped, from the home folder, unfinished."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

_MOST_NAMES = 12


def parse_paths(text: str) -> list[Path]:
    """The paths that a line names: itself if there is such a file, else its words, unquoted as a shell would."""
    text = text.strip()
    if not text:
        return []
    there = Path(text).expanduser()
    if there.exists() or os.name == "nt":
        return [Path(text.strip("\"'")).expanduser() if os.name == "nt" else there]
    try:
        words = shlex.split(text)
    except ValueError:  # a quotation mark that is part of the name
        words = [text]
    found = [Path(word).expanduser() for word in words]
    return found if len(found) == 1 or all(path.exists() for path in found) else [there]


def complete_path(text: str) -> tuple[str, list[str]]:
    """An unfinished path as far as only one way goes on, and the names between which it then divides."""
    folder, _, begun = text.rpartition("/") if "/" in text else ("", "", text)
    place = Path(folder + "/" if "/" in text else ".").expanduser()
    try:
        with os.scandir(place) as entries:
            names = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in entries
                if entry.name.startswith(begun)
                and (begun or not entry.name.startswith("."))
                and entry.name.isprintable()  # what cannot be shown cannot be typed either
            )
    except OSError:
        return text, []
    if not names:
        return text, []
    common = os.path.commonprefix(names)  # noqa: RUF071 - of names, letter by letter
    shown = names[:_MOST_NAMES] + (
        [f"and {len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
    )
    return f"{folder}/{common}" if "/" in text else common, shown if len(names) > 1 else []

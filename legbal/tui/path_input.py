"""The dialog that asks for a path, completed by Tab, and the paths that a typed line names."""

import asyncio
import os
import shlex
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from legbal.present.text import SENTENCE_COLUMNS, clean
from legbal.tui.base_screens import LineDialog

_LONGEST_PATH = 4096
_MOST_NAMES = 12  # that complete a path


class PathDialog(LineDialog):
    """Asks for a path; Tab completes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "complete", priority=True)]

    def __init__(self, question: str, value: str = "", *, placeholder: str = "") -> None:
        super().__init__(
            f"{question}\nTab completes the path, Enter accepts it, Esc goes back.",
            value,
            placeholder=placeholder,
            most=_LONGEST_PATH,
            needed="Type a path",
        )

    @work(exclusive=True)
    async def action_complete(self) -> None:
        """As far as the folder's names go together; the names themselves are shown."""
        text, names = await asyncio.to_thread(complete_path, self._line.value)
        self._line.value = text
        self._line.cursor_position = len(text)
        self._hint.update(clean("   ".join(names), SENTENCE_COLUMNS))


def parse_paths(text: str) -> list[Path]:
    """The paths that a line names, as riders type them or drop them on the terminal.

    That is the line itself if there is such a file, else its words, unquoted as a shell would.
    """
    text = text.strip()
    if not text:
        return []
    windows = os.name == "nt"
    there = _expanded(text.strip("\"'") if windows else text)
    if windows or there.exists():
        return [there]
    try:
        words = shlex.split(text)
    except ValueError:  # a quotation mark that is part of the name
        words = [text]
    paths = [_expanded(word) for word in words]
    return paths if len(paths) == 1 or all(path.exists() for path in paths) else [there]


def _expanded(text: str) -> Path:
    return Path(os.path.expanduser(text))  # noqa: PTH111 - never raises, whosever home is named


def complete_path(text: str) -> tuple[str, list[str]]:
    """An unfinished path as far as only one way goes on, and the names between which it then divides."""
    at = text.rfind("/") + 1
    begun = text[at:]
    try:
        with os.scandir(_expanded(text[:at] or ".")) as entries:
            names = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in entries
                if entry.name.startswith(begun)
                and (begun or not entry.name.startswith("."))
                and entry.name.isprintable()  # what cannot be shown cannot be typed either
            )
    except OSError:
        names = []
    if not names:
        return text, []
    common = os.path.commonprefix(names)  # noqa: RUF071 - of names, letter by letter
    more = [f"and {len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
    return text[:at] + common, names[:_MOST_NAMES] + more if len(names) > 1 else []

"""Textual apps without legbal, to compare it with: `python -m tests.benchmarks.bare_apps NAME`.

`empty` shows nothing, `filled` as many widgets as the screen of a ride, all painted, and `libraries` imports beside
that what a ride is made with.
"""

from __future__ import annotations

import importlib
import sys

from textual.app import App, ComposeResult
from textual.widgets import Static

# what `legbal demo` has loaded that is not its own
LIBRARIES = (
    "asyncio",
    "click",
    "jeepney.io.blocking",  # by which wakepy asks the desktop
    "miniaudio",
    "msgspec",
    "numpy",
    "numpy.fft",
    "numpy.random",
    "platformdirs",
    "sqlite3",
    "wakepy",
)
_HEIGHTS = (1, 1, 17, 3, 1, 8, 7, 1, 1)  # of a ride's screen, on 40 rows


class Empty(App[None]):
    """Nothing."""


class Filled(App[None]):
    """Nine widgets full of text."""

    CSS = "\n".join(f"#part{n} {{ height: {rows}; }}" for n, rows in enumerate(_HEIGHTS))

    def compose(self) -> ComposeResult:
        for n, rows in enumerate(_HEIGHTS):
            yield Static("\n".join(["left 46.4 and right 53.6 " * 4] * rows), id=f"part{n}")


if __name__ == "__main__":
    if sys.argv[1] == "libraries":
        for library in LIBRARIES:
            importlib.import_module(library)
    (Empty if sys.argv[1] == "empty" else Filled)().run()

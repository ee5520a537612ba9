"""The rider's recorded rides for the screens that show them, with the rider's settings and meter profiles."""

from __future__ import annotations

from pathlib import Path

from legbal.app.rides import Imported, Shelf
from legbal.cli import deriving
from legbal.cli.importing import imported
from legbal.cli.options import settings
from legbal.cli.prepare import profiles
from legbal.library.rides import Library


def shelf() -> Shelf:
    """The rider's library. Raises ConfigError where the settings do not hold together."""
    chosen = settings({})

    def bring_in(path: Path) -> Imported:
        with Library() as library:
            found = imported(library, path, None, chosen, {})
        return Imported(path, found["ride"], found["error"] or "", found["new"])

    return Shelf(profiles, bring_in, deriving.start)

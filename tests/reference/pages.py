"""Which reference pages there are."""

from __future__ import annotations

from collections.abc import Callable

from tests.reference import commands, database, events, phases, settings, topics
from tests.test_project.checkout import CHECKOUT

REFERENCE = CHECKOUT / "docs/reference"
PAGES: dict[str, Callable[[], str]] = {
    "commands": commands.text,
    "settings": settings.text,
    "events": events.text,
    "phases": phases.text,
    "topics": topics.text,
    "database": database.text,
}

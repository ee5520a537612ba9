"""The program that shows the recorded rides: the list, or one ride's page."""

from __future__ import annotations

from collections.abc import Mapping

from legbal.app.rides import Shelf
from legbal.config import Settings
from legbal.tui.base_app import BaseApp
from legbal.tui.screens.rides import RidesScreen


class ReviewApp(BaseApp[None]):
    """The list of rides on its own; it ends when the rider leaves the list.

    Args:
        shelf: the rides.
        settings: how it looks.
        flags: what was typed for this time, by a setting's name.
    """

    def __init__(
        self, shelf: Shelf, settings: Settings | None = None, flags: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(settings, flags)
        self._shelf = shelf

    def on_mount(self) -> None:
        """Show the list."""
        self.push_screen(RidesScreen(self._shelf), lambda _: self.exit())

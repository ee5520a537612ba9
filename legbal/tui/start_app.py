"""The program that `legbal` alone opens: it ends with what the rider wants to do."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen

from legbal.config import Settings
from legbal.outlets.sound import Sound
from legbal.tui.base_app import BaseApp
from legbal.tui.screens.start import Choice, Look, StartScreen


class StartApp(BaseApp[Choice]):
    """The start screen on its own.

    Args:
        look: gives the meters in range, again and again.
        rides: makes the screen of earlier rides.
        settings: how it looks, and what was chosen before.
    """

    def __init__(
        self, look: Look, rides: Callable[[], Screen[None]], settings: Settings | None = None
    ) -> None:
        super().__init__(settings)
        self._look, self._rides = look, rides

    def on_mount(self) -> None:
        """Show the screen."""
        self.push_screen(StartScreen(self._look, self._sound, self._rides), self.exit)

    def _sound(self) -> Sound:
        return Sound(volume=self.settings.volume)

"""What every app of legbal has in common: palettes, characters, sizes, and its settings."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from rich.segment import Segment
from textual.app import App
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.filter import LineFilter
from textual.screen import Screen
from textual.types import CSSPathType

from legbal import config
from legbal.config import Resolved, Settings
from legbal.config.edit import save
from legbal.errors import ConfigError
from legbal.tui.dialogs import explained
from legbal.tui.render.charset import Charset, detect_charset, transliterate
from legbal.tui.settings import SettingsScreen
from legbal.tui.themes import THEMES, theme_name

WIDE, TALL = 112, 36  # from this size on everything stands on one screen
_AT_ONCE = frozenset({"theme", "large_type", "characters", "sound", "volume"})  # taken while a ride runs
Result = TypeVar("Result")


class _Transliteration(LineFilter):
    """Puts stand-ins for what the terminal has no characters for; the last thing before a line is shown."""

    def __init__(self, by: Charset) -> None:
        super().__init__(enabled=by != "unicode")
        self._by = by

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The line in other characters, as wide as before."""
        del background
        return [Segment(transliterate(text, self._by), style, control) for text, style, control in segments]


class BaseApp(App[Result]):
    """An app on the terminal, with the settings that hold.

    Args:
        settings: how it looks, and what the settings screen begins with.
        flags: what was typed for this time, by a setting's name; it goes before what is saved.

    Attributes:
        riding: whether a ride is under way, which keeps what it was begun with.
    """

    riding = False
    CSS_PATH: ClassVar[CSSPathType | None] = ["legbal.tcss", "review.tcss"]
    TITLE = "legbal"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (WIDE, "-wide")]  # noqa: RUF012 - textual declares no class variable
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-middle"), (TALL, "-tall")]  # noqa: RUF012 - textual declares no class variable
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit", show=False, priority=True)]

    def __init__(self, settings: Settings | None = None, flags: Mapping[str, object] | None = None) -> None:
        super().__init__()
        self.settings = settings or Settings()
        self.flags = {name: value for name, value in (flags or {}).items() if name in config.NAMES}
        for theme in THEMES.values():
            self.register_theme(theme)
        self._transliteration = _Transliteration("unicode")
        self._apply_theme()

    def use(self, settings: Settings) -> None:
        """Take these settings from now on."""
        self.settings = settings
        self._apply_theme()
        for screen in self.screen_stack:
            for widget in screen.walk_children(with_self=True):
                widget.refresh(repaint=True, layout=True)

    async def read_settings(self) -> Resolved:
        """Use the settings that hold now, and give them with where each comes from. Raises ConfigError."""
        resolved = await asyncio.to_thread(config.resolve, self.flags)
        self.use(resolved.settings)
        return resolved

    async def save_setting(self, name: str, value: Any) -> str:
        """Save a setting (None: its default) and use it; gives the answer to the rider."""
        try:
            also = await asyncio.to_thread(save, {name: value})
            resolved = await self.read_settings()
        except ConfigError as error:
            return f"Not saved. {explained(error)}"
        origin = resolved.origins[name]
        answer = "Saved."
        if origin.kind in ("environment", "flag"):
            answer = f"Saved, but {origin.where} goes before it."
        elif self.riding and name not in _AT_ONCE:
            answer = "Saved. It holds from the next ride on."
        return f"{answer} {also}." if also else answer

    def _apply_theme(self) -> None:
        stream = sys.__stderr__  # which the screen is written to
        by = detect_charset(self.settings.characters, os.environ, getattr(stream, "encoding", None))
        self._transliteration = _Transliteration(by)
        self.theme = theme_name(self.settings.theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters of the terminal's abilities, and the stand-ins after them."""
        filters = super().get_line_filters()
        return [*filters, self._transliteration] if self._transliteration.enabled else filters

    async def action_settings(self) -> None:
        """Every setting, over whatever is shown."""
        await self.push_screen(SettingsScreen(self.read_settings, self.save_setting))

    def action_dark_or_light(self) -> None:
        """The palette for bright rooms, or back from it; for this time only."""
        light = theme_name("light")
        usual = theme_name("dark" if self.settings.theme == "light" else self.settings.theme)
        self.theme = usual if self.theme == light else light


class ScreenApp(BaseApp[Result]):
    """One screen by itself: the start, or the list of rides. It ends with what the screen gives.

    Args:
        screen: makes the screen.
        settings: how it looks.
        flags: what was typed for this time, by a setting's name.
    """

    def __init__(
        self,
        screen: Callable[[], Screen[Result]],
        settings: Settings | None = None,
        flags: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(settings, flags)
        self._make_screen = screen

    def on_mount(self) -> None:
        """Show the screen."""
        self.push_screen(self._make_screen(), self.exit)

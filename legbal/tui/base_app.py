"""What every app of legbal has in common: themes, characters, sizes, and its settings."""

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, get_args

from rich.segment import Segment
from textual.app import App, ReturnType
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import Theme
from textual.types import CSSPathType

from legbal import config
from legbal.config import ResolvedSettings, Settings
from legbal.errors import ConfigError
from legbal.tui.base_screens import BaseScreen, MessageDialog, explain
from legbal.tui.page_dialog import PageControl
from legbal.tui.render.charset import Charset, detect_charset, transliterate

MEDIUM, MIDDLE = 80, 24  # columns and rows from which on the trace or the tables have a place
WIDE, TALL = 112, 36  # from this size on everything stands on one screen
_AT_ONCE = frozenset({"theme", "large_type", "characters", "sound", "volume"})  # taken while a ride runs


# Palettes for dark rooms and bright ones, and one as strong as can be: blue left, orange right, red alert.
# Blue and orange stay apart for eyes that confuse red and green (after Okabe & Ito), and so does the alert from
# both, which is darker than either; each ink has a contrast of at least 4.5 : 1 with its ground. On 16 colours
# they fall on cyan, yellow and red.
_INKS = {  # in the order of themes: dark, light, contrast
    "panel": ("#1c232a", "#e8ecf0", "#000000"),
    "ground": ("#0f1317", "#ffffff", "#000000"),
    "plain": ("#d7dde3", "#20262c", "#ffffff"),
    "strong": ("#ffffff", "#000000", "#ffffff"),
    "quiet": ("#8d99a5", "#5b6670", "#c8c8c8"),
    "usual": ("#76838f", "#6b7680", "#b0b0b0"),
    "target": ("#ffffff", "#000000", "#ffffff"),
    "left": ("#56b4e9", "#005a9e", "#66ccff"),
    "right": ("#ffb03b", "#bb5a00", "#ffb300"),
    "on-side": ("#0f1317", "#ffffff", "#000000"),
    "alert": ("#c4122e", "#8b0012", "#b00020"),
    "on-alert": ("#ffffff", "#ffffff", "#ffffff"),
}


def _theme(name: config.Theme, inks: dict[str, str]) -> Theme:
    return Theme(
        name=f"legbal-{name}",
        dark=name != "light",
        primary=inks["left"],
        secondary=inks["right"],
        accent=inks["plain"],
        foreground=inks["plain"],
        background=inks["ground"],
        surface=inks["ground"],
        panel=inks["panel"],
        error=inks["alert"],
        variables=inks
        | {
            "block-cursor-background": inks["plain"],
            "block-cursor-foreground": inks["ground"],
            "block-cursor-text-style": "bold",
        },
    )


THEMES: dict[config.Theme, Theme] = {
    name: _theme(name, {ink: colours[at] for ink, colours in _INKS.items()})
    for at, name in enumerate(get_args(config.Theme))
}


class _Transliteration(LineFilter):
    """Puts stand-ins for what the terminal has no characters for; the last thing before a line is shown."""

    def __init__(self, by: Charset) -> None:
        super().__init__()
        self._by = by

    def apply(self, segments: list[Segment], _background: Color) -> list[Segment]:
        return [
            part if part.control else Segment(transliterate(part.text, self._by), part.style)
            for part in segments
        ]


class BaseApp(App[ReturnType]):
    """An app on the terminal, with the settings that hold.

    Args:
        screen: makes the screen that is shown first, with whose answer the app ends.
        settings: how it looks, and what the settings screen begins with.
        flags: what was typed for this time, by a setting's name; it goes before what is saved.
        load: loads in a thread, while the first screen stands already, what that can do without. None: it is there.

    Attributes:
        riding: whether a ride is under way, which keeps what it was begun with.
        problem: what ended the ride before its time, with what to do about it; empty while nothing did.
        page: of the ride, where it has one.
        charset: what the terminal has characters for.
    """

    riding = False
    problem = ""
    page: PageControl | None = None
    CSS_PATH: ClassVar[CSSPathType | None] = ["legbal.tcss", "review.tcss"]
    TITLE = "legbal"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MEDIUM, "-medium"), (WIDE, "-wide")]  # noqa: RUF012 - textual declares no class variable
    VERTICAL_BREAKPOINTS = [(0, "-low"), (MIDDLE, "-middle"), (TALL, "-tall")]  # noqa: RUF012 - textual declares no class variable
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit", show=False, priority=True)]

    def __init__(
        self,
        screen: Callable[[], Screen[ReturnType]],
        settings: Settings | None = None,
        flags: Mapping[str, object] | None = None,
        load: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self._first_screen, self._load = screen, load
        self._defect: Exception | None = None
        self.settings = settings or Settings()
        self.flags = flags or {}
        for theme in THEMES.values():
            self.register_theme(theme)
        # not as a change, at which Textual reads all style sheets again
        self.set_reactive(App.theme, THEMES[self.settings.theme].name)
        self.stylesheet.set_variables(self.get_css_variables())
        self._apply_characters()

    def run(self, *arguments: Any, **options: Any) -> ReturnType | None:
        """Show the app until it ends; gives its answer. Raises what it ended with, if that was a defect of its own."""
        answer = super().run(*arguments, **options)
        if self._defect is not None:
            raise self._defect
        return answer

    def _handle_exception(self, error: Exception) -> None:
        """Leave what Textual would print, a traceback with the values of variables, to whoever runs the app."""
        super()._handle_exception(error)
        self._exit_renderables.clear()
        self._defect = self._defect or error

    async def on_mount(self) -> None:
        """Show the first screen, and then load what it can do without."""
        if self._load is None:
            self.begin()
        await self.push_screen(self._first_screen(), self.exit)
        if self._load is not None:
            self.call_after_refresh(self.run_worker, partial(self._begin_after, self._load), name="load")

    async def _begin_after(self, load: Callable[[], object]) -> None:
        try:
            await asyncio.to_thread(load)
        except Exception as error:  # whatever it is ends the app; `run` raises it once the terminal is back
            self._defect = error
            self.exit()
        else:
            self.begin()

    def begin(self) -> None:
        """All is loaded; the first screen is there, or comes now."""
        if not gc.isenabled():  # whoever began to load switched it off
            gc.freeze()
            gc.enable()

    def use(self, settings: Settings) -> None:
        """Take these settings from now on."""
        before, self.settings = self.settings, settings
        self._apply_characters()
        self.theme = THEMES[settings.theme].name
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.use(before, settings)
            for widget in screen.walk_children(with_self=True):
                widget.refresh(repaint=True, layout=True)

    async def read_settings(self) -> ResolvedSettings:
        """Use the settings that hold now, and give them with where each comes from. Raises ConfigError."""
        resolved = await asyncio.to_thread(config.resolve, self.flags)
        self.use(resolved.settings)
        return resolved

    async def save_setting(self, change: dict[str, Any]) -> str:
        """Save a setting by its name (None: its default) and use it; gives the answer to the rider."""
        from legbal.config.edit import save  # which few change

        (name,) = change
        try:
            also = await asyncio.to_thread(save, change)
            origin = (await self.read_settings()).origins[name]
        except ConfigError as error:
            return f"Not saved. {explain(error)}"
        answer = "Saved."
        if origin.kind in ("environment", "flag"):
            answer = f"Saved, but {origin.where} overrides it."
        elif self.riding and name not in _AT_ONCE:
            answer = "Saved, from the next ride on."
        return f"{answer} {also}." if also else answer

    def _apply_characters(self) -> None:
        self.charset = detect_charset(
            self.settings.characters,
            os.environ,
            getattr(sys.__stderr__, "encoding", None),  # which the screen is written to
        )
        self._transliteration = _Transliteration(self.charset)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters of the terminal's abilities, and the stand-ins after them."""
        return [one for one in (*super().get_line_filters(), self._transliteration) if one.enabled]

    def action_help(self) -> None:
        """The keys of the screen, and how to read it."""
        self.push_screen(MessageDialog(self.screen.HELP or ""))

    async def action_settings(self) -> None:
        """Every setting, over whatever is shown."""
        from legbal.tui.settings import SettingsScreen  # with its lists, for which no first frame waits

        await self.push_screen(SettingsScreen(self.read_settings, self.save_setting))

    def action_dark_or_light(self) -> None:
        """The palette for bright rooms, or back from it; for this time only."""
        light = THEMES["light"].name
        usual = THEMES["dark" if self.settings.theme == "light" else self.settings.theme].name
        self.theme = usual if self.theme == light else light

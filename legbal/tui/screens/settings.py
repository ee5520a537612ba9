"""Every setting, changed from inside: checked when it is typed, saved to the settings file, taken at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from legbal import config, paths
from legbal.config import GROUPS, KEYS, Key, Resolved
from legbal.config.edit import save
from legbal.errors import ConfigError
from legbal.tui.base_app import BaseApp
from legbal.tui.render.format import clean, cut
from legbal.tui.screens.questions import ChoiceDialog
from legbal.tui.screens.value_dialog import ValueDialog
from legbal.tui.widgets.keys import Keys

_NAME, _VALUE = 23, 32  # columns
AT_ONCE = frozenset({"theme", "large_type", "characters", "sound", "volume"})


class _Settings(OptionList):
    """The list; its Enter stands in the footer."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "change", key_display="enter")]


class SettingsScreen(Screen[None]):
    """Lists the settings with where each comes from, and changes them.

    Args:
        flags: what was typed for this time; it goes before what is saved.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace,delete", "reset", "default", key_display="backspace"),
        Binding("d", "app.dark_or_light", "dark or light"),
        Binding("escape,q,c", "dismiss(None)", "back", key_display="esc"),
    ]

    def __init__(self, flags: Mapping[str, object]) -> None:
        super().__init__()
        self._flags = flags
        self._resolved: Resolved | None = None
        self._answer, self._described = "", ""

    def compose(self) -> ComposeResult:
        """The list, and below it what is said of the marked one."""
        yield Static(f"Settings   {clean(str(paths.config_file()), 200)}", markup=False, id="settings-head")
        yield _Settings(id="settings-list", markup=False, compact=True)
        yield Static("", markup=False, id="settings-said")
        yield Keys()

    async def on_mount(self) -> None:
        """Read what holds now."""
        await self._read()

    async def _read(self) -> None:
        """Show what holds now; a file that is wrong is said with its line."""
        try:
            self._resolved = await asyncio.to_thread(config.resolve, self._flags)
        except ConfigError as error:
            self._resolved = None
            self._say(_whole(error))
            return
        listed = self.query_one(OptionList)
        marked = listed.highlighted
        listed.clear_options()
        listed.add_options(self._rows(self._resolved))
        listed.highlighted = marked if marked is not None else 1
        if isinstance(self.app, BaseApp):
            self.app.use(self._resolved.settings)
        self._describe()

    def _rows(self, resolved: Resolved) -> list[Option]:
        rows = []
        for group, heading in GROUPS.items():
            rows.append(Option(Text(heading, style="bold"), disabled=True))
            for key in KEYS.values():
                if key.group == group:
                    rows.append(Option(self._row(key, resolved), id=key.name))
        return rows

    def _row(self, key: Key, resolved: Resolved) -> Text:
        value = config.value_of(resolved.settings, key)
        origin = resolved.origin(key.name)
        shown = cut(clean(config.in_words(key, value), _VALUE), _VALUE - 2)
        unit = f" {key.unit}" if key.unit and value is not None else ""
        where = {"default": "", "file": "saved"}.get(origin.kind, origin.where)
        row = Text(f"  {key.name:<{_NAME}}", no_wrap=True, overflow="ellipsis")
        row.append(f"{shown + unit:<{_VALUE}}", style="bold" if origin.kind != "default" else "")
        row.append(where)
        return row

    def _marked(self) -> Key | None:
        listed = self.query_one(OptionList)
        if listed.highlighted is None or self._resolved is None:
            return None
        name = listed.get_option_at_index(listed.highlighted).id
        return None if name is None else KEYS[name]

    def on_option_list_option_highlighted(self) -> None:
        """Another one is marked."""
        key = self._marked()
        if key is not None and key.name != self._described:
            self._answer, self._described = "", key.name
            self._describe()

    def _describe(self) -> None:
        key = self._marked()
        if key is None or self._resolved is None:
            return
        unit = f" ({key.unit})" if key.unit else ""
        lines = [key.text, f"Allowed: {config.allowed(key.name)}{unit}"]
        origin = self._resolved.origin(key.name)
        if origin.kind in ("environment", "flag"):
            lines.append(f"{origin.where} goes before what is saved here.")
        if self._answer:
            lines.append(self._answer)
        self._say("\n".join(lines))

    def _say(self, text: str) -> None:
        self.query_one("#settings-said", Static).update(text)

    def on_option_list_option_selected(self) -> None:
        """Enter on a row, or a click."""
        self._change()

    @work(exclusive=True, group="change")
    async def _change(self) -> None:
        """Ask for another value, and save it."""
        key = self._marked()
        if key is None or self._resolved is None:
            return
        value = config.value_of(self._resolved.settings, key)
        if key.plain is bool:
            await self._save(key, not value)
        elif key.choices:
            choices = [*key.choices]
            chosen = await self.app.push_screen_wait(ChoiceDialog(key.text, choices, may_leave=True))
            if chosen is not None:
                await self._save(key, choices[chosen])
        else:
            typed = await self.app.push_screen_wait(ValueDialog(key, value))
            if typed is not None:
                await self._save(key, typed.value)

    @work(exclusive=True, group="change")
    async def action_reset(self) -> None:
        """Take it out of the file."""
        key = self._marked()
        if key is not None:
            await self._save(key, None)

    async def _save(self, key: Key, value: Any) -> None:
        try:
            await asyncio.to_thread(save, {key.name: value})
        except ConfigError as error:
            self._answer = f"Not saved. {_whole(error)}"
            self._describe()
            return
        riding = isinstance(self.app, BaseApp) and self.app.riding
        later = riding and key.name not in AT_ONCE
        self._answer = "Saved. It holds from the next ride on." if later else "Saved."
        await self._read()
        origin = None if self._resolved is None else self._resolved.origin(key.name)
        if origin is not None and origin.kind in ("environment", "flag"):
            self._answer = f"Saved, but {origin.where} goes before it."
            self._describe()


async def show_settings(app: App[Any]) -> None:
    """Opens the settings of a program over whatever it shows."""
    assert isinstance(app, BaseApp)
    await app.push_screen(SettingsScreen(app.flags))


def _whole(error: ConfigError) -> str:
    return f"{error}. {error.hint}" if error.hint else f"{error}."

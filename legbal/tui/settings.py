"""Every setting, changed from inside: checked when it is typed, saved to the settings file, taken at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from legbal import config, paths
from legbal.config import GROUPS, KEYS, Key, Resolved
from legbal.errors import ConfigError
from legbal.present.text import clean, cut
from legbal.tui.dialogs import ChoiceDialog, LineDialog, explained
from legbal.tui.widgets import KeyBar

_NAME, _VALUE = 23, 32  # columns
_LONGEST = 8192  # characters of a value


class _Settings(OptionList):
    """The list; its Enter stands in the footer."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "change", key_display="enter")]


class SettingsScreen(Screen[None]):
    """Lists the settings with where each comes from, and changes them.

    Args:
        read: gives what holds now, from then on in the whole program; raises ConfigError.
        save: saves the setting of a name (None: its default) and gives the answer to the rider.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace,delete", "reset", "default", key_display="backspace"),
        Binding("d", "app.dark_or_light", "dark or light"),
        Binding("escape,q,c", "dismiss(None)", "back", key_display="esc"),
    ]

    def __init__(
        self, read: Callable[[], Awaitable[Resolved]], save: Callable[[str, Any], Awaitable[str]]
    ) -> None:
        super().__init__()
        self._read, self._save = read, save
        self._resolved: Resolved | None = None
        self._answer, self._described = "", ""

    def compose(self) -> ComposeResult:
        """The list, and below it what is said of the marked one."""
        yield Static(f"Settings   {clean(str(paths.config_file()), 200)}", markup=False, id="settings-head")
        yield _Settings(id="settings-list", markup=False, compact=True)
        yield Static("", markup=False, id="settings-said")
        yield KeyBar()

    async def on_mount(self) -> None:
        """Show what holds now; a file that is wrong is said with its line."""
        try:
            self._resolved = await self._read()
        except ConfigError as error:
            self._resolved = None
            self._say(explained(error))
            return
        listed = self.query_one(OptionList)
        marked = listed.highlighted
        listed.clear_options()
        listed.add_options(self._rows(self._resolved))
        listed.highlighted = marked if marked is not None else 1
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
        origin = resolved.origins[key.name]
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
        lines = [key.text, f"Allowed: {key.allowed}{unit}"]
        origin = self._resolved.origins[key.name]
        if origin.kind in ("environment", "flag"):
            lines.append(f"{origin.where} goes before what is saved here.")
        if self._answer:
            lines.append(self._answer)
        self._say("\n".join(lines))

    def _say(self, text: str) -> None:
        self.query_one("#settings-said", Static).update(text)

    @work(exclusive=True, group="change")
    async def on_option_list_option_selected(self) -> None:
        """Ask for another value, and save it: Enter on a row, or a click."""
        key = self._marked()
        if key is None or self._resolved is None:
            return
        value = config.value_of(self._resolved.settings, key)
        if isinstance(value, bool):
            await self._set(key, not value)
        elif key.choices:
            choices = [*key.choices]
            chosen = await self.app.push_screen_wait(ChoiceDialog(key.text, choices, may_leave=True))
            if chosen is not None:
                await self._set(key, choices[chosen])
        else:
            typed = await self.app.push_screen_wait(ValueDialog(key, value))
            if typed is not None:
                await self._set(key, typed_value(key, typed))

    @work(exclusive=True, group="change")
    async def action_reset(self) -> None:
        """Take it out of the file."""
        key = self._marked()
        if key is not None:
            await self._set(key, None)

    async def _set(self, key: Key, value: Any) -> None:
        self._answer = await self._save(key.name, value)
        await self.on_mount()


class ValueDialog(LineDialog):
    """Asks for the value of one setting; what is not allowed is said while the question stays. Gives what was typed.

    Args:
        key: the setting.
        value: what it is now; a secret is not shown.
    """

    def __init__(self, key: Key, value: Any) -> None:
        unit = f", in {key.unit}" if key.unit else ""
        empty = "I don't know" if key.name == "ftp" else "none"
        left_empty = f"\nLeft empty: {empty}." if key.default is None else ""
        super().__init__(
            f"{key.text}\n\n{key.allowed[:1].upper()}{key.allowed[1:]}{unit}.{left_empty}",
            "" if value is None or value == {} or key.secret else _written(value),
            placeholder=empty if key.default is None else "",
            most=_LONGEST,
            problem=self._wrong,
            hint="Enter accepts it, Esc goes back.",
            secret=key.secret,
        )
        self._key = key

    def _wrong(self, line: str) -> str:
        try:
            typed_value(self._key, line)
        except ConfigError as error:
            return explained(error)
        return ""


def typed_value(key: Key, line: str) -> Any:
    """The value of a setting as it was typed; None: it is to have none. Raises ConfigError."""
    text = line.strip()
    if not text and key.default in (None, {}):
        return None
    return config.parse(key.name, text, key.name)


def _written(value: Any) -> str:
    """A value as it is typed."""
    if isinstance(value, tuple):
        return ", ".join(f"{each:g}" for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{alias}={meter}" for alias, meter in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)

"""Every setting, changed from inside: checked when it is typed, saved to the settings file, taken at once."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from legbal import config, paths
from legbal.config import GROUPS, KEYS, Key, ResolvedSettings, Settings
from legbal.errors import ConfigError
from legbal.present.text import capitalized, clean, cut
from legbal.tui.base_screens import BaseScreen, ChoiceDialog, LineDialog, explain

_NAME, _VALUE = 23, 32  # columns
# what a number may be typed with, by what is allowed
_DIGITS = {"a number": r"[0-9.]*", "a whole number": r"[0-9]*"}


class _Settings(OptionList):
    # its Enter stands in the footer
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "change", key_display="enter")]


class SettingsScreen(BaseScreen[None]):
    """Lists the settings with where each comes from, and changes them.

    Args:
        read: gives what holds now, from then on in the whole program; raises ConfigError.
        save: saves settings by their names (None: the default) and gives the answer to the rider.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace,delete", "reset", "default", key_display="backspace"),
        Binding("d", "app.dark_or_light", "dark or light"),
        Binding("question_mark", "app.help", "help", key_display="?"),
        Binding("escape,q,c", "dismiss(None)", "back", key_display="esc"),
    ]
    HELP = """\
Enter changes the marked setting: what is on goes off, a choice opens a list, all else asks for a value. Backspace \
gives it its default again.

Below the list stands what the marked setting is, and what it may be. A value in bold is not the default; behind it \
stands where it comes from.

Changes are saved at once, in the file named above. `legbal config` shows the same under the names that the file has."""

    def __init__(
        self,
        read: Callable[[], Awaitable[ResolvedSettings]],
        save: Callable[[dict[str, Any]], Awaitable[str]],
    ) -> None:
        self._read, self._save = read, save
        self._resolved: ResolvedSettings | None = None
        self._answer = self._described = ""
        self._list = _Settings(id="settings-list", markup=False, compact=True)
        self._description_text = Static("", markup=False, id="settings-said")
        super().__init__(
            Static(f"Settings   {clean(str(paths.config_file()), 200)}", markup=False, id="settings-head"),
            self._list,
            self._description_text,
        )

    async def on_mount(self) -> None:
        """Show what holds now; a file that is wrong is said with its line."""
        try:
            self._resolved = await self._read()
        except ConfigError as error:
            self._resolved = None
            self._description_text.update(explain(error))
        else:
            marked = self._list.highlighted
            self._list.clear_options()
            for group, heading in GROUPS.items():
                self._list.add_option(Option(Text(heading, style="bold"), disabled=True))
                self._list.add_options(
                    Option(self._row(key, self._resolved), id=key.name)
                    for key in KEYS.values()
                    if key.group == group
                )
            self._list.highlighted = 1 if marked is None else marked
            self._describe()

    def _row(self, key: Key, resolved: ResolvedSettings) -> Text:
        value = config.value_of(resolved.settings, key)
        origin = resolved.origins[key.name]
        shown = cut(clean(config.as_listed(key, value), 2 * _VALUE), _VALUE - 2)
        where = {"default": "", "file": "saved"}.get(origin.kind, origin.where)
        return Text.assemble(
            f"  {key.label:<{_NAME}}",
            (f"{shown:<{_VALUE}}", "bold" if origin.kind != "default" else ""),
            where,
            no_wrap=True,
            overflow="ellipsis",
        )

    def _marked(self) -> Key | None:
        option = self._list.highlighted_option
        return None if option is None or option.id is None else KEYS[option.id]

    @on(OptionList.OptionHighlighted)
    def _forget_answer(self) -> None:
        key = self._marked()
        if key is not None and key.name != self._described:
            self._answer, self._described = "", key.name
            self._describe()

    def _describe(self) -> None:
        key = self._marked()
        if key is None or self._resolved is None:
            return
        unit = f" ({key.unit})" if key.unit else ""
        origin = self._resolved.origins[key.name]
        overridden = origin.kind in ("environment", "flag")
        override = f"{origin.where} overrides what is saved here." if overridden else ""
        allowed = "on or off" if isinstance(key.default, bool) else key.allowed
        lines = (key.text, f"Allowed: {allowed}{unit}", override, self._answer)
        self._description_text.update("\n".join(filter(None, lines)))

    @on(OptionList.OptionSelected)
    @work(exclusive=True, group="change")
    async def _change(self) -> None:
        key = self._marked()
        if key is not None and self._resolved is not None:
            await self._take(await ask_value(self, key, self._resolved.settings))

    @work(exclusive=True, group="change")
    async def action_reset(self) -> None:
        """Take it out of the file."""
        key = self._marked()
        if key is not None:
            await self._take({key.name: None})

    async def _take(self, change: dict[str, Any]) -> None:
        self._answer = await self._save(change)
        await self.on_mount()


async def ask_value(
    screen: BaseScreen[Any], key: Key, settings: Settings, question: ChoiceDialog | None = None
) -> dict[str, Any]:
    """Asks for another value of a setting, in a worker; of two it is the other one.

    Args:
        screen: asks.
        key: the setting.
        settings: what holds now.
        question: names the setting's choices, in their order; None: by their own names.

    Returns:
        the new value by the setting's name.
    """
    value = config.value_of(settings, key)
    if isinstance(value, bool):
        return {key.name: not value}
    if not key.choices:
        change: dict[str, Any] = await screen.ask(ValueDialog(key, value))
        return change
    chosen = await screen.ask(question or ChoiceDialog(key.text, key.choices, may_leave=True))
    return {key.name: key.choices[chosen]}


class ValueDialog(LineDialog):
    """Asks for the value of one setting; what is not allowed is said while the question stays. Gives the change.

    Args:
        key: the setting.
        value: what it is now; a secret is not shown.
    """

    def __init__(self, key: Key, value: Any) -> None:
        unit = f", in {key.unit}" if key.unit else ""
        empty = "I don't know" if key.name == "ftp" else "none"
        left_empty = f"\nLeft empty: {empty}." if key.default is None else ""
        super().__init__(
            f"{key.text}\n\n{capitalized(key.allowed)}{unit}.{left_empty}",
            "" if value in (None, {}, ()) or key.secret else config.in_words(key, value),
            placeholder=empty if key.default is None else "",
            most=8192,  # characters of a value
            read=partial(_typed, key),
            hint="Enter accepts it, Esc goes back.",
            secret=key.secret,
            restrict=_DIGITS.get(key.allowed.partition(" from ")[0]),
        )


def _typed(key: Key, line: str) -> dict[str, Any]:
    """The setting with its value as it was typed; None: it is to have none. Raises ConfigError."""
    text = line.strip()
    if not text and key.default in (None, {}, ()):
        return {key.name: None}
    return {key.name: config.parse(key.name, text, key.label)}

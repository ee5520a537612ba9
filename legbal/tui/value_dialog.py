"""Asking for another value of one setting: typed, chosen, or of two the other one."""

from functools import partial
from typing import Any

from legbal import config
from legbal.config import Key, Settings
from legbal.tui.base_screen import BaseScreen
from legbal.tui.dialogs import ChoiceDialog, LineDialog

_LONGEST = 8192  # characters of a value


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
            f"{key.text}\n\n{key.allowed[:1].upper()}{key.allowed[1:]}{unit}.{left_empty}",
            "" if value is None or value == {} or key.secret else config.in_words(key, value),
            placeholder=empty if key.default is None else "",
            most=_LONGEST,
            read=partial(_typed, key),
            hint="Enter accepts it, Esc goes back.",
            secret=key.secret,
        )


def _typed(key: Key, line: str) -> dict[str, Any]:
    """The setting with its value as it was typed; None: it is to have none. Raises ConfigError."""
    text = line.strip()
    if not text and key.default in (None, {}):
        return {key.name: None}
    return {key.name: config.parse(key.name, text, key.name)}

"""Asks for the value of one setting; what is not allowed is said while the question stays."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from legbal import config
from legbal.config import Key
from legbal.errors import ConfigError

_LONGEST = 8192


class Typed:
    """A value that was typed and is allowed; None: the setting is to have none."""

    def __init__(self, value: Any) -> None:
        self.value = value


class ValueDialog(ModalScreen[Typed]):
    """One line to type in; gives what was typed, or None where the rider goes back.

    Args:
        key: the setting.
        value: what it is now; a secret is not shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(self, key: Key, value: Any) -> None:
        super().__init__()
        self._key = key
        self._value = "" if value is None or value == {} or key.secret else _written(value)

    def compose(self) -> ComposeResult:
        """What it is, the line, and room for what is wrong with it."""
        key = self._key
        unit = f", in {key.unit}" if key.unit else ""
        allowed = config.allowed(key.name)
        empty = "I don't know" if key.name == "ftp" else "none"
        with Vertical(classes="dialog"):
            yield Static(f"{key.text}\n\n{allowed[:1].upper()}{allowed[1:]}{unit}.", markup=False)
            if key.optional:
                yield Static(f"Left empty: {empty}.", markup=False)
            yield Input(
                self._value,
                max_length=_LONGEST,
                password=key.secret,
                compact=True,
                placeholder=empty if key.optional else "",
            )
            yield Static("Enter takes it, Esc goes back.", markup=False, classes="hint")

    def on_mount(self) -> None:
        """What is typed goes in the place of what stands there, or after it."""
        self.query_one(Input).cursor_position = len(self._value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        text = event.value.strip()
        if not text and (self._key.optional or self._key.plain is dict):
            self.dismiss(Typed(None))
            return
        try:
            self.dismiss(Typed(config.parse(self._key.name, text, self._key.name)))
        except ConfigError as error:
            said = f"{error}. {error.hint}" if error.hint else f"{error}."
            self.query_one(".hint", Static).update(said)


def _written(value: Any) -> str:
    """A value as it is typed."""
    if isinstance(value, tuple):
        return ", ".join(f"{each:g}" for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{alias}={meter}" for alias, meter in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)

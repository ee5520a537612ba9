"""What is asked over the screens of recorded rides: a line, a path, whether one is sure; and what was done, told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from legbal.tui.path_input import completed
from legbal.tui.render.format import clean
from legbal.tui.screens.help import LEAVING

_COLUMNS = 400  # of a foreign sentence
_LONGEST_PATH = 4096


class LineDialog(ModalScreen[str]):
    """Asks for one line of text; gives it back, or None.

    Args:
        question: what is asked.
        value: what stands there at first.
        placeholder: what is shown where nothing is typed.
        most: characters.
        problem: says what is wrong with a line, or nothing; then the question stays.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(
        self,
        question: str,
        value: str = "",
        *,
        placeholder: str = "",
        most: int = 200,
        problem: Callable[[str], str] = lambda _: "",
    ) -> None:
        super().__init__()
        self._question, self._value, self._placeholder = question, value, placeholder
        self._most, self._problem = most, problem

    def compose(self) -> ComposeResult:
        """The question, the line, and room for what is wrong with it."""
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False)
            yield Input(self._value, max_length=self._most, placeholder=self._placeholder, compact=True)
            yield Static("", markup=False, classes="hint")

    def on_mount(self) -> None:
        """What is typed goes at the end of what stands there."""
        self.query_one(Input).cursor_position = len(self._value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        problem = self._problem(event.value)
        if problem:
            self.found(problem)
        else:
            self.dismiss(event.value)

    def found(self, text: str) -> None:
        """Say something below the line."""
        self.query_one(".hint", Static).update(text)


class PathDialog(LineDialog):
    """Asks for a path; Tab completes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "complete", priority=True)]

    def __init__(self, question: str, value: str = "", *, placeholder: str = "") -> None:
        super().__init__(
            f"{question}\nTab completes the path, Enter takes it, Esc goes back.",
            value,
            placeholder=placeholder,
            most=_LONGEST_PATH,
            problem=lambda line: "" if line.strip() else "Type a path.",
        )

    @work(exclusive=True)
    async def action_complete(self) -> None:
        """As far as the folder's names go together; the names themselves are shown."""
        line = self.query_one(Input)
        text, names = await asyncio.to_thread(completed, line.value)
        line.value = text
        line.cursor_position = len(text)
        self.found(clean("   ".join(names), _COLUMNS))


class ConfirmDialog(ModalScreen[bool]):
    """Asks whether something is to be done.

    Args:
        question: what is asked; may hold foreign text.
        yes: what `y` does, in a few words. Enter does not: it has just ended the line before this question.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "yes"),
        Binding("n,enter,escape", "dismiss(False)", "no"),
    ]

    def __init__(self, question: str, yes: str) -> None:
        super().__init__()
        self._question, self._yes = question, yes

    def compose(self) -> ComposeResult:
        """The question and its two answers."""
        with Vertical(classes="dialog"):
            asked = clean(self._question, _COLUMNS)
            yield Static(f"{asked}\n\ny               {self._yes}\nn, Enter or Esc no", markup=False)


class MessageDialog(ModalScreen[None]):
    """Tells something longer, scrolled where it is longer than the screen.

    Args:
        text: plain text; its lines stay.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter,space", "dismiss(None)", "back")
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """The text."""
        with VerticalScroll(classes="dialog", id="told") as text:
            text.border_subtitle = LEAVING
            yield Static(self._text, markup=False)

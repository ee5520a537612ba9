"""Short questions over the running ride: a note, which meter, which leg, whether to finish."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from legbal.tui.render.format import clean
from legbal.tui.render.status import NOTE_COLUMNS

_CHOICE_COLUMNS = 64


class NoteDialog(ModalScreen[str]):
    """Asks for a note of bounded length; gives it back, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def compose(self) -> ComposeResult:
        """One line to type in."""
        with Vertical(classes="dialog"):
            yield Static("A note on this moment. Enter keeps it, Esc goes back.", markup=False)
            yield Input(max_length=NOTE_COLUMNS, placeholder="new saddle, left knee, …", compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        self.dismiss(event.value)


class ChoiceDialog(ModalScreen[int]):
    """Asks for one of several things, by arrows and Enter or by its number; gives its index.

    Args:
        question: what is asked.
        choices: what there is to choose from, at least one; foreign text.
        may_leave: whether Esc goes back without a choice, which then is None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "back")]

    def __init__(self, question: str, choices: Sequence[str], *, may_leave: bool = False) -> None:
        super().__init__()
        self._question = question
        self._may_leave = may_leave
        self._choices = [clean(choice, _CHOICE_COLUMNS) for choice in choices]

    def compose(self) -> ComposeResult:
        """The question and the numbered choices."""
        with Vertical(classes="dialog"):
            yield Static(f"{self._question}\n", markup=False)
            numbered = [f"{number}  {choice}" for number, choice in enumerate(self._choices, 1)]
            yield OptionList(*numbered, markup=False, compact=True)
            leaving = "Esc goes back." if self._may_leave else "Ctrl-C leaves."
            yield Static(f"\n↑ ↓ and Enter, or its number. {leaving}", markup=False)

    def action_leave(self) -> None:
        """Go back, where that is possible."""
        if self._may_leave:
            self.dismiss(None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        self.dismiss(event.option_index)

    def on_key(self, event: Key) -> None:
        """A number from 1 to 9."""
        if event.character and event.character in "123456789" and int(event.character) <= len(self._choices):
            event.stop()
            self.dismiss(int(event.character) - 1)


class SideDialog(ModalScreen[str]):
    """Asks which leg the meter's number is; gives "left", "right" or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "dismiss('left')", "left"),
        Binding("r", "dismiss('right')", "right"),
        Binding("escape", "dismiss(None)", "back"),
    ]

    def compose(self) -> ComposeResult:
        """The question, and how to find out."""
        with Vertical(classes="dialog"):
            yield Static(
                "Which leg is the meter's number?\n\n"
                "To find out, push with the left leg only for a while. If the share under "
                "LEFT goes up, it is the left leg's.\n\n"
                "l   it is the left leg's\n"
                "r   it is the right leg's\n"
                "Esc back, and leave it open",
                markup=False,
            )


class FinishDialog(ModalScreen[bool]):
    """Asks once whether the ride is over."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,y,enter", "dismiss(True)", "finish"),
        Binding("n,escape", "dismiss(False)", "ride on"),
    ]

    def compose(self) -> ComposeResult:
        """The question."""
        with Vertical(classes="dialog"):
            yield Static(
                "Finish the ride?\n\nq or Enter   finish, and show the summary\nEsc          ride on",
                markup=False,
            )

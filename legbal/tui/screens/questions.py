"""Short questions over the running ride: a note, which leg, whether to finish."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from legbal.tui.render.words import NOTE_COLUMNS


class NoteQuestion(ModalScreen[str]):
    """Asks for a note of bounded length; gives it back, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def compose(self) -> ComposeResult:
        """One line to type in."""
        with Vertical(classes="question"):
            yield Static("A note on this moment. Enter keeps it, Esc goes back.", markup=False)
            yield Input(max_length=NOTE_COLUMNS, placeholder="new saddle, left knee, …", compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        self.dismiss(event.value)


class SideQuestion(ModalScreen[str]):
    """Asks which leg the meter's number is; gives "left", "right" or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "dismiss('left')", "left"),
        Binding("r", "dismiss('right')", "right"),
        Binding("escape", "dismiss(None)", "back"),
    ]

    def compose(self) -> ComposeResult:
        """The question, and how to find out."""
        with Vertical(classes="question"):
            yield Static(
                "Which leg is the meter's number?\n\n"
                "To find out, push with the left leg only for a while. If the share under "
                "LEFT goes up, it is the left leg's.\n\n"
                "l   it is the left leg's\n"
                "r   it is the right leg's\n"
                "Esc back, and leave it open",
                markup=False,
            )


class FinishQuestion(ModalScreen[bool]):
    """Asks once whether the ride is over."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,y,enter", "dismiss(True)", "finish"),
        Binding("n,escape", "dismiss(False)", "ride on"),
    ]

    def compose(self) -> ComposeResult:
        """The question."""
        with Vertical(classes="question"):
            yield Static(
                "Finish the ride?\n\nq or Enter   finish, and show the summary\nEsc          ride on",
                markup=False,
            )

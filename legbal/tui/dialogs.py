"""What is asked over a screen: a line, a key, one of several; and longer texts told."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Key
from textual.screen import ModalScreen, ScreenResultType
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from legbal.errors import LegbalError, UsageError
from legbal.outlets import reason
from legbal.present.text import SENTENCE_COLUMNS, clean

_CHOICE_COLUMNS = 64


def explain(error: Exception) -> str:
    """Says what went wrong, and what to do about it; of a defect, which."""
    if not isinstance(error, LegbalError):
        return f"{reason(error)}."
    return f"{error}. {error.hint}" if error.hint else f"{error}."


class Dialog(ModalScreen[ScreenResultType]):
    """A box over a screen, with its parts from top to bottom.

    Args:
        *parts: what stands in it; a text stands as it is.
        box: the kind of box that holds them.
        id: of the box, for the style sheet.
    """

    def __init__(self, *parts: Widget | str, box: type[Widget] = Vertical, id: str | None = None) -> None:
        super().__init__()
        self._box = box(
            *(Static(part, markup=False) if isinstance(part, str) else part for part in parts),
            id=id,
            classes="dialog",
        )

    def compose(self) -> ComposeResult:
        """The box with its parts."""
        yield self._box


class LineDialog(Dialog[Any]):
    """Asks for one line of text; gives what it says, or None.

    Args:
        question: what is asked.
        value: what stands there at first.
        placeholder: what is shown where nothing is typed.
        most: characters.
        needed: what is said where nothing is typed; empty: nothing is an answer, too.
        read: gives what the line says, which is the answer; while it raises LegbalError, the question stays.
        hint: stands below the line at first.
        secret: whether what is typed is not shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(
        self,
        question: str,
        value: str = "",
        *,
        placeholder: str = "",
        most: int = 200,
        needed: str = "",
        read: Callable[[str], Any] = str,
        hint: str = "",
        secret: bool = False,
    ) -> None:
        self._line = Input(
            value,
            max_length=most,
            placeholder=placeholder,
            password=secret,
            compact=True,
            select_on_focus=False,
        )
        self._hint = Static(hint, markup=False, classes="hint")
        self._needed = needed
        self._read = read
        super().__init__(question, self._line, self._hint)

    @on(Input.Submitted)
    def _accept(self) -> None:
        try:
            if self._needed and not clean(self._line.value, SENTENCE_COLUMNS):
                raise UsageError(self._needed)
            answer = self._read(self._line.value)
        except LegbalError as problem:
            self._hint.update(explain(problem))
        else:
            self.dismiss(answer)


class ChoiceDialog(Dialog[int]):
    """Asks for one of several things, by arrows and Enter or by its number; gives its index.

    Args:
        question: what is asked.
        choices: what there is to choose from, at least one; foreign text.
        may_leave: whether Esc goes back without a choice, which then is None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "back")]

    def __init__(self, question: str, choices: Sequence[str], *, may_leave: bool = False) -> None:
        self._may_leave = may_leave
        self._choices = len(choices)
        numbered = [f"{number}  {clean(choice, _CHOICE_COLUMNS)}" for number, choice in enumerate(choices, 1)]
        super().__init__(
            f"{question}\n",
            OptionList(*numbered, markup=False, compact=True),
            f"\n↑ ↓ and Enter, or its number. {'Esc goes back.' if may_leave else 'Ctrl-C leaves.'}",
        )

    def action_leave(self) -> None:
        """Go back, where that is possible."""
        if self._may_leave:
            self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def on_key(self, event: Key) -> None:
        """A number from 1 to 9."""
        if event.character and event.character in "123456789"[: self._choices]:
            event.stop()
            self.dismiss(int(event.character) - 1)


class KeyDialog(Dialog[ScreenResultType]):
    """Says what the keys do that it is left by.

    Args:
        text: the question and its keys.
        answer: stands below it at first; `say` replaces it.
    """

    def __init__(self, text: str, answer: str = "") -> None:
        self._answer = Static(answer, markup=False, id="answer")
        super().__init__(text, *([self._answer] if answer else []))

    def say(self, text: str) -> None:
        """Put something else below the text."""
        self._answer.update(text)


class ConfirmDialog(KeyDialog[Literal[True]]):
    """Asks whether something is to be done; gives None where it is not.

    Args:
        question: what is asked; may hold foreign text.
        yes: what `y` does, in a few words. Enter does not: it has just ended the line before this question.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "yes"),
        Binding("n,enter,escape", "dismiss(None)", "no"),
    ]

    def __init__(self, question: str, yes: str) -> None:
        super().__init__(f"{clean(question, SENTENCE_COLUMNS)}\n\ny               {yes}\nn, Enter or Esc no")


class MessageDialog(Dialog[None]):
    """Tells something longer, scrolled where it is longer than the screen; goes by the key that brought it.

    Args:
        *texts: plain texts, one below the other; their lines stay.
        id: of the box, for the style sheet.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter,space", "dismiss(None)", "back")
    ]

    def __init__(self, *texts: str, id: str = "message") -> None:
        super().__init__(*texts, box=VerticalScroll, id=id)
        self._box.border_subtitle = "Esc or ? goes back, ↑ ↓ show more"  # in sight however long they are

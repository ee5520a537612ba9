"""What screens are made of: their parts and the line of keys at the foot; and dialogs, which ask or tell over them."""

import asyncio
from collections.abc import Callable, Sequence
from textwrap import dedent
from typing import Any, ClassVar, Literal, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Click, Key, Resize
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from legbal.config import Settings
from legbal.errors import LegbalError, UsageError, reason
from legbal.present.text import SENTENCE_COLUMNS, clean, width_of
from legbal.tui.grid_widget import GridWidget
from legbal.tui.render.text_grid import STYLES, TextGrid, on_grid

Answer = TypeVar("Answer")
Keys = Sequence[tuple[str, str, str]]  # how a key is shown, what it does, the key itself
REFRESHES_A_SECOND = 4  # of what goes on by itself: a ride, a sound
_CHOICE_COLUMNS = 64


class KeyBar(GridWidget[Keys]):
    """The screen's keys and what they do, at its foot on one line; a click on one is that key.

    Textual's own footer makes a widget of each key anew whenever the keys may have changed, and keeps every one that
    it ever made: on a screen that stays for hours that is felt at each key.
    """

    def __init__(self) -> None:
        super().__init__(on_grid(self._draw_keys), (), id="keys")
        self._keys: list[str] = []  # of each column the key that is shown there, if any

    def on_mount(self) -> None:
        """Follow the screen's keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    @on(Resize)
    def _changed(self, _: object) -> None:
        shown: dict[str, tuple[str, str, str]] = {}
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            if binding.show and enabled and binding.action not in shown:
                shown[binding.action] = (
                    self.app.get_key_display(binding),
                    binding.description,
                    binding.key,
                )
        self.show(tuple(shown.values()))

    def _draw_keys(self, grid: TextGrid, keys: Keys) -> None:
        self._keys = [""] * grid.width
        wide = sum(width_of(shown) + width_of(does) + 3 for shown, does, _ in keys) - 2
        x = 0
        for shown, does, key in keys:
            if x + width_of(shown) + 1 + width_of(does) > grid.width:
                break
            start = x
            x = grid.write(x, 0, shown, "strong")
            x = grid.write(x + 1, 0, does, "plain")
            self._keys[start:x] = [key] * (x - start)
            x += 2 if wide <= grid.width else 1

    def on_click(self, event: Click) -> None:
        """The key that was clicked."""
        if key := self._keys[event.x]:
            self.app.simulate_key(key)


class BaseScreen(Screen[ScreenResultType]):
    """A screen with its parts from top to bottom, and its keys at the foot.

    It has the styles in which all drawings on it are painted: of each drawing's own, the style sheet would be
    applied to them again and again, which took most of the time in which a screen appears.

    Args:
        *parts: what stands on it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"style--{style}" for style in STYLES}

    def __init__(self, *parts: Widget) -> None:
        super().__init__()
        self._parts: Sequence[Widget] = parts

    def compose(self) -> ComposeResult:
        """The parts and the keys."""
        yield from self._parts
        yield KeyBar()

    def use(self, before: Settings, now: Settings) -> None:
        """Take the settings that the rider has changed; most screens show none."""

    def notify_style_update(self) -> None:
        """Paint the drawings in the new styles."""
        super().notify_style_update()
        for drawing in self.query(GridWidget):
            drawing.refresh()

    async def ask(self, dialog: Screen[Answer]) -> Answer:
        """The rider's answer, in a worker, which ends here where the rider goes back without one: that is None."""
        answer: Answer | None = await self.app.push_screen_wait(dialog)
        if answer is None:
            raise asyncio.CancelledError
        return answer


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
        restrict: a regular expression that all of the line must match, else a key changes nothing.
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
        restrict: str | None = None,
    ) -> None:
        self._line = Input(
            value,
            max_length=most,
            placeholder=placeholder,
            password=secret,
            restrict=restrict,
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
        *texts: plain texts, one below the other; their lines stay, but for an indentation that all of one have.
        id: of the box, for the style sheet.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter,space", "dismiss(None)", "back")
    ]

    def __init__(self, *texts: str, id: str = "message") -> None:
        super().__init__(*map(dedent, texts), box=VerticalScroll, id=id)
        self._box.border_subtitle = "Esc or ? goes back, ↑ ↓ show more"  # in sight however long they are

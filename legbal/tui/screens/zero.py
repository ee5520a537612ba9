"""The meter's zero offset, set from the screen: what to do first, then the meter's answer."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static

from legbal.errors import LegbalError
from legbal.tui.render.format import clean

_COLUMNS = 400  # of an answer, which holds the meter's own words


class ZeroDialog(ModalScreen[None]):
    """Says what to do, asks the meter at Enter, and shows what came of it; leaving ends the waiting.

    Args:
        instructions: what the rider does first, a sentence each.
        zero: asks the meter and gives its answer in words; raises LegbalError.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "ask", "set it"),
        Binding("escape", "dismiss(None)", "back"),
    ]

    def __init__(self, instructions: Sequence[str], zero: Callable[[], Awaitable[str]]) -> None:
        super().__init__()
        self._instructions, self._zero = instructions, zero
        self._asked = self._answered = False
        self._since = 0.0
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """What to do, and below it what is going on."""
        with Vertical(classes="dialog"):
            steps = "\n".join(
                f"{number}  {clean(said, _COLUMNS)}" for number, said in enumerate(self._instructions, 1)
            )
            yield Static(f"Set the meter's zero offset\n\n{steps}\n", markup=False)
            yield Static("Enter when it is so. Esc goes back.", markup=False, id="answer")

    def action_ask(self) -> None:
        """Ask the meter, once; after its answer, go back."""
        if self._answered:
            self.dismiss(None)
        elif not self._asked:
            self._asked, self._since = True, time.monotonic()
            self._timer = self.set_interval(1.0, self._wait)
            self._wait()
            self.run_worker(self._ask(), name="zero")

    def _wait(self) -> None:
        seconds = time.monotonic() - self._since
        self._say(f"The meter sets its zero offset: touch nothing. {seconds:.0f} s. Esc stops waiting.")

    async def _ask(self) -> None:
        try:
            text = await self._zero()
        except LegbalError as problem:
            text = f"Not set. {problem}." + (f" {problem.hint}" if problem.hint else "")
        self._answered = True
        if self._timer is not None:
            self._timer.stop()
        self._say(f"{clean(text, _COLUMNS)}\n\nEnter or Esc goes back.")

    def _say(self, text: str) -> None:
        self.query_one("#answer", Static).update(text)

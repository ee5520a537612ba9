"""The dialogs of a ride: its help, which leg is the meter's, its zero offset, its end."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Literal

from textual import work
from textual.binding import Binding, BindingType
from textual.worker import Worker

from legbal.meters.limits import RemarkOrText
from legbal.present.balance_remarks import LEGEND
from legbal.present.numbers import duration
from legbal.present.remarks import remark
from legbal.present.text import SENTENCE_COLUMNS, clean
from legbal.tui.base_screens import KeyDialog, MessageDialog, explain

_HELP = f"""\
The big shares are of the last 30 s, or since the interval began; beside them, how far your leg is from its usual \
share. A dash: too few revolutions for a number.

The bar leans to the leg that does more. The range above it is where your share over 30 s usually lies; ▲ target is \
the share that you set.

± is one standard error: how far chance alone moves that number.

Red means one thing: a leg has fallen below its usual or your target. The figure is then the last 15 s, and the bar \
fills on the way back. It ends when the leg is back, or with the interval. ▼ in the trace: an alert.

{LEGEND}"""


class SideDialog(KeyDialog[str]):
    """Asks which leg the meter's number is; gives "left", "right" or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "dismiss('left')", "left"),
        Binding("r", "dismiss('right')", "right"),
        Binding("escape", "dismiss(None)", "back"),
    ]

    def __init__(self) -> None:
        super().__init__(
            "Which leg is the meter's number?\n\n"
            "To find out, push with the left leg only for a while. If the share under "
            "LEFT goes up, it is the left leg's.\n\n"
            "l   it is the left leg's\n"
            "r   it is the right leg's\n"
            "Esc back, and leave it open"
        )


class ZeroDialog(KeyDialog[None]):
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
        numbered = enumerate(instructions, 1)
        steps = "\n".join(f"{number}  {clean(step, SENTENCE_COLUMNS)}" for number, step in numbered)
        super().__init__(f"Set the meter's zero offset\n\n{steps}\n", "Enter when ready. Esc goes back.")
        self._zero = zero
        self._zeroing: Worker[None] | None = None

    def action_ask(self) -> None:
        """Ask the meter, once; after its answer, go back."""
        if self._zeroing is None:
            self._zeroing = self._ask()
        elif self._zeroing.is_finished:
            self.dismiss(None)

    @work(name="zero")
    async def _ask(self) -> None:
        since = time.monotonic()

        def wait() -> None:
            waited = duration(time.monotonic() - since)
            self.say(f"Setting the zero offset: touch nothing. {waited}. Esc stops waiting.")

        wait()
        waiting = self.set_interval(1.0, wait)
        try:
            text = await self._zero()
        except Exception as problem:  # a defect, too, is told: the ride goes on
            text = f"Not set. {explain(problem)}"
        waiting.stop()
        self.say(f"{clean(text, SENTENCE_COLUMNS)}\n\nEnter or Esc goes back.")


class FinishDialog(KeyDialog[Literal[True]]):
    """Asks once whether the ride is over; gives None where it is not."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,y,enter", "dismiss(True)", "finish"),
        Binding("n,escape", "dismiss(None)", "ride on"),
    ]

    def __init__(self) -> None:
        super().__init__(
            "Finish the ride?\n\nq or Enter   finish, and show the summary\nEsc          ride on"
        )


class HelpDialog(MessageDialog):
    """The help over a ride: its keys, what its meter can know, and how to read the screen.

    Args:
        limits: what the meter can and cannot know; none before there is one.
        keys: the keys of the screen below.
    """

    def __init__(self, limits: Sequence[RemarkOrText], keys: str) -> None:
        meter = "".join(f"· {clean(remark(limit), SENTENCE_COLUMNS)}\n" for limit in limits)
        super().__init__(keys, *([f"This meter\n{meter}"] if meter else []), _HELP, id="help")

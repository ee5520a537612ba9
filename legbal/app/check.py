"""One thing that a ride needs, looked at: what is asked, and what came of it."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from legbal.config import Settings
from legbal.errors import LegbalError

State = Literal["works", "fails", "not applicable"]


class Answer(NamedTuple):
    """What came of one look; `hint`: what to do."""

    state: State
    text: str
    hint: str = ""


class Check(NamedTuple):
    """One thing that was looked at; `needed`: there is no ride without it."""

    what: str
    state: State
    text: str
    hint: str = ""
    needed: bool = False


class Question(NamedTuple):
    """One thing to look at.

    Attributes:
        what: its name.
        ask: answers with the settings that hold; None: there is nothing to say; a LegbalError: it fails.
        needed: there is no ride without it.
        hint: what to do where a failure does not say.
        waiting: is shown meanwhile, where that takes its time.
    """

    what: str
    ask: Callable[[Settings], Answer | None]
    needed: bool = False
    hint: str = ""
    waiting: str = ""

    def check(self, settings: Settings) -> Check | None:
        """Looks at it."""
        try:
            answer = self.ask(settings)
        except LegbalError as error:
            answer = Answer("fails", str(error), error.hint or self.hint)
        return None if answer is None else Check(self.what, *answer, needed=self.needed)

"""One question of `legbal doctor`, and its answer."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from legbal.config import Settings
from legbal.errors import LegbalError


class Check(NamedTuple):
    """What came of one look.

    Attributes:
        state: how it is.
        text: what there is to say of it.
        hint: what to do.
        what: the name of what was looked at, which its question gives; as does `needed`.
        needed: there is no ride without it.
    """

    state: Literal["works", "fails", "not applicable"]
    text: str
    hint: str = ""
    what: str = ""
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
    ask: Callable[[Settings], Check | None]
    needed: bool = False
    hint: str = ""
    waiting: str = ""

    def check(self, settings: Settings) -> Check | None:
        """Looks at it."""
        try:
            answer = self.ask(settings)
        except LegbalError as error:
            answer = Check("fails", str(error), error.hint or self.hint)
        except OSError as error:  # what cannot be looked at keeps nothing else from being looked at
            answer = Check("fails", str(error), self.hint)
        return None if answer is None else answer._replace(what=self.what, needed=self.needed)

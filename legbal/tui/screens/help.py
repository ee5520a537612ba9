"""The help over the ride: the keys, and how to read what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from legbal.tui.render.format import clean

_COLUMNS = 400

KEYS = """\
space  lap               p  hold the view; the ride goes on
m      mute, unmute      t  tables (where there is no room for both)
n      a note            s  say which leg the meter's number is
z      zero offset       d  dark or light
l      large type        c  setup: every setting
q      finish, with a summary
"""
TEXT = """\
The big shares are the last 10 seconds, to half a point. A dash: too few
turns of the crank stand behind a number to show it.
The bar leans to the leg that does more. "usual" is where your own
share lies at this power; ▲ target is the share that you set.
± is one standard error: how far chance alone moves the number.
Red means one thing: a leg has fallen below its usual or your target.
It goes by itself when the leg is back. ▼ in the trace: it was told then.
measured    each leg has its own sensor
estimated   one sensor for both: watch its changes, not its value
unverified  nobody has told legbal about this meter yet
no balance  the meter sends none, or one that never moves"""
LEAVING = "Esc or ? goes back, ↑ ↓ show more"


class HelpDialog(ModalScreen[None]):
    """Goes by the key that brought it, or by escape.

    Args:
        limits: what the meter can and cannot know, a sentence each; none before there is one.
        keys: the keys of the screen below.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter,space", "dismiss(None)", "back")
    ]

    def __init__(self, limits: Sequence[str] = (), keys: str = KEYS) -> None:
        super().__init__()
        self._limits, self._keys = limits, keys

    def compose(self) -> ComposeResult:
        """The keys, then what this meter can know, then the rest; scrolled where the screen is low."""
        with VerticalScroll(classes="dialog", id="help") as text:
            text.border_subtitle = LEAVING  # in sight however long the text is
            yield Static(self._keys, markup=False)
            if self._limits:
                said = "\n".join(f"· {clean(limit, _COLUMNS)}" for limit in self._limits)
                yield Static(f"This meter\n{said}\n", markup=False, id="limits")
            yield Static(TEXT, markup=False)

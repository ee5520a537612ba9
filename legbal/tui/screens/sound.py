"""The sound, tried before the ride: what each alert sounds like, and whether it comes from its side."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from legbal.outlets.sound import Sound
from legbal.outlets.tones import TONES
from legbal.ride.events import Cue
from legbal.ride.inputs import Side

_REFRESHES_A_SECOND = 4
TEXT = f"""\
Do you hear which leg is meant?

l   the left leg must work: {TONES["alert", "left"].words}
r   the right leg must work: {TONES["alert", "right"].words}
b   the left leg is back: {TONES["recovered", "left"].words}
"""


class SoundDialog(ModalScreen[None]):
    """Plays the cues of a ride at a key.

    Args:
        opened: makes the sound, which is closed again when the rider goes back.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "play('alert', 'left')", "left"),
        Binding("r", "play('alert', 'right')", "right"),
        Binding("b", "play('recovered', 'left')", "back again"),
        Binding("escape,q,s,enter", "dismiss(None)", "back"),
    ]

    def __init__(self, opened: Callable[[], Sound]) -> None:
        super().__init__()
        self._sound = opened()
        self._played = ""

    def compose(self) -> ComposeResult:
        """The keys, and what becomes of them."""
        with Vertical(classes="dialog"):
            yield Static(TEXT, markup=False)
            yield Static("", markup=False, id="sound-said")

    def on_mount(self) -> None:
        """Open the device, and say how that goes."""
        self._sound.mute = False
        self._sound.start()
        self.set_interval(1 / _REFRESHES_A_SECOND, self._say)
        self._say()

    def on_unmount(self) -> None:
        """Give the device back."""
        self.app.run_worker(self._sound.close, group="sound", thread=True, exit_on_error=False)

    def _say(self) -> None:
        text = self._sound.status.text or self._played or "Press l, then r. Esc goes back."
        self.query_one("#sound-said", Static).update(text)

    def action_play(self, sound: str, side: Side) -> None:
        """One of the cues."""
        self._sound.play(Cue(0.0, "alert" if sound == "alert" else "recovered", side))
        self._played = f"That was meant to come from the {side}. Too soft? Volume is among the settings (c)."
        self._say()

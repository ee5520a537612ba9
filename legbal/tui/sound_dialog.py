"""What a ride's cues sound like, played at a key before it begins."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from legbal.outlets.audio import LEG_TONES
from legbal.outlets.sound import Sound
from legbal.ride.events import Cue
from legbal.ride.inputs import Side
from legbal.tui.base_screens import REFRESHES_A_SECOND, KeyDialog

_SOUNDS = f"""\
Do you hear which leg is meant?

l   the left leg must work: {LEG_TONES["alert", "left"].words}
r   the right leg must work: {LEG_TONES["alert", "right"].words}
b   the left leg is back: {LEG_TONES["recovered", "left"].words}
"""


class SoundDialog(KeyDialog[None]):
    """Plays the cues of a ride at a key: what each alert sounds like, and whether it comes from its side.

    Args:
        sound: is opened here, and closed again when the rider goes back.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "play('alert', 'left')", "left"),
        Binding("r", "play('alert', 'right')", "right"),
        Binding("b", "play('recovered', 'left')", "back again"),
        Binding("escape,q,s,enter", "dismiss(None)", "back"),
    ]

    def __init__(self, sound: Sound) -> None:
        self._played = "Press l, then r. Esc goes back."
        super().__init__(_SOUNDS, self._played)
        self._sound = sound

    def on_mount(self) -> None:
        """Open the device, and say how that goes."""
        self._sound.mute = False
        self._sound.start()
        self.set_interval(1 / REFRESHES_A_SECOND, self._refresh)
        self._refresh()

    def on_unmount(self) -> None:
        """Give the device back."""
        self.app.run_worker(self._sound.close, group="sound", thread=True, exit_on_error=False)

    def _refresh(self) -> None:
        self.say(self._sound.status.text or self._played)

    def action_play(self, sound: str, side: Side) -> None:
        """One of the cues."""
        self._sound.play(Cue(0.0, "alert" if sound == "alert" else "recovered", side))
        self._played = f"That was meant to come from the {side}. Too soft? Volume is among the settings (c)."
        self._refresh()

"""The dialogs of the setup: another value for a setting, and what the cues of a ride sound like."""

from functools import partial
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from legbal import config
from legbal.config import Key, Settings
from legbal.outlets.audio import LEG_TONES
from legbal.outlets.sound import Sound
from legbal.ride.events import Cue
from legbal.ride.inputs import Side
from legbal.tui.base_screens import REFRESHES_A_SECOND, BaseScreen, ChoiceDialog, KeyDialog, LineDialog

_SOUNDS = f"""\
Do you hear which leg is meant?

l   the left leg must work: {LEG_TONES["alert", "left"].words}
r   the right leg must work: {LEG_TONES["alert", "right"].words}
b   the left leg is back: {LEG_TONES["recovered", "left"].words}
"""


async def ask_value(
    screen: BaseScreen[Any], key: Key, settings: Settings, question: ChoiceDialog | None = None
) -> dict[str, Any]:
    """Asks for another value of a setting, in a worker; of two it is the other one.

    Args:
        screen: asks.
        key: the setting.
        settings: what holds now.
        question: names the setting's choices, in their order; None: by their own names.

    Returns:
        the new value by the setting's name.
    """
    value = config.value_of(settings, key)
    if isinstance(value, bool):
        return {key.name: not value}
    if not key.choices:
        change: dict[str, Any] = await screen.ask(ValueDialog(key, value))
        return change
    chosen = await screen.ask(question or ChoiceDialog(key.text, key.choices, may_leave=True))
    return {key.name: key.choices[chosen]}


class ValueDialog(LineDialog):
    """Asks for the value of one setting; what is not allowed is said while the question stays. Gives the change.

    Args:
        key: the setting.
        value: what it is now; a secret is not shown.
    """

    def __init__(self, key: Key, value: Any) -> None:
        unit = f", in {key.unit}" if key.unit else ""
        empty = "I don't know" if key.name == "ftp" else "none"
        left_empty = f"\nLeft empty: {empty}." if key.default is None else ""
        super().__init__(
            f"{key.text}\n\n{key.allowed[:1].upper()}{key.allowed[1:]}{unit}.{left_empty}",
            "" if value is None or value == {} or key.secret else config.in_words(key, value),
            placeholder=empty if key.default is None else "",
            most=8192,  # characters of a value
            read=partial(_typed, key),
            hint="Enter accepts it, Esc goes back.",
            secret=key.secret,
        )


def _typed(key: Key, line: str) -> dict[str, Any]:
    """The setting with its value as it was typed; None: it is to have none. Raises ConfigError."""
    text = line.strip()
    if not text and key.default in (None, {}):
        return {key.name: None}
    return {key.name: config.parse(key.name, text, key.name)}


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

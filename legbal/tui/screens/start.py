"""Where a rider begins: the meter, the threshold power, the weak leg, the sound; then the ride, or the demo."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any, ClassVar, Literal

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from legbal.config import KEYS
from legbal.errors import LegbalError
from legbal.outlets.sound import Sound
from legbal.outlets.tones import TONES
from legbal.present.numbers import duration
from legbal.present.text import clean
from legbal.ride.events import Cue
from legbal.ride.inputs import Side
from legbal.tui.base_app import BaseApp
from legbal.tui.dialogs import ChoiceDialog, KeyDialog, MessageDialog, explained
from legbal.tui.render import start
from legbal.tui.render.start import MeterRow
from legbal.tui.settings import ValueDialog, typed_value
from legbal.tui.widgets import KeyBar

_SOUND_REFRESHES_A_SECOND = 4
_RETRY_S = 3.0  # after which Bluetooth is looked for anew
_COLUMNS = 600  # of a foreign sentence
_LEGS = ("left", "right", "unknown")

HELP = """\
Turn the cranks: a meter that stands still is asleep. Enter rides with the marked one; with none in the list it \
starts anyway and keeps looking.

measured     each leg has its own sensor
an estimate  one sensor for both: watch its changes, not its value
no: …        one side doubled, or one power for both legs
unknown …    unlisted meter: accuracy unknown

FTP is the power that you can hold for about an hour. "I don't know" is a good answer to everything here: it is \
then found out from your rides.

d   a demonstration, without any meter
v   your earlier rides
c   every setting: sound, alerts, colours, large type"""


SOUNDS = f"""\
Do you hear which leg is meant?

l   the left leg must work: {TONES["alert", "left"].words}
r   the right leg must work: {TONES["alert", "right"].words}
b   the left leg is back: {TONES["recovered", "left"].words}
"""


class Choice(msgspec.Struct, frozen=True):
    """What the rider wants: a ride, perhaps with the meter of this name or address, or the demonstration."""

    what: Literal["ride", "demo"]
    meter: str | None = None


Look = Callable[[], AsyncGenerator[Sequence[MeterRow], None]]


class _Meters(OptionList):
    """The meters in range; its Enter stands in the footer."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "screen.ride", "ride", key_display="enter")]


class StartScreen(Screen[Choice]):
    """Ends with what the rider wants, or with None.

    Args:
        look: gives the meters in range, again and again; raises BluetoothError where there is no Bluetooth.
        rides: makes the screen of earlier rides.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "demo", "demo"),
        Binding("f", "ftp", "FTP"),
        Binding("w", "weak_leg", "weak leg"),
        Binding("s", "sound", "sound"),
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("q,escape", "dismiss(None)", "quit", key_display="q"),
        Binding("v", "rides", "rides"),
        Binding("c", "app.settings", "setup"),
    ]

    app: BaseApp[Any]

    def __init__(self, look: Look, rides: Callable[[], Screen[None]]) -> None:
        super().__init__()
        self._look, self._rides = look, rides
        self._meters: Sequence[MeterRow] = ()
        self._problem, self._answer = "", ""
        self._chosen = False  # the rider moved the mark

    def compose(self) -> ComposeResult:
        """Meters, then choices, in the order in which they are made."""
        yield Static("legbal   which leg is slacking off?", markup=False, id="start-head")
        yield Static("", markup=False, id="start-search")
        yield _Meters(id="start-meters", markup=False, compact=True)
        yield Static("", markup=False, id="start-advice")
        yield Static("", markup=False, id="start-choices")
        yield KeyBar()

    def on_mount(self) -> None:
        """Choice to look, and to say for how long."""
        self._began = asyncio.get_running_loop().time()
        self.set_interval(1.0, self.refresh_screen)
        self.refresh_screen()
        self._find()

    @work(exclusive=True, group="look")
    async def _find(self) -> None:
        """Follow the meters in range; where there is no Bluetooth, try again."""
        while True:
            try:
                async with aclosing(self._look()) as found:
                    async for meters in found:
                        self._problem = ""
                        self._show(meters)
            except LegbalError as error:  # no Bluetooth; or a profile or setting that was just made wrong
                self._problem = explained(error)
                self._show(())
            await asyncio.sleep(_RETRY_S)

    def _show(self, meters: Sequence[MeterRow]) -> None:
        before, self._meters = self._meters, meters
        listed = self.query_one(_Meters)
        rows = [start.row(meter, max(20, self.size.width - 4)) for meter in meters]
        if [meter.wanted for meter in before] == [meter.wanted for meter in meters]:
            for at, text in enumerate(rows):
                listed.replace_option_prompt_at_index(at, text)
        else:
            marked = self._marked()
            listed.clear_options()
            listed.add_options(Option(text) for text in rows)
            self._mark(marked.wanted if marked is not None and self._chosen else None)
        self.refresh_screen()

    def _mark(self, wanted: str | None) -> None:
        """Mark the one that the rider marked, else the usual one, else the strongest."""
        if not self._meters:
            return
        best = max(self._meters, key=lambda meter: (meter.wanted == wanted, meter.usual, meter.rssi or -999))
        self.query_one(_Meters).highlighted = list(self._meters).index(best)

    def _marked(self) -> MeterRow | None:
        at = self.query_one(_Meters).highlighted
        return self._meters[at] if at is not None and at < len(self._meters) else None

    def refresh_screen(self) -> None:
        """Say how the search goes and what was chosen."""
        waited = duration(asyncio.get_running_loop().time() - self._began)
        if self._problem:
            text = f"No meter can be looked for: {self._problem}\nThe demo (d) and your rides (v) need none."
        elif self._meters:
            text = "Your meter: ↑ ↓ to mark it, Enter rides with it."
        else:
            text = f"Looking for your meter for {waited}: turn the cranks to wake it."
            text += "\nNone at hand? d is a demonstration."
        self.query_one("#start-search", Static).update(text)
        marked = self._marked()
        advice = self._answer or (clean(marked.advice, _COLUMNS) if marked else "")
        self.query_one("#start-advice", Static).update(advice)
        self.query_one("#start-choices", Static).update(start.choices(self.app.settings, self.size.width))

    def on_option_list_option_highlighted(self) -> None:
        """Another meter is marked."""
        self.refresh_screen()

    def on_key(self) -> None:
        """The rider is at it: what was said is read."""
        self._chosen, self._answer = True, ""

    def on_option_list_option_selected(self) -> None:
        """A click on a meter."""
        self.action_ride()

    def action_ride(self) -> None:
        """Ride, with the marked meter if one is."""
        if self._problem:
            self._answer = "Fix that to ride; the demo (d) works without."
            self.refresh_screen()
            return
        marked = self._marked()
        self.dismiss(Choice("ride", marked.wanted if marked and not marked.paired else None))

    def action_demo(self) -> None:
        """The demonstration."""
        self.dismiss(Choice("demo"))

    @work(exclusive=True, group="change")
    async def action_ftp(self) -> None:
        """Ask for the threshold power."""
        key = KEYS["ftp"]
        typed = await self.app.push_screen_wait(ValueDialog(key, self.app.settings.ftp))
        if typed is not None:
            await self._save("ftp", typed_value(key, typed))

    @work(exclusive=True, group="change")
    async def action_weak_leg(self) -> None:
        """Ask which leg is to be watched."""
        asked = ChoiceDialog(
            "Which leg does less?",
            ["the left one", "the right one", "I don't know: watch both"],
            may_leave=True,
        )
        chosen = await self.app.push_screen_wait(asked)
        if chosen is not None:
            await self._save("weak_leg", _LEGS[chosen])

    async def _save(self, name: str, value: Any) -> None:
        self._answer = await self.app.save_setting(name, value)
        self.refresh_screen()

    def _sound(self) -> Sound:
        return Sound(volume=self.app.settings.volume)

    def action_sound(self) -> None:
        """Hear the alerts."""
        self.app.push_screen(SoundDialog(self._sound()))

    def action_rides(self) -> None:
        """The rides of before."""
        try:
            self.app.push_screen(self._rides())
        except LegbalError as error:
            self._answer = explained(error)
            self.refresh_screen()

    def action_help(self) -> None:
        """How to begin."""
        self.app.push_screen(MessageDialog(HELP))


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
        super().__init__(SOUNDS, self._played)
        self._sound = sound

    def on_mount(self) -> None:
        """Open the device, and say how that goes."""
        self._sound.mute = False
        self._sound.start()
        self.set_interval(1 / _SOUND_REFRESHES_A_SECOND, self._refresh)
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

"""Where a rider begins: the meter, the threshold power, the weak leg, the sound; then the ride, or the demo.

What looks for meters and reads the library is loaded, in threads, once the screen stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec
from textual import on, work
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.worker import WorkerError

from legbal.config import KEYS, load
from legbal.errors import LegbalError
from legbal.present.balance_remarks import LEGEND
from legbal.present.meter import same_meter
from legbal.present.numbers import duration
from legbal.present.sentences import say
from legbal.present.text import SENTENCE_COLUMNS, clean
from legbal.ride.inputs import rssi_rank
from legbal.tui.base_app import BaseApp
from legbal.tui.base_screens import BaseScreen, ChoiceDialog, explain
from legbal.tui.render.start import choices, row
from legbal.tui.screens.arrivals import LOOK_EVERY_S, ArrivalWatch

if TYPE_CHECKING:
    from legbal.analysis.same_meter import SameMeterQuestion
    from legbal.app.nearby import NearbyMeter
    from legbal.app.rides import RideService

    Look = Callable[[], AsyncGenerator[Sequence[NearbyMeter], None]]

_RETRY_S = 3.0  # after which Bluetooth is looked for anew
_MOST_STRAPS = 7  # among which a number chooses, with two choices more
_SAME_KEYS = f"y   {say('meters.yes')}\nn   {say('meters.no')}"
_LEGS = ("the left one", "the right one", "I don't know: watch both")

_HELP = f"""\
Turn the cranks: a meter that stands still is asleep. Enter rides with the marked one; with none in the list it \
starts anyway and keeps looking.

{LEGEND}

FTP is the power that you can hold for about an hour. "I don't know" is a good answer to everything here: it is \
then worked out from your rides.

d   a demonstration, without any meter
v   your earlier rides
c   every setting: sound, alerts, colours, large type"""


class Choice(msgspec.Struct, frozen=True):
    """What the rider wants: a ride, perhaps with the meter of this name or address, or the demonstration."""

    what: Literal["ride", "demo"]
    meter: str | None = None


class _Meters(OptionList):
    # its Enter stands in the footer
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "screen.ride", "ride", key_display="enter")]


class StartScreen(BaseScreen[Choice]):
    """Ends with what the rider wants, or with None.

    Args:
        look: gives the meters in range, again and again; raises BluetoothError where there is no Bluetooth. It is
            called in a thread, as are the two that follow `rides`.
        rides: makes the screen of earlier rides.
        service: gives the earlier rides, whose meters may be one.
        has_speaker: whether an alert would be heard as a tone.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "demo", "demo"),
        Binding("f", "change('ftp')", "FTP"),
        Binding("w", "change('weak_leg')", "weak leg"),
        Binding("s", "sound", "sound"),
        Binding("h", "heart_rate", show=False),
        Binding("question_mark", "app.help", "help", key_display="?"),
        Binding("q,escape", "dismiss(None)", "quit", key_display="q"),
        Binding("v", "rides", "rides"),
        Binding("y", "same(True)", show=False),
        Binding("n", "same(False)", show=False),
        Binding("c", "app.settings", "setup"),
    ]

    HELP = _HELP
    app: BaseApp[Any]

    def __init__(
        self,
        look: Look,
        rides: Callable[[], Screen[None]],
        service: Callable[[], RideService],
        has_speaker: Callable[[], bool] = lambda: True,
    ) -> None:
        self._look, self._rides, self._service = look, rides, service
        self._has_speaker, self._bell_only = has_speaker, False
        self._question: SameMeterQuestion | None = None
        self._meters: Sequence[NearbyMeter] = ()
        self._straps: Sequence[NearbyMeter] = ()
        self._problem = self._answer = ""
        self._chosen = False  # the rider moved the mark
        self._search = Static("", markup=False, id="start-search")
        self._list = _Meters(id="start-meters", markup=False, compact=True)
        self._advice = Static("", markup=False, id="start-advice")
        self._choices = Static("", markup=False, id="start-choices")
        super().__init__(
            Static("legbal   which leg is slacking off?", markup=False, id="start-head"),
            self._search,
            self._list,
            self._advice,
            self._choices,
        )

    def on_mount(self) -> None:
        """Choice to look, and to say for how long."""
        self._search_start = asyncio.get_running_loop().time()
        self._arrivals = ArrivalWatch(self.app)
        self.set_interval(1.0, self.refresh_screen)
        self.set_interval(LOOK_EVERY_S, self._look_for_arrivals)
        self.refresh_screen()
        for find in (self._find, self._find_speaker, self._find_question):
            self.app.call_after_refresh(find)

    @work(exclusive=True, group="look")
    async def _find(self) -> None:
        while True:
            try:
                async with aclosing(await asyncio.to_thread(self._look)) as updates:
                    async for meters in updates:
                        self._problem = ""
                        self._show(meters)
            except LegbalError as error:  # no Bluetooth; or a profile or setting that was just made wrong
                self._problem = explain(error)
                self._show(())
            await asyncio.sleep(_RETRY_S)

    @work(group="speaker")
    async def _find_speaker(self) -> None:
        """A sound server may take seconds to answer."""
        self._bell_only = not await asyncio.to_thread(self._has_speaker)
        self.refresh_screen()

    @work(group="question")
    async def _find_question(self) -> None:
        """The one with the most rides; a library that cannot be read is told where rides are."""
        with suppress(LegbalError):
            questions = await asyncio.to_thread(lambda: self._service().same_meter_questions())
            self._question = next(iter(questions), None)
            self.refresh_screen()

    def _look_for_arrivals(self) -> None:
        """In the rider's folders; the rides' own screen does it where it stands over this one."""
        if self.is_current and self._arrivals.is_due:
            self._take_arrivals()

    @work(group="arrivals")
    async def _take_arrivals(self) -> None:
        async with aclosing(self._arrivals.news()) as news:
            async for one in news:
                if one.text:
                    self._say(clean(one.text, SENTENCE_COLUMNS))

    @work(exclusive=True, group="change")
    async def action_same(self, same: bool) -> None:
        """Keep the answer, whether two names are of one meter."""
        if (question := self._question) is None:
            return
        self._question = None
        try:
            await asyncio.to_thread(self._service().answer_same, question.meter, question.other, same)
            self._say(say("meters.joined" if same else "meters.apart"))
        except LegbalError as error:
            self._say(explain(error))

    def _show(self, devices: Sequence[NearbyMeter]) -> None:
        self._straps = [device for device in devices if device.strap]
        meters = [device for device in devices if not device.strap]
        marked = self._marked()
        before, self._meters = self._meters, meters
        rows = [row(meter, max(20, self.size.width - 4)) for meter in meters]
        if [meter.selector for meter in before] == [meter.selector for meter in meters]:
            for at, text in enumerate(rows):
                self._list.replace_option_prompt_at_index(at, text)
        else:
            selector = marked.selector if marked is not None and self._chosen else None
            self._list.set_options(rows)
            # the one that the rider marked, else the usual one, else the strongest that may tell the legs apart
            ranks = [
                (meter.selector == selector, meter.usual, rssi_rank(meter.rssi), -at)
                for at, meter in enumerate(meters)
                if meter.sides or meter.usual or meter.selector == selector
            ]
            self._list.highlighted = -max(ranks)[-1] if ranks else None
        self.refresh_screen()

    def _marked(self) -> NearbyMeter | None:
        at = self._list.highlighted
        return None if at is None else self._meters[at]

    @on(OptionList.OptionHighlighted)
    def refresh_screen(self) -> None:
        """Say how the search goes and what was chosen."""
        if self._problem:
            text = f"Cannot look for a meter: {self._problem}\nThe demo (d) and your rides (v) need none."
        elif self._meters and not any(meter.sides for meter in self._meters):
            text = (
                "Only meters without left and right are in range: turn the cranks to wake yours.\n"
                "To ride on one of them, mark it with ↑ ↓."
            )
        elif self._meters:
            text = "Your meter: ↑ ↓ to mark it, Enter rides with it."
        else:
            waited = duration(asyncio.get_running_loop().time() - self._search_start)
            text = (
                f"Looking for your meter for {waited}: turn the cranks to wake it.\n"
                "None at hand? d is a demonstration."
            )
        self._search.update(text)
        marked = self._marked()
        advice = self._answer or (clean(marked.advice, SENTENCE_COLUMNS) if marked else "")
        question = f"{same_meter(self._question)}\n{_SAME_KEYS}" if self._question is not None else ""
        self._advice.update("\n".join(filter(None, (advice, question))))
        self._choices.update(
            choices(self.app.settings, self.size.width, self._straps, bell_only=self._bell_only)
        )

    def on_key(self) -> None:
        """The rider is at it: what was said is read."""
        self._chosen, self._answer = True, ""
        self.refresh_screen()

    @on(OptionList.OptionSelected)
    async def action_ride(self) -> None:
        """Ride, with the marked meter if one is."""
        if self._problem:
            self._say("Fix that to ride; the demo (d) works without.")
            return
        marked = self._marked()
        await self._leave(Choice("ride", marked.selector if marked and not marked.paired else None))

    async def action_demo(self) -> None:
        """The demonstration."""
        await self._leave(Choice("demo"))

    async def _leave(self, choice: Choice) -> None:
        """Goes on with what was chosen just before: it may not be saved yet."""
        for worker in [x for x in self.workers if x.node is self and x.group == "change"]:
            with suppress(WorkerError):
                await worker.wait()
        self.dismiss(choice)

    @work(exclusive=True, group="change")
    async def action_change(self, name: str) -> None:
        """Ask for the threshold power, or which leg is to be watched."""
        from legbal.tui.settings import ask_value  # as for the settings' own screen

        question = ChoiceDialog("Which leg does less?", _LEGS, may_leave=True) if name == "weak_leg" else None
        change = await ask_value(self, KEYS[name], self.app.settings, question)
        self._say(await self.app.save_setting(change))

    @work(exclusive=True, group="change")
    async def action_heart_rate(self) -> None:
        """Ask which strap tells the heart rate, where one is in range or was chosen."""
        straps = self._straps[:_MOST_STRAPS]
        if not straps and self.app.settings.heart_rate == "off":
            return
        names = [say("heart_rate.none_chosen"), *(strap.name for strap in straps), say("heart_rate.any")]
        answer = await self.ask(ChoiceDialog(say("heart_rate.which"), names, may_leave=True))
        values = ["off", *(strap.selector for strap in straps), "any"]
        self._say(await self.app.save_setting({"heart_rate": values[answer]}))

    def _say(self, answer: str) -> None:
        self._answer = answer
        self.refresh_screen()

    def action_sound(self) -> None:
        """Hear the alerts."""
        # with waveforms, for which no first frame waits
        from legbal.outlets.sound import Sound
        from legbal.tui.sound_dialog import SoundDialog

        self.app.push_screen(SoundDialog(Sound(volume=self.app.settings.volume)))

    def action_rides(self) -> None:
        """The rides of before."""
        try:
            self.app.push_screen(self._rides())
        except LegbalError as error:
            self._say(explain(error))


def make_start_screen(complain: Callable[[str], None]) -> StartScreen:
    """The screen of the meters that are near and of the rider's own rides; `complain` as of `nearby_meters`."""
    return StartScreen(partial(_look, complain), _make_rides_screen, _service, _has_speaker)


# with the radio, the library's readers and the sound: the screen stands before they are loaded
def _look(complain: Callable[[str], None]) -> AsyncGenerator[Sequence[NearbyMeter], None]:
    from legbal.app.nearby import nearby_meters  # see above

    return nearby_meters(complain)


def _make_rides_screen() -> Screen[None]:
    from legbal.tui.screens.rides import make_rides_screen  # see above

    return make_rides_screen()


def _service() -> RideService:
    from legbal.app.rides import RideService  # see above

    return RideService()


def _has_speaker() -> bool:
    from legbal.app.ride_outlets import has_speaker  # see above

    return has_speaker(load())

"""The ride as it goes: the drawings in the order in which they are to be seen, and the keys."""

from collections.abc import Callable
from typing import Any, ClassVar

import msgspec
from textual import work
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from legbal.app.live import LiveRide
from legbal.config import Settings
from legbal.errors import reason
from legbal.present.document import Line
from legbal.present.meter import has_balance
from legbal.present.sentences import outlet_sentence, say
from legbal.present.text import clean
from legbal.tui.base_app import MEDIUM, MIDDLE, TALL, WIDE, BaseApp
from legbal.tui.base_screens import REFRESHES_A_SECOND, BaseScreen, LineDialog
from legbal.tui.grid_widget import GridWidget
from legbal.tui.page_dialog import PageDialog
from legbal.tui.render import averages, bar, glance, trace
from legbal.tui.render.status import NOTE_COLUMNS, Frame, draw_header, draw_states
from legbal.tui.ride_dialogs import FinishDialog, HelpDialog, SideDialog, ZeroDialog

_FLASH_REFRESHES = 3 * REFRESHES_A_SECOND


class LiveScreen(BaseScreen[None]):
    """Shows a running ride; asks `live` for a snapshot at every refresh and hands it to the drawings."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "lap", "lap"),
        Binding("m", "mute", "mute"),
        Binding("z", "zero", "zero"),
        Binding("n", "note", "note"),
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("q", "finish", "finish"),
        Binding("p", "hold", "freeze"),
        Binding("t", "tables", "tables"),
        Binding("l", "toggle('large')", "large"),
        Binding("s", "side", "which leg", show=False),
        Binding("d", "app.dark_or_light", "dark or light", show=False),
        Binding("c", "app.settings", "setup"),
        Binding("b", "pause", "pause"),
        Binding("w", "page", "phone"),
    ]

    KEYS = """\
    space  lap           p  freeze the view only
    m      mute, unmute  t  tables on a small screen
    n      a note        s  which leg the number means
    z      zero offset   d  dark or light
    l      large type    c  setup: every setting
    b      pause: nothing counts until b again
    w      a page for a phone
    q      finish, with a summary
    """
    large = reactive(
        False, toggle_class="-large", bindings=True
    )  # nothing but the first glance, in large type
    tables = reactive(False, toggle_class="-tables")  # in the trace's place
    app: BaseApp[Any]

    def __init__(self, live: LiveRide) -> None:
        self._live = live
        self.frame: Frame | None = None
        self.held = False
        self._refreshes = 0
        self._flash, self._flash_left = "", 0
        self._side_set = False
        self._sound_text = ""  # that there is no sound is said once
        self._defects: dict[int, str] = {}  # of drawings that fail now, in sentences
        self._drawings: tuple[GridWidget[Frame], ...] = (  # from the top: the order of seeing
            GridWidget(self._guarded(draw_header), id="header"),
            GridWidget(self._guarded(draw_states), live=True, id="state"),
            GridWidget(self._guarded(glance.draw), live=True, id="glance"),
            GridWidget(self._guarded(bar.draw), id="bar"),
            GridWidget(self._guarded(averages.draw), id="readings"),
            GridWidget(self._guarded(trace.draw), id="trace"),
            GridWidget(self._guarded(averages.draw_tables), id="tables"),
            GridWidget(self._guarded(glance.draw_large), live=True, id="large"),
        )
        super().__init__(*self._drawings)

    def _guarded(
        self, draw: Callable[[Frame, int, int], list[Line]]
    ) -> Callable[[Frame, int, int], list[Line]]:
        """The drawing, which leaves its place empty and has that said where it fails: the ride goes on."""

        def drawn(frame: Frame, width: int, height: int) -> list[Line]:
            try:
                lines = draw(frame, width, height)
            except Exception as error:  # a drawing with a defect costs its own place only
                failed = outlet_sentence("a drawing", "failed", reason(error))
                self._defects[id(draw)] = f"{failed} {say('ride.goes_on')}"
                return []
            self._defects.pop(id(draw), None)
            return lines

        return drawn

    def on_mount(self) -> None:
        """Show the ride as it stands, then follow it: the only timer of the screen."""
        self.large = self.app.settings.large_type
        self.refresh_screen()
        self.set_interval(1 / REFRESHES_A_SECOND, self.refresh_screen)

    def show_ride(self, live: LiveRide) -> None:
        """Show another ride from now on: a screen that is there already is shown sooner than a new one."""
        self._live = live
        self.frame, self.held, self._refreshes = None, False, 0
        self._flash_left, self._sound_text = 0, ""
        self.refresh_screen()

    def use(self, before: Settings, now: Settings) -> None:
        """Large type, or not, where that was changed."""
        if now.large_type != before.large_type:
            self.large = now.large_type

    def refresh_screen(self) -> None:
        """Take the newest snapshot; numbers follow it once a second, and not at all while it is held."""
        before, status = self.frame, self._live.status()
        if self.app.problem and not status.error:
            status = msgspec.structs.replace(status, error=self.app.problem)
        if self._defects and not status.fault:
            status = msgspec.structs.replace(status, fault=next(iter(self._defects.values())))
        self._flash_left = max(0, self._flash_left - 1)
        if status.sound_text not in ("", self._sound_text):
            self._sound_text = self._flash = status.sound_text
            self._flash_left = 3 * _FLASH_REFRESHES
        if before is not None and self.held:
            now, steady = before.now, before.steady
        else:
            now = self._live.view()
            is_second = self._refreshes % REFRESHES_A_SECOND == 0
            steady = now if before is None or is_second else before.steady
            self._refreshes += 1
        flash = self._flash if self._flash_left else ""
        self.frame = frame = Frame(now, steady, status, held=self.held and before is not None, flash=flash)
        self.set_class(status.stale, "-stale")
        same = before is not None and before.steady is frame.steady and before.status == status
        for drawing in self._drawings:
            if drawing.live or not same:
                drawing.show(frame)

    def on_resize(self) -> None:
        """The footer's keys follow the size."""
        self.refresh_bindings()

    def say(self, text: str) -> None:
        """Answer a key, for a few seconds."""
        self._flash, self._flash_left = text, _FLASH_REFRESHES + 1
        self.refresh_screen()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """The key for the tables is there where they do not stand on the screen anyway."""
        if action == "tables":
            return not self.large and (self.size.width < WIDE or self.size.height < TALL)
        return True

    def action_lap(self) -> None:
        """A lap."""
        self._live.mark("lap")
        self.say(say("ride.lap", at=self._live.view().timer_s))

    def action_pause(self) -> None:
        """Pause the ride, or ride on."""
        view = self._live.view()
        if self._live.status().loading:
            return  # there is nothing to pause yet
        if view.paused_since is None:
            self._live.mark("pause")
            self.held, self._refreshes = False, 0  # that it is paused is to be seen
            self.refresh_screen()
        else:
            self._live.mark("resume")
            self.say(say("ride.resumed", paused_s=view.t - view.paused_since))

    def action_mute(self) -> None:
        """Sound off, or on again."""
        muted = self._live.view().muted
        self._live.mark("unmute" if muted else "mute")
        status = self._live.status()
        if status.sound == "off":
            self.say(status.sound_text or say("sound.off"))
        elif muted:
            self.say(status.sound_text or say("sound.bell" if status.sound == "bell" else "ride.sound_back"))
        else:
            self.say(say("ride.sound_muted"))

    def action_tables(self) -> None:
        """The tables in the trace's place, or the trace again."""
        if self.size.width < MEDIUM or self.size.height < MIDDLE:
            self.say(say("ride.no_room", columns=MEDIUM, rows=MIDDLE))
        else:
            self.tables = not self.tables

    @work
    async def action_note(self) -> None:
        """A note, typed while the ride goes on."""
        dialog = LineDialog(
            "A note on this moment. Enter saves it, Esc goes back.",
            placeholder="new saddle, left knee, …",
            most=NOTE_COLUMNS,
        )
        if text := clean(await self.ask(dialog), NOTE_COLUMNS):
            self._live.mark("note", text)
            self.say(say("ride.noted", at=self._live.view().timer_s))

    def action_hold(self) -> None:
        """Freeze the view, never the ride; or unfreeze it."""
        self.held = not self.held
        self._refreshes = 0
        self.refresh_screen()

    @work
    async def action_side(self) -> None:
        """Say which leg the meter's number is, where the meter does not."""
        view = self._live.view()
        if not has_balance(view.balance):
            self.say(say("ride.no_reference"))
        elif view.reference not in ("unknown", "assumed_left") and not self._side_set:
            self.say(say("ride.reference_stated", side=view.reference))
        elif side := await self.app.push_screen_wait(SideDialog()):
            self._side_set = True
            self._live.mark(f"reference_{side}")
            self.say(say("ride.reference_set", side=side))

    def action_page(self) -> None:
        """Where the ride's page is, or whether there is to be one."""
        if self.app.page is None or self._live.status().finished:
            self.say(say("page.none"))
        else:
            self.app.push_screen(PageDialog(self.app.page, self.app.charset))

    def action_zero(self) -> None:
        """Set the meter's zero offset, where there is a meter to ask."""
        instructions = self._live.zero_instructions()
        if self._live.status().finished or not instructions:
            self.say(say("ride.no_zero"))
        else:
            self.app.push_screen(ZeroDialog(instructions, self._live.zero))

    def action_help(self) -> None:
        """Keys, how to read the screen, and what this meter can know."""
        self.app.push_screen(HelpDialog(self._live.view().limits, self.KEYS))

    @work
    async def action_finish(self) -> None:
        """Ask once, then end the ride; where the source has ended there is nothing to ask."""
        if not self._live.status().finished:
            await self.ask(FinishDialog())  # ends here unless the rider says yes
        self.say(say("ride.closing"))
        await self.run_action("app.finish")

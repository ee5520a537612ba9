"""The programs of those who follow: one rider's screen without the rider's own keys, or many riders' in rows."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.events import ScreenResume, ScreenSuspend

from legbal.app.companion import Live
from legbal.config import Settings
from legbal.present.text import width_of
from legbal.remote import CHOICES, ORDERS, Rider, RiderGroup, select
from legbal.remote.remote_ride import FollowedRide
from legbal.tui.app import RideApp
from legbal.tui.base_screen import BaseScreen
from legbal.tui.dialogs import LineDialog
from legbal.tui.grid_widget import GridWidget
from legbal.tui.render import coach
from legbal.tui.render.coach import CoachHead
from legbal.tui.ride_dialogs import HelpDialog
from legbal.tui.row_list import RowList
from legbal.tui.screens.live import LiveScreen

Choosable = TypeVar("Choosable")
_KEYS = """\
↑ ↓    one up, one down        s  the next order
PgUp, PgDn, Home, End          f  everybody, alerts, here now
Enter  follow this rider       /  find by name; Esc shows all again
m      mute alerts             d  dark or light
q      leave

Worst first: a drop-off that holds, the deepest first, then a
threshold that is broken, then whoever is nearest to an alert.
Grey: nothing was heard for five seconds or more. The share is of the
last 30 seconds; "vs usual" is the watched leg against what is usual
for this rider at this power.
"""
_FOLLOW_KEYS = """\
m      mute what is heard here      p  hold the view
t      tables                       d  dark or light
l      large type                   q  leave

You follow somebody's ride: laps, notes and zero are the rider's own.
Grey means that nothing was heard for five seconds or more.
"""


class _Riders(RowList[Rider]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "follow")]


class CoachScreen(BaseScreen[None]):
    """Shows whom `squad` has heard. Only the visible rows are drawn.

    Args:
        squad: whom there is.
        follow: opens the screen of the rider of that name.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "order", "sort"),
        Binding("f", "choice", "filter"),
        Binding("slash", "find", "find", key_display="/"),
        Binding("escape", "everybody", "everybody", show=False),
        Binding("m", "mute", "mute"),
        Binding("d", "app.dark_or_light", "dark or light", show=False),
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("q", "app.quit", "leave"),
    ]

    def __init__(self, squad: RiderGroup, follow: Callable[[str], Awaitable[None]]) -> None:
        self._squad, self._follow = squad, follow
        self._head_values = CoachHead([], "worst first", "everybody", "", False, squad.status(), "")
        self._head = GridWidget(coach.head, self._head_values, id="coach-head")
        self._riders = _Riders(coach.rows, lambda rider: rider.name, opened=self._open, id="coach-table")
        super().__init__(self._head, GridWidget(coach.headings, "", id="coach-columns"), self._riders)

    def on_mount(self) -> None:
        """Show whom there is, then follow once a second: the only timer of the screen."""
        self.refresh_screen()
        self.set_interval(1.0, self.refresh_screen)

    def refresh_screen(self) -> None:
        """Take in what was heard since, and sort it anew."""
        self._show(riders=self._squad.riders())

    def _show(self, **changes: Any) -> None:
        """The cursor stays with its rider; at the top with the worst, whoever that is."""
        self._head_values = head = self._head_values._replace(
            muted=self._squad.view().muted, status=self._squad.status(), notice=self._squad.notice, **changes
        )
        self._head.show(head)
        empty = "Nobody to show here. Esc shows everybody." if head.riders else ""
        if not head.riders and width_of(head.trouble) > self.size.width - 2:
            empty = head.trouble  # the line above has no room for all of it
        self._riders.show_rows(
            select(head.riders, head.choice, head.order, head.part), keep=self._riders.cursor > 0, empty=empty
        )

    def action_order(self) -> None:
        """The next order; from its top."""
        self._riders.cursor = 0
        self._show(order=_after(tuple(ORDERS), self._head_values.order))

    def action_choice(self) -> None:
        """Everybody, those with an alert, those who are here."""
        self._show(choice=_after(tuple(CHOICES), self._head_values.choice))

    @work
    async def action_find(self) -> None:
        """Only those whose name has a part."""
        dialog = LineDialog(
            "A part of the name. Enter shows who has it, Esc goes back.",
            self._head_values.part,
            most=64,
            read=str.strip,
        )
        self._show(part=await self.ask(dialog))

    def action_everybody(self) -> None:
        """All of them again."""
        self._show(part="", choice="everybody")

    def action_mute(self) -> None:
        """The alerts' sound off, or on again."""
        self._squad.mark("unmute" if self._squad.view().muted else "mute")
        self._show()

    def _open(self, rider: Rider) -> None:
        self._show(opening=rider.name)
        # A whole screen takes a moment: say so first. The head asks, so that it has asked to be painted before.
        self._head.call_after_refresh(self.app.call_later, self._follow, rider.name)

    @on(ScreenSuspend)  # it is open
    @on(ScreenResume)
    def _opened(self) -> None:
        self._show(opening="")

    def action_help(self) -> None:
        """The keys, and the order."""
        self.app.push_screen(HelpDialog((), _KEYS))


def _after(choices: Sequence[Choosable], now: Choosable) -> Choosable:
    return choices[(choices.index(now) + 1) % len(choices)]


class FollowScreen(LiveScreen, inherit_bindings=False):
    """Shows a ride that is followed; greyed while it is not heard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "mute", "mute"),
        Binding("p", "hold", "hold"),
        Binding("l", "toggle('large')", "large"),
        Binding("t", "toggle('tables')", "tables"),
        Binding("d", "app.dark_or_light", "dark or light", show=False),
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("q,escape", "app.unfollow", "leave", key_display="q"),
    ]
    KEYS = _FOLLOW_KEYS

    def show_ride(self, live: Live) -> None:
        """Show another ride from now on: a screen that is there already is shown sooner than a new one."""
        self._live = live
        self.frame, self.held, self._refreshes = None, False, 0
        self._flash_left, self._sound_text = 0, ""
        self.refresh_screen()

    def refresh_screen(self) -> None:
        """Take the newest view, and say by its colour whether it is one; nothing while it is not shown."""
        if self.is_current:
            super().refresh_screen()


class FollowApp(RideApp):
    """Shows the ride of one rider."""

    live_screen = FollowScreen
    action_unfollow = RideApp.action_quit


class CoachApp(RideApp):
    """Shows many riders, and any one of them over that.

    Args:
        squad: whom there is.
        follow: follows the rider of that name; not yet run.
        settings: how it looks.
        flags: what was typed, by a setting's name.
    """

    def __init__(
        self,
        squad: RiderGroup,
        follow: Callable[[str], FollowedRide],
        settings: Settings | None = None,
        flags: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(squad, settings, flags, screen=lambda: CoachScreen(squad, self._open))
        self._follow = follow
        self._opened: FollowedRide | None = None
        self._one = FollowScreen(squad)

    async def on_mount(self) -> None:
        """Make the screen for one rider ready, before that of all is shown (Textual asks the base class too)."""
        self.install_screen(self._one, "one")
        await self.push_screen(self._one)
        await self.pop_screen()

    async def _open(self, name: str) -> None:
        if self._opened is None:
            self._opened = following = self._follow(name)
            await self.push_screen(self._one)
            self._one.show_ride(following)
            self.run_worker(following.run(), name="follow")

    async def action_unfollow(self) -> None:
        """Back to all of them."""
        following, self._opened = self._opened, None
        if following is not None:
            await self.pop_screen()
            self.run_worker(following.finish(), name="unfollow")

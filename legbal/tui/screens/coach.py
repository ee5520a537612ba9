"""Many riders in rows, as a coach sees them: sorted, filtered, found by name, and any one opened."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.events import ScreenResume, ScreenSuspend

from legbal.present.sentences import say
from legbal.present.text import width_of
from legbal.remote.rider_group import CHOICES, ORDERS, RiderGroup, RiderStatus, select
from legbal.tui.base_screens import BaseScreen, LineDialog
from legbal.tui.grid_widget import GridWidget, RowList
from legbal.tui.render import coach
from legbal.tui.render.coach import CoachHead
from legbal.tui.ride_dialogs import HelpDialog

_KEYS = """\
↑ ↓    one up, one down        s  the next order
PgUp, PgDn, Home, End          f  everybody, alerts, here now
Enter  follow this rider       /  find by name; Esc shows all again
m      mute alerts             d  dark or light
q      leave

Worst first: a drop-off that holds, the deepest first, then a
threshold that is broken, then whoever is nearest to an alert.
Grey: nothing was heard for five seconds or more. The share is of the
last 30 seconds; "leg vs usual" is how many points the watched leg, or
the one that does less, is above or below what is usual for this rider
at this power.
"""


class _Riders(RowList[RiderStatus]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "follow")]


class CoachScreen(BaseScreen[None]):
    """Shows whom the group has heard of. Only the visible rows are drawn.

    Args:
        group: whom there is.
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

    def __init__(self, group: RiderGroup, follow: Callable[[str], Awaitable[None]]) -> None:
        self._group, self._follow = group, follow
        self._head_values = CoachHead([], "worst", "everybody", "", False, group.status(), "")
        self._head = GridWidget(coach.head, self._head_values, id="coach-head")
        self._riders = _Riders(coach.rows, lambda rider: rider.name, opened=self._open, id="coach-table")
        super().__init__(self._head, GridWidget(coach.headings, "", id="coach-columns"), self._riders)

    def on_mount(self) -> None:
        """Show whom there is, then follow once a second: the only timer of the screen."""
        self.refresh_screen()
        self.set_interval(1.0, self.refresh_screen)

    def refresh_screen(self) -> None:
        """Take in what was heard since, and sort it anew."""
        self._show(riders=self._group.riders())

    def _show(self, **changes: Any) -> None:
        """The cursor stays with its rider; at the top with the worst, whoever that is."""
        self._head_values = head = self._head_values._replace(
            muted=self._group.view().muted, status=self._group.status(), notice=self._group.notice, **changes
        )
        self._head.show(head)
        trouble = head.trouble if width_of(head.trouble) > self.size.width - 2 else ""  # no room above
        empty = say("riders.none_here") if head.riders else trouble
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
        self._group.mark("unmute" if self._group.view().muted else "mute")
        self._show()

    def _open(self, rider: RiderStatus) -> None:
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


def _after(choices: Sequence[str], now: str) -> str:
    return choices[(choices.index(now) + 1) % len(choices)]

"""Many riders on one screen: keys move, sort, choose and open; the numbers change once a second."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from legbal.remote.squad import CHOICES, ORDERS, Choice, Order, Rider, Squad, chosen
from legbal.tui.render import coach as drawing
from legbal.tui.render.coach import Board
from legbal.tui.screens.help import HelpDialog
from legbal.tui.widgets.drawing import Drawing
from legbal.tui.widgets.keys import Keys

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


class CoachScreen(Screen[None]):
    """Shows whom `squad` has heard. Only the visible rows are drawn."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home", "move(-100000)", "first", show=False),
        Binding("end", "move(100000)", "last", show=False),
        Binding("enter", "open", "follow"),
        Binding("s", "order", "sort"),
        Binding("f", "choice", "filter"),
        Binding("slash", "find", "find", key_display="/"),
        Binding("escape", "everybody", "everybody", show=False),
        Binding("m", "mute", "mute"),
        Binding("d", "app.dark_or_light", "dark or light", show=False),
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("q", "app.quit", "leave"),
    ]

    class Opened(Message):
        """A rider is to be followed."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, squad: Squad) -> None:
        super().__init__()
        self._squad = squad
        self._heard: list[Rider] = []
        self._shown: list[Rider] = []
        self._order: Order = "worst first"
        self._choice: Choice = "everybody"
        self._part = ""
        self._opening = ""  # whose screen is about to come
        self._cursor = self._top = 0
        self._head = Drawing(drawing.head, self._board(), id="coach-head")
        self._table = Drawing(drawing.table, self._board(), id="coach-table")

    def compose(self) -> ComposeResult:
        """Two lines about all of them, and the rows."""
        yield self._head
        yield self._table
        yield Keys()

    def on_mount(self) -> None:
        """Show whom there is, then follow once a second: the only timer of the screen."""
        self.refresh_screen()
        self.set_interval(1.0, self.refresh_screen)

    def refresh_screen(self) -> None:
        """Take in what was heard since, and sort it anew; the cursor stays with its rider."""
        self._heard = self._squad.riders()
        self._choose()

    def on_resize(self) -> None:
        """As many rows as there is room for."""
        self._show()

    def _choose(self) -> None:
        name = self._at.name if self._at is not None else ""
        self._shown = chosen(self._heard, self._choice, self._order, self._part)
        if self._cursor:  # at the top it stays with the worst, whoever that is
            self._cursor = next((i for i, x in enumerate(self._shown) if x.name == name), self._cursor)
        self._show()

    @property
    def _at(self) -> Rider | None:
        return self._shown[self._cursor] if self._cursor < len(self._shown) else None

    def _show(self) -> None:
        self._cursor = max(0, min(self._cursor, len(self._shown) - 1))
        room = drawing.rows(self._table.size.height)
        self._top = max(0, min(self._top, self._cursor, len(self._shown) - room))
        self._top = max(self._top, self._cursor - room + 1)
        board = self._board()
        self._head.show(board)
        self._table.show(board)

    def _board(self) -> Board:
        return Board(
            shown=self._shown,
            everybody=len(self._heard),
            alerts=sum(not x.stale and x.glance.alert is not None for x in self._heard),
            stale=sum(x.stale for x in self._heard),
            cursor=self._cursor,
            top=self._top,
            order=self._order,
            choice=self._choice,
            part=self._part,
            muted=self._squad.view().muted,
            status=self._squad.status(),
            notice=self._squad.notice,
            opening=self._opening,
        )

    def action_move(self, rows: int) -> None:
        """The cursor down by so many rows, or up."""
        self._cursor += rows
        self._show()

    def action_page(self, pages: int) -> None:
        """The cursor by a screenful."""
        self.action_move(pages * drawing.rows(self._table.size.height))

    def action_order(self) -> None:
        """The next order; from its top."""
        self._order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]
        self._cursor = 0
        self._choose()

    def action_choice(self) -> None:
        """Everybody, those with an alert, those who are here."""
        self._choice = CHOICES[(CHOICES.index(self._choice) + 1) % len(CHOICES)]
        self._choose()

    def action_find(self) -> None:
        """Only those whose name has a part."""
        self.app.push_screen(FindDialog(self._part), self._find)

    def _find(self, part: str | None) -> None:
        if part is not None:
            self._part = part.strip()
            self._choose()

    def action_everybody(self) -> None:
        """All of them again."""
        self._part, self._choice = "", "everybody"
        self._choose()

    def action_mute(self) -> None:
        """The alerts' sound off, or on again."""
        self._squad.mark("unmute" if self._squad.view().muted else "mute")
        self._show()

    def action_open(self) -> None:
        """Follow the rider at the cursor."""
        if self._at is not None:
            self._opening = self._at.name
            self._show()
            self.call_after_refresh(self._open)  # a whole screen takes a moment: say so first

    def _open(self) -> None:
        self.post_message(self.Opened(self._opening))

    def on_screen_suspend(self) -> None:
        """It is open."""
        self._opening = ""

    def on_screen_resume(self) -> None:
        """Back from a rider."""
        self._show()

    def action_help(self) -> None:
        """The keys, and the order."""
        self.app.push_screen(HelpDialog((), _KEYS))


class FindDialog(ModalScreen[str]):
    """Asks for a part of a name; gives it, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def compose(self) -> ComposeResult:
        """One line to type in."""
        with Vertical(classes="dialog"):
            yield Static("A part of the name. Enter shows who has it, Esc goes back.", markup=False)
            yield Input(self._part, max_length=64, compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        self.dismiss(event.value)

"""The list of rides: a cursor over thousands of them, of which only those in sight are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from legbal.app.rides import Entry
from legbal.tui.render import rides
from legbal.tui.widgets.grid_widget import GridWidget


class RideList(GridWidget, can_focus=True):
    """Rides to choose from, by keys alone."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"ride-list--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup,b", "page(-1)", "a page up", show=False),
        Binding("pagedown", "page(1)", "a page down", show=False),
        Binding("home,g", "move(-1000000)", "first", show=False),
        Binding("end,G", "move(1000000)", "last", show=False),
        Binding("enter", "open", "open"),
    ]

    class Opened(Message):
        """The rider chose a ride."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    class Moved(Message):
        """The cursor is on another ride."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entries: Sequence[Entry] = ()
        self._cursor = self._top = 0
        self._empty = ""

    @property
    def chosen(self) -> Entry | None:
        """The ride under the cursor; None in an empty list."""
        return self._entries[self._cursor] if self._entries else None

    @property
    def place(self) -> tuple[int, int]:
        """How many rides stand up to the cursor, and in all."""
        return (self._cursor + 1 if self._entries else 0), len(self._entries)

    def show(self, entries: Sequence[Entry], *, keep: bool = True, empty: str = "") -> None:
        """Show these rides; the cursor stays on its ride, or where that one was.

        Args:
            entries: in the order in which they are listed.
            keep: False: the cursor goes to the first.
            empty: is said where there are none.
        """
        before = self.chosen
        self._entries, self._empty = entries, empty
        if before is not None and keep:
            ids = [entry.ride.id for entry in entries]
            if before.ride.id in ids:
                self._cursor = ids.index(before.ride.id)
        else:
            self._cursor = 0
        self._moved()

    def action_move(self, by: int) -> None:
        """Move the cursor by so many rides."""
        self._cursor += by
        self._moved()

    def action_page(self, by: int) -> None:
        """Move the cursor by so many pages."""
        self.action_move(by * max(1, self.size.height - 1))

    def action_open(self) -> None:
        """Say which ride is chosen."""
        if (entry := self.chosen) is not None:
            self.post_message(self.Opened(entry))

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._moved()

    def _moved(self) -> None:
        """Keep the cursor among the rides and in sight, and draw what is in sight."""
        height = max(1, self.size.height)
        self._cursor = max(0, min(self._cursor, len(self._entries) - 1))
        self._top = max(self._cursor - height + 1, min(self._top, self._cursor))
        self._top = max(0, min(self._top, len(self._entries) - height))
        if self.size.width and not self._entries:
            self.show_lines(rides.empty(self._empty, self.size.width, height))
        elif self.size.width:
            seen = self._entries[self._top : self._top + height]
            self.show_lines(rides.draw(seen, self._cursor - self._top, self.size.width))
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        """One ride; the one under the cursor on a ground of its own."""
        strip = super().render_line(y)
        if y != self._cursor - self._top or not self._entries:
            return strip
        ground = Style(bgcolor=self.get_component_rich_style("ride-list--cursor").bgcolor)
        return Strip(Segment.apply_style(strip, post_style=ground), strip.cell_length)

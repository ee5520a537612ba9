"""A list with a cursor: thousands of rows, of which only those in sight are drawn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from legbal.present.grid import Line
from legbal.present.text import wrapped
from legbal.tui.render.text_grid import TextGrid
from legbal.tui.widgets.grid_widget import GridWidget

Row = TypeVar("Row")


class RowList(GridWidget[Sequence[Row]], Generic[Row], can_focus=True):
    """Rows to choose from, by keys alone.

    Args:
        draw_rows: draws the rows in sight, with the place of the cursor among them, in so many columns.
        identity: what tells a row from the others, by which the cursor stays on it.
        id: the widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--cursor"}
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
        """The rider chose the row under the cursor."""

    class Moved(Message):
        """The cursor is on another row."""

    def __init__(
        self,
        draw_rows: Callable[[Sequence[Row], int, int], list[Line]],
        identity: Callable[[Row], Hashable],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(self._draw_in_sight, (), id=id)
        self._rows: Sequence[Row] = ()
        self._draw_rows, self._identity = draw_rows, identity
        self.cursor = self._top = 0
        self._empty = ""

    @property
    def chosen(self) -> Row | None:
        """The row under the cursor; None in an empty list."""
        return self._rows[self.cursor] if self._rows else None

    @property
    def place(self) -> tuple[int, int]:
        """How many rows stand up to the cursor, and in all."""
        return (self.cursor + 1 if self._rows else 0), len(self._rows)

    def show_rows(self, rows: Sequence[Row], *, keep: bool = True, empty: str = "") -> None:
        """Show these rows; the cursor stays on its row, or where that one was.

        Args:
            rows: in the order in which they are listed.
            keep: False: the cursor goes to the first.
            empty: is said where there are none.
        """
        before = self.chosen
        self._rows, self._empty = rows, empty
        if before is not None and keep:
            wanted = self._identity(before)
            same = (at for at, row in enumerate(rows) if self._identity(row) == wanted)
            self.cursor = next(same, self.cursor)
        else:
            self.cursor = 0
        self._moved()

    def action_move(self, by: int) -> None:
        """Move the cursor by so many rows."""
        self.cursor += by
        self._moved()

    def action_page(self, by: int) -> None:
        """Move the cursor by so many pages."""
        self.action_move(by * max(1, self.size.height - 1))

    def action_open(self) -> None:
        """Say which row is chosen."""
        if self._rows:
            self.post_message(self.Opened())

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._moved()

    def _moved(self) -> None:
        """Keep the cursor among the rows and in sight, and draw what is in sight."""
        height = max(1, self.size.height)
        self.cursor = max(0, min(self.cursor, len(self._rows) - 1))
        self._top = max(self.cursor - height + 1, min(self._top, self.cursor))
        self._top = max(0, min(self._top, len(self._rows) - height))
        self.show(self._rows)
        self.post_message(self.Moved())

    def _draw_in_sight(self, rows: Sequence[Row], width: int, height: int) -> list[Line]:
        if rows:
            return self._draw_rows(rows[self._top : self._top + height], self.cursor - self._top, width)
        grid = TextGrid(width, height)
        said = wrapped(self._empty, max(10, width - 4))
        for y, row in enumerate(said, max(0, (height - len(said)) // 3)):
            grid.centre(y, row, "plain")
        return grid.lines()

    def render_line(self, y: int) -> Strip:
        """One row; the one under the cursor on a ground of its own."""
        strip = super().render_line(y)
        if y != self.cursor - self._top or not self._rows:
            return strip
        ground = Style(bgcolor=self.get_component_rich_style("row-list--cursor").bgcolor)
        return Strip(Segment.apply_style(strip, post_style=ground), strip.cell_length)

"""A list with a cursor, moved and opened by keys."""

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.strip import Strip

from legbal.present.grid import Line
from legbal.present.text import wrapped
from legbal.tui.grid_widget import GridWidget
from legbal.tui.render.text_grid import TextGrid

Row = TypeVar("Row")


class RowList(GridWidget[Sequence[Row]], Generic[Row], can_focus=True):
    """Rows to choose from, by keys alone.

    Args:
        draw_rows: draws the rows in sight, with the place of the cursor among them, in so many columns.
        identity: what tells a row from the others, by which the cursor stays on it.
        opened: is given the row under the cursor when the rider chooses it.
        moved: is called whenever the rows or the cursor's place among them have changed.
        id: the widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup,b", "move(-1, True)", "a page up", show=False),
        Binding("pagedown", "move(1, True)", "a page down", show=False),
        Binding("home,g", "move(-1000000)", "first", show=False),
        Binding("end,G", "move(1000000)", "last", show=False),
        Binding("enter", "open", "open"),
    ]

    value: Sequence[Row]

    def __init__(
        self,
        draw_rows: Callable[[Sequence[Row], int, int], list[Line]],
        identity: Callable[[Row], Hashable],
        *,
        opened: Callable[[Row], object],
        moved: Callable[[], object] = lambda: None,
        id: str | None = None,
    ) -> None:
        super().__init__(self._draw_in_sight, (), id=id)
        self._draw_rows, self._identity = draw_rows, identity
        self._opened, self._tell_moved = opened, moved
        self.cursor = self._top = 0

    @property
    def chosen(self) -> Row | None:
        """The row under the cursor; None in an empty list."""
        return self.value[self.cursor] if self.value else None

    def show_rows(self, rows: Sequence[Row], *, keep: bool = True, empty: str = "") -> None:
        """Show these rows; the cursor stays on its row, or where that one was.

        Args:
            rows: in the order in which they are listed.
            keep: False: the cursor goes to the first.
            empty: is said where there are none.
        """
        before = self.chosen if keep else None
        identity = None if before is None else self._identity(before)
        same = (at for at, row in enumerate(rows) if self._identity(row) == identity)
        self.cursor = 0 if before is None else next(same, self.cursor)
        self.value, self._empty = rows, empty
        self._moved()

    def action_move(self, by: int, pages: bool = False) -> None:
        """Move the cursor by so many rows or pages."""
        self.cursor += by * max(1, self.size.height - 1) if pages else by
        self._moved()

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.value:
            self._opened(self.value[self.cursor])

    @on(Resize)
    def _moved(self) -> None:
        """Keep the cursor among the rows and in sight, and draw what is in sight."""
        height = max(1, self.size.height)
        self.cursor = max(0, min(self.cursor, len(self.value) - 1))
        self._top = max(self.cursor - height + 1, min(self._top, self.cursor))
        self._top = max(0, min(self._top, len(self.value) - height))
        self.show(self.value)
        self._tell_moved()

    def _draw_in_sight(self, rows: Sequence[Row], width: int, height: int) -> list[Line]:
        if rows:
            return self._draw_rows(rows[self._top : self._top + height], self.cursor - self._top, width)
        grid = TextGrid(width, height)
        lines = wrapped(self._empty, max(10, width - 4))
        for y, row in enumerate(lines, max(0, (height - len(lines)) // 3)):
            grid.centre(y, row, "plain")
        return grid.lines()

    def render_line(self, y: int) -> Strip:
        """One row; the one under the cursor on a ground of its own."""
        strip = super().render_line(y)
        if y != self.cursor - self._top or not self.value:
            return strip
        ground = Style(bgcolor=self.get_component_rich_style("row-list--cursor").bgcolor)
        return Strip(Segment.apply_style(strip, post_style=ground), strip.cell_length)

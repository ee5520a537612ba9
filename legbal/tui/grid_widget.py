"""The one widget for every drawing, and a list drawn by it whose cursor is moved by keys."""

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, Generic

from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from legbal.present.document import Line
from legbal.present.text import wrapped
from legbal.tui.render.text_grid import Row, TextGrid, Value, on_grid


@on_grid
def _draw_empty(grid: TextGrid, text: str) -> None:
    grid.centre(grid.height // 2, text, "quiet")


class GridWidget(Widget, Generic[Value]):
    """Shows what a function draws of a value, in its screen's styles; only rows that changed are repainted.

    Args:
        draw: the drawing: (value, columns, rows) to lines; rows is 0 where the height is left open.
        value: what is drawn at first; None: nothing yet.
        empty: is said in the middle while there is nothing.
        live: of a running ride: drawn at every frame, not only with the second's numbers.
        id: the widget's id.
    """

    def __init__(
        self,
        draw: Callable[[Value, int, int], list[Line]],
        value: Value | None = None,
        *,
        empty: str = "",
        live: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._drawn: dict[tuple[int, int], list[Line]] = {}  # of the value, by columns and rows
        self._lines: list[Line] = []  # as they are painted
        self.value = value
        self._empty = empty
        self.live = live

    def show(self, value: Value) -> None:
        """Draw this value from now on."""
        self.value, self._drawn = value, {}
        self._redraw()

    @on(Resize)
    def _redraw(self) -> None:
        if not self.size.width or not self.display:
            return
        before = self._lines
        self._lines = self._at(self.size.width, 0 if self.styles.auto_dimensions else self.size.height)
        rows = [y for y, (old, new) in enumerate(zip(before, self._lines, strict=False)) if old != new]
        if len(before) != len(self._lines):
            self.refresh(layout=self.styles.auto_dimensions)
        elif rows:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in rows))

    def _at(self, columns: int, rows: int) -> list[Line]:
        """The drawing at a size; layout and painting ask for the same."""
        size = columns, rows
        if size not in self._drawn:
            self._drawn[size] = (
                _draw_empty(self._empty, *size) if self.value is None else self._draw(self.value, *size)
            )
        return self._drawn[size]

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """As many rows as the drawing has, for a height that the style sheet leaves open."""
        return max(1, len(self._at(width, 0)))

    def render_line(self, y: int) -> Strip:
        """One row of the drawing."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width, self.rich_style)
        ink = self.screen.get_component_rich_style
        runs = (Segment(run.text, ink(f"style--{run.style}", partial=True)) for run in self._lines[y])
        ground = Style(bgcolor=self.visual_style.rich_style.bgcolor)
        return Strip(runs, self.size.width).apply_style(ground)


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

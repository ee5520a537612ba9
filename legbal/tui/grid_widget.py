"""The one widget for every drawing."""

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual import on
from textual.events import Resize
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from legbal.present.grid import Line
from legbal.tui.render.text_grid import STYLES, TextGrid, plain

Value = TypeVar("Value")


class GridWidget(Widget, Generic[Value]):
    """Shows what a function draws of a value, in the style sheet's styles; only rows that changed are repainted.

    Args:
        draw: the drawing: (value, columns, rows) to lines; rows is 0 where the height is left open.
        value: what is drawn at first; None: nothing yet.
        empty: is said in the middle while there is nothing.
        live: of a running ride: drawn at every frame, not only with the second's numbers.
        id: the widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"style--{style}" for style in STYLES}

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

    @property
    def text(self) -> str:
        """What a reader reads here, without style."""
        return plain(self._lines)

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
                self._draw_empty(*size) if self.value is None else self._draw(self.value, *size)
            )
        return self._drawn[size]

    def _draw_empty(self, columns: int, rows: int) -> list[Line]:
        grid = TextGrid(columns, rows)
        grid.centre(rows // 2, self._empty, "quiet")
        return grid.lines()

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """As many rows as the drawing has, for a height that the style sheet leaves open."""
        return max(1, len(self._at(width, 0)))

    def render_line(self, y: int) -> Strip:
        """One row of the drawing."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width, self.rich_style)
        runs = (
            Segment(run.text, self.get_component_rich_style(f"style--{run.style}")) for run in self._lines[y]
        )
        return Strip(runs, self.size.width)

"""A drawing of any value, as tall as it needs or as its place is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from textual.geometry import Size

from legbal.tui.render.text_grid import Line
from legbal.tui.widgets.grid_widget import GridWidget

Value = TypeVar("Value")


class Drawing(GridWidget, Generic[Value]):
    """Shows what a pure function draws of a value.

    Args:
        draw: the drawing: (value, columns, rows) to lines; rows is 0 where the height is left open.
        value: what is drawn at first.
        id: the widget's id.
    """

    def __init__(
        self, draw: Callable[[Value, int, int], list[Line]], value: Value, *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._drawn: tuple[int, int, list[Line]] | None = None  # of the value, at columns and rows
        self.value = value

    def show(self, value: Value) -> None:
        """Draw this value from now on."""
        self.value, self._drawn = value, None
        self._redraw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw()

    def _redraw(self) -> None:
        if self.size.width and self.display:
            rows = 0 if self.styles.auto_dimensions else self.size.height
            self.show_lines(self._at(self.size.width, rows))

    def _at(self, columns: int, rows: int) -> list[Line]:
        """The drawing at a size; layout and painting ask for the same."""
        if self._drawn is None or self._drawn[:2] != (columns, rows):
            self._drawn = (columns, rows, self._draw(self.value, columns, rows))
        return self._drawn[2]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the drawing has."""
        del container, viewport
        return max(1, len(self._at(width, 0)))

"""One widget for every drawing of a live ride: it asks a pure function for a frame's lines."""

from __future__ import annotations

from collections.abc import Callable

from textual.geometry import Size
from textual.reactive import reactive

from legbal.tui.frame import Frame
from legbal.tui.render.text_grid import Line
from legbal.tui.widgets.grid_widget import GridWidget

Draw = Callable[[Frame, int, int], list[Line]]


class Canvas(GridWidget):
    """A part of the live screen.

    Args:
        draw: the drawing: (frame, columns, rows) to lines, as many as it needs.
        live: whether it follows every frame; otherwise it changes only with the second's snapshot.
        id: the widget's id.
    """

    frame: reactive[Frame | None] = reactive(None, repaint=False)

    def __init__(self, draw: Draw, *, live: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._live = live

    def watch_frame(self, old: Frame | None, new: Frame | None) -> None:
        """Draw anew what the new frame changes."""
        steady = old is not None and new is not None and old.steady is new.steady and old.status == new.status
        if self._live or not steady:
            self._redraw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw()

    def _redraw(self) -> None:
        if self.frame is not None and self.size.width and self.display:
            self.show_lines(self._draw(self.frame, self.size.width, self.size.height))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the drawing has, for a height that the style sheet leaves open."""
        del container, viewport
        return len(self._draw(self.frame, width, 0)) if self.frame is not None else 1

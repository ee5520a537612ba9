"""One widget for every drawing of a live ride: it asks a pure function for a scene's lines."""

from __future__ import annotations

from collections.abc import Callable

from textual.geometry import Size
from textual.reactive import reactive

from legbal.tui.render.paper import Line
from legbal.tui.scene import Scene
from legbal.tui.widgets.inked import Inked

Draw = Callable[[Scene, int, int], list[Line]]


class Canvas(Inked):
    """A part of the live screen.

    Args:
        draw: the drawing: (scene, columns, rows) to lines, as many as it needs.
        live: whether it follows every frame; otherwise it changes only with the second's snapshot.
        id: the widget's id.
    """

    scene: reactive[Scene | None] = reactive(None, repaint=False)

    def __init__(self, draw: Draw, *, live: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._live = live

    def watch_scene(self, old: Scene | None, new: Scene | None) -> None:
        """Draw anew what the new scene changes."""
        steady = old is not None and new is not None and old.steady is new.steady and old.status == new.status
        if self._live or not steady:
            self._redraw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw()

    def _redraw(self) -> None:
        if self.scene is not None and self.size.width and self.display:
            self.show_lines(self._draw(self.scene, self.size.width, self.size.height))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the drawing has, for a height that the style sheet leaves open."""
        del container, viewport
        return len(self._draw(self.scene, width, 0)) if self.scene is not None else 1

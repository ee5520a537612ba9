"""One widget for every drawing: it asks a pure function for a scene's lines, and repaints what changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from legbal.tui.render.paper import INKS, Line, plain
from legbal.tui.scene import Scene

Draw = Callable[[Scene, int, int], list[Line]]


class Canvas(Widget):
    """A part of the live screen.

    Args:
        draw: the drawing: (scene, columns, rows) to lines, as many as it needs.
        live: whether it follows every frame; otherwise it changes only with the second's snapshot.
        id: the widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"ink--{ink}" for ink in INKS}
    scene: reactive[Scene | None] = reactive(None, repaint=False)

    def __init__(self, draw: Draw, *, live: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._live = live
        self._lines: list[Line] = []

    @property
    def text(self) -> str:
        """What a reader reads here, without ink."""
        return plain(self._lines)

    def watch_scene(self, old: Scene | None, new: Scene | None) -> None:
        """Draw anew what the new scene changes."""
        steady = old is not None and new is not None and old.steady is new.steady and old.status == new.status
        if self._live or not steady:
            self._redraw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw()

    def _redraw(self) -> None:
        size = self.size
        if self.scene is None or not size.width or not self.display:
            return
        before, self._lines = self._lines, self._draw(self.scene, size.width, size.height)
        if len(before) != len(self._lines):
            self.refresh(layout=self.styles.auto_dimensions)
            return
        rows = [y for y, (old, new) in enumerate(zip(before, self._lines, strict=True)) if old != new]
        if rows:
            self.refresh(*(Region(0, y, size.width, 1) for y in rows))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the drawing has, for a height that the style sheet leaves open."""
        del container, viewport
        return len(self._draw(self.scene, width, 0)) if self.scene is not None else 1

    def render_line(self, y: int) -> Strip:
        """One row of the drawing, in the style sheet's inks."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width, self.rich_style)
        style = self.get_component_rich_style
        return Strip([Segment(run.text, style(f"ink--{run.ink}")) for run in self._lines[y]], self.size.width)

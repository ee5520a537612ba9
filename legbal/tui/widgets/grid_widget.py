"""GridWidget lines on the screen: what every drawing widget has in common."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from legbal.tui.render.text_grid import STYLES, Line, plain


class GridWidget(Widget):
    """Shows lines in the style sheet's styles, and repaints only the rows that changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"style--{style}" for style in STYLES}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Line] = []

    @property
    def text(self) -> str:
        """What a reader reads here, without style."""
        return plain(self._lines)

    def show_lines(self, lines: list[Line]) -> None:
        """Put these lines in place of those that are shown."""
        before, self._lines = self._lines, lines
        if len(before) != len(lines):
            self.refresh(layout=self.styles.auto_dimensions)
            return
        rows = [y for y, (old, new) in enumerate(zip(before, lines, strict=True)) if old != new]
        if rows:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in rows))

    def render_line(self, y: int) -> Strip:
        """One row of the drawing."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width, self.rich_style)
        style = self.get_component_rich_style
        return Strip(
            [Segment(run.text, style(f"style--{run.style}")) for run in self._lines[y]], self.size.width
        )

"""One widget for every drawing: it shows what a pure function draws of a value; and the line of keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual.events import Click
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from legbal.present.grid import Line
from legbal.present.text import width_of
from legbal.tui.render.text_grid import STYLES, TextGrid, plain

if TYPE_CHECKING:
    from textual.screen import Screen

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
        self._drawn: tuple[int, int, list[Line]] | None = None  # of the value, at columns and rows
        self._lines: list[Line] = []
        self.value = value
        self._empty = empty
        self.live = live

    @property
    def text(self) -> str:
        """What a reader reads here, without style."""
        return plain(self._lines)

    def show(self, value: Value) -> None:
        """Draw this value from now on."""
        self.value, self._drawn = value, None
        self._redraw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw()

    def _redraw(self) -> None:
        """Draw the value for the widget's size, and repaint the rows that changed."""
        if not self.size.width or not self.display:
            return
        before = self._lines
        self._lines = self._at(self.size.width, 0 if self.styles.auto_dimensions else self.size.height)
        if len(before) != len(self._lines):
            self.refresh(layout=self.styles.auto_dimensions)
            return
        rows = [y for y, (old, new) in enumerate(zip(before, self._lines, strict=True)) if old != new]
        if rows:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in rows))

    def _at(self, columns: int, rows: int) -> list[Line]:
        """The drawing at a size; layout and painting ask for the same."""
        if self._drawn is None or self._drawn[:2] != (columns, rows):
            self._drawn = (columns, rows, self._draw_value(columns, rows))
        return self._drawn[2]

    def _draw_value(self, columns: int, rows: int) -> list[Line]:
        if self.value is not None:
            return self._draw(self.value, columns, rows)
        grid = TextGrid(columns, rows)
        grid.centre(rows // 2, self._empty, "quiet")
        return grid.lines()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the drawing has, for a height that the style sheet leaves open."""
        del container, viewport
        return max(1, len(self._at(width, 0)))

    def render_line(self, y: int) -> Strip:
        """One row of the drawing."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width, self.rich_style)
        style = self.get_component_rich_style
        runs = [Segment(run.text, style(f"style--{run.style}")) for run in self._lines[y]]
        return Strip(runs, self.size.width)


Keys = Sequence[tuple[str, str, str]]  # how a key is shown, what it does, the key itself


class KeyBar(GridWidget[Keys]):
    """The screen's keys and what they do, at its foot on one line; a click on one is that key.

    Textual's own footer makes a widget of each key anew whenever the keys may have changed, and keeps every one that
    it ever made: on a screen that stays for hours that is felt at each key.
    """

    DEFAULT_CSS = "KeyBar { dock: bottom; height: 1; background: $panel; }"

    def __init__(self) -> None:
        super().__init__(self._draw_keys, (), id="keys")
        self._places: list[tuple[int, int, str]] = []  # first column, the one after the last, key

    def on_mount(self) -> None:
        """Follow the screen's keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_resize(self) -> None:
        """As many as fit."""
        self._changed(self.screen)

    def _changed(self, screen: Screen[object]) -> None:
        if not self.is_attached or screen is not self.screen:
            return
        shown: dict[str, tuple[str, str, str]] = {}
        for _, binding, enabled, _ in screen.active_bindings.values():
            if binding.show and enabled and binding.action not in shown:
                display = self.app.get_key_display(binding)
                shown[binding.action] = (display, binding.description, binding.key)
        self.show(tuple(shown.values()))

    def _draw_keys(self, keys: Keys, width: int, _height: int) -> list[Line]:
        grid = TextGrid(width, 1)
        self._places = []
        wide = sum(width_of(shown) + width_of(does) + 3 for shown, does, _ in keys) - 2
        x = 0
        for shown, does, key in keys:
            if x + width_of(shown) + 1 + width_of(does) > width:
                break
            start = x
            x = grid.write(x, 0, shown, "strong")
            x = grid.write(x + 1, 0, does, "plain")
            self._places.append((start, x, key))
            x += 2 if wide <= width else 1
        return grid.lines()

    def on_click(self, event: Click) -> None:
        """The key that was clicked."""
        for start, end, key in self._places:
            if start <= event.x < end:
                self.app.simulate_key(key)

"""The keys at the foot of a screen, drawn as one line.

Textual's own footer makes a widget of each key anew whenever the keys may have changed, and keeps every one that it
ever made: on a screen that stays for hours that is felt at each key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.events import Click
from textual.geometry import Size

from legbal.tui.render.text_grid import TextGrid, cells_of
from legbal.tui.widgets.grid_widget import GridWidget

if TYPE_CHECKING:
    from textual.screen import Screen


class Keys(GridWidget):
    """Shows the screen's keys and what they do; a click on one is that key."""

    DEFAULT_CSS = "Keys { dock: bottom; height: 1; background: $panel; }"

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._places: list[tuple[int, int, str]] = []  # first column, the one after the last, key

    def on_mount(self) -> None:
        """Follow the screen's keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_resize(self) -> None:
        """As many as fit."""
        self._redraw()

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            self._redraw()

    def _redraw(self) -> None:
        width = self.size.width
        grid = TextGrid(width, 1)
        self._places = []
        keys = [(self.app.get_key_display(binding), said, binding.key) for binding, said in self._said()]
        wide = sum(cells_of(shown) + cells_of(said) + 3 for shown, said, _ in keys) - 2
        gap = 2 if wide <= width else 1
        x = 0
        for shown, said, key in keys:
            if x + cells_of(shown) + 1 + cells_of(said) > width:
                break
            start = x
            x = grid.write(x, 0, shown, "strong")
            x = grid.write(x + 1, 0, said, "plain")
            self._places.append((start, x, key))
            x += gap
        self.show_lines(grid.lines())

    def _said(self) -> list[tuple[Binding, str]]:
        shown: dict[str, tuple[Binding, str]] = {}
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            if binding.show and enabled and binding.action not in shown:
                shown[binding.action] = (binding, binding.description)
        return list(shown.values())

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row."""
        del container, viewport, width
        return 1

    def on_click(self, event: Click) -> None:
        """The key that was clicked."""
        for start, end, key in self._places:
            if start <= event.x < end:
                self.app.simulate_key(key)

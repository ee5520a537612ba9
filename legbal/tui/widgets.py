"""What screens are made of: the one widget for every drawing, the line of keys, and the whole."""

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.screen import Screen, ScreenResultType
from textual.strip import Strip
from textual.widget import Widget

from legbal.present.grid import Line
from legbal.present.text import width_of
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


Keys = Sequence[tuple[str, str, str]]  # how a key is shown, what it does, the key itself


class KeyBar(GridWidget[Keys]):
    """The screen's keys and what they do, at its foot on one line; a click on one is that key.

    Textual's own footer makes a widget of each key anew whenever the keys may have changed, and keeps every one that
    it ever made: on a screen that stays for hours that is felt at each key.
    """

    def __init__(self) -> None:
        super().__init__(self._draw_keys, (), id="keys")
        self._keys: list[str] = []  # of each column the key that is shown there, if any

    def on_mount(self) -> None:
        """Follow the screen's keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    @on(Resize)
    def _changed(self, _: object) -> None:
        shown: dict[str, tuple[str, str, str]] = {}
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            if binding.show and enabled and binding.action not in shown:
                shown[binding.action] = (
                    self.app.get_key_display(binding),
                    binding.description,
                    binding.key,
                )
        self.show(tuple(shown.values()))

    def _draw_keys(self, keys: Keys, width: int, _height: int) -> list[Line]:
        grid = TextGrid(width, 1)
        self._keys = [""] * width
        wide = sum(width_of(shown) + width_of(does) + 3 for shown, does, _ in keys) - 2
        x = 0
        for shown, does, key in keys:
            if x + width_of(shown) + 1 + width_of(does) > width:
                break
            start = x
            x = grid.write(x, 0, shown, "strong")
            x = grid.write(x + 1, 0, does, "plain")
            self._keys[start:x] = [key] * (x - start)
            x += 2 if wide <= width else 1
        return grid.lines()

    def on_click(self, event: Click) -> None:
        """The key that was clicked."""
        if key := self._keys[event.x]:
            self.app.simulate_key(key)


class BaseScreen(Screen[ScreenResultType]):
    """A screen with its parts from top to bottom, and its keys at the foot.

    Args:
        *parts: what stands on it.
    """

    def __init__(self, *parts: Widget) -> None:
        super().__init__()
        self._parts: Sequence[Widget] = parts

    def compose(self) -> ComposeResult:
        """The parts and the keys."""
        yield from self._parts
        yield KeyBar()

    async def ask(self, dialog: Screen[Value]) -> Value:
        """The rider's answer, in a worker, which ends here where the rider goes back without one."""
        answer: Value | None = await self.app.push_screen_wait(dialog)
        if answer is None:
            raise asyncio.CancelledError
        return answer

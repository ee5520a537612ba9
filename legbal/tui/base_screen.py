"""A screen: its parts from top to bottom, and the line of keys at its foot."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from textual import on
from textual.app import ComposeResult
from textual.events import Click, Resize
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

from legbal.present.grid import Line
from legbal.present.text import width_of
from legbal.tui.grid_widget import GridWidget
from legbal.tui.render.text_grid import TextGrid

Answer = TypeVar("Answer")
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

    async def ask(self, dialog: Screen[Answer]) -> Answer:
        """The rider's answer, in a worker, which ends here where the rider goes back without one: that is None."""
        answer: Answer | None = await self.app.push_screen_wait(dialog)
        if answer is None:
            raise asyncio.CancelledError
        return answer

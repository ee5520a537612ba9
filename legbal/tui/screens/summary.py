"""The summary after the ride."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer

from legbal.tui.render import summary
from legbal.tui.scene import Scene
from legbal.tui.widgets.canvas import Canvas


class SummaryScreen(Screen[None]):
    """Shows the last snapshot of a ride until the rider leaves.

    Args:
        scene: the ride's last snapshot and the companion's last status.
        problem: what went wrong while the ride was closed, or nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,enter,escape", "app.leave", "leave"),
        Binding("d", "app.dark_or_light", "dark or light", show=False),
    ]

    def __init__(self, scene: Scene, problem: str) -> None:
        super().__init__()
        self._scene, self._problem = scene, problem

    def compose(self) -> ComposeResult:
        """One drawing, scrolled where it is longer than the screen."""
        with VerticalScroll():
            canvas = Canvas(partial(summary.draw, self._problem), id="summary-text")
            canvas.scene = self._scene
            yield canvas
        yield Footer(compact=True)

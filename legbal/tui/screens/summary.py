"""The summary after the ride."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen

from legbal.tui.frame import Frame
from legbal.tui.render import summary
from legbal.tui.widgets.grid_widget import GridWidget, KeyBar


class SummaryScreen(Screen[None]):
    """Shows the last snapshot of a ride until the rider leaves.

    Args:
        frame: the ride's last snapshot and the companion's last status.
        problem: what went wrong while the ride was closed, or nothing.
        open_page: opens the ride's page; None: it has none.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open_page", "the ride's page"),
        Binding("q,enter,escape", "app.leave", "leave"),
        Binding("d", "app.dark_or_light", "dark or light", show=False),
    ]

    def __init__(
        self, frame: Frame, problem: str, open_page: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        super().__init__()
        self._last, self._problem = frame, problem
        self._open_page = open_page

    def compose(self) -> ComposeResult:
        """One drawing, scrolled where it is longer than the screen."""
        with VerticalScroll():
            yield GridWidget(partial(summary.draw, self._problem), self._last, id="summary-text")
        yield KeyBar()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key for the ride's page is there where it has one."""
        del parameters
        return action != "open_page" or self._open_page is not None

    async def action_open_page(self) -> None:
        """The ride's page: its whole trace, and all that can be said of it."""
        if self._open_page is not None:
            await self._open_page()

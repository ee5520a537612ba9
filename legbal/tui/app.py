"""The program on the terminal: runs a ride beside its screen and ends it in order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import ClassVar

from rich.markup import escape
from textual.app import App
from textual.binding import Binding, BindingType

from legbal.companion import Live
from legbal.errors import LegbalError
from legbal.ride.view import RideView
from legbal.tui.scene import Scene
from legbal.tui.screens.live import TALL, WIDE, LiveScreen
from legbal.tui.screens.summary import SummaryScreen
from legbal.tui.themes import DARK, LIGHT

_ENDINGS = ("SIGINT", "SIGTERM", "SIGHUP")  # SIGHUP: the terminal's window was closed


class RideApp(App[None]):
    """Shows a ride while it runs.

    The screen only reads: it takes `live.view()` when it likes, so a slow terminal never holds up the ride.

    Args:
        live: the ride; run from here until its source ends or the rider finishes.
        light: start with the palette for bright rooms.
    """

    CSS_PATH = "legbal.tcss"
    TITLE = "legbal"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (WIDE, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-middle"), (TALL, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit", show=False, priority=True)]

    def __init__(self, live: Live, *, light: bool = False) -> None:
        super().__init__()
        self._live = live
        self._ending = False
        self.problem = ""  # what ended the ride before its time, with what to do about it
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = LIGHT.name if light else DARK.name

    async def on_mount(self) -> None:
        """Show the ride and start it, and listen for what ends programs."""
        await self.push_screen(LiveScreen(self._live))
        self.run_worker(self._ride(), name="ride")
        loop = asyncio.get_running_loop()
        for name in _ENDINGS:
            with contextlib.suppress(
                AttributeError, NotImplementedError, RuntimeError
            ):  # Windows, other threads
                loop.add_signal_handler(getattr(signal, name), self.call_later, self.action_quit)

    def on_unmount(self) -> None:
        """Give the signals back."""
        loop = asyncio.get_running_loop()
        for name in _ENDINGS:
            with contextlib.suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(getattr(signal, name))

    async def _ride(self) -> None:
        try:
            await self._live.run()
        except LegbalError as problem:
            self._tell(problem)

    def _tell(self, problem: LegbalError) -> None:
        self.problem = f"{problem}. {problem.hint}" if problem.hint else str(problem)
        for screen in self.screen_stack:
            if isinstance(screen, LiveScreen):
                screen.problem = self.problem
                screen.beat()

    async def action_finish(self) -> None:
        """End the ride in order and show its summary."""
        if not self._ending:
            self._ending = True
            self.run_worker(self._summarise(), name="finish")

    async def _summarise(self) -> None:
        status = self._live.status()  # once closed, nothing is recording any more
        view = await self._close()
        await self.switch_screen(SummaryScreen(Scene(view, view, status), self.problem or status.error))

    async def action_quit(self) -> None:
        """End the ride in order and leave at once; asked a second time, leave without waiting for it."""
        if self._ending:
            self.exit()
        else:
            self._ending = True
            self.run_worker(self._end(), name="finish")

    async def _end(self) -> None:
        await self._close()
        self.action_leave()

    async def _close(self) -> RideView:
        try:
            return await self._live.finish()
        except LegbalError as problem:
            self._tell(problem)
            return self._live.view()

    def action_leave(self) -> None:
        """Leave; what went wrong is said on the terminal once more."""
        self.exit(return_code=1 if self.problem else 0, message=escape(self.problem) or None)

    def action_dark_or_light(self) -> None:
        """The other palette."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

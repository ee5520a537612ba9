"""The program on the terminal: runs a ride beside its screen and ends it in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from textual import work
from textual.events import Print
from textual.messages import ExitApp
from textual.screen import Screen

from legbal.app.live import LiveRide
from legbal.config import Settings
from legbal.present.text import printable
from legbal.ride.view import RideView
from legbal.tui.base_app import BaseApp
from legbal.tui.base_screens import Answer, ChoiceDialog, Dialog, LineDialog, explain
from legbal.tui.page_dialog import PageControl
from legbal.tui.screens.live import LiveScreen
from legbal.tui.upcoming_ride import UpcomingRide

_NO_SIGNALS = (
    AttributeError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)  # Windows, or not the main thread


class RideApp(BaseApp[None]):
    """Shows a ride while it runs.

    The screen only reads: it takes `live.view()` when it likes, so a slow terminal never holds up the ride.

    Args:
        live: the ride, run from here until its source ends or the rider finishes; or what makes it, in a thread,
            while its screen stands already.
        settings: how it looks.
        flags: what was typed for this ride, by a setting's name.
        changed: is given the settings when the rider changes them.
        screen: makes the screen that is shown first; None: that of the ride.
        page: gives the ride's page once the ride is made; None: it has none.

    Attributes:
        complaints: what was printed under the screen.
    """

    riding = True

    def __init__(
        self,
        live: LiveRide | Callable[[], LiveRide],
        settings: Settings | None = None,
        flags: Mapping[str, object] | None = None,
        changed: Callable[[Settings], None] = lambda _: None,
        screen: Callable[[], Screen[None]] | None = None,
        page: Callable[[], PageControl | None] = lambda: None,
    ) -> None:
        super().__init__(
            screen or (lambda: self.live_screen(self._live)),
            settings,
            flags,
            load=partial(self._make, live) if callable(live) else None,
        )
        self._upcoming = UpcomingRide()
        self._live: LiveRide = self._upcoming if callable(live) else live
        self._changed, self._page = changed, page
        self._ended_ride: asyncio.Future[RideView] | None = None  # from when it is to end
        self._before_hangup: Any = signal.SIG_DFL
        self.complaints: list[str] = []

    def _make(self, make: Callable[[], LiveRide]) -> None:
        live = make()
        if self._ended_ride is None:
            self._live = live

    def live_screen(self, live: LiveRide) -> Screen[None]:
        """The screen of the ride."""
        return LiveScreen(live)

    def begin(self) -> None:
        """Run the ride, and show it; one that was left before it was made never runs."""
        super().begin()
        if self._ended_ride is not None:
            return
        self.page = self._page()
        for kind, text in self._upcoming.marks:
            self._live.mark(kind, text)
        for screen in self.screen_stack:
            if isinstance(screen, LiveScreen):
                screen.show_ride(self._live)
        self.run_worker(self._ride(), name="ride")

    def use(self, settings: Settings) -> None:
        """Look so and sound so from now on; what a ride is ridden with holds from the next one on."""
        sound = self.settings.sound
        super().use(settings)
        self._changed(settings)
        if settings.sound != sound and self._live.view().muted == settings.sound:
            self._live.mark("unmute" if settings.sound else "mute")

    async def on_mount(self) -> None:
        """Listen for what ends programs (Textual asks the base class to begin)."""
        self.begin_capture_print(self, stdout=False)
        loop = asyncio.get_running_loop()
        for ending in ("SIGINT", "SIGTERM", "SIGQUIT"):
            with contextlib.suppress(*_NO_SIGNALS):
                loop.add_signal_handler(getattr(signal, ending), self.call_later, self.action_quit)
        with contextlib.suppress(*_NO_SIGNALS):
            self._before_hangup = signal.signal(signal.SIGHUP, partial(self._on_hangup, loop))

    def on_unmount(self) -> None:
        """Give the hangup back; the loop does so with the other signals."""
        with contextlib.suppress(*_NO_SIGNALS):
            signal.signal(signal.SIGHUP, self._before_hangup)

    def _on_hangup(self, loop: asyncio.AbstractEventLoop, *_: object) -> None:
        """The terminal is gone. A SIGCONT comes with that, at which Textual would take it back."""
        signal.signal(signal.SIGCONT, lambda *_: None)
        loop.call_soon_threadsafe(
            self.call_later, lambda: self.run_worker(self._end_without_terminal(), name="finish")
        )

    async def _end_without_terminal(self) -> None:
        """End the ride in order, then the process: Textual would wait for its terminal for ever."""
        with self.batch_update():  # paint nothing meanwhile: nobody takes it
            await self._close()
        os._exit(0)

    async def _ride(self) -> None:
        try:
            await self._live.run()
        except Exception as problem:  # a defect, too, leaves the rider a screen, and the ride an orderly end
            self.problem = explain(problem)

    async def ask(self, question: str, choices: Sequence[str]) -> int:
        """Ask the rider for one of `choices`, over whatever is shown; gives its index."""
        return await self._ask(ChoiceDialog(question, choices))

    async def ask_line(self, question: str) -> str | None:
        """Ask the rider for a line of text, over whatever is shown; None where Esc is the answer."""
        line: str | None = await self._ask(LineDialog(question))
        return line

    async def _ask(self, screen: Dialog[Answer]) -> Answer:
        try:
            return await self.push_screen_wait(screen)
        except asyncio.CancelledError:
            if self.screen_stack[-1:] == [screen]:
                screen.dismiss(None)
            raise

    @work(name="finish")
    async def action_finish(self) -> None:
        """End the ride in order and show its summary."""
        if self._ended_ride is not None:
            return
        from legbal.tui.screens.ride import SummaryScreen  # which a ride does not need before it is over

        status = self._live.status()  # once closed, nothing is recording any more
        view = await self._close()
        closed = self._live.status()
        failed = closed.trouble if closed.trouble != status.trouble else ""  # while it was closed
        await self.switch_screen(SummaryScreen(view, status, self.problem or status.error or failed))

    async def action_quit(self) -> None:
        """End the ride in order and leave at once; asked a second time, leave without waiting for it."""
        if self._ended_ride is not None:
            self.exit()
        else:
            self.run_worker(self._end(), name="finish")

    def on_exit_app(self, message: ExitApp) -> None:
        """End the ride in order where a browser is closed: its driver would have the app end at once."""
        if not self._exit:  # nobody here has asked for it
            message.prevent_default()
            self.call_later(self.action_quit)

    async def _end(self) -> None:
        await self._close()
        self.action_leave()

    async def _close(self) -> RideView:
        """End the ride, once, whoever asks how often."""
        if self._ended_ride is None:
            self._ended_ride = asyncio.ensure_future(self._live.finish())
        try:
            return await asyncio.shield(self._ended_ride)
        except Exception as problem:  # what the ride still has to show is shown, with what went wrong
            self.problem = explain(problem)
            return self._live.view()

    def on_print(self, event: Print) -> None:
        """Keep what would be lost with the screen, as that a ride's summary cannot be kept."""
        self.complaints.append(event.text)

    def action_leave(self) -> None:
        """Leave; what went wrong is said on the terminal once more."""
        text = "\n".join(filter(None, [self.problem, "".join(self.complaints).rstrip()]))
        shown = "\n".join(map(printable, text.splitlines()))  # Textual prints it as it is
        self.exit(return_code=1 if self.problem else 0, message=shown or None)

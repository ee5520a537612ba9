"""Shows a ride on a page: four times a second as it stands, and an alert at once. The ride hands over and goes on."""

import asyncio
import math
import time
from collections.abc import Callable
from contextlib import suppress

import msgspec

from legbal.config.settings import PageReach
from legbal.errors import reason
from legbal.outlets import Outlet, OutletStatus, RideAccess, RunState
from legbal.outlets.commands import Command
from legbal.outlets.page.address import HERE, listen, make_tokens, network_host, url
from legbal.outlets.page.server import PageServer
from legbal.outlets.page.words import page_text
from legbal.present.sentences import say
from legbal.ride.events import Alert, Clear, Cue, Event
from legbal.ride.view import RideView

EVERY_S = 0.25  # between two views
_LAST_S = 3.0  # for so long the end waits for the last view to be sent
_AGAIN_S = 0.2  # for so long the ride waits for one that is opened otherwise
NOTE_S = 30.0  # for so long from the start the rider is told where the page is


class Page(Outlet):
    """One page of one ride: an `Outlet`, which listens to nobody until it is opened.

    Args:
        reach: "off" until it is opened; else it is opened as the ride begins.
        port: where it listens, if nobody else does.
        every_s: seconds between two views.
        clock: seconds, monotonic.
    """

    name, title = "page", "Page"

    def __init__(
        self,
        reach: PageReach = "off",
        *,
        port: int,
        every_s: float = EVERY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.reach: PageReach = reach
        self._port, self._every_s, self._clock = port, every_s, clock
        self._tokens = make_tokens()
        self._server: PageServer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None  # the ride's
        self._timer: asyncio.TimerHandle | None = None
        self._steady: RideView | None = None  # which numbers follow
        self._run = RunState()
        self._opened = -math.inf
        self._closed = False

    @property
    def status(self) -> OutletStatus:
        """How it goes."""
        if self._server is None:
            return OutletStatus("off")
        if self._server.failure is not None:
            cause = reason(self._server.failure)
            return OutletStatus("failed", cause, say("page.failure", reason=cause))
        recent = self._clock() - self._opened < NOTE_S
        return OutletStatus("on", text=say("page.open", address=self.address()) if recent else "")

    def start(self, ride: RideAccess) -> None:
        """Opens the page if that is wanted; raises OutletError as `open` does."""
        super().start(ride)
        self._loop = asyncio.get_running_loop()
        if self.reach != "off":
            self.open(self.reach)

    def open(self, reach: PageReach) -> None:
        """Serves the page from now on, to this computer or to the network. In the ride's thread.

        Raises OutletError where it cannot be served.
        """
        self._shut(_AGAIN_S)  # first, or its port would be taken; whoever looked there comes again
        listening = listen(reach, self._port)
        self._port = listening.getsockname()[1]
        self._server = PageServer(
            listening,
            self._tokens,
            _serve,
            do=self._do,
            joined=self._on_joined,
            failed=self._changed,
        )
        self.reach, self._opened = reach, self._clock()
        self._server.start()
        self._changed()

    def address(self, *, rider: bool = False) -> str:
        """The page's address, or the rider's own; empty while there is none."""
        if self._server is None or self._server.failure is not None:
            return ""
        host = (network_host() if self.reach == "network" else None) or HERE
        return url(host, self._port, self._tokens.rider if rider else self._tokens.viewer)

    def view(self, view: RideView, run: RunState) -> None:
        """Shows the ride as it stands; numbers follow it until the next one."""
        self._steady, self._run = view, run
        self._show(view)

    def event(self, event: Event) -> None:
        """Shows an alert and its end at once, and has it heard. Never waits."""
        if isinstance(event, Alert | Clear | Cue) and self._ride is not None:
            self._show(self._ride.view(), event if isinstance(event, Cue) else None)

    def close(self) -> bool:
        """Sends the last view, and ends."""
        self._closed = True
        return self._shut(_LAST_S)

    def _shut(self, timeout_s: float) -> bool:
        server, self._server = self._server, None
        return server is None or server.close(timeout_s)

    def _show(self, now: RideView, cue: Cue | None = None) -> None:
        """Hands the ride on if anybody looks, and does so again after a while."""
        server, loop = self._server, self._loop
        if server is None or loop is None or self._closed:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_later(self._every_s, self._show_again)
        if server.viewers:
            sound = b"" if cue is None else msgspec.json.encode({"sound": cue.sound, "side": cue.side})
            server.push(msgspec.json.encode(page_text(now, self._steady or now, self._run)), sound)

    def _show_again(self) -> None:
        # what fails here fails in the next `view` too, and is told there
        with suppress(Exception):
            if self._ride is not None:
                self._show(self._ride.view())

    def _on_joined(self) -> None:
        with suppress(RuntimeError):  # the ride's loop has ended
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._show_again)

    def _do(self, command: Command) -> None:
        if self._ride is not None:
            self._ride.mark(command.command, command.text)


async def _serve(server: PageServer) -> None:
    # with aiohttp, for half a second: in the server's thread, as neither the ride nor its screen may wait for that
    from legbal.outlets.page.site import Site

    await Site(server).serve()

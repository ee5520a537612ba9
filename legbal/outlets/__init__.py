"""What every outlet is: something that is told of a ride as it goes, and never makes it wait."""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Iterator
from typing import Literal, Protocol

import msgspec

from legbal.ride.events import Event
from legbal.ride.view import RideView

OutletState = Literal["on", "muted", "bell", "off", "connecting", "away", "failed"]


class OutletStatus(msgspec.Struct, frozen=True):
    """How an outlet is doing.

    Attributes:
        state: "on" and "muted" are as they should be; "off" is not started, or closed.
        reason: why it does not do what it should; empty while it does.
        text: the same as a sentence for the rider; empty while there is nothing to say.
        header: how it is in a word, for the first line of the screen; empty where it has no place there.
    """

    state: OutletState
    reason: str = ""
    text: str = ""
    header: str = ""


class RunState(msgspec.Struct, frozen=True):
    """What goes with a view: whether the ride is recorded now, whether it is over, and what ended it early."""

    recording: bool = False
    finished: bool = False
    problem: str = ""


class RideAccess(Protocol):
    """The ride, as an outlet meets it: the one door for whatever comes back."""

    def view(self) -> RideView:
        """The ride as it stands now; to be asked within `start`, `event` and `view` only."""

    def mark(self, kind: str, text: str = "") -> None:
        """Takes in a `Mark`'s kind, with a note's text, as if typed at the ride; from any thread."""

    def stop(self) -> None:
        """Ends the ride in order, as if its source had ended; from the ride's own thread."""

    def changed(self) -> None:
        """Has the outlets' statuses looked at, since one is no longer what it was; from any thread."""


class Outlet:
    """Takes in one ride. Methods are called in the ride's thread and return at once, `close` alone may wait.

    Whatever they raise ends the outlet for a while and is told; the ride goes on (`app.supervisor`). What an outlet
    does not do itself does nothing here.

    Attributes:
        name: what events call it.
        title: what a sentence begins with.
        audible: whether it is heard where the ride is.
    """

    name: str
    title: str
    audible: bool = False
    _ride: RideAccess | None = None
    _status = OutletStatus("on")

    @property
    def status(self) -> OutletStatus:
        """How it is doing now."""
        return self._status

    def start(self, ride: RideAccess) -> None:
        """Begins; asked again later if it raises."""
        self._ride = ride

    def _become(self, status: OutletStatus) -> None:
        before, self._status = self._status, status
        if before != status:
            self._changed()

    def _changed(self) -> None:
        if self._ride is not None:
            self._ride.changed()

    def event(self, event: Event) -> None:
        """Something happened."""

    def view(self, view: RideView, run: RunState) -> None:
        """The ride as it stands: once a second, and at once after the rider has done something."""

    def over(self) -> None:
        """The ride's source has ended; the rider may still note something."""

    def close(self) -> object:
        """Ends; called in a thread of its own. What it returns is not looked at."""


class Backoff(msgspec.Struct, frozen=True):
    """How long to wait before each new try: doubled from `first_s` to `most_s`, each shortened by up to half.

    `pause` and `chance` (a number in 0…1) are the seams for tests.
    """

    first_s: float = 1.0
    most_s: float = 60.0
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.Random().random  # whoever seeds the common one is left alone

    def waits(self) -> Iterator[float]:
        """Seconds before the first new try, the second, …"""
        for doubled in itertools.count():
            yield min(self.most_s, self.first_s * 2.0 ** min(doubled, 30)) * (0.5 + 0.5 * self.chance())

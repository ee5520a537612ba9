"""Supervises what runs beside a ride: what fails there is told once, tried again later, and touches nothing else."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from legbal.errors import reason
from legbal.outlets import Backoff, Outlet, OutletStatus, RideAccess, RunState
from legbal.present.sentences import outlet_sentence, say
from legbal.ride.events import Event
from legbal.ride.view import RideView

SHOWN_S = 10.0  # for so long at least a failure is shown: what works again at once must be read, too

Change = Literal["failed", "back", "note"]


class _Watched:
    """One outlet, or one that stands for a task, and what is known of its failures."""

    def __init__(self, outlet: Outlet, backoff: Backoff) -> None:
        self.outlet = outlet
        self.started = False
        self.failure: OutletStatus | None = None  # while it is shown
        self.retry_at = self.shown_until = 0.0
        self.waits = backoff.waits()
        self.notices: set[str] = set()  # since it last worked: states in which it failed, and what it noted
        self.announced = False  # that it does not work


class Supervisor:
    """Hands a ride to its outlets, and runs tasks beside it.

    An exception ends an outlet or a task until it is tried again, with growing waits.

    Args:
        outlets: not yet started.
        changed: called once for each failure and when it is over, in the ride's thread, with the name of what failed,
            works again or has something to say, and how it is.
    """

    def __init__(
        self, outlets: Sequence[Outlet], changed: Callable[[str, Change, OutletStatus], None]
    ) -> None:
        self._changed, self._backoff = changed, Backoff()
        self._outlets = [_Watched(outlet, self._backoff) for outlet in outlets]
        self._tasks: list[_Watched] = []
        self._ride: RideAccess | None = None

    def start(self, ride: RideAccess) -> None:
        """Starts each outlet."""
        self._ride = ride
        self._each(lambda _: None)

    def event(self, event: Event) -> None:
        """Hands an event to each outlet."""
        self._each(lambda outlet: outlet.event(event))

    def view(self, view: RideView, run: RunState) -> None:
        """Hands a view to each outlet, and looks how they are."""
        self._each(lambda outlet: outlet.view(view, run))
        self.look()

    def over(self) -> None:
        """Tells each outlet that the ride's source has ended."""
        self._each(lambda outlet: outlet.over())

    def look(self) -> None:
        """Tells which outlets say that they do not work any more, or again."""
        for watched in self._outlets:
            if not watched.started or watched.failure is not None:
                continue
            status = self._status(watched)
            # who wants to hear nothing misses nothing, and what is closed need not work
            if status.reason and status.state not in ("muted", "off"):
                self._tell(watched, "failed", status)
            elif status.state in ("on", "muted") and not status.reason:
                self._recover(watched)
                if status.text:
                    self._tell(watched, "note", status)

    def statuses(self, *, audible: bool) -> list[OutletStatus]:
        """How those are that are heard at the ride, or all others and the tasks."""
        chosen = [x for x in self._outlets if x.outlet.audible == audible]
        return [self._status(watched) for watched in (chosen if audible else chosen + self._tasks)]

    async def keep(self, name: str, title: str, step: Callable[[], Awaitable[None]]) -> None:
        """Does the step again and again, until it is cancelled."""
        watched = self._task(name, title)
        while True:
            try:
                await step()
            except Exception as error:  # a defect, too, is told and tried again
                self._fail(watched, error)
                await self._backoff.pause(next(watched.waits))
            else:
                self._recover(watched)

    def fail(self, name: str, title: str, error: Exception) -> None:
        """Tells that something failed which is done once."""
        self._fail(self._task(name, title), error)

    async def close(self) -> None:
        """Closes all of them side by side, and waits for that."""
        closing = [asyncio.to_thread(x.outlet.close) for x in self._outlets]
        for watched, failed in zip(
            self._outlets, await asyncio.gather(*closing, return_exceptions=True), strict=True
        ):
            if isinstance(failed, Exception):
                self._fail(watched, failed)

    def _each(self, work: Callable[[Outlet], None]) -> None:
        for watched in self._outlets:
            if self._ride is None or time.monotonic() < watched.retry_at:
                continue
            begins = not watched.started
            watched.started = True  # whatever comes back while it starts finds it begun
            try:
                if begins:
                    watched.outlet.start(self._ride)
                    begins = False
                work(watched.outlet)
            except Exception as error:  # whatever an outlet raises, neither the ride nor the others notice
                watched.started = not begins
                self._fail(watched, error)
            else:
                self._recover(watched)

    def _task(self, name: str, title: str) -> _Watched:
        task = Outlet()
        task.name, task.title = name, title
        self._tasks.append(_Watched(task, self._backoff))
        return self._tasks[-1]

    def _status(self, watched: _Watched) -> OutletStatus:
        if watched.failure is not None:
            return watched.failure
        try:
            return watched.outlet.status
        except Exception as error:  # an outlet that cannot even say how it is has failed
            return _failure(watched, error)

    def _fail(self, watched: _Watched, error: Exception) -> None:
        watched.failure = _failure(watched, error)
        now = time.monotonic()
        watched.retry_at, watched.shown_until = now + next(watched.waits), now + SHOWN_S
        self._tell(watched, "failed", watched.failure)

    def _recover(self, watched: _Watched) -> None:
        if time.monotonic() < watched.shown_until:
            return
        watched.failure = None
        status = self._status(watched)
        if watched.announced and not status.reason and status.state in ("on", "muted"):
            watched.announced = False
            watched.notices.clear()  # the next outage is another one
            watched.waits = self._backoff.waits()
            self._changed(
                watched.outlet.name,
                "back",
                OutletStatus("on", text=outlet_sentence(watched.outlet.title, "back")),
            )

    def _tell(self, watched: _Watched, change: Change, status: OutletStatus) -> None:
        notice = status.text if change == "note" else status.state
        if notice not in watched.notices:
            watched.notices.add(notice)
            watched.announced |= change == "failed"
            self._changed(watched.outlet.name, change, status)


def _failure(watched: _Watched, error: Exception) -> OutletStatus:
    cause = reason(error)
    return OutletStatus(
        "failed", cause, f"{outlet_sentence(watched.outlet.title, 'failed', cause)} {say('ride.goes_on')}"
    )

"""One rider followed from elsewhere: what a broker tells becomes the same view that the rider's own screen draws."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import msgspec
import numpy as np

from legbal.app.live import Status
from legbal.outlets.mqtt import OFFLINE, TopicKind, rider_name, schema
from legbal.present.numbers import ago
from legbal.present.sentences import say
from legbal.remote import RemoteRide
from legbal.remote.rider_group import STALE_S, RiderFeed, RiderGroup
from legbal.ride.view import TRACE_S, Trace

SETTLING_S = 0.5  # what the broker keeps of all riders comes at once: then no more come for so long
_MOST_STEPS = 600  # of the trace: twice what a rider sends of that time


@dataclass(eq=False)
class FollowedRide(RemoteRide):
    """A `LiveRide` that somebody else rides.

    Attributes:
        rider: who; None: the only one that is there, or `choose` is asked.
        choose: asks which of several; None: the first by name.
    """

    kinds: ClassVar[tuple[TopicKind, ...]] = ("status", "state", "live")
    rider: str | None
    choose: Callable[[str, Sequence[str]], Awaitable[int]] | None = None
    _feed: RiderFeed = field(default_factory=RiderFeed, init=False)
    _id: str = field(default="", init=False)  # of the ride that these are of:
    _state: schema.State | None = field(default=None, init=False)
    # seconds, left percent, watts; at most twice what a rider sends
    _trace: list[tuple[float, float | None, float]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        """Raises UsageError where nobody can be called so."""
        if self.rider is not None:
            rider_name(self.rider)
        self._feed.sent = self.clock()  # until something is heard

    def status(self) -> Status:
        """How following goes."""
        live = self._live()
        recording = live is not None and live.recording
        return msgspec.structs.replace(
            super().status(),
            recording=recording,
            source=self.rider or "",
            error="" if live is None else live.problem,
            recordable=recording,
            following=self._following(),
            stale=not self._feed.online or self.clock() - self._feed.sent > STALE_S,
        )

    def _live(self) -> schema.Live | None:
        """The newest live message, unless it is of a former ride: then a new one's state came first."""
        live = self._feed.live
        return live if live is not None and live.id == self._id else None

    def _following(self) -> str:
        if self.rider is None:
            return say("follow.searching", broker=self.broker)
        who, feed, now = say("follow.rider", rider=self.rider), self._feed, self.clock()
        if feed.live is None:
            return f"{who}: {self._unreadable or say('follow.nothing')}"
        last = say("follow.last", ago=ago(now - feed.sent))
        if now < feed.mixed_until:
            return say("follow.mixed", who=who)
        live = self._live()
        if live is not None and live.finished:
            return say("follow.over", who=who, last=last)
        return f"{who}, {last}" if feed.online else say("follow.gone", who=who, last=last)

    async def _whom(self) -> str:
        """The rider who is named, who alone is there, or who is chosen of several.

        Of rides that are over the broker keeps the last word: while somebody rides, those are nobody's question.
        """
        if self.rider is not None:
            return self.rider
        search = RiderGroup(self.broker, backoff=self.backoff)
        search.subscribe("+")
        self.subscriber = search.subscriber
        try:
            names: list[str] = []
            before: list[str] = []
            while not names or names != before:
                await asyncio.sleep(SETTLING_S)
                before, names = names, search.names()
            if len(names) > 1 and self.choose is not None:
                names = [names[await self.choose("Several riders are there. Whom do you follow?", names)]]
            self.rider = names[0]
            return self.rider
        finally:
            self.subscriber = None
            await search.finish()

    def _take(self, rider: str, kind: TopicKind, payload: bytes, retained: bool) -> None:
        if rider != self.rider:
            return
        match kind:
            case "status":
                self._feed.online = payload != OFFLINE
            case "live":
                self._feed.put(payload, self.clock(), retained=retained)
                self._show(self._feed.decode(self.now()))
            case "state":
                self._show(schema.read(schema.State, payload))
            case _:
                super()._take(rider, kind, payload, retained)

    def _show(self, newest: schema.Live | schema.State) -> None:
        if newest.id != self._id:  # what is known of another ride is not of this one
            self._id = newest.id
            self._state = None
            self._trace = []
        if isinstance(newest, schema.State):
            self._state = newest
        sent = zip(newest.trace.t, newest.trace.left_percent, newest.trace.power_w, strict=False)
        steps = {step[0]: step for step in (*self._trace, *sent)}
        self._trace = sorted(steps[t] for t in steps if newest.t - TRACE_S <= t <= newest.t)[-_MOST_STEPS:]
        live = self._live()
        if live is not None:
            state = self._state or schema.State(v=schema.VERSION, id=live.id, sent=live.sent, t=live.t)
            columns = np.array(self._trace, np.float64).reshape(-1, 3).T  # of an unknown share NaN
            self._view = schema.view(live, state, Trace(*columns))

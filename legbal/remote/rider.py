"""One rider, followed: the messages become the same view that the rider's own screen draws."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Unpack

import msgspec
import numpy as np

from legbal.app.companion import Status
from legbal.outlets.mqtt import schema, topics
from legbal.outlets.mqtt.broker import Broker
from legbal.present.numbers import ago
from legbal.remote.remote_ride import MOST_RIDERS, STALE_S, RemoteOptions, RemoteRide, sent_at
from legbal.ride.view import RideView, Trace

Choose = Callable[[str, Sequence[str]], Awaitable[int]]

SETTLING_S = 1.0  # what the broker keeps of all riders comes at once
_TRACE_S = 480.0
_MOST_STEPS = 600  # of the trace: twice what a rider sends of that time

_live_decoder = schema.decoder(schema.Live)
_state_decoder = schema.decoder(schema.State)


class FollowedRide(RemoteRide):
    """A `Live` ride that somebody else rides.

    Args:
        broker: where it is told.
        rider: who; None: the only one that is there, or `choose` is asked.
        **options: of `RemoteRide`.

    Attributes:
        choose: asks which of several; None: the first by name.
    """

    def __init__(self, broker: Broker, rider: str | None, **options: Unpack[RemoteOptions]) -> None:
        super().__init__(broker, **options)
        self._rider = None if rider is None else topics.rider_name(rider)
        self.choose: Choose | None = None
        self._live: schema.Live | None = None
        self._state: schema.State | None = None
        self._steps: dict[float, tuple[float, float]] = {}
        self._heard: float | None = None
        self._began = self._clock()
        self._online = True
        self._unreadable = ""
        self._viewed: tuple[object, object] = (None, None)

    def view(self) -> RideView:
        """The ride as it was last told; muting is our own."""
        with self._lock:
            live, state = self._live, self._state
            if live is not None and (live is not self._viewed[0] or state is not self._viewed[1]):
                self._viewed = (live, state)
                known = state or schema.State(v=schema.VERSION, id=live.id, sent=live.sent, t=live.t)
                self._view = schema.view(live, known, self._trace())
        return super().view()

    def status(self) -> Status:
        """How following goes."""
        live = self._live
        recording = live is not None and live.recording
        return msgspec.structs.replace(
            super().status(),
            recording=recording,
            source=self._rider or "",
            error="" if live is None else live.problem,
            kept=recording,
            following=self._told(),
            stale=self._stale,
        )

    @property
    def _stale(self) -> bool:
        since = self._began if self._heard is None else self._heard
        return not self._online or self._clock() - since > STALE_S

    def _told(self) -> str:
        """Whom we follow, and how old what we see is."""
        if self._rider is None:
            return f"Looking for riders at {self._broker}"
        who = f"Following {self._rider}"
        if self._heard is None:
            return f"{who}: {self._unreadable or 'nothing heard yet'}"
        last = f"last heard {ago(self._clock() - self._heard)}"
        if self._live is not None and self._live.finished:
            return f"{who}: the ride is over, {last}"
        return f"{who}, {last}" if self._online else f"{who}: not there any more, {last}"

    async def _follow(self) -> None:
        if self._rider is None:
            self._rider = await self._found()
        self._subscribe(partial(topics.of, self._rider), ["status", "state", "live"], self._hear)

    async def _found(self) -> str:
        """The rider that is there, or the one who is chosen of several.

        Of rides that are over the broker keeps the last word: while somebody rides, those are nobody's question.
        """
        found: dict[str, None] = {}
        gone: dict[str, bool] = {}
        loop, somebody = asyncio.get_running_loop(), asyncio.Event()

        def note(topic: str, payload: bytes) -> None:
            name, kind = topics.parsed(topic) or ("", "")
            if kind == "status" and len(gone) < MOST_RIDERS:
                gone[name] = payload == b"offline"
            elif kind == "live" and len(found) < MOST_RIDERS:
                found[name] = None
                somebody.set()

        def hear(topic: str, payload: bytes, kept: bool) -> None:  # in the subscriber's thread
            del kept
            loop.call_soon_threadsafe(note, topic, payload)

        search = self._subscribe(topics.every, ["status", "live"], hear)
        try:
            await somebody.wait()
            await asyncio.sleep(SETTLING_S)
            names = sorted(name for name in found if not gone.get(name)) or sorted(found)
            if len(names) == 1 or self.choose is None:
                return names[0]
            return names[await self.choose("Several riders are there. Whom do you follow?", names)]
        finally:
            self._subscriber = None
            await asyncio.to_thread(search.close)

    def _hear(self, topic: str, payload: bytes, kept: bool) -> None:
        """Takes one message in; runs in the subscriber's thread. What is no message of ours changes nothing."""
        named = topics.parsed(topic)
        if named is None or named[0] != self._rider:
            return
        try:
            self._take(named[1], payload, kept)
        except schema.NewerVersionError as error:
            self._unreadable = f"{error}; a newer legbal is needed"
        except ValueError:
            self._unreadable = "what comes cannot be read"

    def _take(self, kind: topics.Kind, payload: bytes, kept: bool) -> None:
        match kind:
            case "status":
                self._online = payload != b"offline"
            case "live":
                live = schema.read(_live_decoder, payload)
                with self._lock:
                    if self._live is None or self._live.id != live.id:
                        self._forget(live.id)
                    self._live = live
                    self._heard = sent_at(self._clock(), self._now(), live.sent, kept=kept)
                    self._add(live.trace, live.t)
            case "state":
                state = schema.read(_state_decoder, payload)
                with self._lock:
                    if self._state is None or self._state.id != state.id:
                        self._forget(state.id)
                    self._state = state
                    self._add(state.trace, state.t)
            case "event":
                cue = self._cue_in(payload)
                if cue is not None and self._sound is not None and not kept:
                    self._sound.play(cue)

    def _forget(self, ride: str) -> None:
        """What is known of another ride is not of this one."""
        if self._live is not None and self._live.id != ride:
            self._live = None
        if self._state is not None and self._state.id != ride:
            self._state = None
        if self._live is None and self._state is None:
            self._steps = {}

    def _add(self, sent: schema.Trace, t: float) -> None:
        trace = schema.arrays(sent)
        rows = zip(trace.t.tolist(), trace.left_percent.tolist(), trace.power_w.tolist(), strict=True)
        self._steps |= {at: (left, power) for at, left, power in rows}
        kept = [at for at in self._steps if t - _TRACE_S <= at <= t]
        if len(kept) > _MOST_STEPS:
            kept = sorted(kept)[-_MOST_STEPS:]
        self._steps = {at: self._steps[at] for at in kept}

    def _trace(self) -> Trace:
        t = sorted(self._steps)
        rows = np.array([self._steps[at] for at in t], np.float64).reshape(-1, 2)
        return Trace(np.array(t, np.float64), rows[:, 0], rows[:, 1])

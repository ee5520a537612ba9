"""One rider, followed: the messages become the same view that the rider's own screen draws."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec
import numpy as np

from legbal.app.companion import Status
from legbal.outlets.mqtt import schema, topics
from legbal.outlets.mqtt.broker import Broker
from legbal.outlets.mqtt.subscriber import Subscriber
from legbal.outlets.outlet import Backoff
from legbal.outlets.sound import Sound
from legbal.remote.elsewhere import Elsewhere
from legbal.remote.heard import STALE_S, ago, moment
from legbal.ride.events import Cue
from legbal.ride.inputs import Setup
from legbal.ride.ride import Ride
from legbal.ride.view import RideView, Trace

Choose = Callable[[str, Sequence[str]], Awaitable[int]]

SETTLING_S = 1.0  # what the broker keeps of all riders comes at once
MOST_RIDERS = 2000
_TRACE_S = 480.0
_MOST_STEPS = 600  # of the trace: twice what a rider sends of that time

_live_decoder = schema.decoder(schema.Live)
_state_decoder = schema.decoder(schema.State)
_event_decoder = schema.decoder(schema.EventMessage)


class Following(Elsewhere):
    """A `Live` ride that somebody else rides.

    Args:
        broker: where it is told.
        rider: who; None: the only one that is there, or `choose` is asked.
        sound: plays the rider's cues here too; not yet started. None: silence.
        backoff: waits between two tries to connect.
        clock: seconds, monotonic.
        now: Unix time, seconds.

    Attributes:
        choose: asks which of several; None: the first by name.
    """

    def __init__(
        self,
        broker: Broker,
        rider: str | None,
        *,
        sound: Sound | None = None,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(sound)
        self._broker, self._rider = broker, None if rider is None else topics.rider_name(rider)
        self.choose: Choose | None = None
        self._backoff, self._clock, self._now = backoff, clock, now
        self._subscriber: Subscriber | None = None
        self._over = asyncio.Event()
        self._lock = threading.Lock()  # messages come in another thread
        self._live: schema.Live | None = None
        self._state: schema.State | None = None
        self._steps: dict[float, tuple[float, float]] = {}
        self._heard: float | None = None
        self._began = clock()
        self._online = True
        self._unreadable = ""
        self._view = Ride(Setup()).view()
        self._viewed: tuple[object, object] = (None, None)

    def view(self) -> RideView:
        """The ride as it was last told; muting is our own."""
        with self._lock:
            live, state = self._live, self._state
            if live is not None and (live is not self._viewed[0] or state is not self._viewed[1]):
                self._viewed = (live, state)
                known = state or schema.State(v=schema.VERSION, id=live.id, sent=live.sent, t=live.t)
                self._view = schema.view(live, known, self._trace())
        return msgspec.structs.replace(self._view, muted=self.muted)

    def status(self) -> Status:
        """How following goes."""
        live = self._live
        return Status(
            recording=live is not None and live.recording,
            recording_text="",
            sound=self.sounding.state,
            sound_text=self.sounding.text,
            source=self._rider or "",
            error="" if live is None else live.problem,
            kept=live is not None and live.recording,
            broker="" if self._subscriber is None else self._subscriber.trouble,
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

    async def run(self) -> None:
        """Follows until it is finished or the task is cancelled."""
        self._open_sound()
        if self._rider is None:
            self._rider = await self._found()
        who = self._rider
        self._subscriber = Subscriber(
            self._broker,
            [(topics.of(who, "status"), 1), (topics.of(who, "state"), 1), (topics.of(who, "live"), 0)]
            + ([(topics.of(who, "event"), 1)] if self._sound is not None else []),
            self._hear,
            backoff=self._backoff,
        )
        self._subscriber.start()
        await self._over.wait()

    async def finish(self) -> RideView:
        """Follows no more; gives the last view."""
        self._over.set()
        if self._subscriber is not None:
            await asyncio.to_thread(self._subscriber.close)
        await self._close_sound()
        return self.view()

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

        def hear(topic: str, payload: bytes, kept: bool) -> None:  # in the listener's thread
            del kept
            loop.call_soon_threadsafe(note, topic, payload)

        filters = [(topics.every("status"), 1), (topics.every("live"), 0)]
        self._subscriber = Subscriber(self._broker, filters, hear, backoff=self._backoff)
        self._subscriber.start()
        try:
            await somebody.wait()
            await asyncio.sleep(SETTLING_S)
            names = sorted(name for name in found if not gone.get(name)) or sorted(found)
            if len(names) == 1 or self.choose is None:
                return names[0]
            return names[await self.choose("Several riders are there. Whom do you follow?", names)]
        finally:
            listener, self._subscriber = self._subscriber, None
            await asyncio.to_thread(listener.close)

    def _hear(self, topic: str, payload: bytes, kept: bool) -> None:
        """Takes one message in; runs in the listener's thread. What is no message of ours changes nothing."""
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
                    self._heard = moment(self._clock(), self._now(), live.sent, kept=kept)
                    self._add(live.trace, live.t)
            case "state":
                state = schema.read(_state_decoder, payload)
                with self._lock:
                    if self._state is None or self._state.id != state.id:
                        self._forget(state.id)
                    self._state = state
                    self._add(state.trace, state.t)
            case "event":
                told = schema.read(_event_decoder, payload)
                if told.event == "cue" and told.sound and told.side and self._sound is not None and not kept:
                    self._sound.play(Cue(t=told.t, sound=told.sound, side=told.side))

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

"""Rides that are ridden elsewhere: what is the same of one and of many, and one that is followed.

The messages of the one become the same view that the rider's own screen draws.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypedDict, Unpack

import msgspec

from legbal.app.companion import Status
from legbal.errors import OutletError
from legbal.outlets.mqtt import schema, topics
from legbal.outlets.mqtt.broker import Broker
from legbal.outlets.mqtt.connection import Hear, Subscriber
from legbal.outlets.mqtt.publisher import QOS, TWIN_S
from legbal.outlets.outlet import Backoff, OutletStatus
from legbal.outlets.sound import Sound
from legbal.present.numbers import ago
from legbal.ride.events import Cue
from legbal.ride.inputs import Setup
from legbal.ride.ride import Ride
from legbal.ride.view import RideView

STALE_S = 5.0  # five live messages that did not come: the numbers are no longer now
MOST_RIDERS = 2000  # told apart at one broker

Choose = Callable[[str, Sequence[str]], Awaitable[int]]

SETTLING_S = 1.0  # what the broker keeps of all riders comes at once
_TRACE_S = 480.0
_MOST_STEPS = 600  # of the trace: twice what a rider sends of that time


def sent_at(clock: float, now: float, sent: float, *, kept: bool) -> float:
    """The monotonic time at which a message was sent, though two clocks never agree.

    What comes as it is sent counts from its arrival. Of what the broker had kept only the sender's clock tells, and
    that may be ahead.

    Args:
        clock: monotonic time of its arrival, seconds.
        now: Unix time of its arrival, seconds.
        sent: the sender's Unix time, seconds.
        kept: the broker had kept it.
    """
    return clock - max(0.0, now - sent) if kept else clock


class NameCheck:
    """Notices that two rides go on under one name: their messages take turns."""

    def __init__(self) -> None:
        self._newest: str | None = None
        self._former: str | None = None
        self._noticed = -math.inf

    def hear(self, ride: str | None, clock: float) -> None:
        """Takes in of which ride a message is that came as it was sent, and when."""
        if ride is not None and ride != self._newest:
            if ride == self._former:
                self._noticed = clock
            self._newest, self._former = ride, self._newest

    def twins(self, clock: float) -> bool:
        """Whether that is so now."""
        return clock - self._noticed < TWIN_S


class RemoteOptions(TypedDict, total=False):
    """What every `RemoteRide` takes beside its broker."""

    sound: Sound | None
    backoff: Backoff | None
    clock: Callable[[], float]
    now: Callable[[], float]


class RemoteRide:
    """A `Live` that only follows.

    Args:
        broker: where rides are told.
        sound: plays cues; not yet started. None: silence.
        backoff: waits between two tries to connect.
        clock: seconds, monotonic.
        now: Unix time, seconds.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        sound: Sound | None = None,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._broker, self._sound, self._backoff = broker, sound, backoff
        self._clock, self._now = clock, now
        self._subscriber: Subscriber | None = None
        self._over = asyncio.Event()
        self._view = Ride(Setup()).view()

    def view(self) -> RideView:
        """The ride as it was last told; muting is our own."""
        return msgspec.structs.replace(self._view, muted=self._sound is None or self._sound.mute)

    def status(self) -> Status:
        """How the broker and the sound are."""
        sound = OutletStatus("off") if self._sound is None else self._sound.status
        return Status(
            recording=False,
            recording_text="",
            sound=sound.state,
            sound_text=sound.text,
            source=str(self._broker),
            kept=False,
            trouble="" if self._subscriber is None else self._subscriber.trouble,
        )

    def mark(self, kind: str, text: str = "") -> None:
        """Mutes or unmutes what is heard here. Laps and notes are the rider's own."""
        del text
        if self._sound is not None and kind in ("mute", "unmute"):
            self._sound.mute = kind == "mute"

    def zero_instructions(self) -> tuple[str, ...]:
        """None: the meter is elsewhere."""
        return ()

    async def zero(self) -> str:
        """Raises OutletError: the meter is elsewhere."""
        raise OutletError("The meter is not here")

    async def run(self) -> None:
        """Follows until it is finished or the task is cancelled."""
        if self._sound is not None:
            self._sound.start()
        await self._follow()
        await self._over.wait()

    async def finish(self) -> RideView:
        """Follows no more; gives the last view."""
        self._over.set()
        for ends in (self._subscriber, self._sound):
            if ends is not None:
                await asyncio.to_thread(ends.close)
        return self.view()

    async def _follow(self) -> None:
        """Subscribes to what is followed."""

    def _subscribe(
        self, topic: Callable[[topics.Kind], str], kinds: Sequence[topics.Kind], hear: Hear
    ) -> Subscriber:
        """Hears those kinds of messages from now on, and events where there is a sound for them."""
        heard = kinds if self._sound is None else [*kinds, "event"]
        filters = [(topic(kind), QOS[kind][0]) for kind in heard]
        self._subscriber = Subscriber(self._broker, filters, hear, backoff=self._backoff)
        self._subscriber.start()
        return self._subscriber

    def _cue_in(self, payload: bytes) -> Cue | None:
        """What an event has to be heard, if anything; ValueError where it is none of ours."""
        told = schema.read(schema.EventMessage, payload)
        if told.event != "cue" or told.sound is None or told.side is None:
            return None
        return Cue(t=told.t, sound=told.sound, side=told.side)


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
        self._id = ""  # of the ride that all below is of
        self._live: schema.Live | None = None
        self._state: schema.State | None = None
        self._trace = schema.Trace()  # of all that came of it
        self._heard: float | None = None
        self._began = self._clock()
        self._online = True
        self._unreadable = ""
        self._name_check = NameCheck()

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
        if self._name_check.twins(self._clock()):
            return f"{who}, mixed with another ride of that name"
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
                self._live = live = schema.read(schema.Live, payload)
                self._heard = sent_at(self._clock(), self._now(), live.sent, kept=kept)
                if not kept:
                    self._name_check.hear(live.id, self._clock())
                self._show(live)
            case "state":
                self._state = state = schema.read(schema.State, payload)
                self._show(state)
            case "event":
                cue = self._cue_in(payload)
                if cue is not None and self._sound is not None and not kept:
                    self._sound.play(cue)

    def _show(self, newest: schema.Live | schema.State) -> None:
        """The view with what has come; what is known of another ride is not of this one."""
        if newest.id != self._id:
            self._id, self._trace = newest.id, schema.Trace()
        if self._state is not None and self._state.id != self._id:
            self._state = None
        if self._live is not None and self._live.id != self._id:
            self._live = None
        self._add(newest.trace, newest.t)
        live = self._live
        if live is not None:
            state = self._state or schema.State(v=schema.VERSION, id=live.id, sent=live.sent, t=live.t)
            self._view = schema.view(live, state, schema.arrays(self._trace))

    def _add(self, sent: schema.Trace, t: float) -> None:
        known = {
            at: (left, power)
            for trace in (self._trace, sent)
            for at, left, power in zip(trace.t, trace.left_percent, trace.power_w, strict=False)
        }
        newest = sorted(at for at in known if t - _TRACE_S <= at <= t)[-_MOST_STEPS:]
        rows = [known[at] for at in newest]
        self._trace = schema.Trace(
            tuple(newest), tuple(left for left, _ in rows), tuple(power for _, power in rows)
        )

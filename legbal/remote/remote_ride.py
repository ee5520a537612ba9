"""What is the same of one rider followed and of many: a subscription, cues heard here, a meter out of reach."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypedDict

import msgspec

from legbal.app.companion import Status
from legbal.errors import OutletError
from legbal.outlets.mqtt import schema, topics
from legbal.outlets.mqtt.broker import Broker
from legbal.outlets.mqtt.connection import Hear, Subscriber
from legbal.outlets.mqtt.publisher import QOS
from legbal.outlets.outlet import Backoff, OutletStatus
from legbal.outlets.sound import Sound
from legbal.ride.events import Cue
from legbal.ride.inputs import Setup
from legbal.ride.ride import Ride
from legbal.ride.view import RideView

STALE_S = 5.0  # five live messages that did not come: the numbers are no longer now
MOST_RIDERS = 2000  # told apart at one broker

_event_decoder = schema.decoder(schema.EventMessage)


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
        self._lock = threading.Lock()  # messages come in another thread
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
        told = schema.read(_event_decoder, payload)
        if told.event != "cue" or told.sound is None or told.side is None:
            return None
        return Cue(t=told.t, sound=told.sound, side=told.side)

"""Rides that are ridden elsewhere, as a broker tells them: what all who follow share."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar

import msgspec

from legbal.app.live import Status
from legbal.errors import OutletError
from legbal.outlets import Backoff, OutletStatus
from legbal.outlets.mqtt import QOS, TopicKind, parse_topic, schema, topic_of
from legbal.outlets.mqtt.broker import Broker
from legbal.outlets.mqtt.connection import Subscriber
from legbal.outlets.sound import Sound
from legbal.ride.events import Cue
from legbal.ride.view import BLANK, RideView


@dataclass(eq=False)
class RemoteRide:
    """A `LiveRide` that only follows.

    Attributes:
        broker: where rides are told.
        sound: plays cues; not yet started. None: silence.
        backoff: waits between two tries to connect.
        clock: seconds, monotonic.
        now: Unix time, seconds.
        subscriber: hears what is followed, once it runs.
        refused: messages that were none.
    """

    kinds: ClassVar[tuple[TopicKind, ...]] = ("status", "live")  # of messages that are heard
    broker: Broker
    _: KW_ONLY
    sound: Sound | None = None
    backoff: Backoff | None = None
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    subscriber: Subscriber | None = field(default=None, init=False)
    refused: int = field(default=0, init=False)
    _unreadable: str = field(default="", init=False)  # why the last of these was none
    _over: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _view: RideView = field(default=BLANK, init=False)

    def view(self) -> RideView:
        """The ride as it was last told; muting is our own."""
        return msgspec.structs.replace(self._view, muted=self.sound is None or self.sound.mute)

    def status(self) -> Status:
        """How the broker and the sound are."""
        sound = OutletStatus("off") if self.sound is None else self.sound.status
        return Status(
            recording=False,
            recording_text="",
            sound=sound.state,
            sound_text=sound.text,
            source=str(self.broker),
            recordable=False,
            trouble="" if self.subscriber is None else self.subscriber.trouble,
        )

    def mark(self, kind: str, _text: str = "") -> None:
        """Mutes or unmutes what is heard here. Laps and notes are the rider's own."""
        if self.sound is not None and kind in ("mute", "unmute"):
            self.sound.mute = kind == "mute"

    def zero_instructions(self) -> tuple[str, ...]:
        """None: the meter is elsewhere."""
        return ()

    async def zero(self) -> str:
        """Raises OutletError: the meter is elsewhere."""
        raise OutletError("The meter is not here")

    async def run(self) -> None:
        """Follows until it is finished or the task is cancelled."""
        if self.sound is not None:
            self.sound.start()
        self.subscribe(await self._whom())
        await self._over.wait()

    async def finish(self) -> RideView:
        """Follows no more; gives the last view."""
        self._over.set()
        for ends in (self.subscriber, self.sound):
            if ends is not None:
                await asyncio.to_thread(ends.close)
        return self.view()

    def subscribe(self, rider: str) -> None:
        """Hears that rider's messages from now on ("+": everybody's), and events where there is a sound for them."""
        kinds = self.kinds if self.sound is None else (*self.kinds, "event")
        filters = [(topic_of(rider, kind), QOS[kind][0]) for kind in kinds]
        self.subscriber = Subscriber(self.broker, filters, self.hear, backoff=self.backoff)
        self.subscriber.start()

    def hear(self, topic: str, payload: bytes, retained: bool) -> None:
        """Takes one message in; called in the subscriber's thread. What is no message of ours changes nothing."""
        named = parse_topic(topic)
        if named is None:
            return
        try:
            self._take(*named, payload, retained)
        except ValueError as error:
            self._refuse(error)

    async def _whom(self) -> str:
        return "+"

    def _take(self, _rider: str, kind: TopicKind, payload: bytes, retained: bool) -> None:
        """Takes a rider's message in, an event as a cue; ValueError where it is none."""
        if kind == "event" and self.sound is not None and not retained:
            message = schema.read(schema.EventMessage, payload)
            if message.event == "cue" and message.sound is not None:
                self._play(self.sound, Cue(t=message.t, sound=message.sound, side=message.side))

    def _play(self, sound: Sound, cue: Cue) -> None:
        sound.play(cue)

    def _refuse(self, error: ValueError) -> None:
        self.refused += 1
        newer = isinstance(error, schema.NewerVersionError)
        self._unreadable = f"{error}; a newer legbal is needed" if newer else "what comes cannot be read"

"""Publishes a ride: `live` once a second, `state` now and then, events at once, and whether it is there at all.

The ride hands over and goes on. What cannot be sent waits in a bounded queue, of which the oldest goes first; of
`live` and `state` only the newest counts.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Literal

import aiomqtt
import msgspec

from legbal.outlets.mqtt import homeassistant, schema, topics
from legbal.outlets.mqtt.broker import Broker
from legbal.outlets.mqtt.commands import Commands, as_mark
from legbal.outlets.mqtt.connection import Connection, Patience
from legbal.outlets.mqtt.loop import either
from legbal.ride.events import Cue, Event
from legbal.ride.view import RideView

QUEUED_EVENTS = 256
STATE_EVERY_S = 10.0

# QoS, and whether the broker keeps it for those who come late; the reasons are in docs/mqtt.md
QOS: dict[topics.Kind | Literal["meter", "discovery"], tuple[int, bool]] = {
    "status": (1, True),
    "live": (0, True),
    "state": (1, True),
    "event": (1, False),
    "command": (2, False),
    "meter": (1, True),
    "discovery": (1, True),
}
OnCommand = Callable[[str, str], None]
"""Is given a `Mark`'s kind and a note's text."""

ONLINE, OFFLINE = b"online", b"offline"


def _nobody(kind: str, text: str) -> None:
    """Nobody takes commands."""


class Sharing(msgspec.Struct, frozen=True):
    """How publishing goes: `text` is what the rider should know, empty while all is well."""

    state: Literal["connecting", "connected", "away", "closed"]
    text: str
    dropped: int  # messages that went out of the queue unsent, or were overtaken by a newer one
    refused: int  # commands that were none, or too many


class _Message(msgspec.Struct, frozen=True):
    topic: str
    payload: bytes
    qos: int
    retain: bool


class Publisher:
    """Publishes one ride under a rider's name.

    Args:
        broker: where.
        rider: the name in the topics. Raises UsageError for one that cannot stand there.
        commands: takes commands in.
        home_assistant: the prefix under which Home Assistant is told; None: it is not.
        tell: is given a sentence when the broker is away or back, once each time, from any thread.
        patience: waits between two tries.
        clock: seconds, monotonic.
        now: Unix time, seconds.
    """

    def __init__(
        self,
        broker: Broker,
        rider: str,
        *,
        commands: bool = False,
        home_assistant: str | None = None,
        tell: Callable[[str], None] = lambda _: None,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._broker, self._rider = broker, topics.rider_name(rider)
        self._takes_commands, self._home_assistant = commands, home_assistant
        self._tell, self._clock, self._now = tell, clock, now
        self._id = secrets.token_hex(6)
        self._commands = Commands(lambda command: self._on_command(*as_mark(command)), clock=clock)
        self._on_command: OnCommand = _nobody
        self._lock = threading.Lock()
        self._events: deque[_Message] = deque(maxlen=QUEUED_EVENTS)
        self._newest: dict[str, _Message] = {}  # by topic, what is to be sent yet
        self._kept: dict[str, _Message] = {}  # by topic, what a new connection is told first
        self._dropped = 0
        self._state_due = 0.0
        self._wake = asyncio.Event()
        self._told: set[str] = set()  # why it is away, since it was last there
        self._connection = Connection(
            broker,
            self._serve,
            will=aiomqtt.Will(topics.of(self._rider, "status"), OFFLINE, 1, retain=True),
            changed=self._changed,
            patience=patience or Patience(),
            clock=clock,
        )

    def start(self, on_command: OnCommand = _nobody) -> None:
        """Begins to connect and returns at once; commands are handed to `on_command` from another thread."""
        self._on_command = on_command
        self._connection.start()

    @property
    def sharing(self) -> Sharing:
        """How it goes."""
        standing = self._connection.standing
        text = ""
        if standing.state == "away":
            text = f"Broker {self._broker} is away: {standing.text}. The ride goes on"
            text += f"; {self._dropped} messages were dropped." if self._dropped else "."
        return Sharing(standing.state, text, self._dropped, self._commands.refused)

    def live(self, view: RideView, *, recording: bool, finished: bool = False, problem: str = "") -> None:
        """Publishes the ride as it stands; to be called once a second. Never waits."""
        sent = self._now()
        try:
            said = schema.live(
                view, id=self._id, sent=sent, recording=recording, finished=finished, problem=problem
            )
            self._put("live", said)
            now = self._clock()
            if finished or now >= self._state_due:
                self._state_due = now + STATE_EVERY_S
                self._put("state", schema.state(view, id=self._id, sent=sent))
                for link in (link for link in view.links[-4:] if link.meter):
                    self._put_meter(msgspec.convert(link, schema.MeterLink, from_attributes=True))
        except msgspec.ValidationError:  # a value beyond what anybody can ride: not worth a ride
            self._dropped += 1
        self._connection.call(self._wake.set)

    def event(self, event: Event) -> None:
        """Publishes an event at once; what changed by it follows with the next live view. Never waits."""
        payload = schema.occurred(event, id=self._id, sent=self._now())
        with self._lock:
            self._dropped += len(self._events) == QUEUED_EVENTS
            self._events.append(self._message("event", payload))
        if not isinstance(event, Cue):
            self._state_due = 0.0
        self._connection.call(self._wake.set)

    def close(self, timeout_s: float = 3.0) -> bool:
        """Sends what waits and says that the ride is over, if that takes no longer than `timeout_s`."""
        return self._connection.close(timeout_s)

    def _message(self, kind: topics.Kind, payload: bytes) -> _Message:
        return _Message(topics.of(self._rider, kind), payload, *QOS[kind])

    def _put(self, kind: topics.Kind, payload: bytes) -> None:
        self._put_newest(self._message(kind, payload))

    def _put_meter(self, link: schema.MeterLink) -> None:
        topic = topics.of_meter(self._rider, link.meter)
        if topic in self._kept or sum("/meter/" in kept for kept in self._kept) < 8:
            self._put_newest(_Message(topic, msgspec.json.encode(link), *QOS["meter"]))

    def _put_newest(self, message: _Message) -> None:
        with self._lock:
            if self._kept.get(message.topic) == message:
                return
            self._dropped += message.topic in self._newest
            self._newest[message.topic] = self._kept[message.topic] = message

    async def _serve(self, client: aiomqtt.Client, closing: asyncio.Event) -> None:
        await client.publish(topics.of(self._rider, "status"), ONLINE, *QOS["status"])
        if self._home_assistant is not None:
            for topic, payload in homeassistant.messages(
                self._rider, self._home_assistant, commands=self._takes_commands
            ):
                await client.publish(topic, payload, *QOS["discovery"])
        with self._lock:
            self._newest |= {topic: self._kept[topic] for topic in self._kept if topic not in self._newest}
        await either(self._hear(client), self._send(client, closing))
        await client.publish(topics.of(self._rider, "status"), OFFLINE, *QOS["status"])

    async def _hear(self, client: aiomqtt.Client) -> None:
        """Takes commands in, and notices when the connection breaks."""
        if self._takes_commands:
            await client.subscribe(topics.of(self._rider, "command"), QOS["command"][0])
        async for message in client.messages:
            payload = message.payload
            if self._takes_commands and isinstance(payload, bytes | bytearray):
                self._commands.take(bytes(payload), retained=message.retain)

    async def _send(self, client: aiomqtt.Client, closing: asyncio.Event) -> None:
        """Sends what waits, as it comes, until all is sent and it is closing."""
        while True:
            self._wake.clear()
            while (message := self._next()) is not None:
                try:
                    await client.publish(message.topic, message.payload, message.qos, message.retain)
                except aiomqtt.MqttError:
                    self._give_back(message)
                    raise
            if closing.is_set():
                return
            await either(self._wake.wait(), closing.wait())

    def _next(self) -> _Message | None:
        with self._lock:
            if self._events:
                return self._events.popleft()
            return self._newest.pop(next(iter(self._newest))) if self._newest else None

    def _give_back(self, message: _Message) -> None:
        """What could not be sent is sent again, unless something newer or too much else waits."""
        with self._lock:
            if message.retain:
                self._dropped += message.topic in self._newest
                self._newest.setdefault(message.topic, message)
            elif len(self._events) < QUEUED_EVENTS:
                self._events.appendleft(message)
            else:
                self._dropped += 1

    def _changed(self) -> None:
        """Says that the broker is away, once for each reason, and that it is back."""
        standing = self._connection.standing
        if standing.state == "away" and standing.text not in self._told:
            self._told.add(standing.text)
            self._tell(self.sharing.text)
        elif standing.state == "connected" and self._told:
            self._told.clear()
            self._tell(f"Broker {self._broker} is back.")

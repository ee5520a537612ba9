"""Publishes a ride: `live` once a second, `state` now and then, events at once, and whether it is there at all.

The ride hands over and goes on. What cannot be sent waits in a bounded queue, of which the oldest goes first; of
`live` and `state` only the newest counts.
"""

import asyncio
import math
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable

import aiomqtt
import msgspec

from legbal.outlets import Backoff, Outlet, OutletStatus, RideAccess, RunState
from legbal.outlets.commands import Command, Commands
from legbal.outlets.mqtt import (
    OFFLINE,
    ONLINE,
    QOS,
    TopicKind,
    encoding,
    homeassistant,
    meter_topic,
    rider_name,
    schema,
    topic_of,
)
from legbal.outlets.mqtt.broker import Broker
from legbal.outlets.mqtt.client import either
from legbal.outlets.mqtt.connection import BrokerConnection
from legbal.outlets.mqtt.schema import MOST_LINKS
from legbal.present.sentences import say
from legbal.ride.events import Cue, Event
from legbal.ride.view import RideView

QUEUED_EVENTS = 256
# For so long another ride of the same name is told since its last message, and a refused command.
RECENT_S = 10.0
NOTE_S = 30.0  # for so long from the start the rider is told that the password travels in clear
STATE_EVERY_S = 10.0
MOST_RETAINED = 10  # topics that the broker keeps of a ride: `live`, `state` and those of eight meters


class _Message(msgspec.Struct, frozen=True):
    topic: str
    payload: bytes
    qos: int
    retain: bool


class Publisher(Outlet):
    """Publishes one ride under a rider's name: an `Outlet`.

    Args:
        broker: where.
        rider: the name in the topics. Raises UsageError for one that cannot stand there.
        commands: takes commands in.
        home_assistant: the prefix under which Home Assistant is told; None: it is not.
        backoff: waits between two tries.
        clock: seconds, monotonic.
        now: Unix time, seconds.

    Attributes:
        dropped: messages that went out of the queue unsent, or were overtaken by a newer one.
        commands: what is asked of the ride from elsewhere.
    """

    name = "mqtt"

    def __init__(
        self,
        broker: Broker,
        rider: str,
        *,
        commands: bool = False,
        home_assistant: str | None = None,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._broker, self._rider = broker, rider_name(rider)
        self._takes_commands, self._home_assistant = commands, home_assistant
        self._clock, self._now = clock, now
        self.title = f"Broker {broker}"
        self._id = secrets.token_hex(6)
        self.commands = Commands(self._do, clock=clock)
        self._lock = threading.Lock()
        self._events: deque[_Message] = deque(maxlen=QUEUED_EVENTS)
        self._newest: dict[str, _Message] = {}  # by topic, what is to be sent yet
        self._retained: dict[str, _Message] = {}  # by topic, what a new connection is told first
        self._started = self._twin_at = self._refused_at = -math.inf
        self.dropped = 0
        self._state_due = 0.0
        self._wake = asyncio.Event()
        self._connection = BrokerConnection(
            broker,
            self._serve,
            will=aiomqtt.Will(topic_of(self._rider, "status"), OFFLINE, 1, retain=True),
            changed=self._changed,
            backoff=backoff,
            clock=clock,
        )

    def start(self, ride: RideAccess) -> None:
        """Begins to connect and returns at once; commands become marks of the ride."""
        super().start(ride)
        self._started = self._clock()
        self._connection.start()

    @property
    def status(self) -> OutletStatus:
        """How it goes."""
        failure, state = self._connection.failure, self._connection.state
        if failure is None:
            return OutletStatus(state, text=self._note() if state == "on" else "")
        dropped = say("broker.dropped", messages=self.dropped) if self.dropped else ""
        text = say("broker.away", broker=self._broker, reason=failure, dropped=dropped)
        return OutletStatus("away", str(failure), text)

    def _note(self) -> str:
        now = self._clock()
        if now - self._twin_at < RECENT_S:
            return say("broker.twin", rider=self._rider)
        if now - self._refused_at < RECENT_S:
            return say("broker.refused", broker=self.title)
        return self._broker.exposure if now - self._started < NOTE_S else ""

    def view(self, view: RideView, run: RunState) -> None:
        """Publishes the ride as it stands. Never waits.

        Raises msgspec.ValidationError for a value beyond what anybody can ride.
        """
        sent = self._now()
        self._keep(self._message("live", encoding.live(view, run, id=self._id, sent=sent)))
        now = self._clock()
        if run.finished or now >= self._state_due:
            self._state_due = now + STATE_EVERY_S
            self._keep(self._message("state", encoding.state(view, id=self._id, sent=sent)))
            for link in view.links[-MOST_LINKS:]:
                topic = meter_topic(self._rider, link.meter)
                if link.meter and (topic in self._retained or len(self._retained) < MOST_RETAINED):
                    self._keep(_Message(topic, encoding.meter(link), *QOS["meter"]))
        self._connection.call(self._wake.set)

    def event(self, event: Event) -> None:
        """Publishes an event at once; what changed by it follows with the next live view. Never waits."""
        payload = encoding.event(event, id=self._id, sent=self._now())
        with self._lock:
            self.dropped += len(self._events) == QUEUED_EVENTS
            self._events.append(self._message("event", payload))
        if not isinstance(event, Cue):
            self._state_due = 0.0
        self._connection.call(self._wake.set)

    def close(self, timeout_s: float = 3.0) -> bool:
        """Sends what waits and says that the ride is over, if that takes no longer than `timeout_s`."""
        return self._connection.close(timeout_s)

    def _do(self, command: Command) -> None:
        if self._ride is not None:
            self._ride.mark(command.command, command.text)

    def _message(self, kind: TopicKind, payload: bytes) -> _Message:
        return _Message(topic_of(self._rider, kind), payload, *QOS[kind])

    def _keep(self, message: _Message) -> None:
        with self._lock:
            if self._retained.get(message.topic) == message:
                return
            self.dropped += message.topic in self._newest
            self._newest[message.topic] = self._retained[message.topic] = message

    async def _serve(self, client: aiomqtt.Client, closing: asyncio.Event) -> None:
        await client.publish(topic_of(self._rider, "status"), ONLINE, *QOS["status"])
        if self._home_assistant is not None:
            for topic, payload in homeassistant.messages(
                self._rider, self._home_assistant, commands=self._takes_commands
            ):
                await client.publish(topic, payload, *QOS["discovery"])
        with self._lock:
            self._newest |= self._retained  # of a topic, both hold the same
        await either(self._hear(client), self._send(client, closing))
        await client.publish(topic_of(self._rider, "status"), OFFLINE, *QOS["status"])

    async def _hear(self, client: aiomqtt.Client) -> None:
        # takes commands in, hears whether somebody else has this name, and notices when the connection breaks
        if self._takes_commands:
            await client.subscribe(topic_of(self._rider, "command"), QOS["command"][0])
        await client.subscribe(topic_of(self._rider, "live"), QOS["live"][0])
        async for message in client.messages:
            noted = self._note()
            if str(message.topic) != topic_of(self._rider, "live"):
                if not self.commands.take(message.payload, retained=message.retain):
                    self._refused_at = self._clock()
            elif not message.retain and schema.ride_of(message.payload) not in (self._id, None):
                self._twin_at = self._clock()
            if self._note() != noted:
                self._changed()

    async def _send(self, client: aiomqtt.Client, closing: asyncio.Event) -> None:
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
                self.dropped += message.topic in self._newest
                self._newest.setdefault(message.topic, message)
            elif len(self._events) < QUEUED_EVENTS:
                self._events.appendleft(message)
            else:
                self.dropped += 1

"""Many riders at once: of each the newest message, and who needs looking at first.

Messages are only put aside as they come; what is shown is decoded, so that of many only the last costs anything.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Literal

import msgspec

from legbal.app.companion import Status
from legbal.outlets.mqtt import schema, topics
from legbal.outlets.mqtt.broker import Broker
from legbal.outlets.mqtt.subscriber import Subscriber
from legbal.outlets.outlet import Backoff
from legbal.outlets.sound import Sound
from legbal.remote.elsewhere import Elsewhere
from legbal.remote.heard import STALE_S, moment
from legbal.remote.rider import MOST_RIDERS
from legbal.ride.events import Cue
from legbal.ride.inputs import Setup, WeakLeg
from legbal.ride.ride import Ride
from legbal.ride.view import BalanceQuality, Reference, RideView

Order = Literal["worst first", "name", "left share", "power", "last heard"]
Choice = Literal["everybody", "alerts", "here now"]

FORGOTTEN_S = 12 * 3600.0  # what a broker kept of yesterday's rides is nobody's concern
LEAST_TURNS = 15  # revolutions behind a share, below which it is not looked at
SOUND_EVERY_S = 3.0  # of many riders' alerts no more are heard


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """What of a live message a coach sees; the fields of `schema.Live`, with its bounds."""

    v: int
    sent: schema.UnixTime
    t: schema.Seconds
    balance: BalanceQuality
    reference: Reference
    power_w: schema.Watts | None
    cadence_rpm: schema.Cadence | None
    last_30s: schema.Share
    interval: schema.Interval | None
    weak_leg: WeakLeg
    usual: schema.Usual | None
    evidence: schema.Part
    alert: schema.Alert | None
    finished: bool = False


class Rider(msgspec.Struct, frozen=True):
    """One rider as a coach sees it: the glance, how long ago that was (s), and whether it is no longer now."""

    name: str
    glance: Glance
    ago_s: float
    stale: bool

    @property
    def share(self) -> schema.Share | None:
        """The share of the last 30 s; None where too few turns stand behind it: those are luck."""
        share = self.glance.last_30s
        known = share.left_percent is not None and share.standard_error is not None
        return share if known and share.revolutions >= LEAST_TURNS else None

    @property
    def below_usual(self) -> float | None:
        """By how many points the watched leg, or the lower one, is below what is usual at this power."""
        left, usual = self.left_percent, self.glance.usual
        if left is None or usual is None:
            return None
        below = usual.left_percent - left
        match self.glance.weak_leg:
            case "left":
                return below
            case "right":
                return -below
        return abs(below)

    @property
    def left_percent(self) -> float | None:
        """The left share of `share`, in percent."""
        return None if self.share is None else self.share.left_percent


class _Heard(msgspec.Struct):
    """What is put aside of one rider: the newest payload, until it is decoded, and what was last understood."""

    online: bool = True
    payload: bytes = b""
    arrived: float = 0.0
    kept: bool = False
    glance: Glance | None = None
    said: float = 0.0


class Squad(Elsewhere):
    """Everybody whose ride a broker tells.

    Args:
        broker: where.
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
        super().__init__(sound)
        self._broker, self._clock, self._now = broker, clock, now
        self._lock = threading.Lock()  # messages come in another thread
        self._heard: dict[str, _Heard] = {}
        self._sounded = -SOUND_EVERY_S
        self._over = asyncio.Event()
        self._decoder = schema.decoder(Glance)
        self._event_decoder = schema.decoder(schema.EventMessage)
        self.refused = 0  # messages that were none
        self._crowded = False
        filters = [(topics.every("status"), 1), (topics.every("live"), 0)]
        filters += [(topics.every("event"), 1)] if sound is not None else []
        self._subscriber = Subscriber(broker, filters, self.hear, backoff=backoff)

    def hear(self, topic: str, payload: bytes, kept: bool) -> None:
        """Puts a message aside; called in the listener's thread."""
        named = topics.parsed(topic)
        if named is None:
            return
        name, kind = named
        if kind == "event":
            self._hear_cue(payload, kept)
            return
        with self._lock:
            heard = self._heard.get(name)
            if heard is None:
                if len(self._heard) >= MOST_RIDERS:
                    self._crowded = True
                    return
                heard = self._heard[name] = _Heard()
            if kind == "status":
                heard.online = payload != b"offline"
            elif kind == "live" and len(payload) <= schema.LONGEST_MESSAGE:
                heard.payload, heard.arrived, heard.kept = payload, self._clock(), kept
            else:
                self.refused += 1

    @property
    def notice(self) -> str:
        """What of what came is not shown, as a sentence; empty where all is."""
        if self._crowded:
            return f"More riders are there: only {MOST_RIDERS:,} are shown."
        return f"{self.refused} messages could not be read." if self.refused else ""

    def riders(self) -> list[Rider]:
        """Everybody of whom something readable was heard within the last hours, in no order."""
        with self._lock:
            for heard in self._heard.values():
                if heard.payload:
                    self._decode(heard)
        now = self._clock()
        return [
            Rider(name, heard.glance, now - heard.said, now - heard.said > STALE_S or not heard.online)
            for name, heard in self._heard.copy().items()
            if heard.glance is not None and now - heard.said < FORGOTTEN_S
        ]

    def _decode(self, heard: _Heard) -> None:
        payload, heard.payload = heard.payload, b""
        try:
            heard.glance = schema.read(self._decoder, payload)
        except ValueError:
            self.refused += 1
        else:
            heard.said = moment(heard.arrived, self._now(), heard.glance.sent, kept=heard.kept)

    def _hear_cue(self, payload: bytes, kept: bool) -> None:
        now = self._clock()
        if kept or self._sound is None or now - self._sounded < SOUND_EVERY_S:
            return
        try:
            told = schema.read(self._event_decoder, payload)
        except ValueError:
            self.refused += 1
            return
        if told.event == "cue" and told.sound == "alert" and told.side is not None:
            self._sounded = now
            self._sound.play(Cue(t=told.t, sound=told.sound, side=told.side))

    def view(self) -> RideView:
        """An empty ride: nobody rides here."""
        return msgspec.structs.replace(Ride(Setup()).view(), muted=self.muted)

    def status(self) -> Status:
        """How the broker and the sound are."""
        return Status(
            recording=False,
            recording_text="",
            sound=self.sounding.state,
            sound_text=self.sounding.text,
            source=str(self._broker),
            kept=False,
            broker=self._subscriber.trouble,
        )

    async def run(self) -> None:
        """Hears until it is finished or the task is cancelled."""
        self._open_sound()
        self._subscriber.start()
        await self._over.wait()

    async def finish(self) -> RideView:
        """Hears no more."""
        self._over.set()
        await asyncio.to_thread(self._subscriber.close)
        await self._close_sound()
        return self.view()


def chosen(riders: list[Rider], choice: Choice, order: Order, part: str = "") -> list[Rider]:
    """Those who are to be shown, in that order; `part` is a part of their name, in any case of letters."""
    part = part.casefold()
    shown = [rider for rider in riders if _CHOICES[choice](rider) and part in rider.name.casefold()]
    return sorted(shown, key=_KEYS[order])


def _worst(rider: Rider) -> tuple[float, ...]:
    """A drop-off that holds, then a threshold that is broken, then how near an alert is; what is stale comes last."""
    glance, alert = rider.glance, rider.glance.alert
    rank = 2 if alert is None else 0 if alert.kind == "dropoff" else 1
    points = 0.0 if alert is None else alert.points
    return rider.stale, rank, -points, -glance.evidence, -(rider.below_usual or 0.0)


_LAST = float("inf")
_KEYS: dict[Order, Callable[[Rider], tuple[object, ...]]] = {
    "worst first": lambda rider: (*_worst(rider), rider.name),
    "name": lambda rider: (rider.name.casefold(), rider.name),
    "left share": lambda rider: (
        rider.stale,
        _LAST if rider.left_percent is None else rider.left_percent,
        rider.name,
    ),
    "power": lambda rider: (rider.stale, -(rider.glance.power_w or 0.0), rider.name),
    "last heard": lambda rider: (rider.ago_s, rider.name),
}
ORDERS: tuple[Order, ...] = tuple(_KEYS)
_CHOICES: dict[Choice, Callable[[Rider], bool]] = {
    "everybody": lambda _: True,
    "alerts": lambda rider: not rider.stale and rider.glance.alert is not None,
    "here now": lambda rider: not rider.stale,
}
CHOICES: tuple[Choice, ...] = tuple(_CHOICES)

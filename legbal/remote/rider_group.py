"""What a broker tells of each rider, everybody whose ride it tells, and in which order and choice they are listed.

Messages are only put aside as they come; what is shown is decoded, so that of many only the last costs anything.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from legbal.outlets.mqtt import OFFLINE, TopicKind, schema
from legbal.outlets.mqtt.publisher import RECENT_S
from legbal.outlets.sound import Sound
from legbal.present.numbers import reliable_share
from legbal.present.sentences import say
from legbal.present.text import clean
from legbal.remote import RemoteRide
from legbal.ride.alerts import KINDS, load_kinds
from legbal.ride.events import Alert, Cue
from legbal.ride.share import EMPTY, Share
from legbal.ride.view import LiveView

load_kinds()  # no ride is folded here, which would have brought them

STALE_S = 5.0  # five live messages that did not come: the numbers are no longer now
MOST_RIDERS = 2000  # told apart at one broker
FORGOTTEN_S = 12 * 3600.0  # what a broker kept of yesterday's rides is nobody's concern
SOUND_EVERY_S = 3.0  # of many riders' alerts no more are heard

Order = Literal["worst", "name", "left", "power", "heard"]
Choice = Literal["everybody", "alerts", "here"]


class RiderFeed(msgspec.Struct):
    """What a broker told of one rider.

    Attributes:
        online: whether the rider is there.
        payload: the newest live message, until it is decoded.
        arrived: when it came, by the monotonic clock; None: none has come.
        retained: the broker had kept it.
        live: the newest one that was understood.
        sent: when that was sent, by the monotonic clock.
        ids: of the ride of the newest message, and of the ride before.
        mixed_until: so long two rides go on under this name: their messages take turns.
    """

    online: bool = True
    payload: bytes = b""
    arrived: float | None = None
    retained: bool = False
    live: schema.Live | None = None
    sent: float = 0.0
    ids: tuple[str | None, str | None] = None, None
    mixed_until: float = -math.inf

    def put(self, payload: bytes, arrived: float, *, retained: bool) -> None:
        """Puts a live message aside; ValueError where it is longer than any."""
        if len(payload) > schema.LONGEST_MESSAGE:
            raise ValueError("too long for a message")
        self.payload, self.arrived, self.retained = payload, arrived, retained
        ride = None if retained else schema.ride_of(payload)
        newest, former = self.ids
        if ride is not None and ride != newest:
            self.ids = ride, newest
            if ride == former:
                self.mixed_until = arrived + RECENT_S

    def decode(self, now: float) -> schema.Live:
        """The live message that was put aside, at this Unix time; ValueError where it is none.

        Two clocks never agree, so what comes as it is sent counts from its arrival. Of what the broker had kept only
        the sender's clock tells, and that may be ahead.
        """
        payload, self.payload = self.payload, b""
        self.live = schema.read(schema.Live, payload)
        age = max(0.0, now - self.live.sent) if self.retained else 0.0
        self.sent = (self.arrived or 0.0) - age
        return self.live


class RiderStatus(msgspec.Struct, frozen=True):
    """One rider as a coach sees it: the row, the alert that holds, whether the ride is over, and how old that is.

    `ago_s` is seconds; `stale`: it is no longer now.
    """

    name: str
    row: LiveView
    alert: Alert | None
    finished: bool
    ago_s: float
    stale: bool

    @property
    def share(self) -> Share:
        """The share of the last 30 s; an empty one where too few turns stand behind it: those are luck."""
        return self.row.last_30s if reliable_share(self.row.last_30s) else EMPTY

    @property
    def above_usual(self) -> float | None:
        """By how many points the watched leg, or the lower one, is above what is usual at this power."""
        left, usual = self.share.left_percent, self.row.usual
        if left is None or usual is None:
            return None
        above = left - usual.left_percent
        return {"left": above, "right": -above}.get(self.row.weak_leg, -abs(above))


def select(riders: list[RiderStatus], choice: Choice, order: Order, part: str = "") -> list[RiderStatus]:
    """Those who are to be shown, in that order; `part` is a part of their name, in any case of letters."""
    part = part.casefold()
    shown = [rider for rider in riders if CHOICES[choice](rider) and part in rider.name.casefold()]
    return sorted(shown, key=ORDERS[order])


def _worst(rider: RiderStatus) -> tuple[float, ...]:
    """Alerts that hold, by the rank of their kinds, then how near one is; what is stale comes last.

    Points of two kinds need not be of one unit. A kind that is not known here comes after those that are.
    """
    alert = rider.alert
    kind = None if alert is None else KINDS.get(alert.kind)
    rank = math.inf if kind is None else kind.rank
    points = 0.0 if alert is None else alert.points
    return rider.stale, alert is None, rank, -points, -rider.row.evidence, rider.above_usual or 0.0


ORDERS: dict[Order, Callable[[RiderStatus], tuple[object, ...]]] = {
    "worst": lambda rider: (*_worst(rider), rider.name),
    "name": lambda rider: (rider.name.casefold(), rider.name),
    "left": lambda rider: (
        rider.stale,
        math.inf if rider.share.left_percent is None else rider.share.left_percent,
        rider.name,
    ),
    "power": lambda rider: (rider.stale, -(rider.row.power_w or 0.0), rider.name),
    "heard": lambda rider: (rider.ago_s, rider.name),
}
CHOICES: dict[Choice, Callable[[RiderStatus], bool]] = {
    "everybody": lambda _: True,
    "alerts": lambda rider: not rider.stale and rider.alert is not None,
    "here": lambda rider: not rider.stale,
}


@dataclass(eq=False)
class RiderGroup(RemoteRide):
    """Everybody whose ride a broker tells."""

    _feeds: dict[str, RiderFeed] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(
        default_factory=threading.Lock, init=False
    )  # messages come in another thread
    _sounded: float = field(default=-math.inf, init=False)
    _crowded: bool = field(default=False, init=False)
    _purge_t: float = field(default=-math.inf, init=False)

    @property
    def notice(self) -> str:
        """What of what came is not shown, as a sentence; empty where all is."""
        if self._crowded:
            return say("riders.crowded", most=MOST_RIDERS)
        now = self.clock()
        twins = next((name for name, feed in self._feeds.copy().items() if now < feed.mixed_until), None)
        if twins is not None:
            return say("riders.twins", rider=clean(twins, 24))
        return say("riders.unreadable", messages=self.refused) if self.refused else ""

    def riders(self) -> list[RiderStatus]:
        """Everybody of whom something readable was heard within the last hours, in no order."""
        with self._lock:
            for feed in self._feeds.values():
                if feed.payload:
                    try:
                        feed.decode(self.now())
                    except ValueError as error:
                        self._refuse(error)
        now = self.clock()
        return [
            RiderStatus(
                name,
                feed.live,
                None if feed.live.alert is None else feed.live.alert.alert(),
                feed.live.finished,
                now - feed.sent,
                now - feed.sent > STALE_S or not feed.online,
            )
            for name, feed in self._feeds.copy().items()
            if feed.live is not None and now - feed.sent < FORGOTTEN_S
        ]

    def names(self) -> list[str]:
        """Who rides, by name; where all that was heard is of rides that are over, who rode."""
        with self._lock:
            here = {name: feed.online for name, feed in self._feeds.items() if feed.arrived is not None}
        return sorted(name for name in here if here[name]) or sorted(here)

    def _take(self, rider: str, kind: TopicKind, payload: bytes, retained: bool) -> None:
        if kind == "event":
            super()._take(rider, kind, payload, retained)
            return
        with self._lock:
            if rider not in self._feeds:
                self._crowded = not self._has_room()
                if self._crowded:
                    return
            feed = self._feeds.setdefault(rider, RiderFeed())
            if kind == "status":
                feed.online = payload != OFFLINE
            elif kind == "live":
                feed.put(payload, self.clock(), retained=retained)

    def _has_room(self) -> bool:
        """Whether one more rider can be listed; those who could not be shown for now make room."""
        now = self.clock()
        if len(self._feeds) >= MOST_RIDERS and now - self._purge_t >= STALE_S:
            self._purge_t = now
            for name, feed in list(self._feeds.items()):
                if not feed.payload and (feed.live is None or now - feed.sent >= FORGOTTEN_S):
                    del self._feeds[name]
        return len(self._feeds) < MOST_RIDERS

    def _play(self, sound: Sound, cue: Cue) -> None:
        now = self.clock()
        if cue.sound == "alert" and now - self._sounded >= SOUND_EVERY_S:
            self._sounded = now
            sound.play(cue)

"""Many riders at once: of each the newest message, and who needs looking at first.

Messages are only put aside as they come; what is shown is decoded, so that of many only the last costs anything.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal, Unpack

import msgspec

from legbal.outlets.mqtt import schema, topics
from legbal.outlets.mqtt.broker import Broker
from legbal.present.text import clean
from legbal.remote.remote_ride import MOST_RIDERS, STALE_S, NameCheck, RemoteOptions, RemoteRide, sent_at
from legbal.ride.share import Share

Order = Literal["worst first", "name", "left share", "power", "last heard"]
Choice = Literal["everybody", "alerts", "here now"]

FORGOTTEN_S = 12 * 3600.0  # what a broker kept of yesterday's rides is nobody's concern
LEAST_TURNS = 15  # revolutions behind a share, below which it is not looked at
SOUND_EVERY_S = 3.0  # of many riders' alerts no more are heard


class Rider(msgspec.Struct, frozen=True):
    """One rider as a coach sees it: the row, how long ago that was (s), and whether it is no longer now."""

    name: str
    row: schema.Live
    ago_s: float
    stale: bool

    @property
    def share(self) -> Share | None:
        """The share of the last 30 s; None where too few turns stand behind it: those are luck."""
        share = self.row.last_30s
        known = share.left_percent is not None and share.standard_error is not None
        return share if known and share.rests_on(LEAST_TURNS) else None

    @property
    def below_usual(self) -> float | None:
        """By how many points the watched leg, or the lower one, is below what is usual at this power."""
        left, usual = self.left_percent, self.row.usual
        if left is None or usual is None:
            return None
        below = usual.left_percent - left
        match self.row.weak_leg:
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
    row: schema.Live | None = None
    said: float = 0.0
    name_check: NameCheck = msgspec.field(default_factory=NameCheck)


class RiderGroup(RemoteRide):
    """Everybody whose ride a broker tells.

    Args:
        broker: where.
        **options: of `RemoteRide`.
    """

    def __init__(self, broker: Broker, **options: Unpack[RemoteOptions]) -> None:
        super().__init__(broker, **options)
        self._heard: dict[str, _Heard] = {}
        self._lock = threading.Lock()  # messages come in another thread
        self._sounded = -SOUND_EVERY_S
        self.refused = 0  # messages that were none
        self._crowded = False

    def hear(self, topic: str, payload: bytes, kept: bool) -> None:
        """Puts a message aside; called in the subscriber's thread."""
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
                if not kept:
                    heard.name_check.hear(schema.ride_of(payload), heard.arrived)
            else:
                self.refused += 1

    @property
    def notice(self) -> str:
        """What of what came is not shown, as a sentence; empty where all is."""
        if self._crowded:
            return f"More riders are there: only {MOST_RIDERS:,} are shown."
        now = self._clock()
        twins = next((x for x, heard in self._heard.copy().items() if heard.name_check.twins(now)), None)
        if twins is not None:
            return f"Two rides go on as {clean(twins, 24)}: each rider needs a name."
        return f"{self.refused} messages could not be read." if self.refused else ""

    def riders(self) -> list[Rider]:
        """Everybody of whom something readable was heard within the last hours, in no order."""
        with self._lock:
            for heard in self._heard.values():
                if heard.payload:
                    self._decode(heard)
        now = self._clock()
        return [
            Rider(name, heard.row, now - heard.said, now - heard.said > STALE_S or not heard.online)
            for name, heard in self._heard.copy().items()
            if heard.row is not None and now - heard.said < FORGOTTEN_S
        ]

    def _decode(self, heard: _Heard) -> None:
        payload, heard.payload = heard.payload, b""
        try:
            heard.row = schema.read(schema.Live, payload)
        except ValueError:
            self.refused += 1
        else:
            heard.said = sent_at(heard.arrived, self._now(), heard.row.sent, kept=heard.kept)

    def _hear_cue(self, payload: bytes, kept: bool) -> None:
        now = self._clock()
        if kept or self._sound is None or now - self._sounded < SOUND_EVERY_S:
            return
        try:
            cue = self._cue_in(payload)
        except ValueError:
            self.refused += 1
            return
        if cue is not None and cue.sound == "alert":
            self._sounded = now
            self._sound.play(cue)

    async def _follow(self) -> None:
        self._subscribe(topics.every, ["status", "live"], self.hear)


def select(riders: list[Rider], choice: Choice, order: Order, part: str = "") -> list[Rider]:
    """Those who are to be shown, in that order; `part` is a part of their name, in any case of letters."""
    part = part.casefold()
    shown = [rider for rider in riders if _CHOICES[choice](rider) and part in rider.name.casefold()]
    return sorted(shown, key=_KEYS[order])


def _worst(rider: Rider) -> tuple[float, ...]:
    """A drop-off that holds, then a threshold that is broken, then how near an alert is; what is stale comes last."""
    row, alert = rider.row, rider.row.alert
    rank = 2 if alert is None else 0 if alert.kind == "dropoff" else 1
    points = 0.0 if alert is None else alert.points
    return rider.stale, rank, -points, -row.evidence, -(rider.below_usual or 0.0)


_LAST = float("inf")
_KEYS: dict[Order, Callable[[Rider], tuple[object, ...]]] = {
    "worst first": lambda rider: (*_worst(rider), rider.name),
    "name": lambda rider: (rider.name.casefold(), rider.name),
    "left share": lambda rider: (
        rider.stale,
        _LAST if rider.left_percent is None else rider.left_percent,
        rider.name,
    ),
    "power": lambda rider: (rider.stale, -(rider.row.power_w or 0.0), rider.name),
    "last heard": lambda rider: (rider.ago_s, rider.name),
}
ORDERS: tuple[Order, ...] = tuple(_KEYS)
_CHOICES: dict[Choice, Callable[[Rider], bool]] = {
    "everybody": lambda _: True,
    "alerts": lambda rider: not rider.stale and rider.row.alert is not None,
    "here now": lambda rider: not rider.stale,
}
CHOICES: tuple[Choice, ...] = tuple(_CHOICES)

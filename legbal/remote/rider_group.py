"""Everybody whose ride a broker tells."""

import math
import threading
from dataclasses import dataclass, field

from legbal.outlets.mqtt import OFFLINE, TopicKind
from legbal.outlets.sound import Sound
from legbal.present.text import clean
from legbal.remote import RemoteRide
from legbal.remote.rider import Rider
from legbal.remote.rider_feed import STALE_S, RiderFeed
from legbal.ride.events import Cue

MOST_RIDERS = 2000  # told apart at one broker
FORGOTTEN_S = 12 * 3600.0  # what a broker kept of yesterday's rides is nobody's concern
SOUND_EVERY_S = 3.0  # of many riders' alerts no more are heard


@dataclass(eq=False)
class RiderGroup(RemoteRide):
    """Everybody whose ride a broker tells."""

    _feeds: dict[str, RiderFeed] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(
        default_factory=threading.Lock, init=False
    )  # messages come in another thread
    _sounded: float = field(default=-math.inf, init=False)
    _crowded: bool = field(default=False, init=False)

    @property
    def notice(self) -> str:
        """What of what came is not shown, as a sentence; empty where all is."""
        if self._crowded:
            return f"More riders are there: only {MOST_RIDERS:,} are shown."
        now = self.clock()
        twins = next((name for name, feed in self._feeds.copy().items() if now < feed.mixed_until), None)
        if twins is not None:
            return f"Two rides go on as {clean(twins, 24)}: each rider needs a name."
        return f"{self.refused} messages could not be read." if self.refused else ""

    def riders(self) -> list[Rider]:
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
            Rider(name, feed.live, now - feed.sent, now - feed.sent > STALE_S or not feed.online)
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
            if rider not in self._feeds and len(self._feeds) >= MOST_RIDERS:
                self._crowded = True
                return
            feed = self._feeds.setdefault(rider, RiderFeed())
            if kind == "status":
                feed.online = payload != OFFLINE
            elif kind == "live":
                feed.put(payload, self.clock(), retained=retained)

    def _play(self, sound: Sound, cue: Cue) -> None:
        now = self.clock()
        if cue.sound == "alert" and now - self._sounded >= SOUND_EVERY_S:
            self._sounded = now
            sound.play(cue)

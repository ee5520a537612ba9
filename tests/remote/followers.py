"""Those who follow without a broker, on clocks that a test turns, and the messages that they hear."""

from __future__ import annotations

import asyncio

from legbal.outlets import Backoff, RideAccess, RunState
from legbal.outlets.mqtt import encoding
from legbal.outlets.mqtt.broker import parse
from legbal.outlets.sound import Sound
from legbal.remote.followed_ride import FollowedRide
from legbal.remote.rider_group import RiderGroup
from legbal.ride.events import Cue
from legbal.ride.view import RideView

NOWHERE = parse("mqtt://127.0.0.1:1")


async def _for_ever(seconds: float) -> None:
    """No second try: a listener that a test leaves behind must not stir in those that follow."""
    del seconds
    await asyncio.Event().wait()


ONCE = Backoff(pause=_for_ever, chance=lambda: 1.0)


class Clocks:
    """A monotonic clock and the time of day that stand until they are turned."""

    def __init__(self) -> None:
        self.clock, self.now = 1000.0, 1.8e9

    def turn(self, seconds: float) -> None:
        """So much later."""
        self.clock += seconds
        self.now += seconds


class Ears(Sound):
    """Stands in for the speaker."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Cue] = []

    def start(self, ride: RideAccess | None = None) -> None: ...

    def play(self, cue: Cue) -> None:
        self.heard.append(cue)


def following(clocks: Clocks, sound: Sound | None = None) -> FollowedRide:
    """Anna is followed; messages are handed over by the test."""
    return FollowedRide(
        NOWHERE, "anna", sound=sound, backoff=ONCE, clock=lambda: clocks.clock, now=lambda: clocks.now
    )


def rider_group(clocks: Clocks, ears: Ears | None = None) -> RiderGroup:
    """Nobody yet; messages are handed over by the test."""
    return RiderGroup(NOWHERE, sound=ears, backoff=ONCE, clock=lambda: clocks.clock, now=lambda: clocks.now)


def live(view: RideView, *, sent: float = 1.8e9, id: str = "r1", finished: bool = False) -> bytes:
    """What anna publishes each second."""
    return encoding.live(view, RunState(recording=True, finished=finished), id=id, sent=sent)


def state(view: RideView, *, sent: float = 1.8e9, id: str = "r1") -> bytes:
    """What anna publishes now and then."""
    return encoding.state(view, id=id, sent=sent)

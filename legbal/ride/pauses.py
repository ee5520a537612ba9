"""When the rider paused: what a meter sends meanwhile is recorded, and counts nowhere."""

import math
from collections.abc import Iterable
from typing import Literal

from legbal.ride.events import Event, Pause, Resume
from legbal.ride.share import Period


class Pauses:
    """The pauses of a ride.

    Attributes:
        since: since when it is paused, ride seconds; None: it is not.
        ended: when the latest pause was over, ride seconds; before the ride where none is.
    """

    def __init__(self) -> None:
        self.since: float | None = None
        self.ended = -math.inf  # packets that come late all at once began long before the ride
        self._over: list[Period] = []

    def turn(self, t: float, to: Literal["pause", "resume"]) -> Pause | Resume | None:
        """The rider pauses or rides on, at ride second `t`; None where that is so already."""
        since = self.since
        if (to == "pause") is (since is not None):
            return None
        if since is None:
            self.since = t
            return Pause(t)
        self.since, self.ended = None, t
        self._over.append(Period(since, t))
        return Resume(t, t - since)

    @property
    def periods(self) -> tuple[Period, ...]:
        """Each pause, in order; the last has no end while it lasts."""
        now = () if self.since is None else (Period(self.since, None),)
        return (*self._over, *now)

    def total_s(self, t: float) -> float:
        """Seconds paused until ride second `t`."""
        return sum((t if x.until_s is None else x.until_s) - x.since_s for x in self.periods)


def pauses_among(events: Iterable[Event]) -> list[Period]:
    """The pauses that a ride's events tell of, in order; one in which the ride ended has no end."""
    pauses: list[Period] = []
    for event in events:
        if isinstance(event, Pause):
            pauses.append(Period(event.t, None))
        elif isinstance(event, Resume):
            pauses[-1] = Period(pauses[-1].since_s, event.t)
    return pauses

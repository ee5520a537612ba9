"""The cadence alert: the cranks turn well slower than in the ride's first minute. A module as of `legbal/ride`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from legbal.ride.alerts import KINDS, AlertKind
from legbal.ride.events import Alert, Clear, Event
from legbal.ride.inputs import Setup
from legbal.ride.moment import Moment
from legbal.ride.usual import UsualBalance

FIRST_S = 60  # of the ride: what it is held against
RPM = 10.0  # so far below the first minute's cadence it speaks
HOLD_S = 10


class CadenceDrop(AlertKind):
    """Speaks once the cadence has been low for ten seconds; it is about no leg."""

    def __init__(self, _setup: Setup, _usual: UsualBalance) -> None:
        self._first: list[float] = []
        self._since: float | None = None
        self._held = False

    def feed(self, now: Moment) -> Sequence[Event]:
        rpm = now.source.cadence_rpm
        if rpm is None:
            return ()
        if now.t < FIRST_S:
            self._first.append(rpm)
            return ()
        below = float(np.median(self._first)) - rpm
        if below < RPM / 2:
            held, self._held, self._since = self._held, False, None
            return (Clear(now.t, "cadence_drop", None),) if held else ()
        if below > RPM and self._since is None:
            self._since = now.t
        if self._held or self._since is None or now.t - self._since < HOLD_S:
            return ()
        self._held = True
        own = {"now_rpm": rpm}
        return (Alert(now.t, "cadence_drop", None, below, None, None, self._since, 0, values=own),)


KINDS["cadence_drop"] = CadenceDrop

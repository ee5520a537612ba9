"""What is planted in the rides of a simulated rider, and riders as they are drawn."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from legbal.ride.view import Floats

EDGES = (0.0, 0.55, 0.75, 0.9, 1.05, 1.2)  # parts of FTP at which power bands begin
BEGIN = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)


class Truth(NamedTuple):
    """What is planted; points unless said otherwise."""

    level: float  # percent, of the bands alike, before any change
    profile: Floats  # of six bands, with the mean 0
    sprints: float  # off the level
    day: float  # how far days lie apart
    change: float  # from ride 13 on; 0: none is noted
    slope: float  # a month
    drift: float  # of the left leg, an hour of effort
    deficits: float  # an hour of effort

    def level_at(self, months: float) -> float:
        """The level so many months after the first ride, a change behind it."""
        return self.level + self.change + self.slope * months

    @property
    def first_minutes(self) -> float:
        """Of effort, within which half of the rides have a deficit."""
        return 60 * math.log(2) / self.deficits


def draw(random: np.random.Generator) -> Truth:
    """A rider: a third of them changes something, a third goes along a line, a third stays."""
    profile = np.array([0.9, 0.5, 0.0, -0.2, -0.4, -0.6]) * random.normal(0.5, 1.0) + random.normal(0, 0.3, 6)
    kind = random.integers(3)
    return Truth(
        level=float(50 + random.normal(0, 2)),
        profile=profile - profile.mean(),
        sprints=float(random.normal(0, 2)),
        day=float(np.exp(random.uniform(np.log(0.4), np.log(1.2)))),
        change=float(random.normal(0, 1.5)) if kind == 0 else 0.0,
        slope=float(random.normal(0, 0.6)) if kind == 1 else 0.0,
        drift=float(random.normal(-0.5, 1.2)),
        deficits=float(np.exp(random.uniform(np.log(0.3), np.log(2.0)))),
    )

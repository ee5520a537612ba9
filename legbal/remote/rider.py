"""A rider as a coach sees them, and in which order and choice many are listed."""

import math
from collections.abc import Callable
from typing import Literal

import msgspec

from legbal.outlets.mqtt import schema
from legbal.ride.share import EMPTY, Share

Order = Literal["worst first", "name", "left share", "power", "last heard"]
Choice = Literal["everybody", "alerts", "here now"]
LEAST_TURNS = 15  # revolutions behind a share, below which it is not looked at


class Rider(msgspec.Struct, frozen=True):
    """One rider as a coach sees it: the row, how long ago that was (s), and whether it is no longer now."""

    name: str
    row: schema.Live
    ago_s: float
    stale: bool

    @property
    def share(self) -> Share:
        """The share of the last 30 s; an empty one where too few turns stand behind it: those are luck."""
        share = self.row.last_30s
        return share if share.standard_error is not None and share.rests_on(LEAST_TURNS) else EMPTY

    @property
    def above_usual(self) -> float | None:
        """By how many points the watched leg, or the lower one, is above what is usual at this power."""
        left, usual = self.share.left_percent, self.row.usual
        if left is None or usual is None:
            return None
        above = left - usual.left_percent
        return {"left": above, "right": -above}.get(self.row.weak_leg, -abs(above))


def select(riders: list[Rider], choice: Choice, order: Order, part: str = "") -> list[Rider]:
    """Those who are to be shown, in that order; `part` is a part of their name, in any case of letters."""
    part = part.casefold()
    shown = [rider for rider in riders if CHOICES[choice](rider) and part in rider.name.casefold()]
    return sorted(shown, key=ORDERS[order])


def _worst(rider: Rider) -> tuple[float, ...]:
    """A drop-off that holds, then a threshold that is broken, then how near an alert is; what is stale comes last."""
    row, alert = rider.row, rider.row.alert
    rank = 2 if alert is None else 0 if alert.kind == "dropoff" else 1
    points = 0.0 if alert is None else alert.points
    return rider.stale, rank, -points, -row.evidence, rider.above_usual or 0.0


ORDERS: dict[Order, Callable[[Rider], tuple[object, ...]]] = {
    "worst first": lambda rider: (*_worst(rider), rider.name),
    "name": lambda rider: (rider.name.casefold(), rider.name),
    "left share": lambda rider: (
        rider.stale,
        math.inf if rider.share.left_percent is None else rider.share.left_percent,
        rider.name,
    ),
    "power": lambda rider: (rider.stale, -(rider.row.power_w or 0.0), rider.name),
    "last heard": lambda rider: (rider.ago_s, rider.name),
}
CHOICES: dict[Choice, Callable[[Rider], bool]] = {
    "everybody": lambda _: True,
    "alerts": lambda rider: not rider.stale and rider.row.alert is not None,
    "here now": lambda rider: not rider.stale,
}

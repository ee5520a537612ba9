"""What the fold is given in tests, and all that it makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from legbal.app.meters import profiles
from legbal.gatt.measurement import Measurement, encode
from legbal.ride.events import Event
from legbal.ride.inputs import Input, Notification, Setup
from legbal.ride.ride import Ride
from legbal.ride.view import RideView
from legbal.sources.simulator import demo

ASSIOMA = next(p for p in profiles() if p.id == "favero-assioma-duo")


def packet(
    t: float, turn: int, *, power: int = 200, balance: int | None = 96, left: bool = True
) -> Notification:
    """A notification once a second: turn number `turn` at 75 rpm."""
    flags = 0x20 | (0x01 if balance is not None else 0) | (0x02 if left and balance is not None else 0)
    event = round(turn * 0.8 * 1024)
    measurement = Measurement(
        flags=flags,
        power_w=power,
        balance_raw=balance,
        crank_revolutions=turn & 0xFFFF,
        crank_event_time_raw=event & 0xFFFF,
    )
    return Notification(t, encode(measurement), meter="meter")


def pedalled(count: int, **other: Any) -> list[Input]:
    return [packet(i * 0.8, i, **other) for i in range(count)]


def numbers(view: RideView) -> bytes:
    """Everything of a view that is not an array, and the arrays as lists."""
    trace = {name: getattr(view.trace, name).tolist() for name in ("t", "left_percent", "power_w")}
    return msgspec.json.encode({"view": msgspec.structs.asdict(view) | {"trace": repr(trace)}})


def one_by_one(setup: Setup, inputs: Iterable[Input]) -> tuple[list[Event], RideView]:
    """As live: a view is taken every few inputs, which must change nothing."""
    ride, events = Ride(setup), []
    for i, item in enumerate(inputs):
        events += ride.feed(item)
        if i % 7 == 0:
            ride.view()
    return events + ride.close(), ride.view()


def simulated() -> list[Input]:
    return list(demo(ASSIOMA, 3, seconds=500).timeline())

"""Two one-sided meters as bytes, made at a bench or by the simulator, and what a ride makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from legbal.gatt.measurement import Measurement, encode
from legbal.present.remarks import remark
from legbal.ride.events import Event, MeterChange
from legbal.ride.inputs import Input, Notification, Setup
from legbal.ride.ride import Ride
from legbal.sources.recorded_ride import with_ticks
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.meters.profiles import shipped

PROFILES = shipped()
SRM = PROFILES["srm-x-power"]
STEADY = Workout("steady", (Step(400.0, 0.7, 0.8),))
UNEVEN = Workout(
    "uneven", (Step(150.0, 0.6, 0.9), Step(60.0, 0.5, 0.5, coasts_per_minute=20.0), Step(190.0, 0.8, 0.8))
)
TWO = Setup(ftp_w=250.0, pair=("left", "right"))


class Crank:
    """One side's device: turns of the crank as it counts them, as bytes."""

    def __init__(self, name: str, *, count: int = 65_530, clock: float = 60.0, behind: float = 0.0) -> None:
        self.name, self._count, self._clock, self._behind = name, count, clock, behind

    def packet(
        self,
        t: float,
        turns: float,
        power: int,
        turn_s: float = 0.7,
        octet: int | None = None,
        rested: float = 0.0,
    ) -> Notification:
        """What it sends at `t`, the crank having turned `turns` times since 0 but for `rested` seconds."""
        turn = int(turns - self._behind + 1e-9)
        event = (turn + self._behind) * turn_s + self._clock + rested
        return Notification(
            t,
            encode(
                Measurement(
                    flags=0x20 | (0x03 if octet is not None else 0),
                    power_w=power,
                    balance_raw=octet,
                    crank_revolutions=(self._count + turn) & 0xFFFF,
                    crank_event_time_raw=round(event * 1024) & 0xFFFF,
                )
            ),
            meter=self.name,
        )


def steady(
    seconds: float,
    left: Callable[[float], int | None],
    right: Callable[[float], int | None],
    *,
    begin: float = 0.0,
    octet: int | None = None,
) -> list[Input]:
    """Both sides once a second at 85.7 rpm; a side's watts at a time, None for no packet."""
    cranks = Crank("left"), Crank("right", count=12, clock=3.0, behind=0.5)
    inputs: list[Input] = []
    for second in range(int(seconds)):
        for crank, watts, phase in ((cranks[0], left, 0.2), (cranks[1], right, 0.65)):
            t = begin + second + phase
            power = watts(t)
            if power is not None:
                inputs.append(crank.packet(t, t / 0.7, power, octet=octet if crank is cranks[0] else None))
    return list(with_ticks(inputs))


def viewed(setup: Setup, inputs: Iterable[Input]) -> Iterator[tuple[Input, Ride, list[Event]]]:
    ride = Ride(setup)
    for item in inputs:
        yield item, ride, ride.feed(item)


def truth(ride: SimulatedRide) -> float:
    told = ride.truth
    return float(np.average(told.left_percent, weights=told.power_w * told.pedalled_s))


def texts(events: Iterable[Event]) -> list[str]:
    return [
        remark(event.remark)
        for event in events
        if isinstance(event, MeterChange) and event.what != "identified"
    ]

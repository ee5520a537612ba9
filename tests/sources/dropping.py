"""A simulated ride whose links are lost now and then."""

from __future__ import annotations

import numpy as np

from legbal.ride.inputs import Input, Link, Tick
from legbal.sources.recorded_ride import with_ticks
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.device import at_connect


def dropping(ride: SimulatedRide, per_hour: float) -> list[Input]:
    """Its inputs, each link lost so often, for 5 to 20 seconds."""
    inputs = [one for one in ride.timeline() if not isinstance(one, Tick)]
    for place, device in enumerate(ride.devices):
        rng = np.random.default_rng([ride.seed, ride.day, 20 + place])
        back = 1.0
        while True:
            away = back + 30.0 + rng.exponential(3600.0 / per_hour)
            back = away + rng.uniform(5.0, 20.0)
            if back >= ride.seconds:
                break
            inputs = [one for one in inputs if not (_of(one, device.name) and away <= one.t < back)]
            inputs += [Link(away, "lost", device.name), *at_connect(ride.profile, device, back)]
    return list(with_ticks(sorted(inputs, key=lambda one: one.t)))


def _of(one: Input, meter: str) -> bool:
    return not isinstance(one, Tick) and getattr(one, "meter", "") == meter

"""A seeded rider on a seeded meter who emits the bytes that such a meter would send; and the truth about the ride."""

from __future__ import annotations

import heapq
import math
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count, takewhile

import msgspec
import numpy as np

from legbal.meters.profile import Profile
from legbal.ride.inputs import Input, Link, Side
from legbal.sources.recorded_ride import with_ticks
from legbal.sources.replay import Replay
from legbal.sources.simulator.device import SimulatedDevice, at_connect, devices
from legbal.sources.simulator.meter import Counters, measurements
from legbal.sources.simulator.rider import Fade, SimulatedPedalling, SimulatedRider, pedal, rider
from legbal.sources.simulator.workout import Workout, demonstration

_CONNECTED_AT_S = 1.0
_DEMONSTRATION_S = 3600.0  # of a longer one the workout is ridden again


@dataclass(kw_only=True, eq=False)
class SimulatedRide:
    """A seeded rider on a seeded meter; the same arguments give the same bytes.

    Attributes:
        profile: the meter's family, whose habits the bytes have.
        seed: who rides (strength, usual share, scatter) on which specimen, and how this day goes.
        workout: what is ridden; the short demonstration by default.
        weak_leg: the leg that does less, and that fades.
        fade: how it falls behind; None: a healthy ride.
        speed: 1 for real time, N for N times that, None for as fast as possible.
        seconds: the ride is cut off there, or ends with the workout.
        repeated: the workout is ridden again and again until then. Each time is made when it begins, so that the
            longest ride begins at once and takes no more memory than one workout.
        day: another day of the same rider on the same meter.
        ftp_w: how strong the rider is, watts; None: as the seed has it.
        devices: those that the meter consists of.
    """

    profile: Profile
    seed: int
    workout: Workout = field(default_factory=demonstration)
    weak_leg: Side = "left"
    fade: Fade | None = None
    speed: float | None = None
    seconds: float = math.inf
    repeated: bool = False
    day: int = 0
    ftp_w: float | None = None

    def __post_init__(self) -> None:
        if not self.repeated:
            self.seconds = min(self.seconds, self.workout.seconds)
        self.devices = devices(self.profile, self.seed)

    @cached_property
    def rider(self) -> SimulatedRider:
        """Who rides."""
        return rider(self.seed, self.weak_leg, self.ftp_w)

    @cached_property
    def truth(self) -> SimulatedPedalling:
        """Every revolution as it really was, and what was done to the weak leg (never seen by the fold).

        Of a repeated workout, those of the first time.
        """
        return self._pedal(0)

    def earlier(self, count: int) -> list[SimulatedRide]:
        """Healthy rides of the same rider, meter and workout on `count` other days, as fast as possible."""
        return [
            replace(self, fade=None, speed=None, seconds=math.inf, repeated=False, day=self.day + number)
            for number in range(1, count + 1)
        ]

    def timeline(self) -> Iterator[Input]:
        """All inputs of the ride in order, without waiting: links, notifications, ticks in silence."""
        yield Link(0.0, "searching")
        by_device = (self._device(device, place) for place, device in enumerate(self.devices))
        given = heapq.merge(*by_device, key=lambda given: given.t)
        yield from with_ticks(takewhile(lambda given: given.t < self.seconds, given))
        yield from (Link(self.seconds, "ended", device.name) for device in self.devices)

    def inputs(self) -> AsyncGenerator[Input, None]:
        """All inputs of the ride in order, each at its time divided by `speed`."""
        return Replay(self.timeline(), speed=self.speed).inputs()

    def _pedal(self, time: int) -> SimulatedPedalling:
        return pedal(self.rider, self.workout, self.weak_leg, self.fade, self._generator(2, time))

    def _generator(self, purpose: int, time: int) -> np.random.Generator:
        """Chance for one purpose, the workout ridden for the first time (0) or again."""
        return np.random.default_rng([self.seed, self.day, purpose, *([time] if time else [])])

    def _device(self, device: SimulatedDevice, place: int) -> Iterator[Input]:
        yield Link(_CONNECTED_AT_S / 2, "connecting", device.name)
        yield from at_connect(self.profile, device, _CONNECTED_AT_S)
        counters: Counters | None = None
        for time in count() if self.repeated else (0,):
            chance = self._generator(10 + place, time)
            pedalling = self._pedal(time) if time else self.truth
            begin = 0.0 if time else _CONNECTED_AT_S
            rows, counters = measurements(self.profile, device, pedalling, begin, chance, counters)
            for row in rows:
                yield msgspec.structs.replace(row, t=row.t + time * self.workout.seconds) if time else row


def demo(
    profile: Profile,
    seed: int,
    *,
    seconds: float | None = None,
    speed: float | None = 1.0,
    weak_leg: Side = "left",
    ftp_w: float | None = None,
    at_once: bool = False,
) -> SimulatedRide:
    """The ride that shows what legbal does: the weak leg falls behind late in intervals 2 and 3, and comes back.

    With `at_once` it falls further, in intervals 1 and 3, so that whoever looks sees it steady, falling, coming back
    and back within two minutes.
    """
    late = Fade(points=4.8, shape="ramp", intervals=(2, 3), onset_s=55.0, ramp_s=10.0, hold_s=60.0)
    soon = Fade(points=6.5, shape="ramp", intervals=(1, 3), onset_s=22.0, ramp_s=8.0, hold_s=40.0)
    needed_s = None if seconds is None else min(seconds, _DEMONSTRATION_S)
    return SimulatedRide(
        profile=profile,
        seed=seed,
        workout=demonstration(needed_s, warming=20.0 if at_once else 90.0),
        weak_leg=weak_leg,
        fade=soon if at_once else late,
        seconds=math.inf if seconds is None else seconds,
        repeated=seconds is not None and seconds > _DEMONSTRATION_S,
        speed=speed,
        ftp_w=ftp_w,
    )
